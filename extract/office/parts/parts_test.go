package parts

import (
	"archive/zip"
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"nianbao/extract"
	"nianbao/process/guard"
)

func pack(t testing.TB, method uint16, parts ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := 0; i < len(parts); i += 2 {
		f, err := w.CreateHeader(&zip.FileHeader{Name: parts[i], Method: method})
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

func TestRelations(t *testing.T) {
	p, err := OpenZip(pack(t, zip.Deflate, `word\_rels\document.xml.rels`, `<Relationships xmlns="u"><Relationship Id="a" Type="http://x/y/image" Target="media/1.png"/>`+
		`<Relationship Id="b" Type="x/hyperlink" Target="http://h" TargetMode="External"/><Relationship Id="c" Type="styles" Target="/Word/../Styles.xml"/></Relationships>`))
	if err != nil {
		t.Fatal(err)
	}
	got, err := p.Relations("/word/Document.xml")
	want := []Relation{{ID: "a", Type: "image", Target: "word/media/1.png"}, {ID: "b", Type: "hyperlink", External: true}, {ID: "c", Type: "styles", Target: "styles.xml"}}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v %s", err, diff)
	}
}

// Whatever is cut off, a part is read to the cut or not at all.
func TestCutOff(t *testing.T) {
	text := strings.Repeat("年报2021", 500)
	for _, method := range []uint16{zip.Store, zip.Deflate} {
		whole := pack(t, method, "a.xml", text, "b.xml", "<b/>")
		for n := range whole {
			p, err := OpenZip(whole[:n])
			if err != nil {
				continue
			}
			if !p.CutOff {
				t.Fatalf("%d of %d bytes are no whole file", n, len(whole))
			}
			b, err := p.Part("a.xml")
			if err == nil && !strings.HasPrefix(text, string(b)) {
				t.Fatalf("%d of %d bytes gave %q", n, len(whole), b)
			}
		}
	}
}

// All parts together are bounded, and each of them.
func TestTotal(t *testing.T) {
	p, err := OpenZip(pack(t, zip.Store, "a", "12345"))
	if err != nil {
		t.Fatal(err)
	}
	p.total = maxTotal - 4
	_, err = p.Part("a")
	var refusal *extract.Refusal
	if !errors.As(err, &refusal) || refusal.Code != extract.RefusedTooLarge {
		t.Errorf("Part: %v, want a refusal too_large", err)
	}
}

func TestFlat(t *testing.T) {
	const in = `<p:package xmlns:p="http://schemas.microsoft.com/office/2006/xmlPackage"><p:part p:name="/a.xml" p:contentType="x/y"><p:xmlData><a>1</a></p:xmlData></p:part><p:part p:name="/b.png"><p:binaryData>UE
	5H</p:binaryData></p:part><p:part p:name="/c.xml"><p:xmlData/></p:part></p:package>`
	p, err := OpenFlat([]byte(in))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"a.xml": "<a>1</a>", "b.png": "PNG", "c.xml": "", "d": ""} {
		if b, err := p.Part(name); err != nil || string(b) != want {
			t.Errorf("%s: %q, %v", name, b, err)
		}
	}
	if main, err := p.Main([]string{"x/y"}, "z"); err != nil || main != "a.xml" {
		t.Errorf("Main = %s, %v", main, err)
	}
}

func FuzzOpenZip(f *testing.F) {
	f.Add(pack(f, zip.Deflate, "_rels/.rels", `<Relationships><Relationship Type="officeDocument" Target="a"/></Relationships>`, "a", "b"))
	f.Add(pack(f, zip.Store, "[Content_Types].xml", `<Types><Override PartName="/a" ContentType="t"/></Types>`, "a", "b")[:150])
	f.Fuzz(func(t *testing.T, b []byte) {
		defer guard.Start()()
		p, err := OpenZip(b)
		if err != nil {
			return
		}
		main, err := p.Main([]string{"t"}, "x")
		if err != nil {
			return
		}
		if _, err := p.Part(main); err == nil && p.total > maxTotal {
			t.Errorf("%d bytes unpacked", p.total)
		}
	})
}
