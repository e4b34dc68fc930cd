// SPDX-License-Identifier: AGPL-3.0-only

package main

const (
	mediaType = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
	reader    = "unioffice"
)

// doc is what is printed: docs/second-reader.md of nianbao.
type doc struct {
	MediaType string  `json:"media_type"`
	Lines     []line  `json:"lines"`
	Tables    []table `json:"tables"`
}

type line struct {
	Text string `json:"text"`
}

type table struct {
	Line  int    `json:"line"`
	Rows  int    `json:"rows"`
	Cols  int    `json:"cols"`
	Cells []cell `json:"cells"`
}

type cell struct {
	Row        int     `json:"row"`
	Col        int     `json:"col"`
	RowSpan    int     `json:"row_span,omitempty"`
	ColSpan    int     `json:"col_span,omitempty"`
	Text       string  `json:"text"`
	Reader     string  `json:"reader"`
	Confidence float64 `json:"confidence"`
}
