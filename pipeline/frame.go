package pipeline

import (
	"io"

	"nianbao/extract"
	"nianbao/process"
	"nianbao/review"
	"nianbao/store"
)

// maxFrame bounds what either side is ready to hold of the other's output.
const maxFrame = 256 << 20

// request asks a worker for the steps from From on, or for a picture. Its second
// frame is the input of that step, or the published file.
type request struct {
	From   string  `json:"from,omitempty"`  // Extract or Normalize
	Print  bool    `json:"print,omitempty"` // the Report is to be printed, and kept by nobody
	Region *Region `json:"region,omitempty"`
	// Corrections are what people said of the file's cells.
	Corrections []review.Correction `json:"corrections,omitempty"`
}

// reply is followed by two frames: the Document artifact (empty where From was
// Normalize) and the Report artifact (empty where a step failed); or the picture
// and an empty one; or where printing is asked for the observations as Options.Print
// gives them, and the rest of the Report. Any number of replies may come before it
// that only tell of progress, with empty frames, or that hold a file of an archive
// as first frame.
type reply struct {
	Progress  *progress        `json:"progress,omitempty"`
	Member    bool             `json:"member,omitempty"`
	MediaType string           `json:"media_type,omitempty"`
	Pages     int              `json:"pages,omitempty"`
	Tool      store.Tool       `json:"tool,omitempty"`   // as in Result
	Failed    string           `json:"failed,omitempty"` // the step that failed
	Refusal   *extract.Refusal `json:"refusal,omitempty"`
}

// progress says that a reader begins page Page of Pages, counted from 1.
type progress struct {
	Page  int `json:"page"`
	Pages int `json:"pages"`
}

func writeMessage(w io.Writer, header any, frames ...[]byte) error {
	return process.WriteMessage(w, maxFrame, header, frames...)
}

func readMessage(r io.Reader, header any, n int) ([][]byte, error) {
	return process.ReadMessage(r, maxFrame, header, n)
}
