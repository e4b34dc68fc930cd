package archivetest

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"fmt"
	"hash/crc32"

	"nianbao/extract"
)

// Trap is an archive that harms careless programs.
type Trap struct {
	Name  string
	Bytes []byte
	Type  string
	Code  string // the one finding that is due
	Files int    // files that are read nevertheless; -1 for some
}

// Traps makes all of them, to harm one who allows a file so many bytes.
func Traps(limit int) []Trap {
	text := []byte("年报")
	zeros := make([]byte, limit*6/5)
	packed := Deflate(zeros)
	bomb := Zip{Name: "bomb.txt", Body: zeros, Packed: packed, Method: 8}
	wrong := uint32(1)
	nest := func(depth int) []byte {
		b := MakeZip(Zip{Name: "a.txt", Body: text})
		for range depth - 1 {
			b = MakeZip(Zip{Name: "inner.zip", Body: b, Method: 8})
		}
		return b
	}
	whole := MakeZip(Zip{Name: "a.txt", Body: bytes.Repeat(text, 1000)}, Zip{Name: "b.txt", Body: bytes.Repeat(text, 1000)})
	liar := Zip{Name: "a.txt", Body: zeros, Packed: packed, Method: 8, Size: 6}
	many := make([]Zip, 25_000)
	for i := range many {
		many[i] = Zip{Name: fmt.Sprintf("%d/", i)}
	}
	lower := zeros[:limit*9/10]
	flat := Deflate(lower)
	several := make([]Zip, 40)
	for i := range several {
		several[i] = Zip{Name: fmt.Sprintf("%d.txt", i), Body: lower, Packed: flat, Method: 8}
	}
	zip, tarred := extract.TypeZIP, extract.TypeTar
	return []Trap{
		{"one file that bursts", MakeZip(bomb), zip, extract.RefusedTooLarge, 0},
		{"many files that burst", MakeZip(several...), zip, extract.RefusedTooLarge, -1},
		{"a file larger than it says", MakeZip(liar), zip, extract.RefusedDamaged, 0},
		{"a huge declared size", MakeZip(Zip{Name: "a.txt", Body: text, Zip64: true, Size: 1 << 60}), zip, extract.RefusedTooLarge, 0},
		{"nested like 42.zip", fortyTwo(6, 6, zeros, packed), zip, extract.RefusedTooDeep, 0},
		{"nested too deep", nest(4), zip, extract.RefusedTooDeep, 0},
		{"a hundred deep", nest(100), zip, extract.RefusedTooDeep, 0},
		{"gzip in gzip", gzipChain(5, text), extract.TypeGzip, extract.RefusedTooDeep, 0},
		{"files over one another", Overlapping(1000, lower), zip, extract.RefusedDamaged, 0},
		{"too many names", MakeZip(many...), zip, extract.RefusedTooLarge, 0},
		{"a link", MakeZip(Zip{Name: "a.txt", Body: []byte("/etc/passwd"), Mode: 0o120777}, Zip{Name: "b.txt", Body: text}), zip, extract.RefusedUnsupported, 1},
		{"a name that leads out", MakeZip(Zip{Name: "../../evil.txt", Body: text}), zip, extract.WarnUnsafeName, 1},
		{"an absolute name", MakeZip(Zip{Name: "/etc/evil.txt", Body: text}), zip, extract.WarnUnsafeName, 1},
		{"a name with a drive", MakeZip(Zip{Name: `C:\evil.txt`, Body: text}), zip, extract.WarnUnsafeName, 1},
		{"cut off", whole[:len(whole)*2/3], zip, extract.RefusedDamaged, 0},
		{"a wrong checksum", MakeZip(Zip{Name: "a.txt", Body: text, Sum: &wrong}, Zip{Name: "b.txt", Body: text}), zip, extract.RefusedDamaged, 1},
		{"encrypted", MakeZip(Zip{Name: "a.txt", Body: text, Encrypted: true}), zip, extract.RefusedEncrypted, 0},
		{"packed in another way", MakeZip(Zip{Name: "a.txt", Body: text, Method: 98}), zip, extract.RefusedUnsupported, 0},
		{"only litter", MakeZip(Zip{Name: "__MACOSX/._a.txt", Body: text}), zip, extract.RefusedEmpty, 0},
		{"a rar file cut off", cut(MakeRar5(Rar{Name: "a.txt", Body: text}, Rar{Name: "b.txt", Body: text}), 20), extract.TypeRAR, extract.RefusedDamaged, 1},
		{"a rar file with a wrong checksum", MakeRar4(Rar{Name: "a.txt", Body: text, Sum: &wrong}, Rar{Name: "b.txt", Body: text}), extract.TypeRAR, extract.RefusedDamaged, 1},
		{"an encrypted rar file", MakeRar4(Rar{Name: "a.txt", Body: text, Encrypted: true}), extract.TypeRAR, extract.RefusedEncrypted, 0},
		{"a rar file with a name that leads out", MakeRar4(Rar{Name: `..\..\evil.txt`, Body: text}), extract.TypeRAR, extract.WarnUnsafeName, 1},
		{"a 7z file of nothing", []byte("7z\xBC\xAF\x27\x1C\x00\x04"), extract.Type7z, extract.RefusedDamaged, 0},
		{"a 7z file with counts that lie", lying7z(), extract.Type7z, extract.RefusedTooLarge, 0},
		{"a 7z file with lies in a zip file", MakeZip(Zip{Name: "a.7z", Body: lying7z()}), zip, extract.RefusedTooLarge, 0},
		{"a tar file with a link", MakeTar(tar.Header{Name: "a", Typeflag: tar.TypeSymlink, Linkname: "/etc/passwd"}, tar.Header{Name: "b.txt", Size: 6}), tarred, extract.RefusedUnsupported, 1},
		{"a tar file with a huge declared size", MakeTar(tar.Header{Name: "a", Size: 6})[:512], tarred, extract.RefusedDamaged, 0},
		{"a gzip file that bursts", Gzip("a.txt", zeros), extract.TypeGzip, extract.RefusedTooLarge, 0},
		{"a gzip file cut off", cut(Gzip("a.txt", bytes.Repeat(text, 100)), 10), extract.TypeGzip, extract.RefusedDamaged, 0},
	}
}

func cut(b []byte, n int) []byte { return b[:len(b)-n] }

// fortyTwo nests zip files of width each, depth deep, round a file that bursts.
func fortyTwo(width, depth int, zeros, packed []byte) []byte {
	b := MakeZip(Zip{Name: "0.dll", Body: zeros, Packed: packed, Method: 8})
	for range depth - 1 {
		files := make([]Zip, width)
		for i := range files {
			files[i] = Zip{Name: fmt.Sprintf("lib %d.zip", i), Body: b, Method: 8}
		}
		b = MakeZip(files...)
	}
	return b
}

func gzipChain(n int, b []byte) []byte {
	for range n {
		b = Gzip("r.gz", b)
	}
	return b
}

// Gzip makes a gzip file.
func Gzip(name string, body []byte) []byte {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	w.Name = name
	w.Write(body) // into memory: it cannot fail
	w.Close()
	return out.Bytes()
}

// MakeTar makes a tar file whose files hold spaces.
func MakeTar(headers ...tar.Header) []byte {
	var out bytes.Buffer
	w := tar.NewWriter(&out)
	for i := range headers {
		if err := w.WriteHeader(&headers[i]); err != nil {
			panic(err)
		}
		w.Write(bytes.Repeat([]byte(" "), int(headers[i].Size)))
	}
	w.Close()
	return out.Bytes()
}

// Make7z makes a 7z file of packed streams and a header, with sound checksums.
func Make7z(packed, header []byte) []byte {
	start := binary.LittleEndian.AppendUint64(nil, uint64(len(packed)))
	start = binary.LittleEndian.AppendUint64(start, uint64(len(header)))
	start = binary.LittleEndian.AppendUint32(start, crc32.ChecksumIEEE(header))
	out := binary.LittleEndian.AppendUint32([]byte("7z\xBC\xAF\x27\x1C\x00\x04"), crc32.ChecksumIEEE(start))
	return append(append(append(out, start...), packed...), header...)
}

// lying7z declares more files than fit into memory.
func lying7z() []byte { return Make7z(nil, []byte{1, 5, 0xF0, 0xFF, 0xFF, 0xFF, 0x7F, 0}) }
