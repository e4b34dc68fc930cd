package archive

import (
	"archive/zip"
	"bytes"
	"io"
	"io/fs"
	"slices"
	"strings"

	"nianbao/extract"
)

func listZip(b []byte, _ Limits, visit func(*entry) error) error {
	if bytes.Count(b, []byte("PK\x01\x02")) > extract.MaxZip {
		return &extract.Refusal{Code: extract.RefusedTooLarge, Detail: "the archive names too many files to be read; unpack it and add the folder"}
	}
	r, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil && r == nil {
		return refuse(err)
	}
	if overlap(r.File) {
		return damaged("its files lie over one another, as in a bomb")
	}
	for _, f := range r.File {
		mode := f.Mode()
		e := &entry{
			name:      zipName(f),
			folder:    mode.IsDir() || strings.HasSuffix(f.Name, `\`),
			other:     mode&fs.ModeType&^fs.ModeDir != 0,
			encrypted: f.Flags&1 != 0,
			size:      int64(min(f.UncompressedSize64, 1<<62)),
			packed:    int64(min(f.CompressedSize64, uint64(len(b)))),
			open:      f.Open,
		}
		if err := visit(e); err != nil {
			return err
		}
	}
	return nil
}

// overlap tells whether two files share packed bytes, by which few bytes can be
// unpacked any number of times.
func overlap(files []*zip.File) bool {
	type span struct{ from, to int64 }
	var spans []span
	for _, f := range files {
		from, err := f.DataOffset()
		if err != nil || f.CompressedSize64 == 0 || f.CompressedSize64 > 1<<40 {
			continue // it cannot be unpacked, or costs nothing
		}
		spans = append(spans, span{from, from + int64(f.CompressedSize64)})
	}
	slices.SortFunc(spans, func(a, b span) int { return int(a.from - b.from) })
	for i := 1; i < len(spans); i++ {
		if spans[i].from < spans[i-1].to {
			return true
		}
	}
	return false
}

func zipName(f *zip.File) string {
	if name, ok := unicodePath(f.Name, f.Extra); ok {
		return name
	}
	return decode(f.Name)
}

// nopCloser gives a reader that is part of a stream.
func nopCloser(r io.Reader) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) { return io.NopCloser(r), nil }
}
