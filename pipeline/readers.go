package pipeline

import (
	"fmt"

	"nianbao/extract"
	"nianbao/extract/html"
	"nianbao/extract/pdf"
	"nianbao/extract/text"
)

// reader turns the bytes of one format into a Document.
type reader func(b []byte, o Options) (*extract.Document, error)

// readers holds the reader of every media type that extract.Sniff can name.
var readers = map[string]reader{
	"application/pdf": func(b []byte, o Options) (*extract.Document, error) {
		return pdf.Read(b, pdf.Options{CacheDir: o.CacheDir})
	},
	"text/html":  func(b []byte, _ Options) (*extract.Document, error) { return html.Read(b) },
	"text/plain": func(b []byte, _ Options) (*extract.Document, error) { return text.Read(b) },
}

// Options are what the steps need to know of the machine they run on. They
// never change an artifact.
type Options struct {
	CacheDir string // compiled code of the second PDF engine; "" for none
}

// read is the extract step: the media type of b and its Document.
func read(b []byte, o Options) (string, *extract.Document, error) {
	if len(b) == 0 {
		return "", nil, &extract.Refusal{Code: extract.RefusedEmpty, Detail: "the file has no content"}
	}
	mediaType := sniff(b)
	r, ok := readers[mediaType]
	if !ok {
		return mediaType, nil, &extract.Refusal{
			Code:   extract.RefusedUnsupported,
			Detail: fmt.Sprintf("files of type %s are not read yet; convert it to PDF or HTML and try again", mediaType),
		}
	}
	doc, err := r(b, o)
	return mediaType, doc, err
}
