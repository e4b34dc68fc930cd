package ocr

import (
	"image"
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"nianbao/extract"
	"nianbao/extract/ocr/engine"
	"nianbao/extract/raster"
)

// A symbol goes to the piece it stands in, wherever the engine says it is within
// half a gap.
func TestStrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := rapid.SampledFrom([]counting{rowByTesseract, rowByPP}).Draw(t, "how").look
		var pieces []*image.Gray
		n := rapid.IntRange(1, 9).Draw(t, "pieces")
		for range n {
			pieces = append(pieces, image.NewGray(image.Rect(0, 0, rapid.IntRange(3, 90).Draw(t, "width"), rapid.IntRange(8, 40).Draw(t, "height"))))
		}
		s := paste(pieces, l)
		var line engine.Line
		want, runs := make([]string, n), make([]int, n)
		for i, p := range s.pieces {
			for range rapid.IntRange(0, 4).Draw(t, "symbols") {
				x := rapid.IntRange(p[0]-l.gap/2+1, p[1]+l.gap/2-2).Draw(t, "x")
				digit := rapid.SampledFrom([]string{"0", "7", "."}).Draw(t, "digit")
				line.Symbols = append(line.Symbols, engine.Symbol{Text: digit, X0: x, X1: x + 1, Confidence: 0.5})
				want[i] += digit
				runs[i]++
			}
		}
		for i, r := range s.split(line, "r", runs) {
			if r.Text != want[i] {
				t.Fatalf("piece %d holds %q, want %q", i, r.Text, want[i])
			}
			if (r.Text == "") != (r.Confidence == 0) {
				t.Fatalf("piece %d of %q is read with confidence %v", i, r.Text, r.Confidence)
			}
		}
		for x := range l.margin - 1 {
			if s.img.GrayAt(x, 0).Y != 255 {
				t.Fatal("the margin is not white")
			}
		}
	})
}

// A box on a picture comes out where its page shows it, however the page turns
// the picture.
func TestPlace(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const w, h, unit = 500, 700, 0.36 // pixels, points a pixel
		quarters := rapid.IntRange(0, 3).Draw(t, "quarters")
		m := map[int]affine{
			0: {unit, 0, 0, unit, 0, 0},
			1: {0, unit, -unit, 0, h * unit, 0}, // what was up is right
			2: {-unit, 0, 0, -unit, w * unit, h * unit},
			3: {0, -unit, unit, 0, 0, w * unit},
		}[quarters]
		pw, ph := w*unit, h*unit
		if quarters%2 == 1 {
			pw, ph = ph, pw
		}
		paper := image.NewGray(image.Rect(0, 0, w, h))
		for i := range paper.Pix {
			paper.Pix[i] = 255
		}
		v := newView(extract.Picture{Image: paper, Page: 1, Width: pw, Height: ph, Matrix: m})
		if v == nil {
			t.Fatal("no view")
		}
		if got := float64(v.gray.Rect.Dx()) / v.dpi * 72; math.Abs(got-pw) > 1 {
			t.Fatalf("the picture is %v points wide, its page %v", got, pw)
		}
		x, y := rapid.Float64Range(0, pw-60).Draw(t, "x"), rapid.Float64Range(0, ph-60).Draw(t, "y")
		want := extract.Box{x, y, x + 50, y + 40}
		got := v.place(raster.Find(v.gray, v.dpi))(want)
		for i := range got {
			if math.Abs(got[i]-want[i]) > 0.5 {
				t.Fatalf("turned by %d quarters: box %v, want %v", quarters, got, want)
			}
		}
	})
}

// Labels that end like a number with a unit are none.
func TestValuelike(t *testing.T) {
	for text, want := range map[string]bool{
		"5件": true, "0.5万元": true, "十二件": true, "增加3项": true, "无": true, "１２": true, "-": true, "l0": true,
		"第二十条第（一）项": false, "行政规范性文件": false, "8.属于行政查询事项": false, "单位：件": false, "": false, "见附件": false,
	} {
		if got := valuelike(text); got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}

// Numbers are found with what stands between their digits, and lone digits are not.
func TestNumbersIn(t *testing.T) {
	for text, want := range map[string][]string{
		"本机关于2023年1月1日至2023年12月31日收到申请712件": {"2023年1月1日至2023年12月31", "712"},
		"共5件，办结12件": {"12"},
		"共5件办结12件":  {"5件办结12"},
		"收到申请1件，上年结转3件，结转下年度的共有6件": nil,
		"": nil,
	} {
		var symbols, got []string
		for _, r := range text {
			symbols = append(symbols, string(r))
		}
		for _, n := range numbersIn(symbols) {
			got = append(got, strings.Join(symbols[n.from:n.to], ""))
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// What was read of a number in large takes the place of what was read of it, where
// the characters beside it are found again.
func TestReplace(t *testing.T) {
	read := func(s string) *text {
		out := &text{reading: extract.Reading{Text: s}}
		for i, r := range []rune(s) {
			out.line.Symbols = append(out.line.Symbols, engine.Symbol{Text: string(r)})
			out.glyphs = append(out.glyphs, mark{text: string(r), x0: float64(i), x1: float64(i + 1)})
		}
		return out
	}
	for _, c := range []struct{ line, part, want string }{
		{"收到申请712件，办结", "请7712件", "收到申请7712件，办结"},
		{"收到申请712件", "申请7712件", "收到申请7712件"},
		{"12件", "112件", "112件"},
		{"共12", "共112", "共112"},
		{"收到申请712件", "靖7712件", ""},
		{"收到申请712件", "请7712仲", ""},
		{"收到申请712件", "请件", ""},
		{"收到申请712件", "", ""},
		{"于2023年1月1日至", "1于2023年11月1日至", "于2023年11月1日至"},
	} {
		line := read(c.line)
		n := numbersIn(line.symbols())[0]
		ok := line.replace(n, read(c.part))
		if want := c.want != ""; ok != want || ok && line.reading.Text != c.want {
			t.Errorf("%s with %s: %v %s, want %s", c.line, c.part, ok, line.reading.Text, c.want)
		}
		if len(line.glyphs) != len(line.line.Symbols) {
			t.Errorf("%s with %s: %d places of %d characters", c.line, c.part, len(line.glyphs), len(line.line.Symbols))
		}
	}
}

// A line that an engine fails on does not make a page lie otherwise.
func TestLegibility(t *testing.T) {
	line := func(text string, confidence float64) (l engine.Line) {
		for i, r := range []rune(text) {
			l.Symbols = append(l.Symbols, engine.Symbol{Text: string(r), X0: 10 * i, X1: 10*i + 9, Confidence: confidence})
		}
		return l
	}
	upright := []engine.Line{line("", 0), line("行政诉讼", .995), line("复议后起诉", .99), line("六、其他需要报告的事项", .994), line("2026年3月15日", .98)}
	turned := []engine.Line{line("部问酒监", .82), line("起葡和未量", .89), line("日SI日8s韦9202", .98), line("起圈系髓", .84), line("汽米姓起", .84)}
	if got := legibility(upright); got < legible {
		t.Errorf("lines as they should be score %v, less than %v", got, legible)
	}
	if got := legibility(turned); got >= legible {
		t.Errorf("lines on their side score %v, %v or more", got, legible)
	}
}
