package export

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"nianbao/store"
)

// A package holds to the profile, and every line of it to its schema.
func TestPackage(t *testing.T) {
	profile := jsonschema.NewCompiler()
	s, err := profile.Compile("testdata/tabular-data-package.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		src := draw(t)
		o := Options{ExcludeReview: rapid.Bool().Draw(t, "exclude")}
		if rapid.Bool().Draw(t, "evidence") {
			o.Evidence = evidenceOf(src)
		}
		dir, err := os.MkdirTemp("", "package-*")
		if err != nil {
			t.Fatal(err)
		}
		defer os.RemoveAll(dir)
		if err := Package(context.Background(), dir, src, o, about); err != nil {
			t.Fatal(err)
		}
		b, err := os.ReadFile(filepath.Join(dir, "datapackage.json"))
		if err != nil {
			t.Fatal(err)
		}
		instance, err := jsonschema.UnmarshalJSON(bytes.NewReader(b))
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Validate(instance); err != nil {
			t.Fatal(err)
		}
		var d descriptor
		if err := json.Unmarshal(b, &d); err != nil {
			t.Fatal(err)
		}
		if err := check(dir, &d); err != nil {
			t.Fatal(err)
		}
	})
}

// check reads every resource and holds it to its schema, keys and hash.
func check(dir string, d *descriptor) error {
	keys := map[string]map[string]bool{} // resource and columns → values
	tables := map[string][][]string{}
	for _, r := range d.Resources {
		b, err := os.ReadFile(filepath.Join(dir, r.Path))
		if err != nil {
			return err
		}
		if sum := sha256.Sum256(b); r.Hash != "sha256:"+hex.EncodeToString(sum[:]) || r.Bytes != int64(len(b)) {
			return fmt.Errorf("%s: size or hash are wrong", r.Path)
		}
		rows, err := csv.NewReader(bytes.NewReader(b)).ReadAll()
		if err != nil {
			return err
		}
		if !slices.Equal(rows[0], columnNames(r)) {
			return fmt.Errorf("%s: header %v", r.Path, rows[0])
		}
		tables[r.Name] = rows[1:]
		seen := map[string]bool{}
		for n, row := range rows[1:] {
			for i, f := range r.Schema.Fields {
				if err := fits(f, row[i]); err != nil {
					return fmt.Errorf("%s, line %d, %s: %w", r.Path, n+2, f.Name, err)
				}
			}
			key := pick(r, row, r.Schema.PrimaryKey)
			if seen[key] {
				return fmt.Errorf("%s, line %d: the key %q occurs twice", r.Path, n+2, key)
			}
			seen[key] = true
		}
		keys[r.Name] = seen
	}
	for _, r := range d.Resources {
		for _, k := range r.Schema.ForeignKeys {
			for n, row := range tables[r.Name] {
				if key := pick(r, row, k.Fields); !keys[k.Reference.Resource][key] {
					return fmt.Errorf("%s, line %d: %s has no %q", r.Path, n+2, k.Reference.Resource, key)
				}
			}
		}
	}
	return nil
}

func pick(r resource, row, columns []string) string {
	var out []string
	for _, c := range columns {
		out = append(out, row[slices.Index(columnNames(r), c)])
	}
	return strings.Join(out, "\x00")
}

// fits holds a value to a field of Table Schema.
func fits(f schemaField, text string) error {
	if text == "" {
		if f.Constraints != nil && f.Constraints.Required {
			return errors.New("is required and missing")
		}
		return nil
	}
	if c := f.Constraints; c != nil && c.Enum != nil && !slices.Contains(c.Enum, text) {
		return fmt.Errorf("%q is not among %v", text, c.Enum)
	}
	var err error
	switch f.Type {
	case "integer":
		_, err = strconv.Atoi(text)
	case "number":
		_, err = decimal.NewFromString(text)
	case "boolean":
		if text != "true" && text != "false" {
			err = fmt.Errorf("%q is no boolean", text)
		}
	case "date":
		_, err = time.Parse(time.DateOnly, text)
	}
	return err
}

// A report that goes between the passes over the store stops the package.
func TestChanged(t *testing.T) {
	src := &shrinking{small()}
	if err := Package(t.Context(), t.TempDir(), src, Options{}, about); !errors.Is(err, ErrChanged) {
		t.Error(err)
	}
}

// shrinking is a Source that loses a report each time it is read.
type shrinking struct{ reports }

func (g *shrinking) EachLive(ctx context.Context, sel store.Selection, visit func(n, all int, l *store.Live) error) error {
	err := g.reports.EachLive(ctx, sel, visit)
	g.reports = g.reports[1:]
	return err
}
