package ofd

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"nianbao/extract"
)

// Bounds of a document.
const (
	maxPages   = 500
	maxObjects = 500_000   // drawn, those of templates and composites again and again
	maxAll     = 1_500_000 // glyphs of all pages
	maxInherit = 16        // drawing parameters that refer to each other
)

// reading is one file on its way to pages.
type reading struct {
	opt      Options
	pack     *pack
	title    string
	warnings []extract.Warning
	res      *resources
	area     *node             // PageArea of pages that have none
	template map[string]string // member of a template page by ID
	leaves   []string          // members of the pages, in order
	objects  int               // drawn so far
	glyphs   int
	ocrError error // the first one
}

// resources are what objects refer to by ID.
type resources struct {
	params, units map[string]*node
	media         map[string]media
}

// media is a picture file.
type media struct{ member, format string }

// open finds the pages of the first document and what they share.
func (r *reading) open(b []byte) error {
	var err error
	if r.pack, err = openPack(b); err != nil {
		return err
	}
	if r.pack.locked() {
		return encrypted()
	}
	root, err := r.pack.xml(r.entry())
	if err != nil {
		return asRefusal(err)
	}
	var bodies []*node
	for _, k := range root.kids {
		if k.name == "DocBody" {
			bodies = append(bodies, k)
		}
	}
	if len(bodies) == 0 {
		return damaged("OFD.xml names no document")
	}
	if len(bodies) > 1 {
		r.warn(WarnDocuments, 0, "the file holds %d documents; only the first was read, save the others as files of their own", len(bodies))
	}
	r.title = bodies[0].kid("DocInfo").content("Title")
	name, ok := r.pack.resolve("/ofd.xml", bodies[0].content("DocRoot"))
	if !ok {
		return damaged("it lacks its document %q", bodies[0].content("DocRoot"))
	}
	doc, err := r.pack.xml(name)
	if err != nil {
		return asRefusal(err)
	}
	return r.document(name, doc)
}

// entry is the member that says what the file holds. Some archives hold one
// folder around everything.
func (r *reading) entry() string {
	const name = "/ofd.xml"
	if r.pack.members[name] != nil {
		return name
	}
	var deeper []string
	for m := range r.pack.members {
		if path.Base(m) == "ofd.xml" {
			deeper = append(deeper, m)
		}
	}
	if len(deeper) == 1 {
		r.pack.strip(path.Dir(deeper[0]))
	}
	return name
}

func (r *reading) document(name string, doc *node) error {
	r.res = &resources{params: map[string]*node{}, units: map[string]*node{}, media: map[string]media{}}
	r.template = map[string]string{}
	common := doc.kid("CommonData")
	r.area = common.kid("PageArea")
	if common != nil {
		for _, k := range common.kids {
			switch k.name {
			case "PublicRes", "DocumentRes":
				if err := r.resource(name, string(k.text)); err != nil {
					return err
				}
			case "TemplatePage":
				if m, ok := r.pack.resolve(name, k.str("BaseLoc")); ok {
					r.template[k.str("ID")] = m
				}
			}
		}
	}
	pages := doc.kid("Pages")
	if pages == nil {
		return damaged("the document has no pages")
	}
	for _, p := range pages.kids {
		if p.name != "Page" {
			continue
		}
		if len(r.leaves) == maxPages {
			return tooLarge("it has more than %d pages", maxPages)
		}
		loc := p.str("BaseLoc")
		m, ok := r.pack.resolve(name, loc)
		if !ok {
			r.warn(WarnDamaged, len(r.leaves)+1, "the file lacks page %d (%s)", len(r.leaves)+1, loc)
		}
		r.leaves = append(r.leaves, m)
	}
	if len(r.leaves) == 0 {
		return damaged("the document has no pages")
	}
	return nil
}

// resource adds what a resource file declares. One that is missing or broken
// is damage, since rules or text may hang on it.
func (r *reading) resource(from, loc string) error {
	name, ok := r.pack.resolve(from, loc)
	if !ok {
		r.warn(WarnDamaged, 0, "the file lacks its resources %s", loc)
		return nil
	}
	res, err := r.pack.xml(name)
	if err != nil {
		return r.broken(0, err)
	}
	base := path.Join(path.Dir(name), strings.ReplaceAll(res.str("BaseLoc"), `\`, "/")) + "/."
	for _, group := range res.kids {
		for _, k := range group.kids {
			id := k.str("ID")
			switch k.name {
			case "DrawParam":
				r.res.params[id] = k
			case "CompositeGraphicUnit":
				r.res.units[id] = k
			case "MultiMedia":
				loc := k.content("MediaFile")
				m, ok := r.pack.resolve(base, loc)
				if !ok {
					m, _ = r.pack.resolve(name, loc)
				}
				r.res.media[id] = media{m, k.str("Format")}
			}
		}
	}
	return nil
}

// inherited lists what decides how an object is painted: itself, then its
// drawing parameters, then those of its layer.
func (r *resources) inherited(n *node, layer string) []*node {
	out := []*node{n}
	for _, id := range []string{n.str("DrawParam"), layer} {
		for i := 0; id != "" && i < maxInherit; i++ {
			p := r.params[id]
			if p == nil || slices.Contains(out, p) {
				break
			}
			out = append(out, p)
			id = p.str("Relative")
		}
	}
	return out
}

// broken makes a warning of what is wrong with one part of the file; only what
// stands against all of it is returned.
func (r *reading) broken(page int, err error) error {
	var refusal *extract.Refusal
	if errors.As(err, &refusal) {
		return refusal
	}
	r.warn(WarnDamaged, page, "a part of the file is broken: %v", err)
	return nil
}

// warn adds a warning, once; page 0 means the whole file.
func (r *reading) warn(code string, page int, format string, args ...any) {
	w := extract.Warning{Code: code, Page: page, Message: fmt.Sprintf(format, args...)}
	if !slices.Contains(r.warnings, w) {
		r.warnings = append(r.warnings, w)
	}
}

func asRefusal(err error) error {
	var refusal *extract.Refusal
	if errors.As(err, &refusal) {
		return refusal
	}
	return damaged("%v", err)
}
