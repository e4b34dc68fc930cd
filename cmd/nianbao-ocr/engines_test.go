package main

import (
	"bufio"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"nianbao/extract/ocr/engine"
)

// sample is a line of testdata: words of a rendered report, pasted side by side
// for the numbers.
type sample struct {
	name, text string
	image      *image.Gray
}

func samples(t testing.TB, prefix string) []sample {
	t.Helper()
	f, err := os.Open("testdata/lines.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var all []sample
	for lines := bufio.NewScanner(f); lines.Scan(); {
		name, text, _ := strings.Cut(lines.Text(), "\t")
		if !strings.HasPrefix(name, prefix) {
			continue
		}
		f, err := os.Open(filepath.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		m, err := png.Decode(f)
		f.Close()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		all = append(all, sample{name, text, m.(*image.Gray)})
	}
	if len(all) == 0 {
		t.Fatalf("no samples %s", prefix)
	}
	return all
}

func images(samples []sample) []*image.Gray {
	var all []*image.Gray
	for _, s := range samples {
		all = append(all, s.image)
	}
	return all
}

// engines starts the program that NIANBAO_OCR names, or skips.
func engines(t testing.TB) *engine.Client {
	t.Helper()
	program := engine.Find()
	if program == "" {
		t.Skip("there is no nianbao-ocr: build it by \"go tool task build\" and set NIANBAO_OCR to its path")
	}
	c, err := engine.Start(t.Context(), program, engine.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	for _, m := range c.Info().Missing {
		t.Logf("not tested: %s: %s", m.Name, m.Reason)
	}
	return c
}

// height is the ink height that each engine reads numbers best at.
var height = map[string]string{engine.PPOCR: "number-34", engine.Tesseract: "number-22"}

func read(t testing.TB, c *engine.Client, name string, kind engine.Kind, images []*image.Gray) []engine.Line {
	t.Helper()
	lines, err := c.Read(t.Context(), name, kind, images)
	if err != nil {
		t.Fatal(err)
	}
	return lines
}

func TestNumbers(t *testing.T) {
	c := engines(t)
	for _, e := range c.Info().Engines {
		all := samples(t, height[e.Name])
		for i, l := range read(t, c, e.Name, engine.Number, images(all)) {
			if got := strings.Join(byPlace(all[i].image, l), " "); got != all[i].text || l.Error != "" {
				t.Errorf("%s reads %s as %q, want %q %s", e.Name, all[i].name, got, all[i].text, l.Error)
			}
		}
	}
}

// byPlace parts what was read by where it stands: at gaps wider than a quarter of
// the line's height.
func byPlace(m *image.Gray, l engine.Line) []string {
	w, h := m.Rect.Dx(), m.Rect.Dy()
	word := make([]int, w) // of each column
	words, empty := 0, h
	for x := range w {
		inked := false
		for y := range h {
			inked = inked || m.GrayAt(x, y).Y < 128
		}
		if inked && empty > h/4 {
			words++
		}
		if empty++; inked {
			empty = 0
		}
		word[x] = words
	}
	texts := make([]string, words)
	for _, s := range l.Symbols {
		texts[max(0, word[(s.X0+s.X1)/2]-1)] += s.Text
	}
	return texts
}

func TestText(t *testing.T) {
	c := engines(t)
	all := samples(t, "text")
	for _, e := range c.Info().Engines {
		for i, l := range read(t, c, e.Name, engine.Text, images(all)) {
			if got := wide.Replace(l.Text()); got != wide.Replace(all[i].text) || l.Error != "" {
				t.Errorf("%s reads %s as %q, want %q %s", e.Name, all[i].name, got, all[i].text, l.Error)
			}
		}
	}
}

// wide makes one form of signs that have two.
var wide = strings.NewReplacer("（", "(", "）", ")", "，", ",", "．", ".", "：", ":", " ", "")

// TestSame checks that a line is read the same whatever was read before it, and
// by which process.
func TestSame(t *testing.T) {
	c, other := engines(t), engines(t)
	for _, e := range c.Info().Engines {
		for kind, prefix := range map[engine.Kind]string{engine.Number: "number", engine.Text: "text"} {
			batch := images(samples(t, prefix))
			first := read(t, c, e.Name, kind, batch)
			again := read(t, c, e.Name, kind, batch)
			slices.Reverse(batch)
			back := read(t, other, e.Name, kind, batch)
			slices.Reverse(back)
			if !reflect.DeepEqual(first, again) || !reflect.DeepEqual(first, back) {
				t.Errorf("%s reads the same %s lines in three ways:\n%v\n%v\n%v", e.Name, kind, first, again, back)
			}
		}
	}
}

// TestOddImages checks that what holds no line gives no symbols, and harms
// nothing that comes after it.
func TestOddImages(t *testing.T) {
	c := engines(t)
	blank := image.NewGray(image.Rect(0, 0, 200, 48))
	for i := range blank.Pix {
		blank.Pix[i] = 255
	}
	good := samples(t, "number-22")[0]
	batch := []*image.Gray{blank, image.NewGray(image.Rect(0, 0, 1, 1)), image.NewGray(image.Rect(0, 0, 16000, 2)), image.NewGray(image.Rect(0, 0, 2, 16000)), good.image}
	for _, e := range c.Info().Engines {
		for _, kind := range []engine.Kind{engine.Number, engine.Text} {
			lines := read(t, c, e.Name, kind, batch)
			if lines[0].Text() != "" || lines[0].Error != "" {
				t.Errorf("%s reads a blank line as %+v", e.Name, lines[0])
			}
			if lines[2].Error == "" {
				t.Errorf("%s reads a line of 16000×2 pixels as %+v", e.Name, lines[2])
			}
			if alone := read(t, c, e.Name, kind, []*image.Gray{good.image}); !reflect.DeepEqual(alone[0], lines[4]) {
				t.Errorf("%s reads a line after odd ones as %+v, alone as %+v", e.Name, lines[4], alone[0])
			}
		}
	}
}
