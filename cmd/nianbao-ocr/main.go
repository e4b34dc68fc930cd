//go:build cgo && unix

package main

import (
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"golang.org/x/sys/unix"

	"nianbao/extract/ocr/engine"
)

func main() {
	if len(os.Args) > 1 {
		fmt.Fprintf(os.Stderr, "%s: takes no arguments: nianbao starts it and speaks to it over its standard streams; \"nianbao doctor\" shows what it can do\n", engine.Program)
		os.Exit(2)
	}
	// Ctrl-C reaches the whole process group; the parent decides what it means.
	signal.Ignore(os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	if err := run(); err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", engine.Program, err)
		os.Exit(1)
	}
}

func run() error {
	out, err := takeOutput()
	if err != nil {
		return fmt.Errorf("set up the output: %w", err)
	}
	var hello engine.Hello
	readers := make(map[string]engine.Reader)
	for _, e := range []struct {
		name string
		find func() (engine.Engine, engine.Reader, error)
	}{
		{engine.PPOCR, findPPOCR},
		{engine.Tesseract, findTesseract},
	} {
		found, reader, err := e.find()
		if err != nil {
			hello.Missing = append(hello.Missing, engine.Missing{Name: e.name, Reason: err.Error()})
			continue
		}
		found.Name = e.name
		hello.Engines = append(hello.Engines, found)
		readers[e.name] = reader
	}
	return engine.Serve(os.Stdin, out, hello, readers)
}

// takeOutput keeps standard output for the protocol: what a library prints there
// goes to standard error.
func takeOutput() (*os.File, error) {
	fd, err := unix.Dup(unix.Stdout)
	if err != nil {
		return nil, err
	}
	if err := unix.Dup2(unix.Stderr, unix.Stdout); err != nil {
		return nil, err
	}
	unix.CloseOnExec(fd)
	return os.NewFile(uintptr(fd), "protocol"), nil
}
