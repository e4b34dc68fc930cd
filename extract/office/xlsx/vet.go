package xlsx

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"nianbao/extract"
	"nianbao/extract/office/xmlscan"
)

// The library makes some hundred bytes of every element, and takes time by the
// square of how deep they are nested and how many sheets there are. So what a
// workbook is made of is looked through first, at a thirtieth of the time.

// Limits of a workbook.
const (
	maxUnzipped = 64 << 20  // bytes it unpacks to, all of them in memory
	maxTags     = 1_200_000 // that begin or end elements: 300,000 cells
	maxSheets   = 200
)

// vet refuses a workbook that is larger than any report. What else is wrong with
// it is for the library to say.
func vet(b []byte) error {
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return nil
	}
	left, tags, sheets := maxUnzipped, 0, 0
	for _, f := range z.File {
		if !strings.HasSuffix(strings.ToLower(f.Name), ".xml") {
			continue
		}
		part, err := unpack(f, left)
		if err != nil {
			return nil
		}
		if left -= len(part); left < 0 {
			return tooLarge("unpacks to more than %d MB", maxUnzipped>>20)
		}
		if tags += bytes.Count(part, []byte("<")); tags > maxTags {
			return tooLarge("has more than %d elements", maxTags/2)
		}
		x := xmlscan.New(part, func(_, local string) int {
			if local == "sheet" {
				return 1
			}
			return 0
		})
		for x.Next() {
			if x.Kind == xmlscan.Start {
				sheets += x.Tag
			}
		}
		if errors.Is(x.Err(), xmlscan.ErrDepth) {
			return tooLarge("has elements more than %d deep", xmlscan.MaxDepth)
		}
		if sheets > maxSheets {
			return tooLarge("has more than %d sheets", maxSheets)
		}
	}
	return nil
}

// unpack reads a part, and one byte more than limit where it is larger.
func unpack(f *zip.File, limit int) ([]byte, error) {
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(io.LimitReader(r, int64(limit)+1))
}

func tooLarge(format string, args ...any) error {
	return &extract.Refusal{Code: extract.RefusedTooLarge, Detail: "the workbook " + fmt.Sprintf(format, args...) + "; save the report's sheet alone"}
}
