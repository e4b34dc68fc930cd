package grid

import (
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// margin is the share of a page's height at its top and at its bottom in which
// page numbers and running titles stand.
const margin = 0.13

var (
	// pageNumberRE matches a line that only numbers the page.
	pageNumberRE = regexp.MustCompile(`^\s*[-—–－─·•~]*\s*(?i:(第|page)?\s*(\d{1,4})\s*页?([/／共,，、of\s]+\d{1,4}\s*页?)?)\s*[-—–－─·•~]*\s*$`)
	// resumeRE matches a caption that only says that a table goes on.
	resumeRE = regexp.MustCompile(`^[（(\[]?(续|接)?(上)?(表|页)[一二三四五六七八九十\d]*[）)\]]?$|^.{0,6}[（(]续(表|\d|[一二三四五六七八九十])?[）)]$|^续表.{0,4}$`)
)

// markFurniture marks the lines that belong to the pages and not to the text:
// page numbers, and titles that repeat at the same height of several pages.
func markFurniture(views []*view) {
	type title struct {
		text   string
		bottom bool
	}
	seen := map[title][]float64{}  // heights at which it was met
	counted := map[int][]float64{} // heights of page numbers, by how far they run ahead of the pages
	mark := func(visit func(v *view, it *item, k title)) {
		for _, v := range views {
			for i := range v.items {
				it := &v.items[i]
				if it.line == nil || it.aside && !it.repeated {
					continue
				}
				top, bottom := it.y1 < margin*v.sheet.h, it.y0 > (1-margin)*v.sheet.h
				if !top && !bottom || !v.outermost(i, top) || it.hasValues() {
					continue
				}
				visit(v, it, title{strings.Map(dropDigits, compact(it.line.Text)), bottom})
			}
		}
	}
	mark(func(v *view, it *item, k title) {
		if n, _ := pageNumber(it); n >= 0 && v.apart(it) {
			counted[n-it.line.Page] = append(counted[n-it.line.Page], it.y0)
		}
		if len([]rune(k.text)) > 1 {
			seen[k] = append(seen[k], it.y0)
		}
	})
	met := map[title]bool{}
	mark(func(v *view, it *item, k title) {
		if n, bare := pageNumber(it); n >= 0 {
			if !bare || v.apart(it) && sameHeight(counted[n-it.line.Page], it.y0) > 1 {
				it.aside, it.repeated = true, true
			}
			return
		}
		if sameHeight(seen[k], it.y0) > 1 {
			it.aside, it.repeated = true, met[k]
			met[k] = true
		}
	})
	for _, v := range views {
		for i := range v.items {
			if l := v.items[i].line; l != nil && resumeRE.MatchString(compact(l.Text)) {
				v.items[i].aside = true
			}
		}
	}
}

// sameHeight counts the heights that are about y.
func sameHeight(ys []float64, y float64) (n int) {
	for _, o := range ys {
		if math.Abs(o-y) < 8 {
			n++
		}
	}
	return n
}

// apart reports whether nothing stands as close above or below a line as the
// lines of a row do.
func (v *view) apart(it *item) bool {
	return !slices.ContainsFunc(v.items, func(o item) bool {
		return o.line != it.line && max(o.y0-it.y1, it.y0-o.y1) < 0.8*(it.y1-it.y0)
	})
}

// hasValues reports whether the line is a row of a table: without their numbers
// such rows may look alike at the top of every page.
func (it *item) hasValues() bool {
	if !it.spread() || strings.Contains(it.line.Text, "页") {
		return false
	}
	_, most := rowsOfValues([]textLine{*it.text})
	return most > 1
}

// pageNumber returns the number of a line that only numbers the page, or -1.
// Nothing but the count of the pages tells a bare one from a table's number.
func pageNumber(it *item) (n int, bare bool) {
	m := pageNumberRE.FindStringSubmatch(it.line.Text)
	if m == nil || !strings.Contains(it.line.Text, "页") && it.spread() {
		return -1, false
	}
	n, err := strconv.Atoi(m[2])
	if err != nil {
		return -1, false
	}
	return n, digits(it.line.Text)
}

// spread reports whether characters of the line stand as far apart as columns do.
func (it *item) spread() bool {
	if it.text == nil {
		return false
	}
	gs := it.text.glyphs
	for i := 1; i < len(gs); i++ {
		if gs[i].x0-gs[i-1].x1 > 2*gs[i].size {
			return true
		}
	}
	return false
}

func dropDigits(r rune) rune {
	if r >= '0' && r <= '9' || r == '-' || r == '—' {
		return -1
	}
	return r
}

// outermost reports whether at most two lines and no table stand between item i
// and the edge of the page.
func (v *view) outermost(i int, top bool) bool {
	between := 0
	for k := range v.items {
		if o := &v.items[k]; top && o.y1 <= v.items[i].y0 || !top && o.y0 >= v.items[i].y1 {
			if o.part != nil {
				return false
			}
			between++
		}
	}
	return between <= 2
}
