package normalize

import (
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"nianbao/extract"
	"nianbao/normalize/prefilter"
)

var (
	// subject is what makes a title that of an annual report.
	subject = prefilter.MustCompile(`(?:(?:政府|政务)?信息公开|政务公开)(?:工作)?(?:情况)?的?(?:[0-9二〇○零一三四五六七八九]{4})?(?:年度|年)*(?:工作)?(?:情况)?的?(?:年度)?(?:工作)?(?:报告|年报)`)
	// before is what stands before the subject: agency and year, in either
	// order, either of them missing, the year doubled or damaged.
	before      = regexp.MustCompile(`^(.*?)(?:关于)?([0-9]{2,8}|[二〇○零一三四五六七八九0]{4})?(?:年度?)*(?:的)?$`)
	leadingYear = regexp.MustCompile(`^(?:关于)?([0-9]{4}|[二〇○零一三四五六七八九0]{4})年度?`)
	laterYear   = prefilter.MustCompile(`(20[0-9]{2}|二[〇○零0][一二三四五六七八九〇○零0]{2})年?`)
	annex       = regexp.MustCompile(`^(?:附件?[0-9一二三四]*[:：.、]?|【.*?】|\[.*?\]|标题[:：]|索引号.*?名称[:：])`)
	hanDigits   = strings.NewReplacer("〇", "0", "○", "0", "零", "0", "一", "1", "二", "2", "三", "3", "四", "4", "五", "5", "六", "6", "七", "7", "八", "8", "九", "9")
)

// textLine is a line of the document folded for matching.
type textLine struct {
	*extract.Line
	text string
}

// title is a printed title, over one or more lines.
type title struct {
	text   string
	agency string
	year   int
	from   int // its first line
	worth  float64
}

// findTitles lists what may be the report's title among the first lines.
func findTitles(lines []textLine) []title {
	const reach, most = 150, 4
	var out []title
	for k := 0; k < min(len(lines), reach); k++ {
		joined, inner := "", ""
		for n := 0; n < most && k+n < len(lines); n++ {
			s := lines[k+n].text
			if utf8.RuneCountInString(joined+s) > 90 || strings.ContainsAny(s, "。;；!?") {
				break
			}
			joined += s
			if n > 0 {
				inner += s
			}
			if !endsInSubject(joined) {
				continue
			}
			t := splitTitle(joined)
			if endsInSubject(inner) && (isBody(splitTitle(inner).agency) || !isBody(t.agency)) {
				break // the lines below are a title of their own
			}
			t.text, t.from = joined, k
			t.weigh(lines)
			out = append(out, t)
			break
		}
	}
	return out
}

// endsInSubject tells whether a text is a title: the subject with at most a
// note in brackets after it.
func endsInSubject(s string) bool {
	m := subject.FindAllStringIndex(s, -1)
	if m == nil || strings.HasPrefix(s, "本报告") || strings.HasPrefix(s, "根据") || strings.HasPrefix(s, "按照") {
		return false
	}
	rest := s[m[len(m)-1][1]:]
	return utf8.RuneCountInString(rest) <= 2 || strings.HasPrefix(rest, "(") || strings.HasPrefix(rest, "_") || strings.HasPrefix(rest, "-") || strings.HasPrefix(rest, "|")
}

// splitTitle takes agency and year from a title.
func splitTitle(s string) title {
	var t title
	m := subject.FindStringIndex(s)
	if m == nil {
		return t
	}
	head := s[:m[0]]
	if i := strings.LastIndexAny(head, ">》|_:："); i >= 0 {
		_, w := utf8.DecodeRuneInString(head[i:])
		if rest := head[i+w:]; rest != "" {
			head = rest
		}
	}
	head = annex.ReplaceAllString(head, "")
	if y := leadingYear.FindStringSubmatch(head); y != nil {
		t.year = yearIn(y[1])
		head = head[len(y[0]):]
	}
	b := before.FindStringSubmatch(head)
	if y := yearIn(b[2]); y > 0 {
		t.year = y
	}
	if t.year == 0 {
		if y := laterYear.FindStringSubmatch(s[m[0]:]); y != nil {
			t.year = yearIn(y[1])
		}
	}
	t.agency = halve(agencyName(b[1]))
	return t
}

// halve drops a name's repetition: printed on a line of its own above a title
// that begins with it.
func halve(name string) string {
	if n := len(name); n%2 == 0 && name[:n/2] == name[n/2:] {
		return name[:n/2]
	}
	return name
}

// weigh rates a title and completes its agency from the lines above.
func (t *title) weigh(lines []textLine) {
	for i := t.from - 1; i >= max(0, t.from-2); i-- {
		above := lines[i]
		name := agencyName(above.text)
		switch {
		case name == "" || !isName(name) || strings.HasPrefix(t.agency, name):
			i = 0
			continue
		case t.agency == "" && isBody(name):
			t.agency = name
		case sameType(above.Line, lines[i+1].Line) && !isBody(name):
			t.agency = name + t.agency // a name broken over lines
		default:
			i = 0
			continue
		}
		t.from = i
	}
	if isBody(t.agency) {
		t.worth += 4
	}
	if t.year > 0 {
		t.worth += 2
	}
	if lines[t.from].Heading {
		t.worth++
	}
	t.worth -= 0.01 * float64(t.from)
}

// sameType tells whether two lines look like one text: set in the same size
// and right below each other.
func sameType(a, b *extract.Line) bool {
	if a.Box == nil || b.Box == nil {
		return a.Heading && b.Heading
	}
	ha, hb := a.Box[3]-a.Box[1], b.Box[3]-b.Box[1]
	return a.Page == b.Page && ha > 0 && hb > 0 && max(ha, hb) < 1.2*min(ha, hb) && b.Box[1]-a.Box[3] < 2*ha
}

// yearIn reads a year that is printed plainly; a damaged one gives 0.
func yearIn(s string) int {
	y, err := strconv.Atoi(hanDigits.Replace(s))
	if err != nil || y < 2003 || y > 2099 {
		return 0
	}
	return y
}
