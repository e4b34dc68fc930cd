package pipeline

import (
	"context"
	"fmt"
	"slices"

	"nianbao/extract"
	"nianbao/extract/archive"
	"nianbao/extract/embedded"
	"nianbao/extract/html"
	"nianbao/extract/markdown"
	"nianbao/extract/mht"
	"nianbao/extract/ocr"
	"nianbao/extract/ocr/engine"
	"nianbao/extract/ofd"
	"nianbao/extract/office/doc"
	"nianbao/extract/office/docx"
	"nianbao/extract/office/odt"
	"nianbao/extract/office/rtf"
	"nianbao/extract/office/xls"
	"nianbao/extract/office/xlsx"
	"nianbao/extract/pdf"
	"nianbao/extract/text"
	"nianbao/normalize"
	"nianbao/store"
)

// reader turns the bytes of one format into a Document.
type reader func(b []byte, o Options) (*extract.Document, error)

// readers holds the reader of every media type that extract.Sniff can name.
var readers = map[string]reader{
	extract.TypePDF: func(b []byte, o Options) (*extract.Document, error) {
		return pdf.Read(b, pdf.Options{CacheDir: o.CacheDir, OCR: o.scans(), Progress: o.Progress})
	},
	extract.TypeHTML: withPictures(func(b []byte, p *embedded.Pictures) (*extract.Document, error) {
		return html.ReadWith(b, html.Options{Pictures: p})
	}),
	extract.TypeMHT: withPictures(mht.Read),
	extract.TypeDOCX: withPictures(func(b []byte, p *embedded.Pictures) (*extract.Document, error) {
		return docx.Read(b, docx.Options{Pictures: p})
	}),
	extract.TypeWordML: withPictures(func(b []byte, p *embedded.Pictures) (*extract.Document, error) {
		return docx.ReadXML(b, docx.Options{Pictures: p})
	}),
	extract.TypeODT: withPictures(func(b []byte, p *embedded.Pictures) (*extract.Document, error) {
		return odt.Read(b, odt.Options{Pictures: p})
	}),
	extract.TypeOFD: func(b []byte, o Options) (*extract.Document, error) {
		return ofd.Read(b, ofd.Options{OCR: o.scans(), Progress: o.Progress})
	},
	extract.TypeText:     func(b []byte, _ Options) (*extract.Document, error) { return text.Read(b) },
	extract.TypeMarkdown: func(b []byte, _ Options) (*extract.Document, error) { return markdown.Read(b) },
	extract.TypeDOC:      func(b []byte, _ Options) (*extract.Document, error) { return doc.Read(b) },
	extract.TypeRTF:      func(b []byte, _ Options) (*extract.Document, error) { return rtf.Read(b) },
	extract.TypeXLSX:     func(b []byte, _ Options) (*extract.Document, error) { return xlsx.Read(b) },
	extract.TypeXLS:      func(b []byte, _ Options) (*extract.Document, error) { return xls.Read(b) },
	extract.TypeZIP:      unpack(extract.TypeZIP),
	extract.TypeRAR:      unpack(extract.TypeRAR),
	extract.Type7z:       unpack(extract.Type7z),
	extract.TypeTar:      unpack(extract.TypeTar),
	extract.TypeGzip:     unpack(extract.TypeGzip),
	extract.TypePNG:      picture,
	extract.TypeJPEG:     picture,
	extract.TypeTIFF:     picture,
	extract.TypeGIF:      picture,
	extract.TypeBMP:      picture,
	extract.TypeWebP:     picture,
}

// withPictures makes a reader of one that leaves the document's pictures to
// another. What that one says of them replaces what the first could only guess.
func withPictures(read func(b []byte, p *embedded.Pictures) (*extract.Document, error)) reader {
	return func(b []byte, o Options) (*extract.Document, error) {
		pictures := embedded.New(o.scans(), o.Progress)
		doc, err := read(b, pictures)
		if err != nil {
			return nil, err
		}
		if known := pictures.Warnings(); len(known) > 0 {
			guess := func(w extract.Warning) bool { return w.Code == extract.WarnImage }
			doc.Warnings = append(slices.DeleteFunc(doc.Warnings, guess), known...)
		}
		return doc, nil
	}
}

func picture(b []byte, o Options) (*extract.Document, error) {
	return o.scans().ReadFile(b, o.Progress)
}

// unpack lists what an archive holds and hands it on.
func unpack(mediaType string) reader {
	return func(b []byte, o Options) (*extract.Document, error) {
		keep := o.Member
		if keep == nil {
			keep = func([]byte) error { return nil }
		}
		return archive.Read(b, mediaType, archive.DefaultLimits(), keep)
	}
}

// Options are what the steps need to know of the machine they run on. Save for
// OCR they never change an artifact.
type Options struct {
	CacheDir string // compiled code of the second PDF engine; "" for none
	OCR      string // program of the OCR engines; "" for none
	// Progress, if set, is told by a reader that an OCR engine is about to read a
	// page, counted from 1. It gives the file new patience, and marks what is made
	// of the file as dependent on the engines. One goroutine calls it at a time.
	Progress func(page, pages int)
	// Print gives observations as the program prints them.
	Print func([]normalize.Observation) ([]byte, error)
	// Member, if set, is given every file of an archive.
	Member func(content []byte) error

	recogniser *ocr.Reader // of this process
}

// scans is the reader of pages that are pictures.
func (o Options) scans() *ocr.Reader {
	if o.recogniser == nil {
		return ocr.New(o.engines)
	}
	return o.recogniser
}

// engines starts the OCR engines.
func (o Options) engines() (ocr.Engine, error) {
	if o.OCR == "" {
		return nil, extract.ErrNoEngine
	}
	return engine.Start(context.Background(), o.OCR, engine.DefaultLimits())
}

// read is the extract step: the media type of b, its Document, and the tool that
// this depends on.
func read(b []byte, o Options) (string, *extract.Document, store.Tool, error) {
	mediaType := extract.Sniff(b)
	var doc *extract.Document
	var err error
	if r, ok := readers[mediaType]; ok {
		doc, err = r(b, o)
	} else {
		err = unreadable(mediaType)
	}
	if why := convertible(mediaType, err); why != nil {
		doc, err = convert(b, mediaType, why)
		return mediaType, doc, store.Office, err
	}
	if dependsOnOCR(doc, err) {
		return mediaType, doc, store.OCR, err
	}
	return mediaType, doc, "", err
}

// unreadable says why there is no reader for a media type, and what can be done.
func unreadable(mediaType string) *extract.Refusal {
	switch mediaType {
	case extract.TypeEmpty:
		return &extract.Refusal{Code: extract.RefusedEmpty, Detail: "the file has no content; get it again from its source"}
	case extract.TypeEncrypted:
		return &extract.Refusal{Code: extract.RefusedEncrypted, Detail: "the file is locked with a password; open it in the program that made it, remove the password and save it"}
	case extract.TypeWorks:
		return &extract.Refusal{Code: extract.RefusedUnsupported, Detail: "the file was written by Microsoft Works; open it in LibreOffice and save it as .docx"}
	case extract.TypeUnknown:
		return &extract.Refusal{Code: extract.RefusedUnsupported, Detail: "the file is of no known type; open it in the program that made it and save it as PDF"}
	}
	return &extract.Refusal{Code: extract.RefusedUnsupported, Detail: fmt.Sprintf("files of type %s are not read yet; open it and save it as PDF or as a web page", mediaType)}
}
