// Package dataset reads the CSV tables that packages embed: the forms, rules,
// phrases and indicators. What a table means is its owner's business.
package dataset

import (
	"bytes"
	"embed"
	"encoding/csv"
	"fmt"
	"strings"
)

// Records returns the records of an embedded CSV file, such as "data/cells.csv",
// below its header. It panics if the file is absent, is not CSV, or has another
// header: a defect of the program, which the tests of the file's owner show.
func Records(files embed.FS, path, header string) [][]string {
	b, err := files.ReadFile(path)
	if err != nil {
		panic(fmt.Sprintf("dataset: %v", err))
	}
	rows, err := csv.NewReader(bytes.NewReader(b)).ReadAll()
	if err != nil {
		panic(fmt.Sprintf("dataset: %s: %v", path, err))
	}
	if len(rows) == 0 {
		panic(fmt.Sprintf("dataset: %s is empty", path))
	}
	if got := strings.Join(rows[0], ","); got != header {
		panic(fmt.Sprintf("dataset: %s: header %q, want %q", path, got, header))
	}
	return rows[1:]
}
