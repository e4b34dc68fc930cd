package pipeline

import (
	"fmt"

	"nianbao/extract"
	"nianbao/extract/html"
	"nianbao/extract/office/doc"
	"nianbao/extract/office/rtf"
	"nianbao/extract/office/xls"
	"nianbao/extract/office/xlsx"
	"nianbao/extract/pdf"
	"nianbao/extract/text"
)

// reader turns the bytes of one format into a Document.
type reader func(b []byte, o Options) (*extract.Document, error)

// readers holds the reader of every media type that extract.Sniff can name.
var readers = map[string]reader{
	extract.TypePDF: func(b []byte, o Options) (*extract.Document, error) {
		return pdf.Read(b, pdf.Options{CacheDir: o.CacheDir})
	},
	extract.TypeHTML: func(b []byte, _ Options) (*extract.Document, error) { return html.Read(b) },
	extract.TypeText: func(b []byte, _ Options) (*extract.Document, error) { return text.Read(b) },
	extract.TypeDOC:  func(b []byte, _ Options) (*extract.Document, error) { return doc.Read(b) },
	extract.TypeRTF:  func(b []byte, _ Options) (*extract.Document, error) { return rtf.Read(b) },
	extract.TypeXLSX: func(b []byte, _ Options) (*extract.Document, error) { return xlsx.Read(b) },
	extract.TypeXLS:  func(b []byte, _ Options) (*extract.Document, error) { return xls.Read(b) },
}

// Options are what the steps need to know of the machine they run on. They
// never change an artifact.
type Options struct {
	CacheDir string // compiled code of the second PDF engine; "" for none
}

// read is the extract step: the media type of b and its Document.
func read(b []byte, o Options) (string, *extract.Document, error) {
	mediaType := extract.Sniff(b)
	r, ok := readers[mediaType]
	if !ok {
		return mediaType, nil, unreadable(mediaType)
	}
	doc, err := r(b, o)
	return mediaType, doc, err
}

// unreadable says why there is no reader for a media type, and what can be done.
func unreadable(mediaType string) *extract.Refusal {
	switch mediaType {
	case extract.TypeEmpty:
		return &extract.Refusal{Code: extract.RefusedEmpty, Detail: "the file has no content; get it again from its source"}
	case extract.TypePNG, extract.TypeJPEG, extract.TypeTIFF, extract.TypeGIF, extract.TypeBMP, extract.TypeWebP:
		return &extract.Refusal{Code: extract.RefusedScan, Detail: "the file is a picture; recognise its text first, or find the report as a PDF, a web page or text"}
	case extract.TypeZIP, extract.TypeRAR, extract.Type7z, extract.TypeGzip:
		return &extract.Refusal{Code: extract.RefusedUnsupported, Detail: fmt.Sprintf("the file is an archive (%s); unpack it and read what is in it", mediaType)}
	case extract.TypeEncrypted:
		return &extract.Refusal{Code: extract.RefusedEncrypted, Detail: "the file is locked with a password; open it in the program that made it, remove the password and save it"}
	case extract.TypeWorks:
		return &extract.Refusal{Code: extract.RefusedUnsupported, Detail: "the file was written by Microsoft Works; open it in LibreOffice and save it as .docx"}
	case extract.TypeUnknown:
		return &extract.Refusal{Code: extract.RefusedUnsupported, Detail: "the file is of no known type; open it in the program that made it and save it as PDF"}
	}
	return &extract.Refusal{Code: extract.RefusedUnsupported, Detail: fmt.Sprintf("files of type %s are not read yet; open it and save it as PDF or as a web page", mediaType)}
}
