package archivetest

import (
	"encoding/binary"
	"hash/crc32"
)

// Rar is one stored file of a rar file.
type Rar struct {
	Name      string // bytes as they stand in the header
	Body      []byte
	Encrypted bool // the flag only
	Sum       *uint32
}

func (f Rar) sum() uint32 {
	if f.Sum != nil {
		return *f.Sum
	}
	return crc32.ChecksumIEEE(f.Body)
}

// MakeRar4 makes a rar file of the format of RAR 1.5 to 4.
func MakeRar4(files ...Rar) []byte {
	out := []byte("Rar!\x1A\x07\x00")
	block := func(b []byte) {
		out = binary.LittleEndian.AppendUint16(out, uint16(crc32.ChecksumIEEE(b)))
		out = append(out, b...)
	}
	block([]byte{0x73, 0, 0, 13, 0, 0, 0, 0, 0, 0, 0})
	for _, f := range files {
		flags := uint16(0x8000)
		if f.Encrypted {
			flags |= 4
		}
		b := []byte{0x74}
		b = binary.LittleEndian.AppendUint16(b, flags)
		b = binary.LittleEndian.AppendUint16(b, uint16(32+len(f.Name)))
		b = binary.LittleEndian.AppendUint32(b, uint32(len(f.Body)))
		b = binary.LittleEndian.AppendUint32(b, uint32(len(f.Body)))
		b = append(b, 2) // Windows
		b = binary.LittleEndian.AppendUint32(b, f.sum())
		b = append(b, 0, 0, 0x21, 0x50, 29, 0x30) // time, version, stored
		b = binary.LittleEndian.AppendUint16(b, uint16(len(f.Name)))
		b = append(b, 0x20, 0, 0, 0)
		block(append(b, f.Name...))
		out = append(out, f.Body...)
	}
	block([]byte{0x7B, 0, 0x40, 7, 0})
	return out
}

// MakeRar5 makes a rar file of the format of RAR 5.
func MakeRar5(files ...Rar) []byte {
	out := []byte("Rar!\x1A\x07\x01\x00")
	block := func(b []byte) {
		b = append(binary.AppendUvarint(nil, uint64(len(b))), b...)
		out = binary.LittleEndian.AppendUint32(out, crc32.ChecksumIEEE(b))
		out = append(out, b...)
	}
	block([]byte{1, 0, 0})
	for _, f := range files {
		b := []byte{2, 2}
		b = binary.AppendUvarint(b, uint64(len(f.Body)))
		b = append(b, 4) // with a checksum
		b = binary.AppendUvarint(b, uint64(len(f.Body)))
		b = append(b, 0x20)
		b = binary.LittleEndian.AppendUint32(b, f.sum())
		b = append(b, 0, 0) // stored, Windows
		b = binary.AppendUvarint(b, uint64(len(f.Name)))
		block(append(b, f.Name...))
		out = append(out, f.Body...)
	}
	block([]byte{5, 0, 0})
	return out
}
