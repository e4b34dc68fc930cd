//go:build cgo && unix

package main

import (
	"errors"
	"fmt"
	"image"
	"os"
	"path/filepath"

	"github.com/otiai10/gosseract/v2"

	"nianbao/extract/ocr/engine"
)

// tesseract recognises lines by Tesseract. What gosseract gets wrong decides
// much of how it is used here: see docs/decisions/ocr-engines.md.
type tesseract struct {
	dir     string
	clients map[engine.Kind]*gosseract.Client // made when first needed
}

// languages are the models for each kind of line.
var languages = map[engine.Kind]string{engine.Number: "eng", engine.Text: "chi_sim"}

// findTesseract looks for the models of Tesseract without loading them.
func findTesseract() (engine.Engine, engine.Reader, error) {
	e := engine.Engine{Version: gosseract.Version()}
	dir, err := dataFolder()
	if err != nil {
		return e, nil, err
	}
	for _, kind := range []engine.Kind{engine.Number, engine.Text} {
		name := languages[kind] + ".traineddata"
		sum, err := hash(filepath.Join(dir, name))
		if errors.Is(err, os.ErrNotExist) {
			return e, nil, fmt.Errorf("%s is missing in %s; install the Debian packages tesseract-ocr-eng and tesseract-ocr-chi-sim", name, dir)
		}
		if err != nil {
			return e, nil, err
		}
		e.Models = append(e.Models, engine.Model{Name: name, SHA256: sum})
	}
	t := &tesseract{dir: dir, clients: make(map[engine.Kind]*gosseract.Client)}
	return e, t.read, nil
}

// dataFolder is where Tesseract's models lie. Tesseract is told, so that it uses
// the files whose hashes were given out.
func dataFolder() (string, error) {
	folders := []string{"/usr/share/tesseract-ocr/5/tessdata", "/usr/share/tesseract-ocr/4.00/tessdata", "/usr/share/tessdata", "/usr/local/share/tessdata"}
	if dir := os.Getenv("TESSDATA_PREFIX"); dir != "" {
		folders = []string{dir}
	}
	for _, dir := range folders {
		if _, err := os.Stat(filepath.Join(dir, languages[engine.Number]+".traineddata")); err == nil {
			return dir, nil
		}
	}
	return "", fmt.Errorf("no models in %v; install the Debian packages tesseract-ocr-eng and tesseract-ocr-chi-sim, or set TESSDATA_PREFIX", folders)
}

func (t *tesseract) read(kind engine.Kind, images []*image.Gray) ([]engine.Line, error) {
	client, err := t.client(kind)
	if err != nil {
		return nil, err
	}
	lines := make([]engine.Line, len(images))
	for i, m := range images {
		symbols, err := recognise(client, m)
		if err != nil {
			lines[i].Error = err.Error()
			continue
		}
		lines[i].Symbols = symbols
	}
	return lines, nil
}

// client is the one client for a kind. It stays as it is from its first call on:
// every later change of language loads the model again. Clients are made and
// used on one goroutine.
func (t *tesseract) client(kind engine.Kind) (*gosseract.Client, error) {
	if c := t.clients[kind]; c != nil {
		return c, nil
	}
	c := gosseract.NewClient()
	set := map[gosseract.SettableVariable]string{
		// gosseract forgets SetPageSegMode when it loads the model.
		"tessedit_pageseg_mode": fmt.Sprint(int(gosseract.PSM_SINGLE_LINE)),
		"tessedit_do_invert":    "0", // ink is dark
	}
	if kind == engine.Number {
		set[gosseract.TESSEDIT_CHAR_WHITELIST] = "0123456789-+.,/"
	}
	if err := c.SetTessdataPrefix(t.dir); err != nil {
		return nil, err
	}
	if err := c.SetLanguage(languages[kind]); err != nil {
		return nil, err
	}
	for k, v := range set {
		if err := c.SetVariable(k, v); err != nil {
			return nil, err
		}
	}
	// The model is loaded, and an unknown variable noticed, by the first call.
	white := image.NewGray(image.Rect(0, 0, 64, 32))
	for i := range white.Pix {
		white.Pix[i] = 255
	}
	if _, err := recognise(c, white); err != nil {
		c.Close()
		return nil, fmt.Errorf("load %s: %w", languages[kind], err)
	}
	t.clients[kind] = c
	return c, nil
}

// minSide is what Tesseract takes: it calls smaller images empty.
const minSide = 3

func recognise(c *gosseract.Client, m *image.Gray) ([]engine.Symbol, error) {
	w, h := m.Rect.Dx(), m.Rect.Dy()
	if w < minSide || h < minSide {
		return nil, fmt.Errorf("%d×%d pixels are too small a line", w, h)
	}
	if err := c.SetImageFromBytes(pgm(m)); err != nil {
		return nil, err
	}
	boxes, err := c.GetBoundingBoxes(gosseract.RIL_SYMBOL)
	if err != nil {
		return nil, err
	}
	var symbols []engine.Symbol
	for _, b := range boxes {
		if b.Word == "" { // the one box of a line without ink
			continue
		}
		x0 := min(max(b.Box.Min.X, 0), w-1)
		symbols = append(symbols, engine.Symbol{
			Text: b.Word,
			X0:   x0, X1: min(max(b.Box.Max.X, x0+1), w),
			Confidence: probability(float32(b.Confidence / 100)),
		})
	}
	return symbols, nil
}

// pgm is the image in the one format that needs no encoding and that cannot be
// misread: gosseract does not tell an image that it could not read from one
// without ink.
func pgm(m *image.Gray) []byte {
	w, h := m.Rect.Dx(), m.Rect.Dy()
	b := fmt.Appendf(nil, "P5\n%d %d\n255\n", w, h)
	for y := range h {
		b = append(b, m.Pix[y*m.Stride:][:w]...)
	}
	return b
}
