// SPDX-License-Identifier: AGPL-3.0-only

package main

import (
	"strings"

	"github.com/unidoc/unioffice/schema/soo/wml"
)

// walker goes over a document's blocks in their order.
type walker struct {
	doc doc
}

func (w *walker) blocks(list []*wml.EG_ContentBlockContent) {
	for _, c := range list {
		w.block(c.P, c.Tbl)
		if c.Sdt != nil && c.Sdt.SdtContent != nil {
			w.content(c.Sdt.SdtContent)
		}
		if c.CustomXml != nil {
			w.blocks(c.CustomXml.EG_ContentBlockContent)
		}
	}
}

func (w *walker) content(c *wml.CT_SdtContentBlock) {
	w.block(c.P, c.Tbl)
	if c.Sdt != nil && c.Sdt.SdtContent != nil {
		w.content(c.Sdt.SdtContent)
	}
	if c.CustomXml != nil {
		w.blocks(c.CustomXml.EG_ContentBlockContent)
	}
}

func (w *walker) block(paragraphs []*wml.CT_P, tables []*wml.CT_Tbl) {
	for _, p := range paragraphs {
		if s := strings.TrimSpace(paragraph(p)); s != "" {
			w.doc.Lines = append(w.doc.Lines, line{s})
		}
	}
	for _, t := range tables {
		if t := grid(t); len(t.Cells) > 0 {
			t.Line = len(w.doc.Lines)
			w.doc.Tables = append(w.doc.Tables, t)
		}
	}
}

// Bounds of a table, which a file can claim as it likes.
const (
	maxRows = 5000
	maxCols = 200
)

// grid makes cells with spans of a table's rows.
func grid(t *wml.CT_Tbl) table {
	var out table
	open := map[int]int{} // by column, the cell that goes on below
	column := columns(t.TblGrid)
	for _, tr := range rows(t.EG_ContentRowContent) {
		if out.Rows == maxRows {
			break
		}
		r, at := out.Rows, 0
		out.Rows++
		if tr.TrPr != nil && len(tr.TrPr.GridBefore) > 0 {
			at = int(min(max(tr.TrPr.GridBefore[0].ValAttr, 0), maxCols))
		}
		below := map[int]int{}
		for _, tc := range cells(tr.EG_ContentCellContent) {
			span := 1
			var merge *wml.CT_VMerge
			sideways := false
			if p := tc.TcPr; p != nil {
				if p.GridSpan != nil {
					span = int(min(max(p.GridSpan.ValAttr, 1), 63))
				}
				merge = p.VMerge
				sideways = p.HMerge != nil && p.HMerge.ValAttr != wml.ST_MergeRestart
			}
			if at+span > maxCols {
				break
			}
			col := column(at)
			at += span
			if span = column(at) - col; span == 0 {
				continue
			}
			above, has := open[col]
			last := len(out.Cells) - 1
			switch {
			case merge != nil && merge.ValAttr != wml.ST_MergeRestart && has && max(1, out.Cells[above].ColSpan) == span:
				out.Cells[above].RowSpan = r - out.Cells[above].Row + 1
				below[col] = above
			case sideways && last >= 0 && out.Cells[last].Row == r && out.Cells[last].Col+max(1, out.Cells[last].ColSpan) == col:
				out.Cells[last].ColSpan = max(1, out.Cells[last].ColSpan) + span
			default:
				c := cell{Row: r, Col: col, Text: cellText(tc), Reader: reader, Confidence: 1}
				if span > 1 {
					c.ColSpan = span
				}
				if merge != nil {
					below[col] = len(out.Cells)
				}
				out.Cells = append(out.Cells, c)
			}
			out.Cols = max(out.Cols, col+span)
		}
		open = below
	}
	return out
}

// sliver is a column that no one sees, in twentieths of a point: converters leave
// such where borders miss each other by a hair.
const sliver = 20

// columns tells which column of the table a column of its grid is, slivers left
// out.
func columns(g *wml.CT_TblGrid) func(int) int {
	var sum []int // of the columns before each
	n := 0
	if g != nil {
		for _, c := range g.GridCol {
			sum = append(sum, n)
			if c.WAttr == nil || c.WAttr.ST_UnsignedDecimalNumber == nil || *c.WAttr.ST_UnsignedDecimalNumber >= sliver {
				n++
			}
		}
	}
	return func(i int) int {
		if i < len(sum) {
			return sum[i]
		}
		return n + i - len(sum)
	}
}

func rows(list []*wml.EG_ContentRowContent) (out []*wml.CT_Row) {
	for _, c := range list {
		out = append(out, c.Tr...)
		if c.Sdt != nil {
			out = append(out, sdtRows(c.Sdt.SdtContent)...)
		}
		if c.CustomXml != nil {
			out = append(out, rows(c.CustomXml.EG_ContentRowContent)...)
		}
	}
	return out
}

func sdtRows(c *wml.CT_SdtContentRow) (out []*wml.CT_Row) {
	if c == nil {
		return nil
	}
	out = append(out, c.Tr...)
	if c.Sdt != nil {
		out = append(out, sdtRows(c.Sdt.SdtContent)...)
	}
	return out
}

func cells(list []*wml.EG_ContentCellContent) (out []*wml.CT_Tc) {
	for _, c := range list {
		out = append(out, c.Tc...)
		if c.Sdt != nil {
			out = append(out, sdtCells(c.Sdt.SdtContent)...)
		}
		if c.CustomXml != nil {
			out = append(out, cells(c.CustomXml.EG_ContentCellContent)...)
		}
	}
	return out
}

func sdtCells(c *wml.CT_SdtContentCell) (out []*wml.CT_Tc) {
	if c == nil {
		return nil
	}
	out = append(out, c.Tc...)
	if c.Sdt != nil {
		out = append(out, sdtCells(c.Sdt.SdtContent)...)
	}
	return out
}

// cellText is the text of a cell, its paragraphs one a line; a table in a cell
// gives its cells one a line.
func cellText(tc *wml.CT_Tc) string {
	inner := &walker{}
	for _, e := range tc.EG_BlockLevelElts {
		inner.blocks(e.EG_ContentBlockContent)
	}
	var out []string
	for _, l := range inner.doc.Lines {
		out = append(out, l.Text)
	}
	for _, t := range inner.doc.Tables {
		for _, c := range t.Cells {
			out = append(out, c.Text)
		}
	}
	return strings.Join(out, "\n")
}
