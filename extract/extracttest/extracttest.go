// Package extracttest holds readers to what a Document promises and compares
// what they read with golden files. A golden file is a txtar archive whose
// files "in" and "want" are a source and the plain rendering of its Document,
// or of what else is made of it; the comment above says what the case is about.
// It knows no file format.
package extracttest

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"nianbao/extract"
)

var update = flag.Bool("update", false, "write golden files anew")

// Golden reads every txtar file that glob names and compares.
func Golden(t *testing.T, glob string, read func([]byte) (*extract.Document, error)) {
	t.Helper()
	Compare(t, glob, func(t *testing.T, a *txtar.Archive) string {
		doc, err := read(a.Files[0].Data)
		if err != nil {
			return "error: " + err.Error() + "\n"
		}
		if err := Check(doc); err != nil {
			t.Error(err)
		}
		return Render(doc)
	})
}

// Compare has render make a text of every txtar archive that glob names, and
// compares it with the file want in it. The first file, in or in.EXTENSION, is
// the source; others than want may say more of it.
func Compare(t *testing.T, glob string, render func(*testing.T, *txtar.Archive) string) {
	t.Helper()
	names, err := filepath.Glob(glob)
	if err != nil || len(names) == 0 {
		t.Fatalf("no golden files at %s (%v)", glob, err)
	}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			if len(a.Files) == 0 || a.Files[0].Name != "in" && !strings.HasPrefix(a.Files[0].Name, "in.") {
				t.Fatalf("%s: the first file is not named in", name)
			}
			got := render(t, a)
			at := slices.IndexFunc(a.Files, func(f txtar.File) bool { return f.Name == "want" })
			if *update {
				if at < 0 {
					at = len(a.Files)
					a.Files = append(a.Files, txtar.File{Name: "want"})
				}
				a.Files[at].Data = []byte(got)
				if err := os.WriteFile(name, txtar.Format(a), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			want := ""
			if at >= 0 {
				want = string(a.Files[at].Data)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s(-want +got):\n%s", a.Comment, diff)
			}
		})
	}
}

// File reads a file that another program wrote and compares what it shows with
// the file named path and .want.
func File(t *testing.T, path string, read func([]byte) (*extract.Document, error)) {
	t.Helper()
	in, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := read(in)
	if err != nil {
		t.Fatal(err)
	}
	if err := Check(doc); err != nil {
		t.Error(err)
	}
	got := Render(doc)
	if *update {
		if err := os.WriteFile(path+".want", []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path + ".want")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}

// Render writes a Document so that a person can check it: one line of text or
// one row of a table a line. A cell is [text], with its spans in front where it
// has some; a place that no cell covers is a dot, a covered one a caret.
func Render(doc *extract.Document) string {
	var b strings.Builder
	if doc.Title != "" {
		fmt.Fprintf(&b, "title: %s\n", doc.Title)
	}
	for _, m := range doc.Meta {
		fmt.Fprintf(&b, "meta %s: %s\n", m.Name, m.Content)
	}
	next := 0
	for i := 0; i <= len(doc.Lines); i++ {
		for ; next < len(doc.Tables) && doc.Tables[next].Line <= i; next++ {
			renderTable(&b, &doc.Tables[next])
		}
		if i < len(doc.Lines) {
			mark := "|"
			if doc.Lines[i].Heading {
				mark = "#"
			}
			fmt.Fprintf(&b, "%s %s\n", mark, doc.Lines[i].Text)
		}
	}
	for _, w := range doc.Warnings {
		fmt.Fprintf(&b, "warning %s: %s\n", w.Code, w.Message)
	}
	return b.String()
}

func renderTable(b *strings.Builder, t *extract.Table) {
	fmt.Fprintf(b, "table %d x %d", t.Rows, t.Cols)
	if t.Ragged {
		b.WriteString(" ragged")
	}
	b.WriteByte('\n')
	grid := make([][]string, t.Rows)
	for i := range t.Cells {
		c := &t.Cells[i]
		for y := c.Row; y < c.Row+c.Height() && y < t.Rows; y++ {
			for x := c.Col; x < c.Col+c.Width() && x < t.Cols; x++ {
				for len(grid[y]) <= x {
					grid[y] = append(grid[y], ".")
				}
				grid[y][x] = "^"
			}
		}
		spans := ""
		if c.Height() > 1 || c.Width() > 1 {
			spans = fmt.Sprintf("%dx%d", c.Height(), c.Width())
		}
		grid[c.Row][c.Col] = spans + "[" + strings.ReplaceAll(c.Text, "\n", `\n`) + "]"
	}
	for _, row := range grid {
		fmt.Fprintf(b, "  %s\n", strings.Join(row, " "))
	}
	for _, d := range t.Doubts {
		fmt.Fprintf(b, "  doubt %s at %d,%d\n", d.Kind, d.Row, d.Col)
	}
}

// Check holds a Document to its promises: cells in order, within their table,
// none over another; tables in order of their lines.
func Check(doc *extract.Document) error {
	line := 0
	for i := range doc.Tables {
		t := &doc.Tables[i]
		if t.Line < line || t.Line > len(doc.Lines) {
			return fmt.Errorf("table %d stands at line %d of %d, after one at %d", i, t.Line, len(doc.Lines), line)
		}
		line = t.Line
		covered := map[[2]int]int{}
		for j := range t.Cells {
			c := &t.Cells[j]
			if c.Row < 0 || c.Col < 0 || c.Row+c.Height() > t.Rows || c.Col+c.Width() > t.Cols {
				return fmt.Errorf("table %d: cell %d at %d,%d leaves the grid of %d x %d", i, j, c.Row, c.Col, t.Rows, t.Cols)
			}
			if j > 0 {
				if p := &t.Cells[j-1]; p.Row > c.Row || p.Row == c.Row && p.Col >= c.Col {
					return fmt.Errorf("table %d: cell %d at %d,%d is out of order", i, j, c.Row, c.Col)
				}
			}
			if c.Height()*c.Width() > 1<<20 {
				continue // too large to mark place by place
			}
			for y := c.Row; y < c.Row+c.Height(); y++ {
				for x := c.Col; x < c.Col+c.Width(); x++ {
					if k, taken := covered[[2]int{y, x}]; taken {
						return fmt.Errorf("table %d: cells %d and %d both cover %s", i, k, j, strconv.Itoa(y)+","+strconv.Itoa(x))
					}
					covered[[2]int{y, x}] = j
				}
			}
		}
	}
	return nil
}
