package mht

import (
	"encoding/base64"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/simplifiedchinese"

	"nianbao/extract"
	"nianbao/extract/embedded"
	"nianbao/extract/extracttest"
	"nianbao/process/guard"
)

// read reads a page without its pictures.
func read(b []byte) (*extract.Document, error) { return Read(b, nil) }

func TestGolden(t *testing.T) { extracttest.Golden(t, "testdata/*.txtar", read) }

// However a page is encoded, it is the same page.
func TestEncodings(t *testing.T) {
	const text = "<title>年报</title><p>规章=1</p>"
	gbk, err := simplifiedchinese.GBK.NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	quoted := func(s string) string {
		var b strings.Builder
		for i := range len(s) {
			if s[i] > 0x7E || s[i] == '=' {
				b.WriteString("=" + strings.ToUpper(string("0123456789abcdef"[s[i]>>4])+string("0123456789abcdef"[s[i]&15])))
			} else {
				b.WriteByte(s[i])
			}
			if i%20 == 19 {
				b.WriteString("=\r\n")
			}
		}
		return b.String()
	}
	for name, part := range map[string]string{
		"plain":                 "Content-Type: text/html\n\n" + text,
		"gbk":                   "Content-Type: text/html; charset=gb2312\n\n" + gbk,
		"quoted":                "Content-Type: text/html\nContent-Transfer-Encoding: quoted-printable\n\n" + quoted(text),
		"quoted gbk":            "Content-Type: text/html;\n charset=\"gb2312\"\nContent-Transfer-Encoding: Quoted-Printable\n\n" + quoted(gbk),
		"quoted, careless":      "Content-Type: text/html\nContent-Transfer-Encoding: quoted-printable\n\n" + strings.ReplaceAll(quoted(text), "=3D", "="),
		"base64":                "content-type: TEXT/HTML\ncontent-transfer-encoding: base64\n\n" + base64.StdEncoding.EncodeToString([]byte(text)),
		"headers of no meaning": "X: a\nrubbish\nContent-Type: text/html\n\n" + text,
	} {
		for _, end := range []string{"\n", "\r\n"} {
			in := "MIME-Version: 1.0\nContent-Type: multipart/related; boundary=b\n\n--b\n" + part + "\n--b--\n"
			doc, err := read([]byte(strings.ReplaceAll(strings.ReplaceAll(in, "\r\n", "\n"), "\n", end)))
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			if got := extracttest.Render(doc); got != "title: 年报\n| 规章=1\n" {
				t.Errorf("%s %q: %s", name, end, got)
			}
		}
	}
}

func TestRefusals(t *testing.T) {
	for name, in := range map[string]string{
		"no page":   "MIME-Version: 1.0\nContent-Type: multipart/related; boundary=b\n\n--b\nContent-Type: image/png\n\nx\n--b--\n",
		"no parts":  "MIME-Version: 1.0\nContent-Type: multipart/related; boundary=b\n\n",
		"no header": "",
	} {
		_, err := read([]byte(in))
		var refusal *extract.Refusal
		if !errors.As(err, &refusal) || refusal.Code != extract.RefusedDamaged {
			t.Errorf("%s: %v, want a refusal damaged", name, err)
		}
	}
}

// Frames that show each other are read once each.
func TestFramesInACircle(t *testing.T) {
	page := func(name, shows string) string {
		return "--b\nContent-Type: text/html\nContent-Location: http://a/" + name + "\n\n<p>" + name + "</p><iframe src=" + shows + "></iframe><iframe src=" + shows + "></iframe>\n"
	}
	in := "MIME-Version: 1.0\nContent-Type: multipart/related; boundary=b\n\n" + page("x", "y") + page("y", "x") + "--b--\n"
	doc, err := read([]byte(in))
	if err != nil || len(doc.Lines) != 2 {
		t.Errorf("%+v, %v", doc, err)
	}
}

// The pictures that a page shows are read in their places, whether they are parts
// or written into the page; others are not.
func TestPictures(t *testing.T) {
	encoded := func(name string) string { return base64.StdEncoding.EncodeToString(extracttest.Picture(name)) }
	part := func(location, name string) string {
		return "\n--b\nContent-Type: image/png\nContent-Transfer-Encoding: base64\nContent-Location: " + location + "\n\n" + encoded(name)
	}
	in := "MIME-Version: 1.0\nContent-Type: multipart/related; boundary=b\n\n--b\nContent-Type: text/html\nContent-Location: file:///c/a.htm\n\n" +
		"<h1>年报</h1><p>前</p><p><img src=\"a.files/1.png\"></p><table><tr><td><img src=\"data:image/png;base64," + encoded("y") + "\"></td></tr></table><p>后<img src=a.files/3.png></p>" +
		part("file:///c/a.files/1.png", "x") + part("file:///c/a.files/2.png", "z") + "\n--b--"
	doc, err := Read([]byte(in), embedded.New(extracttest.Recogniser{}, nil))
	if err != nil {
		t.Fatal(err)
	}
	want := "# 年报\n| 前\n| above x\ntable 2 x 2\n  [a] [b]\n  [x] [1]\n| above y\ntable 2 x 2\n  [a] [b]\n  [y] [1]\n| 后\n"
	if diff := cmp.Diff(want, extracttest.Render(doc)); diff != "" {
		t.Error(diff)
	}
}

func FuzzRead(f *testing.F) {
	extracttest.Seeds(f, "testdata/*.txtar", func(in []byte) { f.Add(in) })
	f.Fuzz(func(t *testing.T, b []byte) {
		defer guard.Start()()
		doc, err := read(b)
		if err != nil {
			return
		}
		extracttest.Fuzzed(t, doc, len(b), 4)
	})
}
