// Package normalize maps a Document to a Report: it finds the statutory tables
// among others that look alike, tells the form by its headings, identifies
// every cell by its place and group, reads values and states, finds agency,
// year and date, and checks the form's own sums.
//
// It reads no bytes and knows no file format. What is in doubt is marked for
// review; nothing is guessed silently.
package normalize

import (
	"github.com/shopspring/decimal"

	"nianbao/extract"
)

// Report is what one Document says.
type Report struct {
	Agency       Agency        `json:"agency"`
	Year         int           `json:"year"`  // 0 where unknown
	Form         string        `json:"form"`  // id of a schema form, "" where the file is no such report
	Dated        string        `json:"dated"` // ISO date of signature, "" where none is found
	Observations []Observation `json:"observations"`
	Findings     []Finding     `json:"findings"`
	// Said are the fields of which people spoke.
	Said []SaidField `json:"said,omitempty"`
	// Claims are what the file says of who reports, for those who know more of
	// agencies than one report tells.
	Claims []Claim `json:"claims,omitempty"`
	// Attachments are the files that a page links to. What is in them is not known
	// here.
	Attachments []Attachment `json:"attachments,omitempty"`
	// Members are the files of an archive, which are reports themselves or not; the
	// archive is none.
	Members []extract.Member `json:"members,omitempty"`
}

// Agency is the reporting body as printed.
type Agency struct {
	Name     string `json:"name"`
	Division string `json:"division"` // GB/T 2260 code, "" where not resolved
}

// Claim is what one place in a report says of who reports: a name, or a code.
type Claim struct {
	Origin ClaimOrigin `json:"origin"`
	Text   string      `json:"text"`
}

// ClaimOrigin is a place that says who reports.
type ClaimOrigin string

const (
	ClaimTitle     ClaimOrigin = "title"
	ClaimPage      ClaimOrigin = "page_title"  // of the web page, not of the report
	ClaimText      ClaimOrigin = "text"        // 本报告由…编制
	ClaimSignature ClaimOrigin = "signature"   // at the end, with the date
	ClaimSite      ClaimOrigin = "site"        // what a web page says of its site
	ClaimCredit    ClaimOrigin = "credit_code" // a 统一社会信用代码, its check digit right or not
	ClaimAddress   ClaimOrigin = "address"     // where a web page says it stands
)

// Observation is one cell of the form as this report prints it.
type Observation struct {
	ID       string           `json:"id"`
	Value    *decimal.Decimal `json:"value"` // in Unit, nil where there is no number
	Unit     string           `json:"unit"`
	State    State            `json:"state"`
	Status   Status           `json:"status"`
	Text     string           `json:"text"` // as printed
	Evidence []Evidence       `json:"evidence"`
	// Correction is set where a person says what the cell holds, Reading where that,
	// or what was said of other cells, makes a difference to what is read.
	Correction *Correction `json:"correction,omitempty"`
	Reading    *Reading    `json:"read,omitempty"`

	rec  *recognition // where it was read from pixels
	firm bool         // its readings leave no doubt: under review, if so, by a sum alone
	need int          // how many sums must hold, and none fail, before its digits are beyond doubt
}

// State says how the report shows a value. A silence is never a zero.
type State string

const (
	Reported   State = "reported"
	Blank      State = "blank"      // the cell is there and empty
	Dash       State = "dash"       // "/", "-", "—", "无"
	Absent     State = "absent"     // no such row, column or table
	Unreadable State = "unreadable" // something is there that no reader could read
	Derived    State = "derived"    // known from the sums alone
)

// Status is ok, or review where a person should look.
type Status string

const (
	OK     Status = "ok"
	Review Status = "review"
)

// Evidence is where a value was read. Box and Page are set on paged formats,
// Place elsewhere.
type Evidence struct {
	Page       int          `json:"page,omitempty"`
	Box        *extract.Box `json:"box,omitempty"`
	Place      *Place       `json:"place,omitempty"`
	Reader     string       `json:"reader"`
	Confidence float64      `json:"confidence"`
	// Source is the SHA-256 of the file, where that is another one than the report's:
	// set by those who put the parts of a report together, never here.
	Source string `json:"source,omitempty"`
	// Readings are what each engine read where text was recognised.
	Readings []extract.Reading `json:"readings,omitempty"`
}

// Place counts table, row and column from 1. Table 0 is the running text, whose
// rows are its lines.
type Place struct {
	Table  int `json:"table"`
	Row    int `json:"row"`
	Column int `json:"column"`
}

// Severity of a finding.
type Severity string

const (
	Error        Severity = "error"
	Warning      Severity = "warning"
	Inconclusive Severity = "inconclusive"
	Advice       Severity = "advice"
)

// Finding is a broken relation, by its name in the schema, or whatever else a
// person should know.
type Finding struct {
	Rule     string   `json:"rule"`
	Severity Severity `json:"severity"`
	IDs      []string `json:"ids"`
	Message  string   `json:"message"`
}
