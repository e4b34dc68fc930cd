package pipeline

import (
	"context"
	"errors"

	"nianbao/extract"
	"nianbao/extract/html"
	"nianbao/extract/office/libreoffice"
)

// convertible are the media types that LibreOffice opens, with the ending of
// their files. What no reader of ours reads of them goes to it.
var convertible = map[string]string{
	extract.TypeDOC:    "doc",
	extract.TypeXLS:    "xls",
	extract.TypeWorks:  "wps",
	extract.TypeRTF:    "rtf",
	extract.TypeODT:    "odt",
	extract.TypeDOCX:   "docx",
	extract.TypeXLSX:   "xlsx",
	extract.TypeWordML: "xml",
}

// orConvert is the reading of a file or, where there is none because its format
// is not supported, a reading by way of LibreOffice. It is converted to a web
// page: that serves text documents and sheets alike.
func orConvert(b []byte, mediaType string, doc *extract.Document, err error) (*extract.Document, error) {
	var r *extract.Refusal
	ext := convertible[mediaType]
	if ext == "" || !errors.As(err, &r) || r.Code != extract.RefusedUnsupported {
		return doc, err
	}
	office := libreoffice.New()
	if office.Program == "" {
		return nil, &extract.Refusal{Code: r.Code, Detail: r.Detail + "; or install LibreOffice, by way of which it is read (" + libreoffice.Install + ")"}
	}
	return office.Read(context.Background(), b, ext, "html", html.Read)
}
