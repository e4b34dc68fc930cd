package mht

import (
	"encoding/base64"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/tools/txtar"

	"nianbao/extract"
	"nianbao/extract/extracttest"
)

func TestGolden(t *testing.T) { extracttest.Golden(t, "testdata/*.txtar", Read) }

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
			doc, err := Read([]byte(strings.ReplaceAll(strings.ReplaceAll(in, "\r\n", "\n"), "\n", end)))
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
		_, err := Read([]byte(in))
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
	doc, err := Read([]byte(in))
	if err != nil || len(doc.Lines) != 2 {
		t.Errorf("%+v, %v", doc, err)
	}
}

func FuzzRead(f *testing.F) {
	names, err := filepath.Glob("testdata/*.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range names {
		a, err := txtar.ParseFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(a.Files[0].Data)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		doc, err := Read(b)
		if err != nil {
			return
		}
		if err := extracttest.Check(doc); err != nil {
			t.Error(err)
		}
		n := 0
		for _, l := range doc.Lines {
			n += len(l.Text)
		}
		if n > 4*len(b)+1000 {
			t.Errorf("%d bytes became %d", len(b), n)
		}
	})
}
