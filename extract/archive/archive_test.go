package archive

import (
	"archive/tar"
	"bytes"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/simplifiedchinese"
	"pgregory.net/rapid"

	"nianbao/extract"
	"nianbao/extract/archive/archivetest"
	"nianbao/process/guard"
)

// unpacked reads b and returns "name: content" of every file in it.
func unpacked(t testing.TB, b []byte, l Limits) (files []string, doc *extract.Document, refusal *extract.Refusal) {
	t.Helper()
	var sums []string
	doc, err := Read(b, extract.Sniff(b), l, func(content []byte) error {
		files = append(files, string(content[:min(len(content), 100)]))
		sums = append(sums, sum(content))
		return nil
	})
	if err != nil && !errors.As(err, &refusal) {
		t.Fatalf("an error that is no refusal: %v", err)
	}
	if doc == nil {
		return files, &extract.Document{}, refusal
	}
	if len(doc.Members) != len(files) {
		t.Fatalf("%d files are listed and %d were given", len(doc.Members), len(files))
	}
	for i, m := range doc.Members {
		files[i] = m.Name + ": " + files[i]
		if m.SHA256 != sums[i] {
			t.Errorf("%s is listed under another SHA-256", m.Name)
		}
	}
	return files, doc, nil
}

func want(t *testing.T, b []byte, files ...string) {
	t.Helper()
	got, doc, refusal := unpacked(t, b, DefaultLimits())
	if refusal != nil || len(doc.Warnings) > 0 {
		t.Errorf("refused %v, warnings %v", refusal, doc.Warnings)
	}
	if d := cmp.Diff(files, got); d != "" {
		t.Errorf("files (-want +got):\n%s", d)
	}
}

func gb(t *testing.T, s string) string {
	t.Helper()
	b, err := simplifiedchinese.GB18030.NewEncoder().String(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestZip(t *testing.T) {
	a, raw := []byte("a"), gb(t, "年报㐂/统计局.txt")
	for _, test := range []struct {
		what string
		file archivetest.Zip
		name string
	}{
		{"GB18030", archivetest.Zip{Name: raw}, "年报㐂/统计局.txt"},
		{"GB18030 under the flag of UTF-8", archivetest.Zip{Name: raw, UTF8: true}, "年报㐂/统计局.txt"},
		{"UTF-8", archivetest.Zip{Name: "年报/统计局.txt", UTF8: true}, "年报/统计局.txt"},
		{"UTF-8 without its flag", archivetest.Zip{Name: "年报/统计局.txt"}, "年报/统计局.txt"},
		{"the Unicode path", archivetest.Zip{Name: "????.txt", Extra: archivetest.UnicodePath("????.txt", "年报.txt")}, "年报.txt"},
		{"the Unicode path of another name", archivetest.Zip{Name: "a.txt", Extra: archivetest.UnicodePath("b.txt", "年报.txt")}, "a.txt"},
		{"code page 437", archivetest.Zip{Name: "\x81\xff.txt"}, "ü\u00a0.txt"},
		{"decomposed letters", archivetest.Zip{Name: "u\u0308.txt"}, "ü.txt"},
		{"backslashes", archivetest.Zip{Name: `a\b.txt`}, "a/b.txt"},
		{"characters that are not seen", archivetest.Zip{Name: "a\u202Etxt.\x1b[31mexe"}, "atxt.[31mexe"},
		{"a step that stays within", archivetest.Zip{Name: "./a//b.txt"}, "a/b.txt"},
		{"deflated", archivetest.Zip{Name: "a.txt", Method: 8}, "a.txt"},
		{"a descriptor", archivetest.Zip{Name: "a.txt", Method: 8, Descriptor: true}, "a.txt"},
		{"zip64", archivetest.Zip{Name: "a.txt", Zip64: true}, "a.txt"},
	} {
		t.Run(test.what, func(t *testing.T) {
			test.file.Body = a
			want(t, archivetest.MakeZip(archivetest.Zip{Name: "folder/"}, test.file), test.name+": a")
		})
	}
}

func TestOthers(t *testing.T) {
	a, b := []byte("a"), []byte("b")
	t.Run("RAR 4", func(t *testing.T) {
		want(t, archivetest.MakeRar4(archivetest.Rar{Name: gb(t, `年报\甲.txt`), Body: a}, archivetest.Rar{Name: "b.txt", Body: b}), "年报/甲.txt: a", "b.txt: b")
	})
	t.Run("RAR 5", func(t *testing.T) {
		want(t, archivetest.MakeRar5(archivetest.Rar{Name: "年报/甲.txt", Body: a}, archivetest.Rar{Name: "b.txt", Body: b}), "年报/甲.txt: a", "b.txt: b")
	})
	for _, name := range []string{"solid", "ppmd"} {
		t.Run("7z "+name, func(t *testing.T) { want(t, sample(t, name), "b.txt: b", "年报.txt: 年报 a") })
	}
	two := archivetest.MakeTar(tar.Header{Name: gb(t, "年报.txt"), Size: 1}, tar.Header{Name: "d/", Typeflag: tar.TypeDir}, tar.Header{Name: "d/b.txt", Size: 2})
	t.Run("tar", func(t *testing.T) { want(t, two, "年报.txt:  ", "d/b.txt:   ") })
	t.Run("packed tar", func(t *testing.T) { want(t, archivetest.Gzip("a.tar", two), "年报.txt:  ", "d/b.txt:   ") })
	t.Run("gzip", func(t *testing.T) { want(t, archivetest.Gzip("", a), "content: a") })
}

func sample(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile("testdata/" + name + ".7z")
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestEncrypted7z(t *testing.T) {
	for _, name := range []string{"encrypted", "encrypted-names"} {
		files, _, refusal := unpacked(t, sample(t, name), DefaultLimits())
		if refusal == nil || refusal.Code != extract.RefusedEncrypted || len(files) > 0 {
			t.Errorf("%s: refused %v after %v, want it encrypted", name, refusal, files)
		}
	}
}

// Archives within archives are unpacked, litter is passed over, and what is not
// unpacked does not keep the rest from it.
func TestNested(t *testing.T) {
	a := []byte("a")
	inner := archivetest.MakeRar5(archivetest.Rar{Name: "x/a.txt", Body: a}, archivetest.Rar{Name: "Thumbs.db", Body: a})
	middle := archivetest.MakeZip(archivetest.Zip{Name: "b.rar", Body: inner}, archivetest.Zip{Name: "locked.txt", Body: a, Encrypted: true})
	var files []archivetest.Zip
	for _, name := range []string{"__MACOSX/x.txt", ".DS_Store", "d/desktop.ini", "d/~$报.docx", "f/宋体.TTF", "style.css"} {
		files = append(files, archivetest.Zip{Name: name, Body: a})
	}
	b := archivetest.MakeZip(append(files,
		archivetest.Zip{Name: "甲.zip", Body: middle, Method: 8},
		archivetest.Zip{Name: "locked.txt", Body: a, Encrypted: true},
		archivetest.Zip{Name: "last.txt", Body: a})...)
	got, doc, refusal := unpacked(t, b, DefaultLimits())
	if d := cmp.Diff([]string{"甲.zip!/b.rar!/x/a.txt: a", "last.txt: a"}, got); d != "" || refusal != nil {
		t.Errorf("refused %v, files (-want +got):\n%s", refusal, d)
	}
	if d := cmp.Diff([]extract.Warning{{Code: extract.RefusedEncrypted,
		Message: "2 files in the archive are encrypted: 甲.zip!/locked.txt, locked.txt; unpack it with its password and add what it holds"}}, doc.Warnings); d != "" {
		t.Errorf("warnings (-want +got):\n%s", d)
	}
}

func TestNested7z(t *testing.T) {
	b := archivetest.MakeZip(archivetest.Zip{Name: "a.7z", Body: sample(t, "solid")}, archivetest.Zip{Name: "b.txt", Body: []byte("b")})
	want(t, b, "a.7z!/b.txt: b", "a.7z!/年报.txt: 年报 a", "b.txt: b")
}

// small are limits under which traps are quick.
func small() Limits {
	return Limits{Depth: 3, Entries: 20_000, Member: 1 << 20, Nested: 640 << 10, Total: 10 << 20, Ratio: 200, Free: 640 << 10}
}

func TestTraps(t *testing.T) {
	for _, trap := range archivetest.Traps(int(small().Member)) {
		t.Run(trap.Name, func(t *testing.T) {
			if got := extract.Sniff(trap.Bytes); got != trap.Type {
				t.Fatalf("it is taken for %s", got)
			}
			files, doc, refusal := unpacked(t, trap.Bytes, small())
			findings := doc.Warnings
			if refusal != nil {
				findings = []extract.Warning{{Code: refusal.Code, Message: refusal.Detail}}
			}
			if len(findings) != 1 || findings[0].Code != trap.Code || findings[0].Message == "" {
				t.Errorf("findings %v, want %s and nothing else", findings, trap.Code)
			}
			if len(files) != trap.Files && trap.Files >= 0 {
				t.Errorf("%d files were read, want %d: %.200q", len(files), trap.Files, files)
			}
			t.Log(findings)
		})
	}
}

// TestLimits: whatever an archive holds, no more comes out than the limits allow.
func TestLimits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := Limits{Depth: rapid.IntRange(1, 3).Draw(t, "depth"), Entries: rapid.IntRange(1, 6).Draw(t, "entries"),
			Member: rapid.Int64Range(0, 50).Draw(t, "member"), Nested: 1000, Total: rapid.Int64Range(0, 2000).Draw(t, "total"), Ratio: 3, Free: 300}
		var make func(depth int) []byte
		make = func(depth int) []byte {
			files := []archivetest.Zip{}
			for range rapid.IntRange(1, 4).Draw(t, "files") {
				f := archivetest.Zip{Name: "a.txt", Method: rapid.SampledFrom([]uint16{0, 8}).Draw(t, "method"),
					Body: bytes.Repeat([]byte("a"), rapid.IntRange(0, 70).Draw(t, "size"))}
				if depth < 4 && rapid.Bool().Draw(t, "nested") {
					f.Name, f.Body = "n.zip", make(depth+1)
				}
				files = append(files, f)
			}
			return archivetest.MakeZip(files...)
		}
		b := make(1)
		var n, total int64
		doc, err := Read(b, extract.TypeZIP, l, func(content []byte) error {
			n++
			total += int64(len(content))
			if int64(len(content)) > l.Member {
				t.Fatalf("a file of %d bytes, the limit is %d", len(content), l.Member)
			}
			return nil
		})
		if err == nil && int64(len(doc.Members)) != n {
			t.Fatalf("%d files are listed, %d given", len(doc.Members), n)
		}
		if total > l.Total || n > int64(l.Entries) || total > max(l.Free, l.Ratio*int64(len(b))) {
			t.Fatalf("%d files of %d bytes came out of %d bytes", n, total, len(b))
		}
		if err == nil {
			for _, m := range doc.Members {
				if strings.Count(m.Name, "!/") >= l.Depth {
					t.Fatalf("%s is too deep", m.Name)
				}
			}
		}
	})
}

func TestClean(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		raw := rapid.OneOf(rapid.String(), rapid.StringMatching(`(\.\.|/|\\|C:|a|\x00){0,8}`)).Draw(t, "name")
		name, _ := clean(raw)
		if name == "" || strings.HasPrefix(name, "/") || strings.ContainsAny(name, "\x00\n\\") || len([]rune(name)) > maxName {
			t.Fatalf("%q became %q", raw, name)
		}
		for part := range strings.SplitSeq(name, "/") {
			if part == ".." || part == "" {
				t.Fatalf("%q became %q", raw, name)
			}
		}
	})
}

func TestKeepFails(t *testing.T) {
	full := errors.New("disk full")
	_, err := Read(archivetest.MakeZip(archivetest.Zip{Name: "a.txt", Body: []byte("a")}), extract.TypeZIP, DefaultLimits(), func([]byte) error { return full })
	if !errors.Is(err, full) {
		t.Errorf("error %v, want that of keep", err)
	}
}

func FuzzRead(f *testing.F) {
	for _, name := range []string{"solid", "ppmd", "encrypted", "encrypted-names"} {
		b, err := os.ReadFile("testdata/" + name + ".7z")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	for _, trap := range archivetest.Traps(2000) {
		if len(trap.Bytes) < 20_000 {
			f.Add(trap.Bytes)
		}
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		defer guard.Start()()
		if Is(extract.Sniff(b)) {
			unpacked(t, b, small())
		}
	})
}

// FuzzHeader7z has its checksums made right, which FuzzRead seldom gets past.
func FuzzHeader7z(f *testing.F) {
	f.Add([]byte("ab"), []byte("\x01\x04\x06\x00\x01\x09\x02\x00\x07\x0b\x01\x00\x01\x01\x00\x0c\x02\x00\x00\x05\x01\x11\x05\x00h\x00\x00\x00\x00\x00"))
	f.Add([]byte("ab"), []byte("\x17\x06\x00\x01\x09\x02\x00\x07\x0b\x01\x00\x01\x01\x00\x0c\x02\x0a\x01\x00\x00\x00\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, packed, header []byte) {
		defer guard.Start()()
		unpacked(t, archivetest.Make7z(packed, header), small())
	})
}
