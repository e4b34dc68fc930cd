// SPDX-License-Identifier: AGPL-3.0-only

// Command unioffice-docx reads a .docx file on standard input by
// github.com/unidoc/unioffice and prints its paragraphs and tables as JSON, as
// nianbao's docs/second-reader.md describes. It is a program of its own, under a
// licence of its own: see README.md.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"os"

	"github.com/unidoc/unioffice/document"
)

// maxFile bounds what is read.
const maxFile = 64 << 20

func main() {
	log.SetOutput(io.Discard) // the library notes every relationship it does not know
	if err := convert(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "unioffice-docx:", err)
		os.Exit(1)
	}
}

func convert(in io.Reader, out io.Writer) (err error) {
	b, err := io.ReadAll(io.LimitReader(in, maxFile+1))
	if err != nil {
		return fmt.Errorf("read standard input: %w", err)
	}
	if len(b) > maxFile {
		return fmt.Errorf("the file has more than %d MB", maxFile>>20)
	}
	// The library unpacks pictures into a folder that it leaves behind.
	dir, err := os.MkdirTemp("", "unioffice-docx-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	if err := os.Setenv("TMPDIR", dir); err != nil {
		return err
	}
	d, err := read(b)
	if err != nil {
		return err
	}
	e := json.NewEncoder(out)
	e.SetEscapeHTML(false)
	return e.Encode(d)
}

func read(b []byte) (d *doc, err error) {
	defer func() {
		if x := recover(); x != nil {
			d, err = nil, fmt.Errorf("the library fails on it: %v", x)
		}
	}()
	word, err := document.Read(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return nil, err
	}
	body := word.X().Body
	if body == nil {
		return nil, errors.New("it has no text")
	}
	w := &walker{doc: doc{MediaType: mediaType, Lines: []line{}, Tables: []table{}}}
	for _, e := range body.EG_BlockLevelElts {
		w.blocks(e.EG_ContentBlockContent)
	}
	return &w.doc, nil
}
