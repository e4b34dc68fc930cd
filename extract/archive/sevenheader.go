package archive

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math/bits"

	"github.com/bodgit/sevenzip"

	"nianbao/extract"
)

// The library that reads 7z makes room for whatever a header declares, before it
// sees that there is nothing of the kind. So the counts of a header are read here
// first, as far as they decide on memory, and held to what can be true.

// Limits of a 7z header.
const (
	max7zCount  = 30_000   // of files, and of what they are packed in
	max7zCoders = 32       // of one folder, as the format allows, and their streams
	max7zHeader = 16 << 20 // bytes, unpacked
)

// Marks in a 7z header.
const (
	sevenEnd = iota
	sevenHeader
	_
	_
	sevenStreams
	sevenFiles
	sevenPack
	sevenUnpack
	sevenSubstreams
	sevenSize
	sevenCRC
	sevenFolder
	sevenUnpackSize
	sevenNumUnpack
	_
	_
	_
	sevenName    = 0x11
	sevenEncoded = 0x17
)

// sevenSignature is the length of what stands before everything else: where the
// header is, and its checksum.
const sevenSignature = 32

var (
	errHeader = errors.New("its header makes no sense")
	errCounts = &extract.Refusal{Code: extract.RefusedTooLarge, Detail: fmt.Sprintf("its header names more than %d files; unpack it and add the folder", max7zCount)}
)

// check7z refuses an archive whose header would take memory out of proportion.
func check7z(b []byte) error {
	if len(b) < sevenSignature {
		return damaged("%v", io.ErrUnexpectedEOF)
	}
	at, size := binary.LittleEndian.Uint64(b[12:]), binary.LittleEndian.Uint64(b[20:])
	rest := uint64(len(b) - sevenSignature)
	if at > rest || size > rest-at || size == 0 {
		return damaged("its header lies beyond its end")
	}
	if size > max7zHeader {
		return errCounts
	}
	packed := b[sevenSignature : sevenSignature+at]
	header := packed[len(packed) : uint64(len(packed))+size]
	if header[0] == sevenEncoded {
		h := &sevenScan{b: header[1:]}
		if err := h.streams(); err != nil {
			return refuse(err)
		}
		var err error
		if header, err = decode7z(packed, header[1:len(header)-len(h.b)]); err != nil {
			return refuse7z(err)
		}
	}
	h := &sevenScan{b: header}
	if err := h.header(); err != nil {
		return refuse(err)
	}
	return nil
}

// decode7z unpacks a header that is packed as streams say. The library does it,
// as if the header were the one file of an archive.
func decode7z(packed, streams []byte) ([]byte, error) {
	header := append([]byte{sevenHeader, sevenStreams}, streams...)
	header = append(header, sevenFiles, 1, sevenName, 5, 0, 'h', 0, 0, 0, sevenEnd, sevenEnd)
	start := binary.LittleEndian.AppendUint64(nil, uint64(len(packed)))
	start = binary.LittleEndian.AppendUint64(start, uint64(len(header)))
	start = binary.LittleEndian.AppendUint32(start, crc32.ChecksumIEEE(header))
	head := binary.LittleEndian.AppendUint32([]byte("7z\xBC\xAF\x27\x1C\x00\x04"), crc32.ChecksumIEEE(start))
	b := spliced{append(head, start...), packed, header}
	r, err := sevenzip.NewReader(b, b.size())
	if err != nil {
		return nil, err
	}
	f, err := r.File[0].Open()
	if err != nil {
		return nil, err
	}
	defer f.Close()
	out, err := io.ReadAll(io.LimitReader(f, max7zHeader+1))
	switch {
	case err != nil:
		return nil, err
	case len(out) > max7zHeader:
		return nil, errCounts
	}
	return out, nil
}

// spliced are pieces of a file one after the other.
type spliced [][]byte

func (s spliced) size() (n int64) {
	for _, b := range s {
		n += int64(len(b))
	}
	return n
}

func (s spliced) ReadAt(p []byte, off int64) (n int, err error) {
	for _, b := range s {
		if off < int64(len(b)) {
			m := copy(p[n:], b[off:])
			n, off = n+m, off+int64(m)
		}
		off -= int64(len(b))
		if n == len(p) {
			return n, nil
		}
		off = max(off, 0)
	}
	return n, io.EOF
}

// sevenScan reads a header; b is what is left of it. After a mistake it has
// nothing left, and err says which it was.
type sevenScan struct {
	b   []byte
	err error
}

func (s *sevenScan) fail(err error) {
	if s.err == nil {
		s.err = err
	}
	s.b = nil
}

func (s *sevenScan) skip(n uint64) {
	if n > uint64(len(s.b)) {
		s.fail(io.ErrUnexpectedEOF)
		return
	}
	s.b = s.b[n:]
}

func (s *sevenScan) byte() byte {
	if len(s.b) == 0 {
		s.fail(io.ErrUnexpectedEOF)
		return 0
	}
	c := s.b[0]
	s.b = s.b[1:]
	return c
}

// number is a number of one to nine bytes: the ones that lead the first byte
// count those that follow.
func (s *sevenScan) number() (v uint64) {
	first := s.byte()
	n := bits.LeadingZeros8(^first)
	if n < 7 {
		v = uint64(first&(1<<(8-n)-1)) << (8 * n)
	}
	for i := range n {
		v |= uint64(s.byte()) << (8 * i)
	}
	return v
}

// count is a number of at most most things.
func (s *sevenScan) count(most uint64) uint64 {
	n := s.number()
	if n > most {
		s.fail(errCounts)
		return 0
	}
	return n
}

func (s *sevenScan) numbers(n uint64) {
	for range n {
		s.number()
	}
}

// checksums passes over those of n things: whether each has one, and those.
func (s *sevenScan) checksums(n uint64) {
	defined := n
	if s.byte() == 0 {
		defined = 0
		for i := range (n + 7) / 8 {
			c := s.byte()
			if left := n - 8*i; left < 8 {
				c &^= 0xFF >> left
			}
			defined += uint64(bits.OnesCount8(c))
		}
	}
	s.skip(4 * defined)
}

// header reads up to the number of files: what follows is a list for each.
func (s *sevenScan) header() error {
	if s.byte() != sevenHeader {
		return errHeader
	}
	id := s.byte()
	if id == sevenStreams {
		if err := s.streams(); err != nil {
			return err
		}
		id = s.byte()
	}
	if id == sevenFiles {
		s.count(max7zCount)
	}
	return s.err
}

// streams passes over what says how files are packed.
func (s *sevenScan) streams() error {
	id := s.byte()
	if id == sevenPack {
		s.number()
		n := s.count(max7zCount)
		if id = s.byte(); id == sevenSize {
			s.numbers(n)
			id = s.byte()
		}
		if id == sevenCRC {
			s.checksums(n)
			id = s.byte()
		}
		if id != sevenEnd {
			s.fail(errHeader)
		}
		id = s.byte()
	}
	folders := uint64(0)
	if id == sevenUnpack {
		folders = s.folders()
		id = s.byte()
	}
	if id == sevenSubstreams {
		s.substreams(folders)
		id = s.byte()
	}
	if id != sevenEnd {
		s.fail(errHeader)
	}
	return s.err
}

func (s *sevenScan) folders() uint64 {
	if s.byte() != sevenFolder {
		s.fail(errHeader)
	}
	n := s.count(max7zCount)
	if s.byte() != 0 { // elsewhere, which nobody writes
		s.fail(errHeader)
	}
	outs := uint64(0)
	for range n {
		if s.err != nil {
			return 0
		}
		outs += s.folder()
	}
	if s.byte() != sevenUnpackSize {
		s.fail(errHeader)
	}
	s.numbers(outs)
	id := s.byte()
	if id == sevenCRC {
		s.checksums(n)
		id = s.byte()
	}
	if id != sevenEnd {
		s.fail(errHeader)
	}
	return n
}

// folder passes over a folder and returns how many streams come out of it.
func (s *sevenScan) folder() (outs uint64) {
	ins := uint64(0)
	for range s.count(max7zCoders) {
		c := s.byte()
		s.skip(uint64(c & 0xF))
		in, out := uint64(1), uint64(1)
		if c&0x10 != 0 {
			in, out = s.count(max7zCoders), s.count(max7zCoders)
		}
		if c&0x20 != 0 {
			s.skip(s.number())
		}
		ins, outs = ins+in, outs+out
	}
	if outs == 0 || ins < outs {
		s.fail(errHeader)
		return 0
	}
	s.numbers(2 * (outs - 1))
	if packed := ins - (outs - 1); packed > 1 {
		s.numbers(packed)
	}
	return outs
}

// substreams passes over what says which parts of folders are files.
func (s *sevenScan) substreams(folders uint64) {
	id := s.byte()
	files, sizes := folders, uint64(0)
	if id == sevenNumUnpack {
		files = 0
		for range folders {
			n := s.count(max7zCount)
			files += n
			sizes += max(n, 1) - 1
		}
		id = s.byte()
	}
	if files > max7zCount {
		s.fail(errCounts)
	}
	if id == sevenSize {
		s.numbers(sizes)
		id = s.byte()
	}
	if id == sevenCRC {
		s.checksums(files)
		id = s.byte()
	}
	if id != sevenEnd {
		s.fail(errHeader)
	}
}
