package process

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// Parent and child exchange messages of a fixed number of frames. A frame is
// its length as four bytes, big endian, and its content. The first frame of a
// message is a JSON header, the others are bytes as they are.

// WriteMessage writes a header and frames, none of them larger than limit bytes.
func WriteMessage(w io.Writer, limit int, header any, frames ...[]byte) error {
	h, err := json.Marshal(header)
	if err != nil {
		return err
	}
	out := bufio.NewWriter(w) // lest lengths and headers be written each by itself
	for _, f := range append([][]byte{h}, frames...) {
		if len(f) > limit {
			return fmt.Errorf("frame of %d bytes exceeds the limit of %d", len(f), limit)
		}
		if err := binary.Write(out, binary.BigEndian, uint32(len(f))); err != nil {
			return err
		}
		if _, err := out.Write(f); err != nil {
			return err
		}
	}
	return out.Flush()
}

// ReadMessage reads a header and n more frames, none of them larger than limit
// bytes. It returns io.EOF only where the stream ends before the message begins.
func ReadMessage(r io.Reader, limit int, header any, n int) ([][]byte, error) {
	h, err := readFrame(r, limit)
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(h, header); err != nil {
		return nil, fmt.Errorf("read header: %w", err)
	}
	frames := make([][]byte, n)
	for i := range frames {
		if frames[i], err = readFrame(r, limit); err != nil {
			if errors.Is(err, io.EOF) {
				err = io.ErrUnexpectedEOF
			}
			return nil, err
		}
	}
	return frames, nil
}

func readFrame(r io.Reader, limit int) ([]byte, error) {
	var n [4]byte
	if _, err := io.ReadFull(r, n[:]); err != nil {
		return nil, err
	}
	size := binary.BigEndian.Uint32(n[:])
	if int64(size) > int64(limit) {
		return nil, fmt.Errorf("frame of %d bytes exceeds the limit of %d", size, limit)
	}
	b := make([]byte, size)
	if _, err := io.ReadFull(r, b); err != nil {
		return nil, io.ErrUnexpectedEOF
	}
	return b, nil
}
