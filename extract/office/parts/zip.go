package parts

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"encoding/binary"
	"errors"
	"io"

	"nianbao/extract"
)

// OpenZip opens a packed package.
func OpenZip(b []byte) (*Package, error) {
	p := &Package{}
	r, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		p.CutOff = true
		p.walk(b)
		if len(p.names) == 0 {
			return nil, damaged(err)
		}
		return p, nil
	}
	for _, f := range r.File {
		p.add(f.Name, func(limit int) ([]byte, error) {
			if f.Flags&1 != 0 {
				return nil, &extract.Refusal{Code: extract.RefusedEncrypted, Detail: "its parts are packed with a password; unpack and pack it again without one"}
			}
			rc, err := f.Open()
			if err != nil {
				return nil, damaged(err)
			}
			defer rc.Close()
			return readAll(rc, f.UncompressedSize64, limit)
		})
	}
	return p, nil
}

// readAll reads a part to its end and checks it; one flipped bit may make
// another number. The size that is declared may be a lie.
func readAll(r io.Reader, declared uint64, limit int) ([]byte, error) {
	const most = 1 << 20 // that is believed
	var b bytes.Buffer
	b.Grow(int(min(declared, most)) + bytes.MinRead)
	_, err := b.ReadFrom(io.LimitReader(r, int64(limit)+1))
	switch {
	case b.Len() > limit:
		return nil, tooLarge()
	case err != nil:
		return nil, damaged(err)
	}
	return b.Bytes(), nil
}

// walk finds parts by their own headers, where the directory at the end of the
// file is missing.
func (p *Package) walk(b []byte) {
	const header = 30
	for len(p.names) < maxNames {
		i := bytes.Index(b, []byte("PK\x03\x04"))
		if i < 0 || len(b)-i < header {
			return
		}
		b = b[i:]
		le := binary.LittleEndian
		flags, method, packed := le.Uint16(b[6:]), le.Uint16(b[8:]), int64(le.Uint32(b[18:]))
		start := header + int(le.Uint16(b[26:])) + int(le.Uint16(b[28:]))
		if start > len(b) {
			return
		}
		name, data := string(b[header:header+int(le.Uint16(b[26:]))]), b[start:]
		whole := flags&8 == 0 && packed <= int64(len(data)) // its end is known and there
		if flags&1 == 0 && (method == zip.Store && whole || method == zip.Deflate) {
			if whole {
				data = data[:packed]
			}
			p.add(name, func(limit int) ([]byte, error) {
				var r io.Reader = bytes.NewReader(data)
				if method == zip.Deflate {
					r = flate.NewReader(r)
				}
				out, err := io.ReadAll(io.LimitReader(r, int64(limit)+1))
				if len(out) > limit {
					return nil, tooLarge()
				}
				if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
					return nil, damaged(err)
				}
				return out, nil
			})
		}
		b = b[start:]
		if whole {
			b = b[packed:]
		}
	}
}
