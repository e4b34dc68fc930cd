package schema

import (
	"strings"
	"sync"

	"nianbao/dataset"
)

// Chinese is the cell's name as its form prints it: table, groups, row, column.
func (c *Cell) Chinese() string {
	out := c.Table
	for _, p := range [][]string{c.Row, c.Column} {
		for _, label := range p {
			out += "/" + label
		}
	}
	return out
}

// English is the cell's name in English, from the outermost group inwards. It
// depends on the id alone: the same concept has the same name in every form.
func (c *Cell) English() string {
	names := english()
	parts := strings.Split(c.ID, ".")
	var out []string
	for i := range parts {
		name, ok := names[strings.Join(parts[:i+1], ".")]
		if !ok && i > 0 {
			name, ok = names["."+parts[i]]
		}
		if ok {
			out = append(out, name)
		}
	}
	return strings.Join(out, ": ")
}

// english names prefixes of ids, and after a dot last parts wherever they stand.
var english = sync.OnceValue(func() map[string]string {
	m := map[string]string{}
	for _, r := range dataset.Records(data, "data/english.csv", "part,english") {
		m[r[0]] = r[1]
	}
	return m
})
