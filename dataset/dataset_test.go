package dataset

import (
	"embed"
	"testing"

	"github.com/google/go-cmp/cmp"
)

//go:embed testdata/*.csv
var files embed.FS

func TestRecords(t *testing.T) {
	want := [][]string{{"规章", "1"}, {"行政许可", "2"}}
	if diff := cmp.Diff(want, Records(files, "testdata/good.csv", "label,number")); diff != "" {
		t.Error(diff)
	}
}

func TestDefects(t *testing.T) {
	for name, read := range map[string]func(){
		"absent":         func() { Records(files, "testdata/none.csv", "label,number") },
		"empty":          func() { Records(files, "testdata/empty.csv", "label,number") },
		"ragged":         func() { Records(files, "testdata/ragged.csv", "label,number") },
		"another header": func() { Records(files, "testdata/good.csv", "number,label") },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("no panic")
				}
			}()
			read()
		})
	}
}
