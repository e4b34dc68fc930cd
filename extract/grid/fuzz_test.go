package grid

import (
	"encoding/binary"
	"fmt"
	"math"
	"testing"

	"nianbao/extract"
	"nianbao/process/guard"
)

// FuzzBuild builds tables from arbitrary pages: no panic, and tables that keep
// the rules of their type.
func FuzzBuild(f *testing.F) {
	p := newPrinter(style{border: "solid", size: 10, line: 13, pad: 2})
	p.paragraph("三、收到和处理政府信息公开申请情况")
	p.table(&drawn{xs: []float64{0, 50, 100}, rows: 2, head: 1, cells: []extract.Cell{
		{Text: "一"}, {Col: 1, Text: "12"}, {Row: 1, Text: "二"}, {Row: 1, Col: 1, Text: "3"}}}, nil)
	f.Add(encode(p.pages))
	f.Add([]byte("申请人情况 行政复议 行政诉讼 第二十条第（一）项"))
	f.Fuzz(func(t *testing.T, b []byte) {
		defer guard.Start()()
		lines, tables := Build(decode(b))
		sound(t, lines, tables)
	})
}

var fuzzWords = []string{"申请人情况", "行政复议", "行政诉讼", "第二十条第（一）项", "信息内容", "一、本年新收政府信息公开申请数量", "0", "12", "统计指标", "统计数", "单位", "一、主动公开情况", "总计", "结果维持", "本年制发件数", "规章", "（", "，"}

// decode makes pages of bytes: ten bytes a glyph or a rule.
func decode(b []byte) []Page {
	pages := []Page{{Number: 1, Width: 600, Height: 800, Reader: "fuzz"}}
	for len(b) >= 10 && len(pages) < 8 {
		p := &pages[len(pages)-1]
		v := func(i int) float64 { return float64(int16(binary.LittleEndian.Uint16(b[i:]))) / 16 }
		x0, y0, x1, y1 := v(1), v(3), v(5), v(7)
		switch k := b[9]; b[0] % 8 {
		case 0:
			pages = append(pages, Page{Number: len(pages) + 1, Width: x1, Height: y1, Reader: "fuzz"})
		case 1, 2, 3:
			p.Rules = append(p.Rules, Rule{X0: x0, Y0: y0, X1: x1, Y1: y1, Width: float64(k) / 32, Weak: k%5 == 0})
		case 4:
			x := x0
			for _, r := range fuzzWords[int(k)%len(fuzzWords)] {
				p.Glyphs = append(p.Glyphs, Glyph{Text: string(r), Box: extract.Box{x, y0, x + 10, y0 + 10}, Size: 10})
				x += 10
			}
		default:
			g := Glyph{Text: string(rune('0' + k%60)), Box: extract.Box{x0, y0, x1, y1}, Size: float64(k), Angle: float64(b[0]/8) * 15, Vert: k%11 == 0}
			if k == 255 {
				g.Size = math.NaN()
			}
			p.Glyphs = append(p.Glyphs, g)
		}
		b = b[10:]
	}
	return pages
}

// encode is the reverse of decode, as far as it goes.
func encode(pages []Page) (out []byte) {
	put := func(kind byte, x0, y0, x1, y1 float64, k byte) {
		out = append(out, kind)
		for _, v := range []float64{x0, y0, x1, y1} {
			out = binary.LittleEndian.AppendUint16(out, uint16(int16(v*16)))
		}
		out = append(out, k)
	}
	for i, p := range pages {
		if i > 0 {
			put(0, 0, 0, p.Width, p.Height, 0)
		}
		for _, g := range p.Glyphs {
			put(5, g.Box[0], g.Box[1], g.Box[2], g.Box[3], 10)
		}
		for _, r := range p.Rules {
			put(1, r.X0, r.Y0, r.X1, r.Y1, 24)
		}
	}
	return out
}

func BenchmarkBuild(b *testing.B) {
	for _, border := range []string{"solid", "dotted", "none"} {
		b.Run(border, func(b *testing.B) {
			p := newPrinter(style{border: border, size: 10, line: 13, pad: 3})
			d := &drawn{xs: []float64{0, 150}, rows: 60, head: 1}
			for c := range 9 {
				d.xs = append(d.xs, 200+40*float64(c))
			}
			for r := range d.rows {
				for c := range 10 {
					d.cells = append(d.cells, extract.Cell{Row: r, Col: c, Text: fmt.Sprint(r * c)})
				}
			}
			p.table(d, nil)
			b.ReportAllocs()
			for b.Loop() {
				Build(p.pages)
			}
			b.ReportMetric(float64(b.N*len(p.pages))/b.Elapsed().Seconds(), "pages/s")
		})
	}
}
