package compare

import (
	"bytes"
	"embed"
	"encoding/csv"
	"fmt"
	"strings"
)

//go:embed data/*.csv
var data embed.FS

// table returns the records of an embedded CSV file below its header. Broken data
// is a defect of the program, which the package's tests show, hence the panic.
func table(name, header string) [][]string {
	b, err := data.ReadFile("data/" + name)
	if err != nil {
		panic(fmt.Sprintf("compare: %v", err))
	}
	rows, err := csv.NewReader(bytes.NewReader(b)).ReadAll()
	if err != nil {
		panic(fmt.Sprintf("compare: data/%s: %v", name, err))
	}
	if got := strings.Join(rows[0], ","); got != header {
		panic(fmt.Sprintf("compare: data/%s: header %q, want %q", name, got, header))
	}
	return rows[1:]
}
