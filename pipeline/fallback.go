package pipeline

import (
	"context"
	"errors"

	"nianbao/extract"
	"nianbao/extract/html"
	"nianbao/extract/office/libreoffice"
	"nianbao/extract/office/xlsx"
)

// officeTypes are the media types that LibreOffice opens, with the ending of
// their files.
var officeTypes = map[string]string{
	extract.TypeDOC:    "doc",
	extract.TypeXLS:    "xls",
	extract.TypeWorks:  "wps",
	extract.TypeRTF:    "rtf",
	extract.TypeODT:    "odt",
	extract.TypeODS:    "ods",
	extract.TypeDOCX:   "docx",
	extract.TypeXLSX:   "xlsx",
	extract.TypeWordML: "xml",
}

// convertible says that a file which a reader refused for err goes to LibreOffice,
// by returning the refusal: its format is not supported, and LibreOffice opens it.
func convertible(mediaType string, err error) *extract.Refusal {
	var r *extract.Refusal
	if officeTypes[mediaType] == "" || !errors.As(err, &r) || r.Code != extract.RefusedUnsupported {
		return nil
	}
	return r
}

// convert reads a file by way of LibreOffice: sheets as .xlsx, which keeps apart
// what is text and what a table, all else as a web page. why is what holds without
// LibreOffice.
func convert(b []byte, mediaType string, why *extract.Refusal) (*extract.Document, error) {
	office := libreoffice.New()
	if office.Program == "" {
		return nil, &extract.Refusal{Code: why.Code, Detail: why.Detail + "; or install LibreOffice, by way of which it is read (" + libreoffice.Install + ")"}
	}
	to, by := "html", html.Read
	switch mediaType {
	case extract.TypeXLS, extract.TypeXLSX, extract.TypeODS:
		to, by = "xlsx", xlsx.Read
	}
	return office.Read(context.Background(), b, officeTypes[mediaType], to, by)
}
