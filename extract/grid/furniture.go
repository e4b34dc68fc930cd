package grid

import (
	"math"
	"regexp"
	"strings"
)

// margin is the share of a page's height at its top and at its bottom in which
// page numbers and running titles stand.
const margin = 0.13

var (
	// pageNumberRE matches a line that only numbers the page.
	pageNumberRE = regexp.MustCompile(`^(?i:[-—–－─·•~\s]*(第|page)?\s*\d{1,4}\s*页?([/／共,，、of\s]+\d{1,4}\s*页?)?[-—–－─·•~\s]*)$`)
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
	seen := map[title][]float64{} // heights at which it was met
	mark := func(visit func(it *item, k title)) {
		for _, v := range views {
			for i := range v.items {
				it := &v.items[i]
				if it.line == nil || it.aside && !it.repeated {
					continue
				}
				top, bottom := it.y1 < margin*v.sheet.h, it.y0 > (1-margin)*v.sheet.h
				if !top && !bottom || !v.outermost(i, top) {
					continue
				}
				visit(it, title{strings.Map(dropDigits, compact(it.line.Text)), bottom})
			}
		}
	}
	mark(func(it *item, k title) {
		if len([]rune(k.text)) > 1 {
			seen[k] = append(seen[k], it.y0)
		}
	})
	met := map[title]bool{}
	mark(func(it *item, k title) {
		if pageNumberRE.MatchString(it.line.Text) {
			it.aside, it.repeated = true, true
			return
		}
		n := 0
		for _, y := range seen[k] {
			if math.Abs(y-it.y0) < 8 {
				n++
			}
		}
		if n > 1 {
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
