package pdf

import (
	"testing"

	"nianbao/process/guard"
)

// Foreign bytes must not make a parser panic, hang or run out of bounds.

func FuzzLexer(f *testing.F) {
	for _, s := range []string{
		"BT /F#41 12 Tf (a\\(b\\)\\101\\\n) Tj <4142> Tj [(x) -120.5 (y)] TJ ET", "<", "(", "/", "<<", ">>", "%", "-.", "BI /W 1 ID \x00\xff EI Q",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		defer guard.Start()()
		l := &lexer{b: b}
		for n := 0; ; n++ {
			before := l.pos
			tok := l.next()
			if tok.kind == tokEOF {
				break
			}
			if l.pos <= before || l.pos > len(b) {
				t.Fatalf("at %d after %d of %d", l.pos, before, len(b))
			}
			if string(tok.b) == "ID" {
				l.skipInlineImage()
			}
		}
		parseValue(&lexer{b: b}, 0)
	})
}

func FuzzCMap(f *testing.F) {
	f.Add([]byte("1 begincodespacerange <00> <FF> endcodespacerange 2 beginbfchar <01> <4E00> <02> <D840DC00> endbfchar"), []byte("\x01\x02"))
	f.Add([]byte("1 beginbfrange <0000> <FFFF> <0000> <10> <12> [<41> <42> <43>] endbfrange 1 begincidrange <20> <7E> 1 endcidrange"), []byte("\x00\x20\x81\x30\x81\x30"))
	f.Fuzz(func(t *testing.T, b, s []byte) {
		defer guard.Start()()
		m := parseCMap(b)
		for len(s) > 0 {
			c, n := m.split(s)
			if n < 1 || n > len(s) {
				t.Fatalf("a code of %d bytes", n)
			}
			m.text(c)
			m.cid(c, n)
			s = s[n:]
		}
	})
}

func FuzzRead(f *testing.F) {
	f.Add(raw("<</Type /Catalog /Pages 2 0 R>>", "<</Type /Pages /Kids [] /Count 0>>"))
	f.Add(page(stream("", "q 1 0 0 1 9 9 cm BT /F 10 Tf (2021) Tj ET 0 0 m 9 9 l S 1 1 2 2 re f Q"), latinFont))
	f.Add(load(f, "browser-truetype.pdf"))
	f.Add(load(f, "object-streams.pdf"))
	f.Add(load(f, "aes128.pdf"))
	f.Add(load(f, "aes256.pdf"))
	f.Fuzz(func(t *testing.T, b []byte) {
		defer guard.Start()()
		r := &reading{b: b}
		if r.own() == nil && r.alien == "" {
			for _, c := range r.pages {
				c.measured.fault()
			}
			documentFault(r.pages)
		}
	})
}
