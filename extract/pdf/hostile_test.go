package pdf

import (
	"bytes"
	"compress/zlib"
	"errors"
	"fmt"
	"strings"
	"testing"

	"nianbao/extract"
	fixture "nianbao/fixtures/pdf"
)

// raw and stream make files of objects as they are given.
var raw, stream = fixture.Raw, fixture.RawStream

func deflate(s string) string {
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	w.Write([]byte(s))
	w.Close()
	return b.String()
}

// page is a whole file of one page with the given content and resources.
func page(content, resources string, more ...string) []byte {
	return raw(append([]string{
		"<</Type /Catalog /Pages 2 0 R>>",
		"<</Type /Pages /Kids [3 0 R] /Count 1>>",
		"<</Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R /Resources <<" + resources + ">>>>",
		content,
	}, more...)...)
}

const latinFont = "/Font <</F <</Type /Font /Subtype /Type1 /BaseFont /Helvetica>>>>"

// Files made to hang or kill a reader. Each must end by itself, within bounds,
// and with a word about what is wrong; what hangs fails by the test's timeout.
func TestHostile(t *testing.T) {
	head := "%PDF-1.5\n1 0 obj\n<</Type /Catalog /Pages 2 0 R>>\nendobj\n2 0 obj\n<</Type /Pages /Kids [] /Count 0>>\nendobj\n"
	at := len(head)
	tail := func(trailer string) []byte {
		return fmt.Appendf([]byte(head), "%s\nstartxref\n%d\n%%%%EOF\n", trailer, at)
	}
	xref := func(dict, rows string) []byte {
		return tail("9 0 obj\n" + stream("/Type /XRef /Root 1 0 R "+dict, rows) + "\nendobj")
	}
	bomb := deflate(strings.Repeat("\x00", 200<<20))
	for name, b := range map[string][]byte{
		"previous table is itself":  tail(fmt.Sprintf("xref\n0 1\n0000000000 65535 f \ntrailer\n<</Size 3 /Root 1 0 R /Prev %d>>", at)),
		"previous stream is itself": xref(fmt.Sprintf("/Size 3 /W [1 2 1] /Prev %d", at), strings.Repeat("\x01\x00\x09\x00", 3)),
		"size of two billion":       xref("/Size 2000000000 /W [1 2 1]", "\x01\x00\x09\x00"),
		"index of two billion":      xref("/Size 3 /W [1 2 1] /Index [1900000000 1]", "\x01\x00\x09\x00"),
		"huge fields":               xref("/Size 3 /W [1 999999999 1]", "\x01\x00\x09\x00"),
		"subsection far out":        tail("xref\n1900000000 1\n0000000009 00000 n \ntrailer\n<</Size 3 /Root 1 0 R>>"),
		"subsection without end":    tail("xref\n0 1900000000\n0000000009 00000 n \ntrailer\n<</Size 3 /Root 1 0 R>>"),
		"object number far out":     []byte("%PDF-1.5\n4294967295 0 obj\n<<>>\nendobj\nstartxref\n9\n%%EOF\n"),
		"kids loop":                 raw("<</Type /Catalog /Pages 2 0 R>>", "<</Type /Pages /Kids [2 0 R 2 0 R] /Count 2>>"),
		"long kids loop":            raw("<</Type /Catalog /Pages 2 0 R>>", "<</Type /Pages /Kids [3 0 R] /Count 1>>", "<</Type /Pages /Kids [2 0 R] /Count 1>>"),
		"parent loop":               raw("<</Type /Catalog /Pages 2 0 R>>", "<</Type /Pages /Kids [3 0 R] /Count 1 /Parent 3 0 R>>", "<</Type /Page /Parent 2 0 R>>"),
		"object stream in itself":   xref("/Size 4 /W [1 2 1]", "\x00\x00\x00\x00\x02\x00\x02\x00\x02\x00\x02\x00\x01\x00\x09\x00"),
		"length in itself":          page("<</Length 4 0 R>>\nstream\nBT\nendstream", ""),
		"unclosed hex string":       raw("<</Type /Catalog /Pages 2 0 R /X <41"),
		"unclosed string":           raw("<</Type /Catalog /Pages 2 0 R /X (41"),
		"unclosed hex in content":   page(stream("", "BT /F 10 Tf <41"), latinFont),
		"deep arrays":               raw("<</Type /Catalog /Pages 2 0 R /X " + strings.Repeat("[", 100_000) + ">>"),
		"deep arrays in content":    page(stream("", strings.Repeat("[", 3_000_000)), ""),
		"deep pages":                deepPages(200),
		"bomb in content":           page(stream("/Filter /FlateDecode", bomb), ""),
		"bomb of object streams":    xref("/Size 4 /W [1 2 1] /Filter /FlateDecode", bomb),
		"form draws itself":         page(stream("", "/X Do"), "/XObject <</X 5 0 R>>", stream("/Subtype /Form /BBox [0 0 9 9] /Resources <</XObject <</X 5 0 R>>>>", "/X Do /X Do /X Do /X Do")),
		"states without end":        page(stream("/Filter /FlateDecode", deflate(strings.Repeat("q ", 2_000_000))), ""),
		"path without end":          page(stream("/Filter /FlateDecode", deflate("0 0 m "+strings.Repeat("1 1 l ", 4_000_000)+"S")), ""),
		"map without end":           page(stream("", "BT /F 9 Tf (a) Tj ET"), "/Font <</F 5 0 R>>", "<</Type /Font /Subtype /Type1 /ToUnicode 6 0 R>>", stream("/Filter /FlateDecode", deflate("1 beginbfrange "+strings.Repeat("<00> <FFFFFFFF> <0000> ", 300_000)+"endbfrange"))),
		"widths without end":        page(stream("", "BT /F 9 Tf (a) Tj ET"), "/Font <</F <</Type /Font /Subtype /Type0 /Encoding /Identity-H /DescendantFonts [<</W [0 4294967295 500 "+strings.Repeat("1 [1] ", 200_000)+"]>>]>>>>"),
		"predictor of no columns":   xref("/Size 3 /W [1 2 1] /Filter /FlateDecode /DecodeParms <</Predictor 12 /Columns 0>>", deflate("\x02\x01\x00\x09\x00")),
		"numbers too large":         page(stream("", "1e99 0 0 1 0 0 cm 99999999999999999999999999999999 0 0 1 0 0 cm BT /F 1e9 Tf 9 9 Td (a) Tj ET"), latinFont),
		"page of no size":           raw("<</Type /Catalog /Pages 2 0 R>>", "<</Type /Pages /Kids [3 0 R] /Count 1>>", "<</Type /Page /MediaBox [0 0 0 0]>>"),
		"nothing but a header":      []byte("%PDF-1.4\n%%EOF"),
	} {
		t.Run(name, func(t *testing.T) {
			if bytes.Contains(b, []byte("2000000000")) && testing.Short() {
				t.Skip()
			}
			r := &reading{b: b}
			err := r.own()
			var refusal *extract.Refusal
			if err != nil && !errors.As(err, &refusal) {
				t.Errorf("not a refusal: %v", err)
			}
			if err == nil && r.alien == "" && len(r.damage.notes) == 0 && documentFault(r.pages) == "" {
				t.Error("nothing was found wrong")
			}
		})
	}
}

func deepPages(n int) []byte {
	objects := []string{"<</Type /Catalog /Pages 2 0 R>>"}
	for i := range n {
		objects = append(objects, fmt.Sprintf("<</Type /Pages /Kids [%d 0 R] /Count 1>>", i+3))
	}
	return raw(append(objects, "<</Type /Page>>")...)
}

func TestRefusals(t *testing.T) {
	many := []string{"<</Type /Catalog /Pages 2 0 R>>", "<</Type /Pages /Count 600 /Kids [" + strings.Repeat("3 0 R ", 600) + "]>>"}
	for i := range 600 {
		many[1] = strings.Replace(many[1], "3 0 R", fmt.Sprintf("%d 0 R", i+3), 1)
		many = append(many, "<</Type /Page /MediaBox [0 0 9 9]>>")
	}
	for name, c := range map[string]struct {
		b    []byte
		code string
	}{
		"empty":                         {nil, extract.RefusedEmpty},
		"blanks":                        {[]byte(" \n\t"), extract.RefusedEmpty},
		"a web page":                    {[]byte("<!doctype html><p>404"), extract.RefusedUnsupported},
		"too many pages":                {raw(many...), extract.RefusedTooLarge},
		"run lengths that burst":        {page(stream("/Filter /RunLengthDecode", strings.Repeat("\x81 ", maxRuns>>7)+"\x81 \x80"), latinFont), extract.RefusedTooLarge},
		"packed run lengths that burst": {page(stream("/Filter [/FlateDecode /RunLengthDecode]", deflate(strings.Repeat("\x81 ", maxRuns>>7)+"\x81 \x80")), latinFont), extract.RefusedTooLarge},
		"hex that bursts":               {page(stream("/Filter [/FlateDecode /ASCIIHexDecode]", deflate(strings.Repeat("20 ", maxStream+1)+">")), latinFont), extract.RefusedTooLarge},
		"run lengths of blanks":         {page(stream("/Filter /RunLengthDecode", strings.Repeat("\x81 ", 100)+"\x80"), latinFont), extract.RefusedEmpty},
		"a picture": {page(stream("", "600 0 0 800 0 0 cm /X Do"), "/XObject <</X 5 0 R>>",
			stream("/Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8", "x")), extract.RefusedScan},
		"text hidden under a picture": {page(stream("", "q 600 0 0 800 0 0 cm /X Do Q BT 3 Tr /F 10 Tf 9 9 Td (2021 report) Tj ET"), latinFont+"/XObject <</X 5 0 R>>",
			stream("/Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8", "x")), extract.RefusedScan},
	} {
		t.Run(name, func(t *testing.T) { refused(t, c.b, c.code) })
	}
}

// TestUnpacked: filters that only PDFium knows are measured by what they make.
func TestUnpacked(t *testing.T) {
	for _, c := range []struct{ filter, in, want string }{
		{"RunLengthDecode", "\x02abc\xfed\x80zz", "abcddd"},
		{"RunLengthDecode", "\x05ab", "ab"},
		{"ASCIIHexDecode", "61 6 2\n63>zz", "abc"},
		{"ASCIIHexDecode", "61x", "a"},
		{"ASCII85Decode", "@:E^~>", "abc"},
		{"FlateDecode", deflate("abc"), "abc"},
		{"FlateDecode", "abc", ""},
		{"LZWDecode", "\x80\x0B\x60\x50\x22\x0C\x0C\x85\x01", "-----A---B"},
		{"DCTDecode", "abc", "abc"},
	} {
		if got := string(unpacked([]byte(c.in), c.filter)); got != c.want {
			t.Errorf("%s of %q is %q, want %q", c.filter, c.in, got, c.want)
		}
	}
}
