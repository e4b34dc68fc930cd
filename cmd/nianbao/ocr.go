package main

import (
	"context"
	"fmt"
	"io"

	"nianbao/extract/ocr/engine"
	"nianbao/pipeline"
)

// engines are the OCR engines of this machine, in a program of their own. It is
// started only when a file needs it.
type engines struct {
	program string // "" where there is none
	warn    io.Writer
}

// hello asks the program which engines it has.
func (e engines) hello(ctx context.Context) (engine.Hello, error) {
	c, err := engine.Start(ctx, e.program, engine.DefaultLimits())
	if err != nil {
		return engine.Hello{}, err
	}
	defer c.Close()
	return c.Info(), nil
}

// identity names the engines, as pipeline.Runner wants it. A program that does
// not start has no engines: text is read all the same.
func (e engines) identity(ctx context.Context) (string, error) {
	if e.program == "" {
		return pipeline.NoTool, nil
	}
	hello, err := e.hello(ctx)
	switch {
	case ctx.Err() != nil:
		return "", ctx.Err()
	case err != nil:
		fmt.Fprintf(e.warn, "nianbao: scans are not read, since %s does not start: %v\n  see: nianbao doctor\n", e.program, err)
		return pipeline.NoTool, nil
	}
	var all []pipeline.Engine
	for _, found := range hello.Engines {
		one := pipeline.Engine{Name: found.Name, Version: found.Version}
		for _, m := range found.Models {
			one.Models = append(one.Models, m.Name+" "+m.SHA256)
		}
		all = append(all, one)
	}
	return pipeline.OCRIdentity(all)
}
