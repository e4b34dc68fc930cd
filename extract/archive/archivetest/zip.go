// Package archivetest makes archives for tests, down to the byte: with names in
// any charset under any flag, with sizes and checksums that lie, and with all the
// tricks by which an archive harms those who unpack it.
package archivetest

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"hash/crc32"
)

// Zip is one file of a zip file. Zero fields are what is usual and true.
type Zip struct {
	Name       string // bytes as they stand in the header
	Body       []byte
	Method     uint16 // 0 stored, 8 deflated
	UTF8       bool   // the flag that says so
	Encrypted  bool   // the flag only
	Descriptor bool   // sizes and checksum after the data
	Zip64      bool   // sizes in an extra field
	Extra      []byte
	Mode       uint32 // of Unix, as for a link
	Sum        *uint32
	Size       uint64
	Packed     []byte // instead of the packed body
}

// UnicodePath is the extra field that holds the true name of a file.
func UnicodePath(raw, name string) []byte {
	b := binary.LittleEndian.AppendUint16(nil, 0x7075)
	b = binary.LittleEndian.AppendUint16(b, uint16(5+len(name)))
	b = append(b, 1)
	b = binary.LittleEndian.AppendUint32(b, crc32.ChecksumIEEE([]byte(raw)))
	return append(b, name...)
}

// Deflate packs b.
func Deflate(b []byte) []byte {
	var out bytes.Buffer
	w, err := flate.NewWriter(&out, flate.BestCompression)
	if err != nil {
		panic(err)
	}
	w.Write(b) // into memory: it cannot fail
	w.Close()
	return out.Bytes()
}

// MakeZip makes a zip file.
func MakeZip(files ...Zip) []byte {
	var out, directory []byte
	for _, f := range files {
		at := len(out)
		h := f.header()
		out = append(out, "PK\x03\x04"...)
		out = append(out, h.local...)
		out = append(out, h.packed...)
		if f.Descriptor {
			out = append(out, "PK\x07\x08"...)
			out = append(out, h.sums...)
		}
		directory = append(directory, h.entry(uint32(at))...)
	}
	return end(out, directory, len(files))
}

// Overlapping makes a zip file of n entries for the same packed bytes.
func Overlapping(n int, body []byte) []byte {
	f := Zip{Name: "a.txt", Body: body, Method: 8}
	h := f.header()
	out := append([]byte("PK\x03\x04"), h.local...)
	out = append(out, h.packed...)
	var directory []byte
	for range n {
		directory = append(directory, h.entry(0)...)
	}
	return end(out, directory, n)
}

func end(out, directory []byte, n int) []byte {
	at := len(out)
	out = append(out, directory...)
	out = append(out, "PK\x05\x06\x00\x00\x00\x00"...)
	out = binary.LittleEndian.AppendUint16(out, uint16(n))
	out = binary.LittleEndian.AppendUint16(out, uint16(n))
	out = binary.LittleEndian.AppendUint32(out, uint32(len(directory)))
	out = binary.LittleEndian.AppendUint32(out, uint32(at))
	return append(out, 0, 0)
}

type header struct {
	f                   Zip
	local, packed, sums []byte
	sum                 uint32
	size                uint64
	flags               uint16
}

func (f Zip) header() header {
	h := header{f: f, packed: f.Packed, sum: crc32.ChecksumIEEE(f.Body), size: uint64(len(f.Body))}
	switch {
	case h.packed != nil:
	case f.Method == 8:
		h.packed = Deflate(f.Body)
	default:
		h.packed = f.Body
	}
	if f.Sum != nil {
		h.sum = *f.Sum
	}
	if f.Size != 0 {
		h.size = f.Size
	}
	for bit, on := range map[uint16]bool{1: f.Encrypted, 8: f.Descriptor, 0x800: f.UTF8} {
		if on {
			h.flags |= bit
		}
	}
	h.sums = binary.LittleEndian.AppendUint32(nil, h.sum)
	h.sums = binary.LittleEndian.AppendUint32(h.sums, uint32(len(h.packed)))
	h.sums = binary.LittleEndian.AppendUint32(h.sums, uint32(h.size))
	sums := h.sums
	if f.Descriptor {
		sums = make([]byte, 12)
	}
	h.local = binary.LittleEndian.AppendUint16(nil, 20)
	h.local = binary.LittleEndian.AppendUint16(h.local, h.flags)
	h.local = binary.LittleEndian.AppendUint16(h.local, f.Method)
	h.local = append(h.local, 0, 0, 0x21, 0x50)
	h.local = append(h.local, sums...)
	h.local = binary.LittleEndian.AppendUint16(h.local, uint16(len(f.Name)))
	h.local = binary.LittleEndian.AppendUint16(h.local, uint16(len(f.Extra)))
	h.local = append(h.local, f.Name...)
	h.local = append(h.local, f.Extra...)
	return h
}

func (h header) entry(at uint32) []byte {
	extra, sums := h.f.Extra, h.sums
	if h.f.Zip64 {
		sums = append(sums[:4:4], 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff)
		extra = append(extra[:len(extra):len(extra)], 1, 0, 16, 0)
		extra = binary.LittleEndian.AppendUint64(extra, h.size)
		extra = binary.LittleEndian.AppendUint64(extra, uint64(len(h.packed)))
	}
	out := []byte("PK\x01\x02\x14\x03") // made on Unix
	out = binary.LittleEndian.AppendUint16(out, 20)
	out = binary.LittleEndian.AppendUint16(out, h.flags)
	out = binary.LittleEndian.AppendUint16(out, h.f.Method)
	out = append(out, 0, 0, 0x21, 0x50)
	out = append(out, sums...)
	out = binary.LittleEndian.AppendUint16(out, uint16(len(h.f.Name)))
	out = binary.LittleEndian.AppendUint16(out, uint16(len(extra)))
	out = append(out, 0, 0, 0, 0, 0, 0)
	out = binary.LittleEndian.AppendUint32(out, h.f.Mode<<16)
	out = binary.LittleEndian.AppendUint32(out, at)
	out = append(out, h.f.Name...)
	return append(out, extra...)
}
