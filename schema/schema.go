// Package schema holds the statutory forms as data: their cells with units and
// printed places, the label variants met in real reports, and the sums that the
// forms themselves demand. It reads no reports.
//
// Sources: 国办发〔2014〕32号 (form 2014), 国办公开办函〔2019〕60号 (form 2019),
// 国办公开办函〔2021〕30号 (form 2021).
package schema

import (
	"embed"
	"strings"
	"sync"

	"nianbao/dataset"
)

//go:embed data/*.csv
var data embed.FS

// Form is one statutory form.
type Form struct {
	ID        string // "2014", "2019", "2021"
	Cells     []Cell // in the order of the form
	Relations []Relation
	byID      map[string]*Cell
}

// Cell is one cell of a form. The same concept has the same ID in every form.
type Cell struct {
	ID     string
	Unit   string
	Table  string   // section number as printed: 二, 三, 四; 统计表 in form 2014
	Row    []string // labels from the outermost group to the row, empty in table 四
	Column []string // labels from the outermost group to the column
}

// Relation is a sum that the form demands: the cells of Sum add up to the same
// as the cells of Equals.
type Relation struct {
	Rule   string
	Sum    []string
	Equals []string
}

// Cell returns the cell with this id, or nil.
func (f *Form) Cell(id string) *Cell { return f.byID[id] }

// Forms returns all forms, oldest first. The slice is shared: do not change it.
func Forms() []*Form { return forms() }

// Lookup returns the form with this id, or nil.
func Lookup(id string) *Form {
	for _, f := range forms() {
		if f.ID == id {
			return f
		}
	}
	return nil
}

// forms parses the embedded data once. Broken data is a defect of the program,
// which the package's test shows, hence the panic.
var forms = sync.OnceValue(func() []*Form {
	var out []*Form
	get := func(id string) *Form {
		for _, f := range out {
			if f.ID == id {
				return f
			}
		}
		f := &Form{ID: id, byID: map[string]*Cell{}}
		out = append(out, f)
		return f
	}
	for _, r := range dataset.Records(data, "data/cells.csv", "form,id,unit,table,row,column") {
		f := get(r[0])
		f.Cells = append(f.Cells, Cell{ID: r[1], Unit: r[2], Table: r[3], Row: path(r[4]), Column: path(r[5])})
	}
	for _, r := range dataset.Records(data, "data/relations.csv", "form,rule,sum_of,equals_sum_of") {
		f := get(r[0])
		f.Relations = append(f.Relations, Relation{Rule: r[1], Sum: strings.Fields(r[2]), Equals: strings.Fields(r[3])})
	}
	for _, f := range out {
		for i := range f.Cells {
			f.byID[f.Cells[i].ID] = &f.Cells[i]
		}
	}
	return out
})

// path splits printed labels at "/", save in 本年增/减, whose slash is printed.
func path(s string) []string {
	if s == "" {
		return nil
	}
	const slash = "增\x00减"
	parts := strings.Split(strings.ReplaceAll(s, "增/减", slash), "/")
	for i := range parts {
		parts[i] = strings.ReplaceAll(parts[i], slash, "增/减")
	}
	return parts
}
