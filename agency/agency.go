// Package agency tells which public body a report is by: a division of GB/T 2260
// and a name in normal form, from what title, text, signature, page, credit code,
// file and folder say. Where they contradict each other, or several divisions are
// possible, it says so and which; it never guesses. It holds the facts of reforms
// and the decisions of people, too. It knows no SQL and no file formats.
package agency

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"nianbao/creditcode"
	"nianbao/division"
	"nianbao/normalize"
)

// Version names all that can change what Resolve says.
const Version = "2"

// Identity is a public body. Division is a code of GB/T 2260, that of the county for
// townships, and "" where it has none or is not resolved.
type Identity struct {
	Name     string `json:"name"`
	Division string `json:"division"`
}

// Evidence is what one place says of where a body is.
type Evidence struct {
	Origin    string   `json:"origin"` // title, signature, …, folder, file, address, name
	Text      string   `json:"text"`
	Divisions []string `json:"divisions"` // what it can mean
}

// Outcome says how far an agency is resolved.
type Outcome string

// Outcomes.
const (
	Resolved      Outcome = "resolved"
	National      Outcome = "national"      // a body of no division
	Ambiguous     Outcome = "ambiguous"     // several divisions are possible
	Contradictory Outcome = "contradictory" // what says where it is does not agree
	Unknown       Outcome = "unknown"       // nothing says where it is
	Decided       Outcome = "decided"       // by a person
)

// Result is what is known of who reports.
type Result struct {
	Identity
	Outcome    Outcome
	Candidates []string // divisions that are possible, where that is asked
	Evidence   []Evidence
	Credit     string // the 统一社会信用代码, where one with the right check digit is given

	common bool       // many places have a body of this name
	hints  []Evidence // of hosts
	vague  bool       // a host could be that of several places, or of none
}

// Resolve tells which body is meant by a name as printed in a report on a year,
// what the report says beside it, and the places where it was seen, the newest last.
// A name that stays open and is borne in many places, as 市民政局, gets the folder of
// the newest place (Scoped), lest bodies of two places be one.
func Resolve(name string, year int, claims []normalize.Claim, paths []string) Result {
	r := resolve(name, year, claims, paths)
	if len(paths) > 0 && (r.Outcome == Ambiguous || r.Outcome == Unknown && r.common) {
		r.Name = Scoped(r.Name, folder(paths[len(paths)-1]))
	}
	return r
}

// folder is where a file lies, or the host of an address.
func folder(p string) string {
	if _, rest, ok := strings.Cut(p, "://"); ok {
		host, _, _ := strings.Cut(rest, "/")
		return host
	}
	if dir := path.Dir(p); dir != "." {
		return dir
	}
	return ""
}

func resolve(name string, year int, claims []normalize.Claim, paths []string) (r Result) {
	defer func() { r.Evidence = append(r.Evidence, r.hints...) }()
	p := parse(name, year)
	r = Result{Identity: Identity{Name: p.office + p.rank + p.body}}
	r.gather(name, year, claims, paths)
	var candidates []division.Division
	switch {
	case p.places != nil:
		candidates = p.places
		r.Evidence = append([]Evidence{{"name", name, codesOf(candidates)}}, r.Evidence...)
	case national(name):
		r.Name, r.Outcome = Fold(name), National
		return r
	case p.rank == "" && !p.known:
		if t := r.inEvidence(p.body, year); t != nil { // 西岗镇人民政府
			candidates = t.places
			p.body = t.body
			break
		}
		r.Name, r.Outcome = Fold(name), Unknown
		r.common = strings.ContainsAny(r.Name, "镇乡街")
		return r
	default:
		candidates = r.supplied(p.rank)
		r.common = true
	}

	kept := candidates
	supported := false
	var against []string
	for _, e := range r.Evidence {
		if e.Origin == "name" || len(e.Divisions) == 0 {
			continue
		}
		fit := slices.DeleteFunc(slices.Clone(kept), func(d division.Division) bool { return !fits(d.Code, e.Divisions) })
		if len(fit) == 0 && len(kept) > 0 {
			against = mention(against, e.Divisions)
			continue
		}
		kept, supported = fit, true
	}
	if against != nil {
		r.Name, r.Outcome, r.Candidates = Fold(name), Contradictory, mention(codesOf(candidates), against)
		return r
	}
	kept = r.pointed(sameNow(kept))
	switch {
	case len(kept) == 1 && (!p.weak || supported):
		d := kept[0]
		r.Division, r.Outcome = d.Code[:6], Resolved
		r.Name = fullName(d, p.office, p.body, year)
		if p.short && zoneBody(p.body) {
			r.Name = Fold(name) // 枣庄高新技术产业开发区 is called so
		}
	case len(kept) == 0 || p.weak && !p.known:
		r.Name, r.Outcome = Fold(name), Unknown
		for _, h := range r.hints { // alone they settle nothing: it is asked
			r.Candidates = mention(r.Candidates, h.Divisions)
		}
	default:
		r.Name = Fold(name)
		r.Outcome, r.Candidates = Ambiguous, codesOf(kept)
	}
	return r
}

// In is an agency of this name in a division: in front of the body stands the full
// name of the place, in place of what the name has there. A name that has no known
// body and no place of its own stays.
func In(name, code string, year int) Identity {
	p := parse(Unscoped(name), year)
	d, ok := division.At(code, year)
	if !ok {
		if all := division.ByCode(code); len(all) > 0 {
			d, ok = all[len(all)-1], true
		}
	}
	if !ok || p.places == nil && p.rank == "" && !p.known {
		return Identity{Unscoped(name), code[:min(6, len(code))]}
	}
	return Identity{fullName(d, p.office, p.body, year), code[:6]}
}

// pointed returns those of some divisions that hints leave, all of them where hints leave
// none, do not agree, or are not all understood: what a report says goes before its host.
func (r *Result) pointed(ds []division.Division) []division.Division {
	if r.vague {
		return ds
	}
	kept := ds
	for _, h := range r.hints {
		kept = slices.DeleteFunc(slices.Clone(kept), func(d division.Division) bool { return !fits(d.Code, h.Divisions) })
	}
	if len(kept) == 0 {
		return ds
	}
	return kept
}

// national reports whether a name is that of a body of the whole country.
func national(name string) bool {
	name = Fold(name)
	for _, p := range []string{"国家", "国务院", "中国", "中华", "全国"} {
		if strings.HasPrefix(name, p) {
			return true
		}
	}
	return false
}

// gather reads places off all that is said beside the name.
func (r *Result) gather(name string, year int, claims []normalize.Claim, paths []string) {
	for _, p := range paths {
		r.hint(p)
	}
	for _, c := range claims {
		if c.Origin == normalize.ClaimAddress {
			r.hint(c.Text)
		}
		if c.Origin == normalize.ClaimCredit {
			if !creditcode.Valid(c.Text) {
				continue
			}
			if r.Credit == "" {
				r.Credit = c.Text
			}
			if code := creditcode.Division(c.Text); len(division.ByCode(code)) > 0 {
				r.add(Evidence{string(c.Origin), c.Text, []string{code}})
			}
			continue
		}
		if Fold(c.Text) == Fold(name) {
			continue // the name itself
		}
		if p := parse(c.Text, year); p.places != nil && !p.weak {
			r.add(Evidence{string(c.Origin), c.Text, codesOf(p.places)})
		} else if ds := place(c.Text, year, nil); ds != nil && c.Origin == normalize.ClaimSite {
			r.add(Evidence{string(c.Origin), c.Text, codesOf(ds)})
		}
	}
	for _, p := range paths {
		r.gatherPath(p, year)
	}
}

func (r *Result) add(e Evidence) {
	if !slices.ContainsFunc(r.Evidence, func(o Evidence) bool { return o.Origin == e.Origin && slices.Equal(o.Divisions, e.Divisions) }) {
		r.Evidence = append(r.Evidence, e)
	}
}

// areaCode is a code of a division in an address.
var areaCode = regexp.MustCompile(`(?i)[?&;](?:area|areacode|xzqh|xzqhdm|regioncode)=([0-9]{6})(?:[0-9]{3,6})?\b`)

// before is what file names put before the name of the agency.
var before = regexp.MustCompile(`^[0-9０-９\s._\-—()（）\[\]【】、]*(?:20[0-9]{2}年?度?)?[\s._\-—]*`)

// gatherPath reads the places that folders and file are named for, each within the
// one above where it lies there, and the code in an address.
func (r *Result) gatherPath(p string, year int) {
	if m := areaCode.FindStringSubmatch(p); m != nil && len(division.ByCode(m[1])) > 0 {
		r.add(Evidence{"address", m[0][1:], []string{m[1]}})
	}
	if _, rest, ok := strings.Cut(p, "://"); ok {
		p, _, _ = strings.Cut(rest, "?")
	}
	var within []division.Division
	parts := strings.FieldsFunc(p, func(r rune) bool { return r == '/' || r == '\\' })
	for i, part := range parts {
		part = before.ReplaceAllString(strings.TrimSuffix(part, "!"), "")
		if i == len(parts)-1 {
			part = strings.TrimSuffix(part, path.Ext(part))
			if n := parse(part, year); n.places != nil && !n.weak {
				r.add(Evidence{"file", part, codesOf(n.places)})
			}
			break
		}
		ds := place(part, year, within)
		if ds == nil {
			ds = place(part, year, nil)
		}
		if ds != nil {
			within = ds
			r.add(Evidence{"folder", part, codesOf(ds)})
		}
	}
}

// hint takes what the host in a path or an address says: sites of governments are often
// called by the name of their division in pinyin, xxgk.zaozhuang.gov.cn. Initials
// (gz, sx) are many places' and say nothing. A host of a division also shows reports of
// those within it, so that it only chooses among what the report leaves open.
func (r *Result) hint(at string) {
	if _, rest, ok := strings.Cut(at, "://"); ok {
		at, _, _ = strings.Cut(rest, "/")
	}
	for part := range strings.SplitSeq(at, "/") { // a host, or a folder that is called like one
		host, _, _ := strings.Cut(strings.ToLower(part), ":")
		labels, ok := strings.CutSuffix(host, ".gov.cn")
		if !ok {
			continue
		}
		label := labels[strings.LastIndexByte(labels, '.')+1:]
		code, ok := division.Spelled(label)
		r.vague = r.vague || !ok
		if e := (Evidence{"host", host, []string{code}}); ok && !slices.ContainsFunc(r.hints, func(h Evidence) bool { return h.Divisions[0] == code }) {
			r.hints = append(r.hints, e)
		}
	}
}

// place returns the divisions that a whole text names, or that it begins with in
// full; only those within others where some are given.
func place(text string, year int, within []division.Division) []division.Division {
	text = Fold(strings.TrimPrefix(text, "中国·"))
	ds := division.Named(text, year)
	if len(ds) == 0 {
		ds = nil
		if p := parse(text, year); p.places != nil && !p.weak {
			ds = p.places
		} else if p := parse(text+"人民政府", year); p.places != nil && p.body == "人民政府" && !p.weak {
			ds = p.places // 山东省枣庄市
		}
	}
	if within == nil {
		return ds
	}
	ds = slices.DeleteFunc(ds, func(d division.Division) bool {
		return !slices.ContainsFunc(within, func(w division.Division) bool { return division.Within(d.Code, w.Code) })
	})
	if len(ds) == 0 {
		return nil
	}
	return ds
}

// supplied returns the places that the evidence gives to a body without one: the
// smallest place that all of it agrees on, or the one of the rank that is asked
// for in it or around it.
func (r *Result) supplied(rank string) []division.Division {
	var narrow []division.Division
	for _, e := range r.Evidence {
		var here []division.Division
		for _, c := range e.Divisions {
			if all := division.ByCode(c); len(all) > 0 {
				here = append(here, all[len(all)-1])
			}
		}
		if narrow == nil {
			narrow = here
			continue
		}
		fit := slices.DeleteFunc(slices.Clone(here), func(d division.Division) bool { return !fits(d.Code, codesOf(narrow)) })
		if len(fit) == 0 {
			return append(narrow, here...) // which contradicts itself: asked
		}
		if smaller := slices.DeleteFunc(slices.Clone(fit), func(d division.Division) bool {
			return slices.ContainsFunc(narrow, func(n division.Division) bool { return n.Code != d.Code && division.Within(n.Code, d.Code) })
		}); len(smaller) > 0 {
			narrow = smaller
		}
	}
	if rank == "" {
		return narrow
	}
	var out []division.Division
	for _, d := range narrow {
		for _, code := range append([]string{d.Code}, division.Parents(d.Code)...) {
			all := division.ByCode(code)
			if o := all[len(all)-1]; ranked(o, rank) {
				if !slices.ContainsFunc(out, func(x division.Division) bool { return x.Code == o.Code }) {
					out = append(out, o)
				}
				break
			}
		}
	}
	return out
}

// ranked reports whether a division may call itself by this word.
func ranked(d division.Division, rank string) bool {
	switch rank {
	case "省":
		return d.Level() == division.Province && strings.HasSuffix(d.Name, "省")
	case "区":
		return strings.HasSuffix(d.Name, "区") && !strings.HasSuffix(d.Name, "地区")
	case "州":
		return strings.HasSuffix(d.Name, "自治州")
	}
	return strings.HasSuffix(d.Name, rank)
}

// inEvidence reads a name that begins with a township of the counties that the
// evidence names.
func (r *Result) inEvidence(text string, year int) *parsed {
	counties := r.supplied("")
	found, rest := township(text, counties)
	if len(found) == 0 || rest == "" {
		return nil
	}
	p := &parsed{places: found, body: rest}
	if b, ok := bodies()[rest]; ok {
		p.body = b
	}
	return p
}

// fits reports whether a division lies in one of others or holds one, now or as
// they were named before.
func fits(code string, others []string) bool {
	for _, a := range family(code) {
		for _, o := range others {
			for _, b := range family(o) {
				if division.Within(a, b) || division.Within(b, a) {
					return true
				}
			}
		}
	}
	return false
}

// family is a code with those that took its place.
func family(code string) []string {
	out := []string{code}
	for i := 0; i < len(out) && i < 10; i++ {
		for _, d := range division.ByCode(out[i]) {
			for _, n := range d.Next {
				if !slices.Contains(out, n) {
					out = append(out, n)
				}
			}
		}
	}
	return out
}

// sameNow joins codes under which one division stood one after the other.
func sameNow(ds []division.Division) []division.Division {
	var out []division.Division
	for _, d := range ds {
		if len(d.Code) == 6 {
			d.Code = division.Current(d.Code, d.Name)
		}
		if !slices.ContainsFunc(out, func(o division.Division) bool { return o.Code == d.Code }) {
			out = append(out, d)
		}
	}
	return out
}

// mention adds codes to a list that are not in it.
func mention(out, others []string) []string {
	for _, o := range others {
		if !slices.Contains(out, o) {
			out = append(out, o)
		}
	}
	return out
}

func codesOf(ds []division.Division) []string {
	out := make([]string, 0, len(ds))
	for _, d := range ds {
		if !slices.Contains(out, d.Code) {
			out = append(out, d.Code)
		}
	}
	return out
}
