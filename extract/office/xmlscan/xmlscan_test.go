package xmlscan

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"nianbao/process/guard"
)

// tokens renders what a scanner reads.
func tokens(s *Scanner, names map[int]string) string {
	var b strings.Builder
	for s.Next() {
		switch s.Kind {
		case Start:
			fmt.Fprintf(&b, "<%s", names[s.Tag])
			for _, key := range []string{"val", "id"} {
				if v, ok := s.Lookup(key); ok {
					fmt.Fprintf(&b, " %s=%q", key, v)
				}
			}
			b.WriteString(">")
		case End:
			fmt.Fprintf(&b, "</%s>", names[s.Tag])
		case Text:
			b.Write(s.Text())
		}
	}
	if s.Err() != nil {
		fmt.Fprintf(&b, " error: %v", s.Err())
	}
	return b.String()
}

func vocabulary() (Vocabulary, map[int]string) {
	names := map[int]string{}
	return func(space, local string) int {
		n := len(names) + 1
		names[n] = local
		if space != "" {
			names[n] = space + ":" + local
		}
		return n
	}, names
}

func TestTokens(t *testing.T) {
	for _, test := range []struct{ in, want string }{
		{`<a>x</a>`, `<a>x</a>`},
		{`<?xml version="1.0"?><!-- c --><a val='1 &amp; 2'/>`, `<a val="1 & 2"></a>`},
		{`<a xmlns="u" xmlns:w="v"><w:b w:val="1"/><c xmlns="u2"><b/></c><b/></a>`, `<u:a><v:b val="1"></v:b><u2:c><u2:b></u2:b></u2:c><u:b></u:b></u:a>`},
		{`<a>&lt;&#20013;&#x4E2D;&nbsp;&</a>`, `<a><中中&nbsp;&</a>`},
		{`<a><![CDATA[<b>&amp;]]></a>`, `<a><b>&amp;</a>`},
		{"\xEF\xBB\xBF<a>中</a>", `<a>中</a>`},
		{"\xFF\xFE<\x00a\x00>\x00-N<\x00/\x00a\x00>\x00", `<a>中</a>`},
		{`<!DOCTYPE a [<!ENTITY x "y"><!ENTITY z SYSTEM "file:///etc/passwd">]><a>&x;&z;</a>`, `<a>&x;&z;</a>`},
		{"<a>x\x00y</a>", `<a>x error: the character 0x0 at byte 4 is not allowed`},
		{"<a>年度工作\xFF报告</a>", "<a>年度工作\uFFFD报告</a> error: 1 places are no text in the charset utf-8"},
		{`<a><b></a>`, `<a><b> error: the end tag "a" at byte 6 ends nothing`},
		{`<a>x`, `<a>x error: it ends within the element a`},
		{`<a val="1`, ` error: the tag at byte 0 is none`},
		{`<a><!-- `, `<a> error: no --> follows the byte 3`},
		{`<a><b val="1/><c x="y">2</c></b></a>`, `<a> error: the tag at byte 3 is none`},
		{`<a><b val="1/></b>2<b val="3"/></a>`, `<a> error: the tag at byte 3 is none`},
		{`<a><b val="1"x="2"/></a>`, `<a> error: the tag at byte 3 is none`},
		{`<a val=1>`, ` error: the tag at byte 0 is none`},
		{`<a someval="3" x:val="1"/>`, `<a val="1"></a>`},
	} {
		v, names := vocabulary()
		if got := tokens(New([]byte(test.in), v), names); got != test.want {
			t.Errorf("%s\n got %s\nwant %s", test.in, got, test.want)
		}
	}
}

func TestDepth(t *testing.T) {
	v, _ := vocabulary()
	s := New([]byte(strings.Repeat("<a>", 300)), v)
	for s.Next() {
	}
	if !errors.Is(s.Err(), ErrDepth) {
		t.Errorf("Err = %v", s.Err())
	}
}

func TestSkip(t *testing.T) {
	v, names := vocabulary()
	s := New([]byte("<a><b><c/>x<c></c></b>y</a>"), v)
	s.Next()
	s.Next()
	s.Skip()
	if got := tokens(s, names); got != "y</a>" {
		t.Errorf("after Skip: %s", got)
	}
}

// touching finds a value with something right behind it, which the standard
// forbids (XML 1.0, production 40) and encoding/xml reads all the same.
var touching = regexp.MustCompile(`=\s*(?:"[^"]*"|'[^']*')[^\s/>]`)

// What encoding/xml reads is read the same way, text and nesting.
func FuzzScan(f *testing.F) {
	f.Add([]byte(`<a xmlns:w="v" w:val="&#48;"><w:b/>x&amp;<![CDATA[y]]><!-- z --></a>`))
	f.Add([]byte(`<!DOCTYPE a [<!ENTITY x "y">]><a>&lt;</a>`))
	f.Add([]byte(`<a A=""A=""></a>`))
	f.Fuzz(func(t *testing.T, b []byte) {
		defer guard.Start()()
		v, _ := vocabulary()
		s := New(b, v)
		var got strings.Builder
		for s.Next() {
			switch s.Kind {
			case Start:
				got.WriteByte('=')
			case End:
				got.WriteByte('>')
			case Text:
				got.Write(s.Text())
			}
		}
		if len(got.String()) > 4*len(b)+10 {
			t.Errorf("%d bytes became %d", len(b), got.Len())
		}
		want, ok := standard(string(b))
		if ok && s.Err() == nil && got.String() != want {
			t.Errorf("got %q\nwant %q", got.String(), want)
		}
		if ok && s.Err() != nil && !errors.Is(s.Err(), ErrDepth) && !touching.Match(b) {
			t.Errorf("encoding/xml reads it, not so here: %v", s.Err())
		}
	})
}

// standard is what encoding/xml makes of s, where both should agree.
func standard(s string) (string, bool) {
	if strings.Contains(s, "\r") || strings.Contains(s, "<?") || strings.Contains(strings.NewReplacer("<!--", "", "<![CDATA[", "").Replace(s), "<!") || !utf8.ValidString(s) || strings.Contains(s, "\x00") {
		return "", false
	}
	d := xml.NewDecoder(strings.NewReader(s))
	var b strings.Builder
	depth := 0
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return b.String(), true
		}
		if err != nil {
			return "", false
		}
		switch token := token.(type) {
		case xml.StartElement:
			depth++
			b.WriteByte('=')
		case xml.EndElement:
			depth--
			b.WriteByte('>')
		case xml.CharData:
			if depth > 0 {
				b.Write(token)
			}
		}
	}
}
