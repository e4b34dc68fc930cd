package ofd

import (
	"nianbao/extract"
	"nianbao/extract/grid"
)

const (
	maxGlyphs     = 60_000
	maxComposites = 8 // inside each other
)

// canvas collects what one page shows. Positions on it are in points.
type canvas struct {
	r             *reading
	number        int
	width, height float64
	toPage        matrix // from millimetres
	glyphs        []grid.Glyph
	outside       int // glyphs beyond the edge of the page
	ruler         ruler
	pictures      []picture
	shapes        int // filled shapes with curves: text drawn as outlines has many
}

// picture is an image on the page: where its unit square goes.
type picture struct {
	media media
	at    matrix
	share float64 // of the page
}

// draw draws page i, counted from 0.
func (r *reading) draw(i int) (*canvas, error) {
	c := &canvas{r: r, number: i + 1}
	var page *node
	if name := r.leaves[i]; name != "" {
		var err error
		if page, err = r.pack.xml(name); err != nil {
			if err = r.broken(i+1, err); err != nil {
				return nil, err
			}
		}
	}
	c.paper(page)
	if page == nil {
		return c, nil
	}
	name := r.leaves[i]
	for _, k := range page.kids {
		if k.name == "PageRes" {
			if err := r.resource(name, string(k.text)); err != nil {
				return nil, err
			}
		}
	}
	for _, k := range page.kids {
		if k.name == "Template" {
			if err := c.template(k.str("TemplateID")); err != nil {
				return nil, err
			}
		}
	}
	if err := c.layers(page.kid("Content")); err != nil {
		return nil, err
	}
	c.glyphs = grid.DropOverprints(c.glyphs)
	return c, nil
}

// paper takes the page's size: its own, or that of all pages.
func (c *canvas) paper(page *node) {
	box := []float64{0, 0, 210, 297}
	for _, area := range []*node{page.kid("Area"), c.r.area} {
		v, ok := numbers(area.content("PhysicalBox"), 4)
		if ok && v[2] > 1 && v[3] > 1 && v[2] < 5000 && v[3] < 5000 {
			box = v
			break
		}
	}
	c.width, c.height = box[2]*pointsPerMM, box[3]*pointsPerMM
	c.toPage = move(-box[0], -box[1]).mul(matrix{pointsPerMM, 0, 0, pointsPerMM, 0, 0})
	c.ruler.page = extract.Box{0, 0, c.width, c.height}
}

func (c *canvas) template(id string) error {
	name, ok := c.r.template[id]
	if !ok {
		c.r.warn(WarnDamaged, c.number, "the file lacks the template %s of page %d", id, c.number)
		return nil
	}
	t := c.r.pack.cache[name]
	if t == nil {
		var err error
		if t, err = c.r.pack.xml(name); err != nil {
			return c.r.broken(c.number, err)
		}
		c.r.pack.cache[name] = t
		for _, k := range t.kids {
			if k.name == "PageRes" {
				if err := c.r.resource(name, string(k.text)); err != nil {
					return err
				}
			}
		}
	}
	return c.layers(t.kid("Content"))
}

func (c *canvas) layers(content *node) error {
	if content == nil {
		return nil
	}
	for _, k := range content.kids {
		if err := c.object(k, c.toPage, k.str("DrawParam"), 0); err != nil {
			return err
		}
	}
	return nil
}

// object draws one object and what it holds; m leads from its surroundings to
// the page.
func (c *canvas) object(n *node, m matrix, layer string, depth int) error {
	if c.r.objects++; c.r.objects > maxObjects {
		return tooLarge("it draws more than %d objects", maxObjects)
	}
	if c.r.glyphs > maxAll {
		return tooLarge("it has more than %d characters", maxAll)
	}
	if !n.flag("Visible", true) || n.num("Alpha", 255) == 0 {
		return nil
	}
	switch n.name {
	case "Layer", "PageBlock", "Content":
		for _, k := range n.kids {
			if err := c.object(k, m, layer, depth); err != nil {
				return err
			}
		}
		return nil
	case "TextObject", "PathObject", "ImageObject", "CompositeObject":
	default:
		return nil
	}
	own, ok := placement(n)
	own = own.mul(m)
	if !ok || !own.sane() {
		c.r.warn(WarnDamaged, c.number, "an object on page %d has no place that can be read", c.number)
		return nil
	}
	switch n.name {
	case "TextObject":
		c.text(n, own, layer)
	case "PathObject":
		c.path(n, own, layer)
	case "ImageObject":
		c.image(n, own)
	case "CompositeObject":
		return c.composite(n, own, layer, depth)
	}
	return nil
}

func (c *canvas) composite(n *node, m matrix, layer string, depth int) error {
	unit := c.r.res.units[n.str("ResourceID")]
	if unit == nil || depth >= maxComposites {
		c.r.warn(WarnDamaged, c.number, "a composite object on page %d lacks its content", c.number)
		return nil
	}
	if content := unit.kid("Content"); content != nil {
		return c.object(content, m, layer, depth+1)
	}
	return nil
}

// image notes a picture; a thin one is a rule.
func (c *canvas) image(n *node, m matrix) {
	if n.str("CTM") == "" {
		if v, ok := numbers(n.str("Boundary"), 4); ok {
			m = matrix{v[2], 0, 0, v[3], 0, 0}.mul(m)
		}
	}
	b := m.bounds(0, 0, 1, 1)
	c.ruler.clip = c.ruler.page
	if b[2]-b[0] < thin || b[3]-b[1] < thin {
		c.ruler.fill(b, nil)
		return
	}
	w := min(b[2], c.width) - max(b[0], 0)
	h := min(b[3], c.height) - max(b[1], 0)
	if w <= 0 || h <= 0 {
		return
	}
	c.pictures = append(c.pictures, picture{c.r.res.media[n.str("ResourceID")], m, w * h / (c.width * c.height)})
}

// opaque: does the colour of that name, of the first that has one, let anything
// be seen?
func opaque(chain []*node, name string) bool {
	for _, n := range chain {
		if k := n.kid(name); k != nil {
			return k.num("Alpha", 255) > 2
		}
	}
	return true
}
