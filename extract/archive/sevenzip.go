package archive

import (
	"bytes"
	"errors"
	"io"
	"io/fs"

	"github.com/bodgit/sevenzip"

	"nianbao/extract"
)

func list7z(b []byte, _ Limits, visit func(*entry) error) error {
	if err := check7z(b); err != nil {
		return err
	}
	r, err := sevenzip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return refuse7z(err)
	}
	for _, f := range r.File {
		mode := f.Mode()
		e := &entry{
			name:   decode(f.Name),
			folder: mode.IsDir(),
			other:  mode&fs.ModeType&^fs.ModeDir != 0,
			size:   int64(min(f.UncompressedSize, 1<<62)),
			packed: -1,
			solid:  true,
			open: func() (io.ReadCloser, error) {
				rc, err := f.Open()
				if err != nil {
					return nil, refuse7z(err)
				}
				return encrypted7z{rc}, nil
			},
		}
		if f.CRC32 != 0 {
			e.crc = &f.CRC32
		}
		if err := visit(e); err != nil {
			return err
		}
	}
	return nil
}

// encrypted7z tells bytes that need a password from damaged ones: without the
// password both are only wrong.
type encrypted7z struct{ io.ReadCloser }

func (r encrypted7z) Read(p []byte) (int, error) {
	n, err := r.ReadCloser.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = refuse7z(err)
	}
	return n, err
}

func refuse7z(err error) error {
	var read *sevenzip.ReadError
	if errors.As(err, &read) && read.Encrypted {
		return &extract.Refusal{Code: extract.RefusedEncrypted, Detail: "the archive is encrypted; unpack it with its password and add what it holds"}
	}
	return refuse(err)
}
