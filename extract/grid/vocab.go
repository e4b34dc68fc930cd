package grid

import (
	"regexp"
	"slices"
	"strings"
	"sync"

	"nianbao/schema"
)

// vocabulary is what the forms print as labels, folded.
type vocabulary struct {
	labels map[string]bool
	// prefixes and suffixes are the proper beginnings and ends of labels.
	prefixes, suffixes map[string]bool
	// parent is the label of the group that a row label stands in, where it
	// stands in one group only.
	parent map[string]string
	// first holds the labels with which a statutory table begins.
	first map[string]bool
	// units are what the forms count in.
	units map[string]bool
}

var vocab = sync.OnceValue(func() *vocabulary {
	v := &vocabulary{map[string]bool{}, map[string]bool{}, map[string]bool{}, map[string]string{}, map[string]bool{}, map[string]bool{}}
	add := func(s string) {
		f := schema.Fold(s)
		v.labels[f] = true
		r := []rune(f)
		for i := 1; i < len(r); i++ {
			v.prefixes[string(r[:i])] = true
			v.suffixes[string(r[i:])] = true
		}
	}
	variants := func(l string) {
		for _, p := range printsOf(l) {
			add(p)
		}
	}
	for _, f := range schema.Forms() {
		for _, c := range f.Cells {
			v.units[c.Unit] = true
			for i, l := range c.Row {
				variants(l)
				for _, p := range printsOf(l) {
					if i == 0 {
						break
					}
					k, up := schema.Fold(p), schema.Fold(c.Row[i-1])
					if old, ok := v.parent[k]; ok && old != up {
						up = "" // in two groups: it tells nothing
					}
					v.parent[k] = up
				}
			}
			for _, l := range c.Column {
				variants(l)
			}
		}
	}
	for _, l := range []string{
		"信息内容", "申请人情况", "法人或其他组织", "行政复议", "行政诉讼", "统计指标", "单位", "统计数",
		"（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）",
		"一、主动公开情况", "二、回应解读情况", "三、依申请公开情况", "八、机构建设和保障经费情况", "九、政府信息公开会议和培训情况",
		"（二）通过不同渠道和方式公开政府信息的情况", "（二）通过不同渠道和方式回应解读的情况",
	} {
		add(l)
	}
	for _, l := range []string{"第二十条第（一）项", "申请人情况", "行政复议", "统计指标"} {
		v.first[schema.Fold(l)] = true
	}
	return v
})

// printsOf returns a label and its known variants, which keep its number.
func printsOf(label string) []string {
	out := []string{label}
	number := itemRE.FindString(label)
	for _, v := range schema.Variants(label) {
		if number != "" && itemRE.FindString(v) == "" {
			out = append(out, number+v)
		}
		out = append(out, v)
	}
	return out
}

// folded returns the folded prints of labels.
func folded(labels ...string) (out []string) {
	for _, l := range labels {
		for _, p := range printsOf(l) {
			if f := schema.Fold(p); !slices.Contains(out, f) {
				out = append(out, f)
			}
		}
	}
	return out
}

// isLabel reports whether text is a label of a form.
func isLabel(text string) bool { return vocab().labels[schema.Fold(text)] }

// continues reports whether b is the rest of a label that a begins, and no
// label of its own. A bracket or a stop alone is the end of any.
func continues(a, b string) bool {
	v, fa, fb := vocab(), schema.Fold(a), schema.Fold(b)
	switch {
	case fa == "", startsItem(b) && v.labels[fb]:
		return false
	case fb == "":
		return isWords(b)
	}
	if v.labels[fa+fb] {
		return true
	}
	return !v.labels[fb] && !v.labels[fa] && v.prefixes[fa+fb]
}

// groupOf returns the folded label of the group that a row label stands in.
func groupOf(label string) string { return vocab().parent[schema.Fold(label)] }

var (
	itemRE  = regexp.MustCompile(`^[\s（(]*([一二三四五六七八九十]{1,3}|\d{1,2})\s*[）)、.．,，]`)
	valueRE = regexp.MustCompile(`^[+\-−－–—减增約约]?[\d,，.．]+(%|％|件|条|个|次|人|万元|元|项|份|篇|宗|起)?$`)
	dashRE  = regexp.MustCompile(`^([-−－–—─/／＼\\]+|无)$`)
)

// startsItem reports whether text begins with a number of an enumeration.
func startsItem(text string) bool { return itemRE.MatchString(text) }

// isValue reports whether text is what a value cell shows: a number with or
// without a unit, or a dash.
func isValue(text string) bool {
	t := compact(text)
	return t != "" && (valueRE.MatchString(t) || dashRE.MatchString(t))
}

// isNumber reports whether text is a number, not a dash.
func isNumber(text string) bool { return valueRE.MatchString(compact(text)) }

// digits reports whether text is a number of digits alone, on however many lines.
func digits(text string) bool {
	t := compact(text)
	return t != "" && strings.Trim(t, "0123456789.") == ""
}

// isWords reports whether text is there and is no value.
func isWords(text string) bool { return compact(text) != "" && !isValue(text) }

// isUnit reports whether text is a unit that stands in a cell of its own.
func isUnit(text string) bool { return vocab().units[compact(text)] }

// compact removes white space and turns full-width digits to plain ones.
func compact(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ' || r == '\n' || r == '\t' || r == '\u00a0' || r == '\u3000':
			return -1
		case r >= '０' && r <= '９':
			return r - '０' + '0'
		}
		return r
	}, s)
}
