package odt

import (
	"archive/zip"
	"bytes"
	"errors"
	"strings"
	"testing"

	"nianbao/extract"
	"nianbao/extract/extracttest"
	"nianbao/process/guard"
)

// document completes what stands in a text to a file.
func document(in string) []byte {
	head := `<?xml version="1.0"?><office:document office:mimetype="application/vnd.oasis.opendocument.text"`
	for _, name := range []string{"office", "text", "table", "style"} {
		head += ` xmlns:` + name + `="urn:oasis:names:tc:opendocument:xmlns:` + name + `:1.0"`
	}
	head += ` xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><office:meta><dc:title>年报</dc:title></office:meta>` +
		`<office:styles><text:outline-style><text:outline-level-style text:level="1" style:num-format="一, 二, 三, ..." style:num-suffix="、"/></text:outline-style></office:styles>` +
		`<office:automatic-styles><style:style style:name="up"><style:text-properties style:text-position="super 58%"/></style:style><style:style style:name="gone"><style:text-properties text:display="none"/></style:style>` +
		`<style:style style:name="out"><style:text-properties style:text-line-through-style="solid"/></style:style><text:list-style style:name="L"><text:list-level-style-number text:level="1" style:num-format="1" style:num-suffix="."/>` +
		`<text:list-level-style-number text:level="2" style:num-format="1" text:display-levels="2" style:num-prefix="（" style:num-suffix="）"/></text:list-style></office:automatic-styles><office:body><office:text>`
	if strings.HasSuffix(in, ">\n") {
		in += `</office:text></office:body></office:document>`
	}
	return []byte(head + in)
}

func TestGolden(t *testing.T) {
	extracttest.Golden(t, "testdata/*.txtar", func(b []byte) (*extract.Document, error) { return Read(document(string(b)), Options{}) })
}

func pack(t testing.TB, parts ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := 0; i < len(parts); i += 2 {
		f, err := w.Create(parts[i])
		if err == nil {
			_, err = f.Write([]byte(parts[i+1]))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestRefusals(t *testing.T) {
	for name, test := range map[string]struct {
		in   []byte
		code string
	}{
		"locked":  {pack(t, "content.xml", "x", "META-INF/manifest.xml", `<manifest:encryption-data/>`), extract.RefusedEncrypted},
		"no text": {pack(t, "content.xml", "<a/>"), extract.RefusedDamaged},
		"cells":   {document(`<table:table>` + strings.Repeat(`<table:table-row table:number-rows-repeated="1000"><table:table-cell table:number-columns-repeated="1000"><text:p>1</text:p></table:table-cell></table:table-row>`, 2) + "</table:table>\n"), extract.RefusedTooLarge},
	} {
		_, err := Read(test.in, Options{})
		var refusal *extract.Refusal
		if !errors.As(err, &refusal) || refusal.Code != test.code {
			t.Errorf("%s: %v, want a refusal %s", name, err, test.code)
		}
	}
}

func FuzzRead(f *testing.F) {
	extracttest.Seeds(f, "testdata/*.txtar", func(in []byte) {
		f.Add(document(string(in)))
		f.Add(pack(f, "content.xml", string(document(string(in)))))
	})
	f.Fuzz(func(t *testing.T, b []byte) {
		defer guard.Start()()
		if doc, err := Read(b, Options{}); err == nil {
			if err := extracttest.Check(doc); err != nil {
				t.Error(err)
			}
		}
	})
}
