package libreoffice

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"nianbao/extract"
	"nianbao/extract/html"
)

// installed skips where LibreOffice is not.
func installed(t *testing.T) *Converter {
	t.Helper()
	c := New()
	if c.Program == "" {
		t.Skip("LibreOffice is not installed; " + Install)
	}
	return c
}

func refusal(t *testing.T, err error, code, detail string) {
	t.Helper()
	var r *extract.Refusal
	if !errors.As(err, &r) || r.Code != code || !strings.Contains(r.Detail, detail) {
		t.Errorf("got %v, want %s: … %s …", err, code, detail)
	}
}

func TestMissing(t *testing.T) {
	_, err := (&Converter{Limits: DefaultLimits()}).Convert(t.Context(), nil, "doc")
	refusal(t, err, extract.RefusedUnsupported, "apt-get install")
}

// flat is a text document in one XML file with a table of two merged columns.
const flat = `<?xml version="1.0" encoding="UTF-8"?>
<office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" office:version="1.2" office:mimetype="application/vnd.oasis.opendocument.text"><office:body><office:text><text:p>年度报告</text:p>
<table:table><table:table-column table:number-columns-repeated="2"/>
<table:table-row><table:table-cell table:number-columns-spanned="2"><text:p>合计</text:p></table:table-cell><table:covered-table-cell/></table:table-row>
<table:table-row><table:table-cell><text:p>公开</text:p></table:table-cell><table:table-cell><text:p>12</text:p></table:table-cell></table:table-row></table:table></office:text></office:body></office:document>`

func TestRead(t *testing.T) {
	c := installed(t)
	doc, err := c.Read(t.Context(), []byte(flat), "fodt", "html", html.Read)
	if err != nil {
		t.Fatal(err)
	}
	if len(doc.Tables) != 1 || len(doc.Tables[0].Cells) != 3 {
		t.Fatalf("tables %+v", doc.Tables)
	}
	cell := doc.Tables[0].Cells[2]
	if cell.Text != "12" || cell.Row != 1 || cell.Reader != "office/libreoffice+html" {
		t.Errorf("cell %+v", cell)
	}
	b, err := c.Convert(t.Context(), []byte(flat), "fodt")
	if err != nil || extract.Sniff(b) != extract.TypeDOCX {
		t.Errorf("it makes %s, %v", extract.Sniff(b), err)
	}
}

// What can't be converted says why, and nothing is left behind.
func TestRefusals(t *testing.T) {
	c := installed(t)
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	_, err := c.Convert(t.Context(), []byte("PK\x03\x04 broken"), "docx")
	refusal(t, err, extract.RefusedDamaged, "password")
	small := *c
	small.Limits.Memory = 1 << 20
	_, err = small.Convert(t.Context(), []byte(flat), "fodt")
	refusal(t, err, extract.RefusedTooLarge, "memory")
	small = *c
	small.Limits.Time = time.Millisecond
	_, err = small.Convert(t.Context(), []byte(flat), "fodt")
	refusal(t, err, extract.RefusedTooLarge, "takes more than")
	small = *c
	small.Limits.Output = 10
	_, err = small.Convert(t.Context(), []byte(flat), "fodt")
	refusal(t, err, extract.RefusedTooLarge, "makes more than")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err = c.Convert(ctx, []byte(flat), "fodt"); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if _, err = c.Convert(t.Context(), nil, "../a"); err == nil {
		t.Error("an ending with a path was taken")
	}
	if left, err := filepath.Glob(filepath.Join(temp, "*")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// A document can neither run its macros nor fetch what it links to.
func TestLocked(t *testing.T) {
	c := installed(t)
	var hits atomic.Int32
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) { hits.Add(1) })}
	go server.Serve(l)
	defer server.Close()
	witness := filepath.Join(t.TempDir(), "ran")
	for name, doc := range map[string]string{
		"picture.html": fmt.Sprintf(`<html><body><p>年报</p><img src="http://%s/a.png"></body></html>`, l.Addr()),
		"macro.fodt": strings.NewReplacer("<office:body>", `<office:scripts><office:script script:language="ooo:Basic" xmlns:script="urn:oasis:names:tc:opendocument:xmlns:script:1.0"><ooo:libraries xmlns:ooo="http://openoffice.org/2004/office" xmlns:xlink="http://www.w3.org/1999/xlink"><ooo:library-embedded ooo:name="Standard"><ooo:module ooo:name="M"><ooo:source-code>Sub Main
open "`+witness+`" for output as #1
close #1
End Sub</ooo:source-code></ooo:module></ooo:library-embedded></ooo:libraries></office:script><office:event-listeners><script:event-listener script:language="ooo:script" script:event-name="dom:load" xlink:href="vnd.sun.star.script:Standard.M.Main?language=Basic&amp;location=document" xmlns:script="urn:oasis:names:tc:opendocument:xmlns:script:1.0" xmlns:xlink="http://www.w3.org/1999/xlink"/></office:event-listeners></office:scripts><office:body>`).Replace(flat),
	} {
		if _, err := c.ConvertTo(t.Context(), []byte(doc), strings.TrimPrefix(filepath.Ext(name), "."), "pdf"); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if hits.Load() > 0 {
		t.Errorf("a picture was fetched %d times", hits.Load())
	}
	if _, err := os.Stat(witness); err == nil {
		t.Error("a macro ran")
	}
}
