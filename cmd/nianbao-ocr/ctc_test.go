package main

import (
	"image"
	"image/color"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"nianbao/extract/ocr/engine"
)

// A small dictionary, in the order of the model's: nothing, entries, space.
var entries = []string{"", "1", "l", "-", "—", "0", "无", "年", " "}

// steps makes the output of the model of what each step gives to entries.
func steps(given ...map[string]float32) []float32 {
	out := make([]float32, len(given)*len(entries))
	for i, g := range given {
		for j, e := range entries {
			out[i*len(entries)+j] = g[e]
		}
	}
	return out
}

type given = map[string]float32

func TestDecode(t *testing.T) {
	d := newDecoder(entries)
	for _, test := range []struct {
		name   string
		kind   engine.Kind
		output []float32
		want   []engine.Symbol
	}{
		{"forms of a digit are summed", engine.Number, steps(given{"": .4, "1": .3, "l": .3}), []engine.Symbol{{Text: "1", X0: 0, X1: 8, Confidence: .6}}},
		{"repetitions are one", engine.Number, steps(given{"0": .7, "": .3}, given{"0": .9}, given{"": 1}, given{"0": .8}),
			[]engine.Symbol{{Text: "0", X0: 0, X1: 16, Confidence: .9}, {Text: "0", X0: 24, X1: 32, Confidence: .8}}},
		{"a dash is a minus", engine.Number, steps(given{"—": .9}), []engine.Symbol{{Text: "-", X0: 0, X1: 8, Confidence: .9}}},
		{"a space parts", engine.Number, steps(given{"1": 1}, given{" ": 1}, given{"1": 1}),
			[]engine.Symbol{{Text: "1", X0: 0, X1: 8, Confidence: 1}, {Text: "1", X0: 16, X1: 24, Confidence: 1}}},
		{"what is no number is shown", engine.Number, steps(given{"无": .6, "0": .4}), []engine.Symbol{{Text: "无", X0: 0, X1: 8, Confidence: .6}}},
		{"unless it is not likely", engine.Number, steps(given{"无": .4, "0": .3, "": .1}), []engine.Symbol{{Text: "0", X0: 0, X1: 8, Confidence: .3}}},
		{"text is not summed", engine.Text, steps(given{"年": .4, "1": .3, "l": .3}), []engine.Symbol{{Text: "年", X0: 0, X1: 8, Confidence: .4}}},
	} {
		got := d.read(test.output, test.kind, 1, 100)
		if diff := cmp.Diff(test.want, got, cmp.Comparer(func(a, b float64) bool { return math.Abs(a-b) < 1e-6 })); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", test.name, diff)
		}
	}
}

// TestDecodePlaces checks that symbols lie within the image whatever its width.
func TestDecodePlaces(t *testing.T) {
	d := newDecoder(entries)
	rapid.Check(t, func(t *rapid.T) {
		w, h := rapid.IntRange(1, 900).Draw(t, "w"), rapid.IntRange(1, 200).Draw(t, "h")
		if w*heightFor(h) > maxWidth*h {
			return
		}
		_, width, _, scale := tensor(image.NewGray(image.Rect(0, 0, w, h)), nil)
		out := make([]float32, width/stepColumns*len(entries))
		for i := range width / stepColumns {
			out[i*len(entries)+rapid.IntRange(0, len(entries)-1).Draw(t, "entry")] = 1
		}
		for _, s := range d.read(out, engine.Text, scale, w) {
			if s.X0 < 0 || s.X0 >= s.X1 || s.X1 > w {
				t.Fatalf("%+v in %d columns", s, w)
			}
		}
	})
}

func TestTensor(t *testing.T) {
	// Left half black, right half white, at a third of the height and at twice it.
	for h, want := range map[int]int{inputHeight / 3: 28, 29: 28, 30: 32, 40: 36, inputHeight: inputHeight, inputHeight * 2: inputHeight} {
		m := image.NewGray(image.Rect(0, 0, h*2, h))
		for y := range h {
			for x := range h {
				m.SetGray(h+x, y, color.Gray{Y: 255})
			}
		}
		used := make([]float32, 3*inputHeight*minWidth)
		for i := range used {
			used[i] = 7
		}
		data, width, height, scale := tensor(m, used)
		if width != map[int]int{28: 192, 32: 216, 36: 240, inputHeight: minWidth}[height] || height != want || len(data) != 3*height*width || scale != float64(h)/float64(height) {
			t.Fatalf("height %d: width %d, height %d, %d values, scale %v", h, width, height, len(data), scale)
		}
		for _, plane := range []int{0, 1, 2} {
			row := data[(plane*height+20)*width:]
			for x, want := range map[int]float32{5: -1, height - 6: -1, height + 6: 1, 2*height - 6: 1, 2*height + 1: 0, width - 8: 0} {
				if got := row[x]; math.Abs(float64(got-want)) > 1e-5 {
					t.Errorf("height %d, column %d: %v, want %v", h, x, got, want)
				}
			}
		}
	}
}

// TestForms checks that no character is a form of two digits, and that each list
// begins with the digit it is for.
func TestForms(t *testing.T) {
	seen := make(map[rune]string)
	for _, forms := range numberForms {
		for _, r := range forms {
			if of, twice := seen[r]; twice {
				t.Errorf("%q is a form of %s and of %s", r, of, forms[:1])
			}
			seen[r] = forms[:1]
		}
	}
	if len(numberForms) != 15 {
		t.Errorf("%d digits and signs", len(numberForms))
	}
}
