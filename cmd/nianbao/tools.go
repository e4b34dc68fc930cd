package main

import (
	"context"
	"fmt"

	"nianbao/extract/office/libreoffice"
	"nianbao/pipeline"
	"nianbao/store"
)

// tools tell who the programs of this machine are that some files need.
func (a *app) tools() pipeline.Identities {
	return pipeline.Identities{store.OCR: a.ocr.identity, store.Office: a.office}
}

// office is the identity of LibreOffice. One that does not start is as none.
func (a *app) office(ctx context.Context) (string, error) {
	c := libreoffice.New()
	if c.Program == "" {
		return pipeline.NoTool, nil
	}
	version, err := c.Version(ctx)
	switch {
	case ctx.Err() != nil:
		return "", ctx.Err()
	case err != nil:
		fmt.Fprintf(a.err, "nianbao: rare office files are not read, since LibreOffice does not start: %v\n  see: nianbao doctor\n", err)
		return pipeline.NoTool, nil
	}
	return pipeline.OfficeIdentity(version), nil
}
