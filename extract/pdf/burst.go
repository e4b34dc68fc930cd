package pdf

import (
	"bytes"
	"compress/zlib"
	"encoding/ascii85"
	"encoding/hex"
	"io"
	"slices"

	"golang.org/x/image/tiff/lzw"
)

// PDFium shows nothing of a stream that unpacks to more than it is ready to hold,
// and does not say so. Streams that it alone reads are therefore measured.

const (
	maxFilters = 10       // of one stream that are looked at
	maxRuns    = 20 << 20 // bytes that PDFium makes of run lengths
)

// onlyPDFium are the filters that the object layer does not know.
var onlyPDFium = []string{"LZWDecode", "ASCIIHexDecode", "RunLengthDecode"}

// bursts tells whether the file has a stream behind such a filter that is larger
// than any is read; or one behind any filter, where all is left to PDFium. Pictures
// are bounded by their size in pixels.
func (f *file) bursts(all bool) bool {
	for i := range f.defs {
		d := &f.defs[i]
		if e, live := f.table[d.num]; !live || e.pos != d.pos && !d.moved || !d.isStream {
			continue
		}
		dict := parseValue(&lexer{b: f.b, pos: d.body}, 0)
		if dict.get("Subtype").name() == "Image" {
			continue
		}
		filter := f.resolve(dict.get("Filter"))
		filters := []string{filter.name()}
		for _, v := range filter.list[:min(len(filter.list), maxFilters)] {
			filters = append(filters, f.resolve(v).name())
		}
		if (all || slices.ContainsFunc(filters, func(name string) bool { return slices.Contains(onlyPDFium, name) })) && burst(d.data, filters) {
			return true
		}
	}
	return false
}

// burst tells whether data comes to more than is read behind any of its filters.
// What is broken counts as far as it can be unpacked.
func burst(data []byte, filters []string) bool {
	for _, name := range filters {
		data = unpacked(data, name)
		if len(data) > maxStream || name == "RunLengthDecode" && len(data) > maxRuns {
			return true
		}
	}
	return false
}

// unpacked is what a filter makes of data, up to a byte more than maxStream.
func unpacked(data []byte, filter string) []byte {
	var r io.Reader = bytes.NewReader(data)
	switch filter {
	case "FlateDecode":
		z, err := zlib.NewReader(r)
		if err != nil {
			return nil
		}
		r = z
	case "LZWDecode":
		r = lzw.NewReader(r, lzw.MSB, 8)
	case "ASCII85Decode":
		text, _, _ := bytes.Cut(data, []byte("~>"))
		r = ascii85.NewDecoder(bytes.NewReader(text))
	case "ASCIIHexDecode":
		digits, _, _ := bytes.Cut(data, []byte(">"))
		r = hex.NewDecoder(bytes.NewReader(bytes.Join(bytes.Fields(digits), nil)))
	case "RunLengthDecode":
		return unrun(data)
	}
	var out bytes.Buffer
	_, _ = out.ReadFrom(io.LimitReader(r, maxStream+1))
	return out.Bytes()
}

// unrun unpacks run lengths: a byte below 128 says how many bytes follow, one above
// how often the next one comes; 128 is the end.
func unrun(data []byte) []byte {
	var out []byte
	for len(data) > 1 && len(out) <= maxStream {
		n := int(data[0])
		switch {
		case n < 128:
			end := min(n+2, len(data))
			out = append(out, data[1:end]...)
			data = data[end:]
		case n > 128:
			out = append(out, bytes.Repeat(data[1:2], 257-n)...)
			data = data[2:]
		default:
			return out
		}
	}
	return out
}
