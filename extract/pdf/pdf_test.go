package pdf

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"nianbao/extract"
	"nianbao/extract/grid"
	"nianbao/fixtures"
	fixture "nianbao/fixtures/pdf"
)

var update = flag.Bool("update", false, "write the golden files anew")

func load(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// transcript writes pages as runs of glyphs with their places, and the rules.
func transcript(pages []grid.Page) string {
	var b strings.Builder
	for _, p := range pages {
		fmt.Fprintf(&b, "page %d %.0f×%.0f %s\n", p.Number, p.Width, p.Height, p.Reader)
		for i, g := range p.Glyphs {
			if i == 0 || !follows(&p.Glyphs[i-1], &p.Glyphs[i]) {
				fmt.Fprintf(&b, "\n%.0f %.0f %.4g° ", g.Box[0], g.Box[1], g.Angle)
			}
			b.WriteString(g.Text)
		}
		b.WriteString("\n\n")
		for _, r := range p.Rules {
			if math.Hypot(r.X1-r.X0, r.Y1-r.Y0) > 5 {
				fmt.Fprintf(&b, "%.0f %.0f %.0f %.0f %v\n", r.X0, r.Y0, r.X1, r.Y1, r.Weak)
			}
		}
	}
	return b.String()
}

// Files that programs made, against what they show.
func TestGolden(t *testing.T) {
	for _, name := range []string{"writer", "browser-type3", "browser-truetype", "linear-rotated"} {
		t.Run(name, func(t *testing.T) {
			pages, warnings, err := Pages(load(t, name+".pdf"), Options{})
			if err != nil || len(warnings) > 0 {
				t.Fatal(warnings, err)
			}
			got := transcript(pages)
			golden := filepath.Join("testdata", name+".golden")
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

// One file in other wrappings shows the same.
func TestWrappings(t *testing.T) {
	plain := load(t, "writer.pdf")
	pages, _, err := Pages(plain, Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := strings.ReplaceAll(transcript(pages), ReaderOwn, "")
	wrap := map[string][]byte{
		"leading header lines": append([]byte("HTTP/1.1 200 OK\r\nContent-Type: application/pdf\r\n\r\n"), plain...),
		"trailing page":        append(bytes.Clone(plain), "\n<html><body>404</body></html>\n"...),
		"version 2":            bytes.Replace(plain, plain[:8], []byte("%PDF-2.0"), 1),
		"saved again":          saveAgain(plain),
	}
	for _, name := range []string{"object-streams", "aes128", "aes256", "rc4-40"} {
		wrap[name] = load(t, name+".pdf")
	}
	for name, b := range wrap {
		pages, warnings, err := Pages(b, Options{})
		if err != nil || len(warnings) > 0 {
			t.Errorf("%s: %v %v", name, warnings, err)
			continue
		}
		if got := strings.ReplaceAll(transcript(pages), ReaderOwn, ""); got != want {
			t.Errorf("%s: got\n%s\nwant\n%s", name, got, want)
		}
	}
}

func texts(pages []grid.Page) string {
	var b strings.Builder
	for _, p := range pages {
		for _, g := range p.Glyphs {
			b.WriteString(g.Text)
		}
	}
	return b.String()
}

// saveAgain appends an incremental update, as programs do that change a file.
func saveAgain(b []byte) []byte {
	f, _ := openFile(b, nil, &damage{})
	i := bytes.LastIndex(b, []byte("startxref"))
	prev := strings.Fields(string(b[i:]))[1]
	out := append(bytes.Clone(b), '\n')
	at := len(out)
	out = fmt.Appendf(out, "9000 0 obj\n<</New true>>\nendobj\n")
	x := len(out)
	return fmt.Appendf(out, "xref\n9000 1\n%010d 00000 n \ntrailer\n<</Size 9001 /Root %s /Prev %s>>\nstartxref\n%d\n%%%%EOF\n",
		at, f.trailer.get("Root").src, prev, x)
}

// What our interpreter can't read, PDFium does, and its pages say so.
func TestFallback(t *testing.T) {
	if testing.Short() {
		t.Skip("starts PDFium")
	}
	content := fmt.Sprintf("%X>", "BT /F 10 Tf 100 700 Td (2021 report 123) Tj ET 100 690 m 200 690 l S")
	b := page(stream("/Filter /ASCIIHexDecode", content), courier)
	pages, warnings, err := Pages(b, Options{})
	if err != nil || len(warnings) > 0 || pages[0].Reader != ReaderPDFium || texts(pages) != "2021report123" || len(pages[0].Rules) != 1 {
		t.Error(pages, warnings, err)
	}
}

func TestPassword(t *testing.T) {
	if testing.Short() {
		t.Skip("starts PDFium")
	}
	b := load(t, "password.pdf")
	refused(t, b, extract.RefusedEncrypted)
	pages, warnings, err := Pages(b, Options{Passwords: []string{"wrong", "user"}})
	if err != nil || len(warnings) > 0 || len(pages) == 0 {
		t.Error(len(pages), warnings, err)
	}
}

func refused(t *testing.T, b []byte, code string) {
	t.Helper()
	_, err := Read(b, Options{})
	var r *extract.Refusal
	if !errors.As(err, &r) || r.Code != code {
		t.Errorf("got %v, want %s", err, code)
	}
}

// styles are layouts that together use every font, border, operator and
// wrapping the fixtures know.
func styles(n uint64) map[string][]byte {
	out := map[string][]byte{}
	for seed := uint64(1); seed <= n; seed++ {
		r := fixtures.New(seed)
		rep := fixtures.Generate(seed, fixtures.Random(r, 2))
		s := fixture.Random(r)
		s.Lock = fixture.Open
		out[fmt.Sprintf("%d %s %s", seed, s.Font, s.Border)] = fixture.Write(rep, s, r)
	}
	return out
}

// Both readers, which share only the code that turns paths into rules, see the
// same characters at the same places, and about the same rules.
func TestReadersAgree(t *testing.T) {
	if testing.Short() {
		t.Skip("starts PDFium")
	}
	for name, b := range styles(12) {
		r := &reading{b: b}
		if err := r.own(); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if len(r.damage.notes) > 0 || documentFault(r.pages) != "" {
			t.Errorf("%s: %v %s", name, r.damage.notes, documentFault(r.pages))
		}
		e, err := openPDFium(b, Options{})
		if err != nil {
			t.Fatal(err)
		}
		for i, own := range r.pages {
			c, err := e.draw(i)
			if err != nil {
				t.Fatal(err)
			}
			c.finish()
			if far := apart(own, c); far > len(own.glyphs)/200 {
				t.Errorf("%s: page %d: %d of %d characters stand elsewhere for PDFium", name, i+1, far, len(own.glyphs))
			}
			if f := own.measured.fault(); f != "" {
				t.Errorf("%s: page %d: %s", name, i+1, f)
			}
			if a, b := len(own.ruler.rules), len(c.ruler.rules); abs(float64(a-b)) > 0.05*float64(max(a, b)) {
				t.Errorf("%s: page %d: %d rules, %d for PDFium", name, i+1, a, b)
			}
		}
		e.Close()
	}
}

// apart counts the glyphs of a that b has not at their place.
func apart(a, b *canvas) (n int) {
	used := make([]bool, len(b.glyphs))
next:
	for _, g := range a.glyphs {
		for k, h := range b.glyphs {
			if !used[k] && h.Text == g.Text && abs(g.Box[0]-h.Box[0]) < 0.35*g.Size && abs(g.Box[1]-h.Box[1]) < 0.35*g.Size {
				used[k] = true
				continue next
			}
		}
		n++
	}
	return n
}

func BenchmarkPages(b *testing.B) {
	for _, name := range []string{"writer", "browser-type3", "browser-truetype", "object-streams"} {
		b.Run(name, func(b *testing.B) {
			data := load(b, name+".pdf")
			b.ReportAllocs()
			for b.Loop() {
				if _, _, err := Pages(data, Options{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
