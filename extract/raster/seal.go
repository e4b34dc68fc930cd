package raster

import (
	"image"
	"slices"
)

// A seal lies over print and lets it shine through: each pixel has the light of the
// paper, less what print takes, less what the seal takes. Red ink takes green and
// blue and next to nothing of red, so how far a pixel's red lies above its luma tells
// how much of its darkness is the seal's, and what the seal lets through tells the
// print. The brightest colour of a pixel alone does not: JPEG keeps one colour for
// two by two pixels, so the rim of each stroke has all of the seal's darkness and
// part of its colour, and black print beside red takes some on. Colours are therefore
// weighed block by block, against what all pixels of a block should show.
const (
	sealTile   = 64    // red is looked for in squares of this side, in pixels
	sealPixels = 40    // so many strongly red ones in a square are a seal
	sealRed    = 40    // strongly red: levels of red above the luma
	slightRed  = 0.025 // share of the paper's luma above which a block is red at all
	moreRed    = 1.25  // a block may have been that much redder before JPEG
	redBlock   = 2     // the side of a block, in pixels
)

// tiles are the squares of a picture, with the number of strongly red pixels in each.
type tiles struct {
	bounds image.Rectangle
	nx, ny int
	red    []int
	at     func(x, y int) (luma, red int) // red is how far it lies above the luma
}

// redTiles is nil for a picture without a seal.
func redTiles(img image.Image) *tiles {
	b := img.Bounds()
	t := &tiles{bounds: b, nx: (b.Dx() + sealTile - 1) / sealTile, ny: (b.Dy() + sealTile - 1) / sealTile}
	t.red = make([]int, t.nx*t.ny)
	switch m := img.(type) {
	case *image.Gray:
		return nil
	case *image.YCbCr:
		t.at = func(x, y int) (luma, red int) {
			return int(m.Y[m.YOffset(x, y)]), redOf(m.Cr[m.COffset(x, y)])
		}
	case *image.RGBA:
		t.at = func(x, y int) (luma, red int) {
			p := m.Pix[m.PixOffset(x, y):][:4]
			white := 255 - int(p[3]) // what is transparent shows white paper
			return redAndLuma(int(p[0])+white, int(p[1])+white, int(p[2])+white)
		}
	default:
		t.at = func(x, y int) (luma, red int) {
			r, g, b, a := img.At(x, y).RGBA()
			white := 255 - int(a>>8)
			return redAndLuma(int(r>>8)+white, int(g>>8)+white, int(b>>8)+white)
		}
	}
	seal := false
	for y := b.Min.Y; y < b.Max.Y; y += redBlock {
		row := t.red[(y-b.Min.Y)/sealTile*t.nx:][:t.nx]
		for x := b.Min.X; x < b.Max.X; x += redBlock {
			if _, red := t.at(x, y); red >= sealRed {
				n := &row[(x-b.Min.X)/sealTile]
				*n += redBlock * redBlock
				seal = seal || *n >= sealPixels
			}
		}
	}
	if !seal {
		return nil
	}
	return t
}

func redOf(cr uint8) int { return 91881 * (int(cr) - 128) >> 16 }

func redAndLuma(r, g, b int) (luma, red int) {
	luma = (19595*r + 38470*g + 7471*b) >> 16
	return luma, r - luma
}

// tile is the place of a tile.
func (t *tiles) tile(i int) image.Rectangle {
	at := t.bounds.Min.Add(image.Pt(i%t.nx, i/t.nx).Mul(sealTile))
	return image.Rectangle{at, at.Add(image.Pt(sealTile, sealTile))}.Intersect(t.bounds)
}

// around are a tile and its neighbours.
func (t *tiles) around(i int) image.Rectangle {
	return t.tile(i).Inset(-sealTile).Intersect(t.bounds)
}

// paper is the paper around a seal.
type paper struct{ luma, red float64 }

// paper is what most pixels in and around a tile show that are not strongly red; its
// luma is 0 where there are few.
func (t *tiles) paper(i int) paper {
	var lumas [levels]int
	var reds [levels]int
	r, n := t.around(i), 0
	for y := r.Min.Y; y < r.Max.Y; y += redBlock {
		for x := r.Min.X; x < r.Max.X; x += redBlock {
			if luma, red := t.at(x, y); red < sealRed {
				lumas[luma]++
				reds[luma] += red
				n++
			}
		}
	}
	if 8*n < r.Dx()*r.Dy()/redBlock/redBlock {
		return paper{}
	}
	// Most of what is no print is paper: the middle of the lighter half.
	v, below := 0, 0
	for v < levels-1 && below+lumas[v] < n*3/4 {
		below += lumas[v]
		v++
	}
	red, of := 0, 0
	for u := max(0, v-3); u <= min(levels-1, v+3); u++ {
		red, of = red+reds[u], of+lumas[u]
	}
	return paper{float64(v), float64(red) / float64(max(1, of))}
}

// block is a block of pixels: the luma of each, as a share of the paper's, and how
// red they are together, as a share of it, too.
type block struct {
	luma [redBlock * redBlock]float64
	n    int
	red  float64
}

func (t *tiles) block(p paper, r image.Rectangle) (b block) {
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			luma, red := t.at(x, y)
			l := min(1, float64(luma)/p.luma)
			b.luma[b.n] = l
			b.n++
			b.red += float64(red)/p.luma - l*p.red/p.luma
		}
	}
	return b
}

// blocks calls f for each block of a tile.
func (t *tiles) blocks(i int, f func(r image.Rectangle)) {
	r := t.tile(i)
	// Pixels that share a colour begin at even places.
	for y := r.Min.Y &^ (redBlock - 1); y < r.Max.Y; y += redBlock {
		for x := r.Min.X &^ (redBlock - 1); x < r.Max.X; x += redBlock {
			f(image.Rect(x, y, x+redBlock, y+redBlock).Intersect(r))
		}
	}
}

// ink is a seal's ink: how red it is for each share of light that it takes, and the
// most that it takes.
type ink struct{ red, most float64 }

// inkOf tells the ink from blocks that are red all over: most hold no print.
func inkOf(blocks []block) ink {
	var out ink
	type sample struct{ dark, red float64 }
	var all []sample
	for _, b := range blocks {
		s := sample{red: b.red / float64(b.n)}
		for _, l := range b.luma[:b.n] {
			s.dark += (1 - l) / float64(b.n)
		}
		all = append(all, s)
	}
	ratios := make([]float64, len(all))
	for i, s := range all {
		ratios[i] = s.red / max(0.01, s.dark)
	}
	slices.Sort(ratios)
	out.red = ratios[len(ratios)/2]
	var dark []float64
	for _, s := range all {
		if s.red > 0.85*out.red*s.dark {
			dark = append(dark, s.dark)
		}
	}
	slices.Sort(dark)
	out.most = min(0.9, dark[len(dark)*19/20])
	return out
}

// shows is how red a block would be if the seal took up to strength of the light of
// its pixels and print the rest of what is missing.
func (k ink) shows(b *block, strength float64) (red float64) {
	for _, l := range b.luma[:b.n] {
		through := max(1-strength, l)
		red += k.red * (1 - through) * l / through
	}
	return red
}

// strength is how much light the seal takes in a block, to be as red as it is.
func (k ink) strength(b *block) float64 {
	red := b.red * moreRed
	if k.shows(b, k.most) <= red {
		return k.most
	}
	lo, hi := 0.0, k.most
	for range 6 {
		if mid := (lo + hi) / 2; k.shows(b, mid) <= red {
			lo = mid
		} else {
			hi = mid
		}
	}
	return lo
}

// unseal takes the seals out of g, which is img in grey: print that shines through
// stays as dark as it was printed.
func unseal(img image.Image, g *image.Gray) {
	t := redTiles(img)
	if t == nil {
		return
	}
	papers := make([]paper, len(t.red))
	var whole []block
	for i, n := range t.red {
		if n < sealPixels {
			continue
		}
		p := t.paper(i)
		if papers[i] = p; p.luma == 0 {
			continue
		}
		t.blocks(i, func(r image.Rectangle) {
			if b := t.block(p, r); b.n == len(b.luma) && b.red*p.luma > sealRed*float64(b.n) {
				whole = append(whole, b)
			}
		})
	}
	if len(whole) == 0 {
		return
	}
	k := inkOf(whole)
	for i := range t.red {
		p := papers[i]
		if t.red[i] < sealPixels { // a seal may reach into it
			p = t.neighbour(papers, i)
		}
		if p.luma == 0 {
			continue
		}
		t.blocks(i, func(r image.Rectangle) {
			b := t.block(p, r)
			if b.red < slightRed*float64(b.n) {
				return
			}
			strength, n := k.strength(&b), 0
			for y := r.Min.Y; y < r.Max.Y; y++ {
				for x := r.Min.X; x < r.Max.X; x++ {
					l := b.luma[n]
					n++
					g.Pix[g.PixOffset(x-t.bounds.Min.X, y-t.bounds.Min.Y)] = uint8(p.luma * l / max(1-strength, l))
				}
			}
		})
	}
}

// neighbour is the paper of a tile beside another that has a seal.
func (t *tiles) neighbour(papers []paper, i int) paper {
	x, y := i%t.nx, i/t.nx
	for v := max(0, y-1); v <= min(t.ny-1, y+1); v++ {
		for u := max(0, x-1); u <= min(t.nx-1, x+1); u++ {
			if p := papers[v*t.nx+u]; p.luma > 0 {
				return p
			}
		}
	}
	return paper{}
}
