package extract

import (
	"archive/zip"
	"bytes"
	"strings"
	"testing"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"nianbao/fixtures"
	"nianbao/fixtures/office"
	"nianbao/process/guard"
)

func zipOf(t testing.TB, names ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, name := range names {
		name, body, _ := strings.Cut(name, "=")
		f, err := w.Create(name)
		if err == nil {
			_, err = f.Write([]byte(body))
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

func in(t testing.TB, e encoding.Encoding, s string) string {
	t.Helper()
	s, err := e.NewEncoder().String(s)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSniff(t *testing.T) {
	const page = `<html><head><title>年度报告</title></head><body><table><tr><td>规章</td></tr></table></body></html>`
	const prose = "枣庄市信访局\r\n2019年政府信息公开工作年度报告\r\n规章\t0\t0\t0\r\n"
	docx := zipOf(t, "[Content_Types].xml=<Types/>", "_rels/.rels=", "word/document.xml=<w:document/>")
	le, be := unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)
	report := &fixtures.Report{Blocks: []fixtures.Block{{Text: "年报"}}}
	tests := []struct{ name, in, want string }{
		{"nothing", "", TypeEmpty},
		{"blanks and zeros", " \r\n\x00\x00\n", TypeEmpty},
		{"pdf", "%PDF-1.4\n1 0 obj", TypePDF},
		{"pdf behind headers", "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n%PDF-1.7\n", TypePDF},
		{"pdf behind a mark and line ends", "\xEF\xBB\xBF\r\n%PDF-1.3\n", TypePDF},
		{"pdf just within the first kilobyte", strings.Repeat("x", 1020) + "%PDF-1.3\n", TypePDF},
		{"text about pdf", "文件以 %PDF-x 开头", TypeText},
		{"text, pdf far down", strings.Repeat("年报", 600) + "%PDF-1.3", TypeText},
		{"html", page, TypeHTML},
		{"html in capitals", strings.ToUpper(page), TypeHTML},
		{"html gbk", in(t, simplifiedchinese.GBK, page), TypeHTML},
		{"html utf-16le", in(t, le, page), TypeHTML},
		{"html utf-16be", in(t, be, page), TypeHTML},
		{"html utf-16 marked", "\xFF\xFE" + in(t, le, page), TypeHTML},
		{"html fragment", "枣庄市信访局<p>一、总体情况</p><p>二、</p>", TypeHTML},
		{"html behind a long comment", "<!--" + strings.Repeat("模板 ", 5000) + "-->" + page, TypeHTML},
		{"html as xml", `<?xml version="1.0" encoding="gbk"?><!DOCTYPE html><html/>`, TypeHTML},
		{"html by word", "\r\n<html xmlns:v=\"urn:schemas-microsoft-com:vml\"><head>", TypeHTML},
		{"html behind headers", "HTTP/1.1 200 OK\r\nContent-Type: application/pdf\r\n\r\n" + page, TypeHTML},
		{"text", prose, TypeText},
		{"text gbk", in(t, simplifiedchinese.GBK, prose), TypeText},
		{"text utf-16le", in(t, le, prose), TypeText},
		{"text utf-16be", in(t, be, prose), TypeText},
		{"text utf-16 marked", "\xFE\xFF" + in(t, be, prose), TypeText},
		{"text with less-than signs", "若 a<b 且 c<d，则 <p 不是标签", TypeText},
		{"markdown with a break", "| 规章<br>文件 | 0 |\n|--|--|\n", TypeMarkdown},
		{"markdown with a table of html", "# 年报\n\n## 一、总体情况\n\n<table><tr><td>规章</td></tr></table>\n", TypeMarkdown},
		{"text with one number sign", "# 年报\n规章 0\n", TypeText},
		{"text with pipes", "| 规章 | 0 |\n| 规范性文件 | 1 |\n", TypeText},
		{"page that shows markdown", "说明<html><body>\n| a |\n|--|\n</body></html>", TypeHTML},
		{"docx with odd names", string(zipOf(t, "[Content_Types].xml=<Override PartName=\"/a.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml\"/>", "a.xml=")), TypeDOCX},
		{"docx without types", string(zipOf(t, "word/document.xml=")), TypeDOCX},
		{"flat ods", `<?xml version="1.0"?><office:document xmlns:office="x" office:mimetype="application/vnd.oasis.opendocument.spreadsheet">`, TypeODS},
		{"flat odt", `<?xml version="1.0"?><office:document xmlns:office="x" office:mimetype="application/vnd.oasis.opendocument.text">`, TypeODT},
		{"flat docx", `<?xml version="1.0"?><pkg:package xmlns:pkg="http://schemas.microsoft.com/office/2006/xmlPackage"><pkg:part pkg:name="/word/document.xml">`, TypeWordML},
		{"doc", string(office.DOC(report, office.Style{}, fixtures.New(1))), TypeDOC},
		{"xls", string(office.XLS(report, office.SheetStyle{}, fixtures.New(1))), TypeXLS},
		{"docx with a password", string(office.Container("EncryptedPackage")), TypeEncrypted},
		{"works", string(office.Container("CONTENTS")), TypeWorks},
		{"another container", string(office.Container("Contents of 3")), TypeOLE},
		{"rtf", `{\rtf1\ansi x}`, TypeRTF},
		{"png", "\x89PNG\r\n\x1A\n\x00\x00\x00\x0DIHDR", TypePNG},
		{"jpeg", "\xFF\xD8\xFF\xE0\x00\x10JFIF", TypeJPEG},
		{"tiff little", "II*\x00\x08\x00\x00\x00", TypeTIFF},
		{"tiff big", "MM\x00*\x00\x00\x00\x08", TypeTIFF},
		{"gif", "GIF89a\x01\x00", TypeGIF},
		{"bmp", "BM\x36\x00\x0C\x00\x00\x00\x00\x00\x36\x00\x00\x00\x28\x00\x00\x00\x00\x01\x00\x00\x00\x01\x00\x00", TypeBMP},
		{"webp", "RIFF\x00\x00\x00\x00WEBPVP8 ", TypeWebP},
		{"ole", "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1\x00\x00", TypeOLE},
		{"rtf", `{\rtf1\ansi`, TypeRTF},
		{"rtf behind a line end", "\r\n{\\rtf1\\ansi", TypeRTF},
		{"rar 4", "Rar!\x1A\x07\x00", TypeRAR},
		{"rar 5", "Rar!\x1A\x07\x01\x00", TypeRAR},
		{"7z", "7z\xBC\xAF\x27\x1C\x00\x04", Type7z},
		{"gzip", "\x1F\x8B\x08\x00", TypeGzip},
		{"zip", string(zipOf(t, "2019年报.pdf=%PDF-1.4")), TypeZIP},
		{"zip of nothing", string(zipOf(t)), TypeZIP},
		{"zip with a folder named word", string(zipOf(t, "word/a.pdf=")), TypeZIP},
		{"docx", string(docx), TypeDOCX},
		{"docx cut off", string(docx[:len(docx)-40]), TypeDOCX},
		{"docx by another name", string(zipOf(t, "[Content_Types].xml=", "word/document2.xml=")), TypeDOCX},
		{"xlsx", string(zipOf(t, "[Content_Types].xml=", "xl/workbook.xml=")), TypeXLSX},
		{"xlsx in a docx", string(zipOf(t, "[Content_Types].xml=", "word/document.xml=", "word/embeddings/a.xlsx=")), TypeDOCX},
		{"pptx", string(zipOf(t, "[Content_Types].xml=", "ppt/presentation.xml=")), TypePPTX},
		{"ofd", string(zipOf(t, "OFD.xml=", "Doc_0/Document.xml=")), TypeOFD},
		{"ofd with a slash", string(zipOf(t, "/ofd.xml=")), TypeOFD},
		{"odt", string(zipOf(t, "mimetype=application/vnd.oasis.opendocument.text", "content.xml=")), TypeODT},
		{"word 2003 xml", `<?xml version="1.0"?><?mso-application progid="Word.Document"?><w:wordDocument>`, TypeWordML},
		{"xml", `<?xml version="1.0"?><report/>`, TypeXML},
		{"mht", "From: <由 Microsoft Internet Explorer 保存>\r\nSubject: 年报\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n\ttype=\"text/html\"\r\n\r\n--=_\r\n", TypeMHT},
		{"mht by word", "MIME-Version: 1.0\nContent-Type: multipart/related; boundary=\"x\"\n\n--x\n<html>", TypeMHT},
		{"binary", "\x01\x02\x03\x04\xFF\xFE\x00\x05\x06\x07\x10\x11\x12\x13\x14", TypeUnknown},
		{"elf", "\x7FELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x03\x00\x3E\x00", TypeUnknown},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := Sniff([]byte(test.in)); got != test.want {
				t.Errorf("Sniff = %s, want %s", got, test.want)
			}
		})
	}
}

func FuzzSniff(f *testing.F) {
	f.Add([]byte("%PDF-1.4"))
	f.Add([]byte("<html>"))
	f.Add([]byte("枣庄市信访局\t0"))
	f.Add(zipOf(f, "mimetype=application/vnd.oasis.opendocument.text"))
	f.Add([]byte("PK\x03\x04PK\x03\x04PK\x03\x04"))
	f.Fuzz(func(t *testing.T, b []byte) {
		defer guard.Start()()
		if Sniff(b) == "" {
			t.Error("no media type")
		}
	})
}

func BenchmarkSniffPage(b *testing.B) {
	page := []byte("<!-- 模板 -->" + strings.Repeat("年度报告 ", 100_000))
	b.SetBytes(int64(len(page)))
	b.ReportAllocs()
	for b.Loop() {
		Sniff(page)
	}
}
