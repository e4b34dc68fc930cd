package export

import (
	"archive/zip"
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"text/template"

	"nianbao/store"
)

// About is what a data package says of itself.
type About struct {
	Name      string // lower-case letters, digits, - . _
	Title     string
	Publisher string
	Licence   string            // id of a licence, as CC0-1.0
	Program   string            // version of the program
	Steps     map[string]string // versions of the steps that made the data
}

// Package writes a Frictionless data package (profile tabular-data-package) into
// the folder dir: observations, reports, cells, indicators and figures as CSV,
// described by datapackage.json, with a README and a CITATION.cff.
func Package(ctx context.Context, dir string, src Source, o Options, about About) error {
	p := &packer{dir: dir}
	src = &unchanged{Source: src}
	for _, r := range []struct {
		resource resource
		write    func(io.Writer) error
	}{
		{observations(o), func(w io.Writer) error { return CSV(ctx, w, src, o) }},
		{reportsResource, func(w io.Writer) error { return p.reports(ctx, w, src, o) }},
		{cellsResource, writeCells},
		{indicatorsResource, writeIndicators},
		{figuresResource, func(w io.Writer) error { return writeFigures(ctx, w, src, o) }},
	} {
		if err := p.add(r.resource, r.write); err != nil {
			return err
		}
	}
	if err := p.describe(about); err != nil {
		return err
	}
	for name, text := range map[string]*template.Template{"README.md": readme, "CITATION.cff": citation} {
		if err := p.file(name, func(w io.Writer) error {
			return text.Execute(w, struct {
				About
				Reports int
			}{about, p.n})
		}); err != nil {
			return err
		}
	}
	return nil
}

// ErrChanged says that the resources of a package would not fit together.
var ErrChanged = errors.New("reports were added while they were exported: export again")

// unchanged is a Source that is read several times and must give the same reports
// each time.
type unchanged struct {
	Source
	first []byte
}

func (u *unchanged) EachLive(ctx context.Context, sel store.Selection, visit func(n, all int, l *store.Live) error) error {
	h := sha256.New()
	sel.Brief = false // what the rows of a report were made from tells two states of it apart
	err := u.Source.EachLive(ctx, sel, func(n, all int, l *store.Live) error {
		fmt.Fprintln(h, l.Source, l.Basis, l.Path) // a hash takes all that is written
		return visit(n, all, l)
	})
	if err != nil {
		return err
	}
	if sum := h.Sum(nil); u.first == nil {
		u.first = sum
	} else if !bytes.Equal(u.first, sum) {
		return ErrChanged
	}
	return nil
}

// Zip writes the files of a folder as a zip, in order and without times. Packed
// twice, the same files give the same bytes.
func Zip(ctx context.Context, w io.Writer, dir string) error {
	entries, err := os.ReadDir(dir) // sorted by name
	if err != nil {
		return err
	}
	z := zip.NewWriter(w)
	for _, e := range entries {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := zipFile(z, dir, e.Name()); err != nil {
			return err
		}
	}
	return z.Close()
}

func zipFile(z *zip.Writer, dir, name string) error {
	f, err := os.Open(filepath.Join(dir, name))
	if err != nil {
		return err
	}
	defer f.Close()
	w, err := z.Create(name) // no time is set
	if err != nil {
		return err
	}
	_, err = io.Copy(w, f)
	return err
}

// descriptor is datapackage.json.
type descriptor struct {
	Profile      string        `json:"profile"`
	Name         string        `json:"name"`
	Title        string        `json:"title"`
	Description  string        `json:"description"`
	Licenses     []licence     `json:"licenses"`
	Sources      []source      `json:"sources"`
	Contributors []contributor `json:"contributors"`
	Keywords     []string      `json:"keywords"`
	Provenance   provenance    `json:"provenance"`
	Resources    []resource    `json:"resources"`
}

type licence struct {
	Name string `json:"name"`
}

type source struct {
	Title string `json:"title"`
	Path  string `json:"path,omitempty"`
}

type contributor struct {
	Title string `json:"title"`
	Role  string `json:"role"`
}

type provenance struct {
	Program string            `json:"program"`
	Version string            `json:"version"`
	Steps   map[string]string `json:"steps"` // encoding/json sorts them
	Sources string            `json:"sources"`
}

type resource struct {
	Profile     string      `json:"profile"`
	Name        string      `json:"name"`
	Path        string      `json:"path"`
	Title       string      `json:"title"`
	Description string      `json:"description"`
	Format      string      `json:"format"`
	Mediatype   string      `json:"mediatype"`
	Encoding    string      `json:"encoding"`
	Bytes       int64       `json:"bytes"`
	Hash        string      `json:"hash"`
	Schema      tableSchema `json:"schema"`
}

// tableSchema is a Table Schema.
type tableSchema struct {
	Fields        []schemaField `json:"fields"`
	MissingValues []string      `json:"missingValues"`
	PrimaryKey    []string      `json:"primaryKey,omitempty"`
	ForeignKeys   []foreignKey  `json:"foreignKeys,omitempty"`
}

type schemaField struct {
	Name        string       `json:"name"`
	Type        string       `json:"type"`
	Title       string       `json:"title,omitempty"`
	Description string       `json:"description,omitempty"`
	Constraints *constraints `json:"constraints,omitempty"`
}

type constraints struct {
	Required bool     `json:"required,omitempty"`
	Enum     []string `json:"enum,omitempty"`
}

type foreignKey struct {
	Fields    []string  `json:"fields"`
	Reference reference `json:"reference"`
}

type reference struct {
	Resource string   `json:"resource"`
	Fields   []string `json:"fields"`
}

// packer writes the files of one package.
type packer struct {
	dir       string
	resources []resource
	n         int // reports
}

// add writes a resource and remembers its size and hash.
func (p *packer) add(r resource, write func(io.Writer) error) error {
	hash, size := sha256.New(), &counter{}
	if err := p.file(r.Path, func(w io.Writer) error { return write(io.MultiWriter(w, hash, size)) }); err != nil {
		return err
	}
	r.Bytes, r.Hash = size.n, "sha256:"+hex.EncodeToString(hash.Sum(nil))
	p.resources = append(p.resources, r)
	return nil
}

type counter struct{ n int64 }

func (c *counter) Write(b []byte) (int, error) {
	c.n += int64(len(b))
	return len(b), nil
}

// file writes a file of the package; the folder is not yet where it belongs.
func (p *packer) file(name string, write func(io.Writer) error) error {
	f, err := os.Create(filepath.Join(p.dir, name))
	if err != nil {
		return err
	}
	b := bufio.NewWriterSize(f, 1<<16)
	err = write(b)
	if err == nil {
		err = b.Flush()
	}
	return errors.Join(err, f.Close())
}

func (p *packer) describe(about About) error {
	return p.file("datapackage.json", func(w io.Writer) error {
		e := json.NewEncoder(w)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		return e.Encode(descriptor{
			Profile: "tabular-data-package", Name: about.Name, Title: about.Title,
			Description:  "Numbers of annual reports on government information disclosure (政府信息公开工作年度报告), every one with the file it was read from.",
			Licenses:     []licence{{about.Licence}},
			Sources:      []source{{Title: "The published reports, with SHA-256 and where each was seen", Path: reportsResource.Path}},
			Contributors: []contributor{{about.Publisher, "publisher"}},
			Keywords:     []string{"政府信息公开", "年度报告", "freedom of information", "China"},
			Provenance:   provenance{"nianbao", about.Program, about.Steps, reportsResource.Path},
			Resources:    p.resources,
		})
	})
}

//go:embed readme.tmpl
var readmeText string

//go:embed citation.tmpl
var citationText string

var quote = template.FuncMap{"quote": func(s string) (string, error) { // a JSON string is a YAML string
	b, err := json.Marshal(s)
	if err != nil {
		return "", fmt.Errorf("quote %q: %w", s, err)
	}
	return string(b), nil
}}

var (
	readme   = template.Must(template.New("readme").Parse(readmeText))
	citation = template.Must(template.New("citation").Funcs(quote).Parse(citationText))
)
