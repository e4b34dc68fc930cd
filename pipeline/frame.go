package pipeline

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"nianbao/extract"
)

// Parent and child exchange messages of a fixed number of frames. A frame is
// its length as four bytes, big endian, and its content. The first frame of a
// message is a JSON header, the others are artifacts as they are.

// maxFrame bounds what either side is ready to hold of the other's output.
const maxFrame = 256 << 20

// request asks a worker for the steps from From on, or for a picture. Its second
// frame is the input of that step, or the published file.
type request struct {
	From   string  `json:"from,omitempty"` // Extract or Normalize
	Region *Region `json:"region,omitempty"`
}

// reply is followed by two frames: the Document artifact (empty where From was
// Normalize) and the Report artifact (empty where a step failed); or the picture
// and an empty one. Any number of replies that only tell of progress may come
// before it; their frames are empty.
type reply struct {
	Progress   *progress        `json:"progress,omitempty"`
	MediaType  string           `json:"media_type,omitempty"`
	Pages      int              `json:"pages,omitempty"`
	Recognised bool             `json:"recognised,omitempty"` // as in Result
	Failed     string           `json:"failed,omitempty"`     // the step that failed
	Refusal    *extract.Refusal `json:"refusal,omitempty"`
}

// progress says that a reader begins page Page of Pages, counted from 1.
type progress struct {
	Page  int `json:"page"`
	Pages int `json:"pages"`
}

func writeMessage(w io.Writer, header any, frames ...[]byte) error {
	h, err := json.Marshal(header)
	if err != nil {
		return err
	}
	for _, f := range append([][]byte{h}, frames...) {
		if len(f) > maxFrame {
			return fmt.Errorf("frame of %d bytes exceeds the limit of %d", len(f), maxFrame)
		}
		var n [4]byte
		binary.BigEndian.PutUint32(n[:], uint32(len(f)))
		if _, err := w.Write(n[:]); err != nil {
			return err
		}
		if _, err := w.Write(f); err != nil {
			return err
		}
	}
	return nil
}

// readMessage reads a header and n more frames. It returns io.EOF only where
// the stream ends before the message begins.
func readMessage(r io.Reader, header any, n int) ([][]byte, error) {
	h, err := readFrame(r)
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(h, header); err != nil {
		return nil, fmt.Errorf("read header: %w", err)
	}
	frames := make([][]byte, n)
	for i := range frames {
		if frames[i], err = readFrame(r); err != nil {
			if errors.Is(err, io.EOF) {
				err = io.ErrUnexpectedEOF
			}
			return nil, err
		}
	}
	return frames, nil
}

func readFrame(r io.Reader) ([]byte, error) {
	var n [4]byte
	if _, err := io.ReadFull(r, n[:]); err != nil {
		return nil, err
	}
	size := binary.BigEndian.Uint32(n[:])
	if size > maxFrame {
		return nil, fmt.Errorf("frame of %d bytes exceeds the limit of %d", size, maxFrame)
	}
	b := make([]byte, size)
	if _, err := io.ReadFull(r, b); err != nil {
		return nil, io.ErrUnexpectedEOF
	}
	return b, nil
}
