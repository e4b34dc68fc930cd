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
// two by two pixels, and not exactly, so the rim of each stroke has all of the seal's
// darkness and part of its colour, and black print beside red takes some on. The
// colour is therefore taken over a window, and so is what its pixels would show.
const (
	sealTile   = 64    // red is looked for in squares of this side, in pixels
	sealStep   = 4     // at one pixel in so many either way
	sealPixels = 64    // so many strongly red ones in a square are a seal
	sealTiles  = 1000  // more squares than this with such pixels are something else
	sealRed    = 40    // strongly red: levels of red above the luma
	slightRed  = 0.025 // share of the paper's luma above which a window is red at all
	moreRed    = 1.12  // a window may have been that much redder before JPEG

	redBlock = 2                            // the side of what has one colour, in pixels
	window   = 3                            // the side of a window, in blocks
	around   = window / 2                   // blocks around one
	wideTile = sealTile/redBlock + 2*around // the side of a tile with what is around it, in blocks
)

// unseal takes the seals out of g, which is img in grey: print that shines through
// stays as dark as it was printed.
func unseal(img image.Image, g *image.Gray) {
	t := redTiles(img)
	if t == nil {
		return
	}
	papers := make([]paper, len(t.red))
	tile := new(patch)
	var samples []sample
	for i, n := range t.red {
		if n < sealPixels {
			continue
		}
		if papers[i] = t.paper(i); papers[i].luma > 0 {
			t.load(i, papers[i], tile)
			samples = tile.samples(sealRed/papers[i].luma, samples)
		}
	}
	if len(samples) == 0 {
		return
	}
	k := inkOf(samples)
	for i := range t.red {
		p := papers[i]
		if t.red[i] < sealPixels { // a seal may reach into it
			p = t.neighbour(papers, i)
		}
		if p.luma > 0 {
			t.load(i, p, tile)
			k.lift(tile, p, g, t.tile(i).Min.Sub(t.bounds.Min))
		}
	}
}

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
	count := func(red func(x, y int) bool) {
		for y := b.Min.Y; y < b.Max.Y; y += sealStep {
			for i, x := 0, b.Min.X; x < b.Max.X; i++ {
				n := 0
				for end := min(b.Max.X, x+sealTile); x < end; x += sealStep {
					if red(x, y) {
						n += sealStep * sealStep
					}
				}
				t.red[(y-b.Min.Y)/sealTile*t.nx+i] += n
			}
		}
	}
	switch m := img.(type) {
	case *image.Gray, *image.Gray16:
		return nil
	case *image.YCbCr:
		t.at = func(x, y int) (luma, red int) {
			return int(m.Y[m.YOffset(x, y)]), redOf(m.Cr[m.COffset(x, y)])
		}
		count(func(x, y int) bool { return redOf(m.Cr[m.COffset(x, y)]) >= sealRed })
	case *image.RGBA:
		t.at = func(x, y int) (luma, red int) {
			p := m.Pix[m.PixOffset(x, y):][:4]
			white := 255 - int(p[3]) // what is transparent shows white paper
			return redAndLuma(int(p[0])+white, int(p[1])+white, int(p[2])+white)
		}
		count(func(x, y int) bool {
			_, red := t.at(x, y)
			return red >= sealRed
		})
	default:
		t.at = func(x, y int) (luma, red int) {
			r, g, b, a := img.At(x, y).RGBA()
			white := 255 - int(a>>8)
			return redAndLuma(int(r>>8)+white, int(g>>8)+white, int(b>>8)+white)
		}
		count(func(x, y int) bool {
			_, red := t.at(x, y)
			return red >= sealRed
		})
	}
	if n := t.sealed(); n == 0 || n > sealTiles {
		return nil
	}
	return t
}

// sealed is how many tiles have a seal.
func (t *tiles) sealed() (n int) {
	for _, red := range t.red {
		if red >= sealPixels {
			n++
		}
	}
	return n
}

// redOf is red above the luma, as JPEG defines it.
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

// paper is the paper around a seal.
type paper struct{ luma, red float32 }

// paper is what most pixels in and around a tile show that are not strongly red; its
// luma is 0 where there are few.
func (t *tiles) paper(i int) paper {
	var lumas, reds [levels]int
	r, n := t.tile(i).Inset(-sealTile).Intersect(t.bounds), 0
	for y := r.Min.Y; y < r.Max.Y; y += sealStep {
		for x := r.Min.X; x < r.Max.X; x += sealStep {
			if luma, red := t.at(x, y); red < sealRed {
				lumas[luma]++
				reds[luma] += red
				n++
			}
		}
	}
	if 8*n*sealStep*sealStep < r.Dx()*r.Dy() {
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

// patch is a tile and the blocks around it: the luma of its pixels and the red of its
// blocks above that of the paper, both as shares of the paper's luma.
type patch struct {
	blocks image.Rectangle // of the tile itself that hold any of the picture
	luma   [wideTile * redBlock][wideTile * redBlock]float32
	red    [wideTile][wideTile]float32
}

func (t *tiles) load(i int, p paper, to *patch) {
	r := t.tile(i)
	to.blocks = image.Rect(around, around, around+(r.Dx()+redBlock-1)/redBlock, around+(r.Dy()+redBlock-1)/redBlock)
	to.red = [wideTile][wideTile]float32{}
	for v := range to.luma {
		row, reds, y := &to.luma[v], &to.red[v/redBlock], r.Min.Y+v-around*redBlock
		for u := range row {
			x := r.Min.X + u - around*redBlock
			if !image.Pt(x, y).In(t.bounds) {
				row[u] = 1
				continue
			}
			luma, red := t.at(x, y)
			l := min(1, float32(luma)/p.luma)
			row[u] = l
			reds[u/redBlock] += (float32(red)/p.luma - l*p.red/p.luma) / (redBlock * redBlock)
		}
	}
}

// sample is a block: how dark and how red it is.
type sample struct{ dark, red float32 }

// samples adds the blocks of a tile that are so red.
func (t *patch) samples(least float32, out []sample) []sample {
	for v := t.blocks.Min.Y; v < t.blocks.Max.Y; v++ {
		for u := t.blocks.Min.X; u < t.blocks.Max.X; u++ {
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
	k.most = min(0.9, 1.05*darks[len(darks)*98/100])
	return k
}

// lift takes the ink out of the tile of g whose corner is at.
func (k ink) lift(t *patch, p paper, g *image.Gray, at image.Point) {
	for v := t.blocks.Min.Y; v < t.blocks.Max.Y; v++ {
		for u := t.blocks.Min.X; u < t.blocks.Max.X; u++ {
			var red float32
			for dy := -around; dy <= around; dy++ {
				for _, r := range t.red[v+dy][u-around:][:window] {
					red += r
				}
			}
			if red < slightRed*window*window {
				continue
			}
			through := 1 - k.strength(t, u, v, red*redBlock*redBlock)
			r := image.Rect(u, v, u+1, v+1)
			r.Min, r.Max = r.Min.Mul(redBlock), r.Max.Mul(redBlock)
			for y := r.Min.Y; y < r.Max.Y; y++ {
				for x := r.Min.X; x < r.Max.X; x++ {
					if to := at.Add(image.Pt(x-around*redBlock, y-around*redBlock)); to.In(g.Rect) {
						l := t.luma[y][x]
						g.Pix[g.PixOffset(to.X, to.Y)] = uint8(p.luma*l/max(through, l) + 0.5)
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
