package archive

import (
	"archive/tar"
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"io"

	"nianbao/extract"
)

func listTar(b []byte, _ Limits, visit func(*entry) error) error {
	return tarStream(bytes.NewReader(b), int64(len(b)), visit)
}

// tarStream lists a tar file; packed bounds what its entries declare.
func tarStream(in io.Reader, packed int64, visit func(*entry) error) error {
	r := tar.NewReader(in)
	for {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return refuse(err)
		}
		if h.Typeflag == tar.TypeXGlobalHeader {
			continue
		}
		e := &entry{
			name:   decode(h.Name),
			folder: h.Typeflag == tar.TypeDir,
			other:  h.Typeflag != tar.TypeReg && h.Typeflag != tar.TypeGNUSparse,
			size:   h.Size,
			packed: packed,
			open:   nopCloser(r),
		}
		if err := visit(e); err != nil {
			return err
		}
	}
}

// listGzip lists a packed tar file, or the one file that a gzip file is.
func listGzip(b []byte, l Limits, visit func(*entry) error) error {
	z, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		return refuse(err)
	}
	in := bufio.NewReaderSize(&capped{r: z, left: l.Total}, 64<<10)
	head, err := in.Peek(extract.TarHeader)
	if err != nil && !errors.Is(err, io.EOF) {
		return refuse(err)
	}
	if extract.Sniff(head) == extract.TypeTar {
		return tarStream(in, int64(len(b)), visit)
	}
	name := make([]byte, 0, len(z.Name)) // the reader takes its bytes for Latin-1
	for _, c := range z.Name {
		name = append(name, byte(c))
	}
	if len(name) == 0 {
		name = []byte("content")
	}
	return visit(&entry{name: decode(string(name)), size: -1, packed: int64(len(b)), open: nopCloser(in)})
}

// capped ends a stream whose entries may be passed over unread.
type capped struct {
	r    io.Reader
	left int64
}

func (c *capped) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	if c.left -= int64(n); c.left < 0 {
		return 0, stop("it is larger than its limit when unpacked; the rest was not read: unpack it and add the folder")
	}
	return n, err
}
