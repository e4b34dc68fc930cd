package engine

import (
	"errors"
	"fmt"
	"image"
	"io"

	"nianbao/process"
)

// Reader reads images of one kind with one engine. It answers each image by a
// Line; an error says that the engine as a whole cannot be used.
type Reader func(kind Kind, images []*image.Gray) ([]Line, error)

// Serve is the engine's side: it says hello and answers requests until the
// stream ends. readers holds one Reader for each engine in hello.
func Serve(in io.Reader, out io.Writer, hello Hello, readers map[string]Reader) error {
	hello.Protocol = Protocol
	if err := process.WriteMessage(out, maxFrame, hello); err != nil {
		return fmt.Errorf("say hello: %w", err)
	}
	for {
		var req request
		frames, err := process.ReadMessage(in, maxFrame, &req, 1)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read request: %w", err)
		}
		images, err := unpack(req, frames[0])
		if err != nil {
			return fmt.Errorf("read request: %w", err)
		}
		var rep reply
		if read := readers[req.Engine]; read == nil {
			rep.Error = fmt.Sprintf("there is no engine %q", req.Engine)
		} else if rep.Lines, err = read(req.Kind, images); err != nil {
			rep = reply{Error: err.Error()}
		} else if err := rep.check(req); err != nil {
			return fmt.Errorf("%s: %w", req.Engine, err)
		}
		if err := process.WriteMessage(out, maxFrame, rep); err != nil {
			return fmt.Errorf("write reply: %w", err)
		}
	}
}
