package pipeline

import (
	"io"

	"nianbao/extract"
	"nianbao/process"
)

// maxFrame bounds what either side is ready to hold of the other's output.
const maxFrame = 256 << 20

// request asks a worker for the steps from From on. Its second frame is the
// input of that step.
type request struct {
	From string `json:"from"` // Extract or Normalize
}

// reply is followed by two frames: the Document artifact (empty where From was
// Normalize) and the Report artifact (empty where a step failed).
type reply struct {
	MediaType string           `json:"media_type,omitempty"`
	Pages     int              `json:"pages,omitempty"`
	Failed    string           `json:"failed,omitempty"` // the step that failed
	Refusal   *extract.Refusal `json:"refusal,omitempty"`
}

func writeMessage(w io.Writer, header any, frames ...[]byte) error {
	return process.WriteMessage(w, maxFrame, header, frames...)
}

func readMessage(r io.Reader, header any, n int) ([][]byte, error) {
	return process.ReadMessage(r, maxFrame, header, n)
}
