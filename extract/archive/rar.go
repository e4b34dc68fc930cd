package archive

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"io/fs"

	"github.com/nwaples/rardecode/v2"

	"nianbao/extract"
)

// maxDictionary is the memory that unpacking a rar may take; WinRAR offers 32 MB.
const maxDictionary = 128 << 20

// known are errors of readers that say more than damage.
var known = []struct {
	err          error
	code, detail string
}{
	{zip.ErrAlgorithm, extract.RefusedUnsupported, "it is packed in a way that is not read; unpack it and add what it holds"},
	{rardecode.ErrArchiveEncrypted, extract.RefusedEncrypted, "the archive is encrypted; unpack it with its password and add what it holds"},
	{rardecode.ErrArchivedFileEncrypted, extract.RefusedEncrypted, "it is encrypted; unpack it with its password and add what it holds"},
	{rardecode.ErrMultiVolume, extract.RefusedUnsupported, "the archive is one part of several; put the parts together, unpack them and add what they hold"},
	{rardecode.ErrDictionaryTooLarge, extract.RefusedTooLarge, "unpacking it takes more than 128 MB of memory; unpack it and add what it holds"},
	{rardecode.ErrUnknownVersion, extract.RefusedUnsupported, "this version of rar is not read; unpack it and add what it holds"},
	{rardecode.ErrUnknownDecoder, extract.RefusedUnsupported, "this version of rar is not read; unpack it and add what it holds"},
	{rardecode.ErrUnsupportedDecoder, extract.RefusedUnsupported, "this version of rar is not read; unpack it and add what it holds"},
}

func listRar(b []byte, _ Limits, visit func(*entry) error) error {
	r, err := rardecode.NewReader(bytes.NewReader(b), rardecode.MaxDictionarySize(maxDictionary))
	if err != nil {
		return refuse(err)
	}
	for {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return refuse(err)
		}
		e := &entry{
			name:      decode(h.Name),
			folder:    h.IsDir,
			other:     h.Mode()&fs.ModeSymlink != 0 || h.LinkType != rardecode.LinkTypeNone,
			encrypted: h.Encrypted,
			size:      h.UnPackedSize,
			packed:    -1,
			solid:     h.Solid,
			open:      nopCloser(r),
		}
		if h.UnKnownSize {
			e.size = -1
		}
		if err := visit(e); err != nil {
			return err
		}
	}
}
