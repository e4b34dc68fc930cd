// Package libreoffice has LibreOffice, where it is installed, convert the office
// files that no reader of ours reads, such as those of Word 6 and 95, into a
// format that one does. Each file is converted by a process of its own, headless,
// with a profile folder of its own that forbids macros and links, on Linux
// without a network where the machine allows that, and with limits on time,
// memory and output.
//
// It reads no documents: that is for the reader of what comes out.
package libreoffice

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"nianbao/extract"
)

// Name is how a Document says that its file was converted: it stands before the
// name of the reader that read what came out, as in office/libreoffice+docx.
const Name = "office/libreoffice"

// Install says for people what to install.
const Install = "apt-get install --no-install-recommends libreoffice-writer-nogui libreoffice-calc-nogui"

// ErrMissing says that LibreOffice is not installed.
var ErrMissing = errors.New("LibreOffice is not installed")

// Limits of one conversion.
type Limits struct {
	Time   time.Duration // of the processors; the clock may show four times as much
	Memory int64         // resident bytes
	Output int64         // bytes
}

// DefaultLimits suit office files up to some hundred pages.
func DefaultLimits() Limits {
	return Limits{Time: 20 * time.Second, Memory: 1 << 30, Output: 64 << 20}
}

// Converter converts by one installation of LibreOffice.
type Converter struct {
	Program string // from Find; "" for none
	Limits  Limits
}

// New is a Converter by the LibreOffice on PATH, if there is one.
func New() *Converter { return &Converter{Find(), DefaultLimits()} }

// Find is the program of LibreOffice, or "".
func Find() string {
	for _, name := range []string{"soffice", "libreoffice"} {
		found, err := exec.LookPath(name)
		if err != nil {
			continue
		}
		if real, err := filepath.EvalSymlinks(found); err == nil {
			// The program on PATH is a script whose child does the work. A child
			// of our own can be watched, and ends with us.
			if bin := filepath.Join(filepath.Dir(real), "soffice.bin"); executable(bin) {
				return bin
			}
		}
		return found
	}
	return ""
}

func executable(path string) bool {
	s, err := os.Stat(path)
	return err == nil && s.Mode().IsRegular() && s.Mode()&0o111 != 0
}

// Version is what the program says of itself.
func (c *Converter) Version(ctx context.Context) (string, error) {
	if c.Program == "" {
		return "", ErrMissing
	}
	dir, err := os.MkdirTemp("", "nianbao-libreoffice-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	out, err := c.run(ctx, dir, "--version")
	if err != nil {
		return "", err
	}
	return strings.Join(strings.Fields(out), " "), nil
}

// endings are those of file names; nothing else may become part of one.
var endings = regexp.MustCompile(`^[a-z0-9]{1,8}$`)

// Convert makes .docx of a text document. ext is the ending that the format of b
// usually has, without its dot: LibreOffice goes by content and ending.
func (c *Converter) Convert(ctx context.Context, b []byte, ext string) ([]byte, error) {
	return c.ConvertTo(ctx, b, ext, "docx")
}

// ConvertTo makes a file of another format, named by its ending, such as xlsx of
// a spreadsheet. Why a file can't be converted is an *extract.Refusal.
func (c *Converter) ConvertTo(ctx context.Context, b []byte, ext, to string) (out []byte, err error) {
	if c.Program == "" {
		return nil, &extract.Refusal{Code: extract.RefusedUnsupported, Detail: fmt.Sprintf(
			"files of this kind (.%s) are read by way of LibreOffice, which is not installed (%s); or open it and save it as .docx or PDF", ext, Install)}
	}
	if !endings.MatchString(ext) || !endings.MatchString(to) {
		return nil, fmt.Errorf("convert .%s to .%s: no ending of a file", ext, to)
	}
	dir, err := os.MkdirTemp("", "nianbao-libreoffice-")
	if err != nil {
		return nil, fmt.Errorf("convert by LibreOffice: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	in, result := filepath.Join(dir, "in."+ext), filepath.Join(dir, "out", "in."+to)
	if err := os.WriteFile(in, b, 0o600); err != nil {
		return nil, fmt.Errorf("convert by LibreOffice: %w", err)
	}
	said, err := c.run(ctx, dir, "--convert-to", to, "--outdir", filepath.Dir(result), in)
	if err != nil {
		return nil, err
	}
	s, err := os.Stat(result)
	switch {
	case errors.Is(err, os.ErrNotExist) && strings.Contains(said, "no export filter"):
		return nil, &extract.Refusal{Code: extract.RefusedUnsupported, Detail: fmt.Sprintf(
			"LibreOffice opens the file as something that it can't save as .%s; open it in the program that made it and save it as PDF", to)}
	case errors.Is(err, os.ErrNotExist): // its exit status does not tell
		return nil, &extract.Refusal{Code: extract.RefusedDamaged, Detail: fmt.Sprintf(
			"LibreOffice can't open the file, which is damaged or has a password (%s); get it again from its source, or open it in the program that made it and save it as .docx or PDF", orSilent(said))}
	case err != nil:
		return nil, fmt.Errorf("convert by LibreOffice: %w", err)
	case s.Size() > c.Limits.Output:
		return nil, &extract.Refusal{Code: extract.RefusedTooLarge, Detail: fmt.Sprintf("LibreOffice makes more than %d MB of the file", c.Limits.Output>>20)}
	}
	return os.ReadFile(result)
}

func orSilent(said string) string {
	if said = strings.Join(strings.Fields(said), " "); said == "" {
		return "it says nothing about it"
	}
	return said
}

// WarnConverted is the warning for what was read of a converted file.
const WarnConverted = "converted"

// Read reads b by way of LibreOffice: read reads what it is converted to. The
// Document names both.
func (c *Converter) Read(ctx context.Context, b []byte, ext, to string, read func([]byte) (*extract.Document, error)) (*extract.Document, error) {
	converted, err := c.ConvertTo(ctx, b, ext, to)
	if err != nil {
		return nil, err
	}
	doc, err := read(converted)
	if err != nil {
		var r *extract.Refusal
		if errors.As(err, &r) {
			return nil, &extract.Refusal{Code: r.Code, Detail: "after LibreOffice converted it: " + r.Detail}
		}
		return nil, fmt.Errorf("read what LibreOffice made of it: %w", err)
	}
	doc.MediaType = extract.Sniff(b)
	doc.Warnings = append(doc.Warnings, extract.Warning{Code: WarnConverted, Message: "the file was read by way of LibreOffice, which may lose what it does not know; compare with the file itself"})
	for i := range doc.Pages {
		doc.Pages[i].Reader = via(doc.Pages[i].Reader)
	}
	for i := range doc.Tables {
		for j := range doc.Tables[i].Cells {
			cell := &doc.Tables[i].Cells[j]
			cell.Reader = via(cell.Reader)
		}
	}
	return doc, nil
}

// via names a reader of a converted file: office/docx gives
// office/libreoffice+docx.
func via(reader string) string { return Name + "+" + strings.TrimPrefix(reader, "office/") }
