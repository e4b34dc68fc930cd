package raster

import (
	"image"
	"image/color"
	"slices"
)

// A seal lies over print and lets it shine through: each pixel has the light of the
// paper, less what print takes, less what the seal takes. Red ink takes green and
// blue and next to nothing of red, so how far a pixel's red lies above its luma tells
// how much of its darkness is the seal's, and what the seal lets through tells the
// print. The brightest colour of a pixel alone does not: JPEG keeps one colour for
// two by two pixels, and not exactly, so the rim of each stroke has all of the seal's
// darkness and part of its colour, and black print beside red takes some on. The
// colour is therefore taken over a window, and so is what its pixels would show.
const (
	someRed   = 18    // red: levels above the luma, beyond those of the page
	sealRed   = 26    // as red as a part of a seal is in places
	slightRed = 0.025 // share of the paper's luma above which a window is red at all
	moreRed   = 1.12  // a window may have been that much redder before JPEG

	redBlock = 2          // the side of what has one colour, in pixels
	window   = 3          // the side of a window, in blocks
	around   = window / 2 // blocks around one

	sealTile  = 64                           // seals are taken out in squares of this side, in pixels
	wideTile  = sealTile/redBlock + 2*around // the side of one with what is around it, in blocks
	sealTiles = 1000                         // what takes more squares is something else

	redStays = 28 // the level by which a seal's picture tells where red print stayed
)

// unseal takes the seals out of g, which is img in grey: print that shines through
// stays as dark as it was printed. What it took is shown by seal, if there is any.
func unseal(img image.Image, g *image.Gray) (seal *image.Gray) {
	c := coloursOf(img)
	if c == nil {
		return nil
	}
	tiles, zone := c.seals()
	if len(tiles) == 0 || len(tiles) > sealTiles {
		return nil
	}
	papers := make([]paper, len(tiles))
	tile := new(patch)
	var samples []sample
	for i, r := range tiles {
		if papers[i] = c.paper(r); papers[i].luma > 0 {
			c.load(r, papers[i], tile)
			samples = tile.samples(sealRed/papers[i].luma, samples)
		}
	}
	if len(samples) == 0 {
		return nil
	}
	k := inkOf(samples)
	seal = white(g.Rect)
	for i, r := range tiles {
		if papers[i].luma > 0 {
			c.load(r, papers[i], tile)
			k.lift(tile, papers[i], g, seal, zone, r.Min.Sub(c.bounds.Min))
		}
	}
	return seal
}

// white is a picture of blank paper.
func white(r image.Rectangle) *image.Gray {
	g := image.NewGray(r)
	for i := range g.Pix {
		g.Pix[i] = 255
	}
	return g
}

// colours is a picture in colour.
type colours struct {
	image.Image
	bounds image.Rectangle
	at     func(x, y int) (luma, red int) // red is how far it lies above the luma
	base   int                            // how red most of the page is
}

// coloursOf is nil for a picture in grey, or without red as far as is known at once.
func coloursOf(img image.Image) *colours {
	c := &colours{Image: img, bounds: img.Bounds()}
	switch m := img.(type) {
	case *image.Gray, *image.Gray16:
		return nil
	case *image.YCbCr:
		c.at = func(x, y int) (luma, red int) {
			return int(m.Y[m.YOffset(x, y)]), redOf(m.Cr[m.COffset(x, y)])
		}
	case *image.RGBA:
		c.at = func(x, y int) (luma, red int) {
			p := m.Pix[m.PixOffset(x, y):][:4]
			white := 255 - int(p[3]) // what is transparent shows white paper
			return lumaAndRed(int(p[0])+white, int(p[1])+white, int(p[2])+white)
		}
	case *image.Paletted:
		var luma, red [256]int
		found := false
		for i, p := range m.Palette[:min(256, len(m.Palette))] {
			luma[i], red[i] = lumaAndRedOf(p)
			found = found || red[i] >= someRed // the page's own red only raises it
		}
		if !found { // of two colours as a rule, black and white
			return nil
		}
		c.at = func(x, y int) (int, int) {
			i := m.Pix[m.PixOffset(x, y)]
			return luma[i], red[i]
		}
	default:
		c.at = func(x, y int) (luma, red int) { return lumaAndRedOf(img.At(x, y)) }
	}
	c.base = c.usual()
	return c
}

// usual is the red of half the page.
func (c *colours) usual() int {
	const step = 16
	var reds [levels]int
	n := 0
	for y := c.bounds.Min.Y + step/2; y < c.bounds.Max.Y; y += step {
		for x := c.bounds.Min.X + step/2; x < c.bounds.Max.X; x += step {
			_, red := c.at(x, y)
			reds[max(0, red)]++
			n++
		}
	}
	half, seen := 0, reds[0]
	for 2*seen < n {
		half++
		seen += reds[half]
	}
	return half
}

// mask marks the blocks that are red, if there are any.
func (c *colours) mask() (mask *bitmap, found bool) {
	b := c.bounds
	mask = newBitmap((b.Dx()+redBlock-1)/redBlock, (b.Dy()+redBlock-1)/redBlock)
	m, ok := c.Image.(*image.YCbCr)
	least := c.base + someRed
	quick := ok && m.SubsampleRatio == image.YCbCrSubsampleRatio420 // as most are
	for y := range mask.h {
		if quick {
			for x, cr := range m.Cr[m.COffset(b.Min.X, b.Min.Y+y*redBlock):][:mask.w] {
				if redOf(cr) >= least {
					mask.set(x, y)
					found = true
				}
			}
			continue
		}
		for x := range mask.w {
			if _, red := c.at(b.Min.X+x*redBlock, b.Min.Y+y*redBlock); red >= least {
				mask.set(x, y)
				found = true
			}
		}
	}
	return mask, found
}

// redOf is red above the luma, as JPEG defines it.
func redOf(cr uint8) int { return 91881 * (int(cr) - 128) >> 16 }

func lumaAndRedOf(c color.Color) (luma, red int) {
	r, g, b, a := c.RGBA()
	white := 255 - int(a>>8)
	return lumaAndRed(int(r>>8)+white, int(g>>8)+white, int(b>>8)+white)
}

// lumaAndRed takes what is lighter than white, as files may say, for white.
func lumaAndRed(r, g, b int) (luma, red int) {
	r, g, b = min(r, 255), min(g, 255), min(b, 255)
	luma = (19595*r + 38470*g + 7471*b) >> 16
	return luma, r - luma
}

// paper is the paper around a seal.
type paper struct{ luma, red float32 }

// paper is what most pixels in and around a tile show that are not red; its
// luma is 0 where there are few.
func (c *colours) paper(tile image.Rectangle) paper {
	const step = 2 * redBlock
	var lumas, reds [levels]int
	r, n := tile.Inset(-sealTile).Intersect(c.bounds), 0
	for y := r.Min.Y; y < r.Max.Y; y += step {
		for x := r.Min.X; x < r.Max.X; x += step {
			if luma, red := c.at(x, y); red < c.base+someRed {
				lumas[luma]++
				reds[luma] += red
				n++
			}
		}
	}
	if 8*n*step*step < r.Dx()*r.Dy() {
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
	return paper{float32(v), float32(red) / float32(of)}
}

// patch is a tile and the blocks around it: the luma of its pixels and the red of its
// blocks above that of the paper, both as shares of the paper's luma.
type patch struct {
	luma [wideTile * redBlock][wideTile * redBlock]float32
	red  [wideTile][wideTile]float32
}

func (c *colours) load(tile image.Rectangle, p paper, to *patch) {
	to.red = [wideTile][wideTile]float32{}
	share := 1 / p.luma
	inside := tile.Inset(-around * redBlock).In(c.bounds)
	for v := range to.luma {
		row, reds, y := &to.luma[v], &to.red[v/redBlock], tile.Min.Y+v-around*redBlock
		for u := range row {
			x := tile.Min.X + u - around*redBlock
			if !inside && !image.Pt(x, y).In(c.bounds) {
				row[u] = 1
				continue
			}
			luma, red := c.at(x, y)
			l := min(1, float32(luma)*share)
			row[u] = l
			reds[u/redBlock] += (float32(red) - l*p.red) * share / (redBlock * redBlock)
		}
	}
}

// sample is a block: how dark and how red it is.
type sample struct{ dark, red float32 }

// samples adds the blocks of a tile that are so red.
func (t *patch) samples(least float32, out []sample) []sample {
	for v := around; v < wideTile-around; v++ {
		for u := around; u < wideTile-around; u++ {
			if t.red[v][u] < least {
				continue
			}
			s := sample{1, t.red[v][u]}
			for y := range redBlock {
				for _, l := range t.luma[v*redBlock+y][u*redBlock:][:redBlock] {
					s.dark -= l / (redBlock * redBlock)
				}
			}
			out = append(out, s)
		}
	}
	return out
}

// ink is a seal's ink: how red it is for the light that it takes, and the most that it
// takes, as a share.
type ink struct{ red, most float32 }

// inkOf tells the ink from blocks of seals, most of which have no print below.
func inkOf(samples []sample) ink {
	var ratios, darks []float32
	for _, s := range samples {
		ratios = append(ratios, s.red/max(0.01, s.dark))
	}
	slices.Sort(ratios)
	k := ink{red: ratios[len(ratios)/2]}
	for _, s := range samples {
		if s.red > 0.85*k.red*s.dark {
			darks = append(darks, s.dark)
		}
	}
	slices.Sort(darks)
	k.most = min(0.9, 1.05*darks[len(darks)*9/10])
	return k
}

// lift takes the ink out of the tile of g whose corner is at, as far as it lies in the
// zone of a seal, and shows it in seal, with a pale mark where red print stays.
func (k ink) lift(t *patch, p paper, g, seal *image.Gray, zone *bitmap, at image.Point) {
	for v := around; v < wideTile-around; v++ {
		for u := around; u < wideTile-around; u++ {
			var red float32
			for dy := -around; dy <= around; dy++ {
				for _, r := range t.red[v+dy][u-around:][:window] {
					red += r
				}
			}
			corner := at.Add(image.Pt(u-around, v-around).Mul(redBlock))
			if red < slightRed*window*window {
				continue
			}
			goes := zone.at(corner.X/redBlock, corner.Y/redBlock)
			through := 1 - k.strength(t, u, v, red*redBlock*redBlock)
			r := image.Rect(u, v, u+1, v+1)
			r.Min, r.Max = r.Min.Mul(redBlock), r.Max.Mul(redBlock)
			for y := r.Min.Y; y < r.Max.Y; y++ {
				for x := r.Min.X; x < r.Max.X; x++ {
					if to := at.Add(image.Pt(x-around*redBlock, y-around*redBlock)); to.In(g.Rect) {
						l := t.luma[y][x]
						gone := &seal.Pix[seal.PixOffset(to.X, to.Y)]
						if !goes {
							*gone = 255 - redStays
							continue
						}
						v := &g.Pix[g.PixOffset(to.X, to.Y)]
						bare := uint8(p.luma*l/max(through, l) + 0.5)
						*gone = 255 - (max(bare, *v) - *v)
						*v = bare
					}
				}
			}
		}
	}
}

// strength is the share of light that the ink takes around a block, by its colour.
func (k ink) strength(t *patch, u, v int, red float32) float32 {
	red *= moreRed
	lo, hi := float32(0), k.most
	if k.shows(t, u, v, hi) <= red {
		return hi
	}
	for range 5 {
		if mid := (lo + hi) / 2; k.shows(t, u, v, mid) <= red {
			lo = mid
		} else {
			hi = mid
		}
	}
	return lo
}

// shows is how red the window around a block would be if the ink took up to strength
// of the light of its pixels, and print the rest of what they lack.
func (k ink) shows(t *patch, u, v int, strength float32) (red float32) {
	through := 1 - strength
	for y := (v - around) * redBlock; y < (v+around+1)*redBlock; y++ {
		for _, l := range t.luma[y][(u-around)*redBlock:][:window*redBlock] {
			if l > through {
				red += 1 - l
			} else {
				red += strength * l / through
			}
		}
	}
	return k.red * red
}
