// Package extract turns the bytes of a published report into a Document:
// lines of text and tables whose cells carry their place on the page and the
// reader that read them. It tells formats apart by content, never by name, and
// hands each to its reader, a package a format.
//
// It knows how reports are laid out, not what they mean: which table is which,
// which cell is which number and whether sums hold belongs to normalize.
package extract

// Document is what one file shows, in reading order. It holds no time, no path
// and no version, so the same bytes always give the same Document.
type Document struct {
	MediaType string `json:"media_type"`
	// Title is what the file says of itself outside its visible text (an HTML
	// title or meta tag); it may be empty or stale.
	Title    string    `json:"title,omitempty"`
	Meta     []Meta    `json:"meta,omitempty"`  // in the file's order
	Pages    []Page    `json:"pages,omitempty"` // empty where the format has no pages
	Lines    []Line    `json:"lines"`           // text outside the tables
	Tables   []Table   `json:"tables"`          // joined over page breaks
	Links    []Link    `json:"links,omitempty"` // of a page to files
	Warnings []Warning `json:"warnings,omitempty"`
	Members  []Member  `json:"members,omitempty"` // of an archive, which has nothing else
}

// Meta is a named statement of the file about itself, as the meta elements
// that government sites write: SiteName, ArticleTitle, PubDate, ContentSource.
type Meta struct {
	Name    string `json:"name"`
	Content string `json:"content"`
}

// MetaAddress is the name of the statements that hold the address that a web page
// gives for itself.
const MetaAddress = "address"

// Page is the visible size of a page in points, after rotation by /Rotate.
type Page struct {
	Width  float64 `json:"width"`
	Height float64 `json:"height"`
	Reader string  `json:"reader"` // which reader's text was taken for this page
}

// Line is one line or paragraph of text outside the tables.
type Line struct {
	Text    string `json:"text"`
	Page    int    `json:"page,omitempty"` // from 1; 0 where there are no pages
	Box     *Box   `json:"box,omitempty"`
	Heading bool   `json:"heading,omitempty"` // marked as a heading by the format itself
}

// Table is a grid of cells. Every grid position is covered by at most one cell.
type Table struct {
	// Line is how many of the document's lines come before the table.
	Line  int    `json:"line"`
	Rows  int    `json:"rows"`
	Cols  int    `json:"cols"`
	Cells []Cell `json:"cells"` // by row, then column
	// Ragged says that column numbers only count cells within their row: cells
	// of two rows with the same column need not stand below each other.
	Ragged bool `json:"ragged,omitempty"`
	// Doubts are layout defects met on the way (a non-rectangular merge, a row
	// stitched by guess); values of such a table need a second proof.
	Doubts []Doubt `json:"doubts,omitempty"`
}

// Cell is one cell as printed. Row and Col count from 0.
type Cell struct {
	Row     int    `json:"row"`
	Col     int    `json:"col"`
	RowSpan int    `json:"row_span,omitempty"` // 0 and 1 both mean one row
	ColSpan int    `json:"col_span,omitempty"`
	Text    string `json:"text"` // lines of a cell are joined by "\n"
	Page    int    `json:"page,omitempty"`
	Box     *Box   `json:"box,omitempty"`
	Reader  string `json:"reader"`
	// Recognised is true for text read from pixels, false for text that the
	// file itself holds.
	Recognised bool    `json:"recognised,omitempty"`
	Confidence float64 `json:"confidence"` // 0 to 1
	// Readings are what each engine read in a recognised cell. The first one is
	// Text; a cell that holds something and has less than two was not read twice.
	Readings []Reading `json:"readings,omitempty"`
}

// Reading is what one engine read in a cell. Text is empty where it saw nothing.
type Reading struct {
	Reader     string  `json:"reader"` // engine and way of reading, as in ocr/ppocr
	Text       string  `json:"text"`
	Confidence float64 `json:"confidence"` // 0 to 1, by the engine's own measure
}

// Box is [x0, y0, x1, y1] in points, origin top left, on the page as a viewer
// shows it.
type Box [4]float64

// Doubt is a layout defect of a table. Row is -1 where the whole table is meant.
type Doubt struct {
	Kind string `json:"kind"`
	Row  int    `json:"row"`
	Col  int    `json:"col"`
}

// WarnImage is the code of warnings that a page is a picture, or shows a table as
// one, and was not read.
const WarnImage = "image_only"

// Warning is something a person should know about the file as a whole.
type Warning struct {
	Code    string `json:"code"` // damaged, image_only, text_untrusted, …
	Page    int    `json:"page,omitempty"`
	Message string `json:"message"`
}

// Height is the number of grid rows that c covers.
func (c *Cell) Height() int { return max(1, c.RowSpan) }

// Width is the number of grid columns that c covers.
func (c *Cell) Width() int { return max(1, c.ColSpan) }
