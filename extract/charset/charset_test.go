package charset

import (
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"
	"pgregory.net/rapid"

	"nianbao/process/guard"
)

const chinese = "枣庄市信访局2019年政府信息公开工作年度报告，本年新收政府信息公开申请数量12件。\n"

func encode(t testing.TB, e encoding.Encoding, s string) []byte {
	t.Helper()
	b, err := e.NewEncoder().Bytes([]byte(s))
	if err != nil {
		t.Fatalf("encode %q: %v", s, err)
	}
	return b
}

func utf16le(bom unicode.BOMPolicy) encoding.Encoding {
	return unicode.UTF16(unicode.LittleEndian, bom)
}

func utf16be(bom unicode.BOMPolicy) encoding.Encoding {
	return unicode.UTF16(unicode.BigEndian, bom)
}

func page(declared string) string {
	return `<html><head><meta http-equiv="Content-Type" content="text/html; charset=` + declared + `"></head><body>` + chinese + `</body></html>`
}

func TestDecode(t *testing.T) {
	traditional := "臺北市政府資訊公開年度報告，本年新收申請數量十二件，由各機關辦理並公布結果。\n"
	far := "<html><head>" + strings.Repeat("<!-- 站点模板 -->", 200) + `<META CharSet='GBK'></head>` + chinese
	tests := []struct {
		name    string
		in      []byte
		want    string
		charset string
		bad     int
	}{
		{"empty", nil, "", "utf-8", 0},
		{"ascii", []byte("abc 12"), "abc 12", "utf-8", 0},
		{"utf-8", []byte(chinese), chinese, "utf-8", 0},
		{"utf-8 with mark", []byte("\xEF\xBB\xBF" + chinese), chinese, "utf-8", 0},
		{"utf-8 declared gb2312", []byte(page("gb2312")), page("gb2312"), "utf-8", 0},
		{"utf-8 declared big5", []byte(page("big5")), page("big5"), "utf-8", 0},
		{"utf-8 cut in a character", []byte(chinese + chinese[:4]), chinese + "枣\uFFFD", "utf-8", 1},
		{"utf-8 with a foreign byte", []byte(chinese + "\xB9" + chinese), chinese + "\uFFFD" + chinese, "utf-8", 1},
		{"gbk declared gb2312", encode(t, simplifiedchinese.GBK, page("gb2312")), page("gb2312"), "gb18030", 0},
		{"gbk declared utf-8", encode(t, simplifiedchinese.GBK, page("utf-8")), page("utf-8"), "gb18030", 0},
		{"gbk declared iso-8859-1", encode(t, simplifiedchinese.GBK, page("iso-8859-1")), page("iso-8859-1"), "gb18030", 0},
		{"gbk declared windows-1252", encode(t, simplifiedchinese.GBK, page("windows-1252")), page("windows-1252"), "gb18030", 0},
		{"gbk declared big5", encode(t, simplifiedchinese.GBK, page("big5")), page("big5"), "gb18030", 0},
		{"gbk declared far down", encode(t, simplifiedchinese.GBK, far), far, "gb18030", 0},
		{"gbk undeclared", encode(t, simplifiedchinese.GBK, chinese), chinese, "gb18030", 0},
		{"gbk short", encode(t, simplifiedchinese.GBK, "年报"), "年报", "gb18030", 0},
		{"gbk with one bad byte", append(encode(t, simplifiedchinese.GBK, chinese), "\xFF12"...), chinese + "\uFFFD12", "gb18030", 1},
		{"gb18030 four bytes", encode(t, simplifiedchinese.GB18030, "㐂𠀀"+chinese), "㐂𠀀" + chinese, "gb18030", 0},
		{"gb18030 left out of x/text", []byte("\xB1\xB1\xA6\xD9\xA8\xBC\xBE\xA9\xFE\x59"), "北\uFE10\u1E3F京\u9FB4", "gb18030", 0},
		{"gbk euro sign and wide blank", []byte("\xB1\xB1\x80\xA3\xA0\xBE\xA9"), "北€\u3000京", "gb18030", 0},
		{"big5 declared", encode(t, traditionalchinese.Big5, `<meta charset=big5>`+traditional), `<meta charset=big5>` + traditional, "big5", 0},
		{"latin declared", []byte("<meta charset=iso-8859-1>caf\xE9 d\xE9j\xE0 vu"), "<meta charset=iso-8859-1>café déjà vu", "windows-1252", 0},
		{"utf-16le with mark", encode(t, utf16le(unicode.UseBOM), chinese), chinese, "utf-16le", 0},
		{"utf-16be with mark", encode(t, utf16be(unicode.UseBOM), chinese), chinese, "utf-16be", 0},
		{"utf-16le without mark", encode(t, utf16le(unicode.IgnoreBOM), chinese), chinese, "utf-16le", 0},
		{"utf-16be without mark", encode(t, utf16be(unicode.IgnoreBOM), page("gb2312")), page("gb2312"), "utf-16be", 0},
		{"utf-16 surrogates", encode(t, utf16le(unicode.UseBOM), "𠀀年"), "𠀀年", "utf-16le", 0},
		{"utf-16 lone surrogate, odd end", []byte("\xFF\xFE\x00\xD8a\x00b"), "\uFFFDa\uFFFD", "utf-16le", 2},
		{"ascii with zeros is not utf-16", []byte("abc\x00\x00\x01\x02def"), "abc\x00\x00\x01\x02def", "utf-8", 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := Decode(test.in)
			if got.String != test.want || got.Charset != test.charset || got.Undecodable != test.bad {
				t.Errorf("Decode = %q, %s, %d undecodable\nwant %q, %s, %d", got.String, got.Charset, got.Undecodable, test.want, test.charset, test.bad)
			}
		})
	}
}

func TestDeclared(t *testing.T) {
	for in, want := range map[string]string{
		`<meta charset="gb2312">`: "gbk",
		`<META http-equiv=Content-Type content="text/html; charset=GBK">`: "gbk",
		`<meta name=a content=b><meta charset = 'UTF-8' />`:               "utf-8",
		`<?xml version="1.0" encoding="GB18030"?><html>`:                  "gb18030",
		`<?xml version="1.0"?><meta charset=big5>`:                        "big5",
		`<meta charset=nonsense><meta charset=cp936>`:                     "gbk",
		`<p>charset=gbk</p>`:                                              "",
		`<meta charset`:                                                   "",
		`<`:                                                               "",
	} {
		if got := Declared([]byte(in)); got != want {
			t.Errorf("Declared(%q) = %q, want %q", in, got, want)
		}
	}
}

// Whatever the charset, what was written comes back.
func TestRoundTrip(t *testing.T) {
	all := map[string]encoding.Encoding{
		"utf-8": unicode.UTF8, "gb18030": simplifiedchinese.GB18030,
		"utf-16le": utf16le(unicode.IgnoreBOM), "utf-16be": utf16be(unicode.IgnoreBOM),
	}
	hanzi := []rune("年度报告政府信息公开申请数量本机关第二十条行许可处罚强制收费规章规范性文件自然人法其他结果维持纠正一二三四，。（）“”、")
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOfN(rapid.StringOfN(rapid.RuneFrom(hanzi), 8, 20, -1), 1, 10).Draw(t, "words")
		text := strings.Join(words, "\r\n\t12,345 ")
		text += "\r\n"
		for name, e := range all {
			b, err := e.NewEncoder().Bytes([]byte(text))
			if err != nil {
				t.Fatal(err)
			}
			if got := Decode(b); got.String != text || got.Charset != name || got.Undecodable != 0 {
				t.Fatalf("%s: Decode = %q as %s, %d undecodable; want %q", name, got.String, got.Charset, got.Undecodable, text)
			}
		}
	})
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(chinese))
	f.Add(encode(f, simplifiedchinese.GB18030, page("gb2312")+"𠀀"))
	f.Add(encode(f, utf16be(unicode.IgnoreBOM), chinese))
	f.Add([]byte("<meta charset=shift_jis>\x83\x8C\x81"))
	f.Add([]byte("<meta charset=iso-2022-jp>\x1b$B\x80"))
	f.Fuzz(func(t *testing.T, b []byte) {
		defer guard.Start()()
		got := Decode(b)
		if !utf8.ValidString(got.String) {
			t.Errorf("Decode gave invalid UTF-8 as %s", got.Charset)
		}
		if len(got.String) > 3*len(b)+4 {
			t.Errorf("%d bytes became %d", len(b), len(got.String))
		}
	})
}

func BenchmarkDecodeGBK(b *testing.B) {
	in := encode(b, simplifiedchinese.GBK, strings.Repeat(chinese, 1000))
	b.SetBytes(int64(len(in)))
	b.ReportAllocs()
	for b.Loop() {
		Decode(in)
	}
}
