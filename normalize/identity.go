package normalize

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"nianbao/extract"
	"nianbao/normalize/prefilter"
	"nianbao/schema"
)

// identity is who reports on which year, and what speaks for it.
type identity struct {
	agency   string
	year     int
	dated    string
	title    string // as printed, its lines joined
	isReport bool   // the text calls itself such a report
	claims   []Claim
	findings []Finding
}

// claim keeps what the file says of who reports, each thing once.
func (id *identity) claim(origin ClaimOrigin, text string) {
	c := Claim{origin, text}
	if text != "" && !slices.Contains(id.claims, c) && len(id.claims) < mostClaims {
		id.claims = append(id.claims, c)
	}
}

// mostClaims is more than any report needs.
const mostClaims = 16

var (
	anyYear   = prefilter.MustCompile(`20[0-9]{2}`)
	period    = prefilter.MustCompile(`(20[0-9]{2})年0?1月0?1日起?(?:至|到|—|-|~)+(?:(?:20[0-9]{2})年)?(?:当年)?12月31日`)
	spoken    = prefilter.MustCompile(`(?:统计期限|统计时限|统计周期|统计时间|数据期限|报告期|所列数据)[^。]{0,12}?(20[0-9]{2})年`)
	dateText  = prefilter.MustCompile(`(20[0-9]{2})(?:年|[-/.])([0-9]{1,2})(?:月|[-/.])([0-9]{1,2})日?`)
	dateHan   = prefilter.MustCompile(`([二〇○零一三四五六七八九0]{4})年([一二三四五六七八九十]{1,3})月([一二三四五六七八九十]{1,3})日`)
	compiled  = prefilter.MustCompile(`(?:报告|年报|现)由(.{3,40}?)(?:负责)?(?:编制|编写|编辑|制作|撰写)`)
	contact   = prefilter.MustCompile(`(?:请|可)?(?:直接)?(?:与|联系|致电)(.{3,40}?)(?:办公室|综合科|综合股|政务公开办|政务公开科|信息公开办|秘书科|法规科)?(?:联系|\(|电话)`)
	bodyName  = prefilter.MustCompile(`(?:政府|委员会|管委会|公署|办公室|办事处|局|厅|委|办|院|部|署|会|社|中心|所|站|队|处|镇|乡|街道|大学|学校|公司|集团|银行|馆|校|园|组|联|团|联合社)$`)
	properly  = regexp.MustCompile(`^[\p{Han}A-Za-z·()、]+$`)
	pronouns  = regexp.MustCompile(`^(?:我|本|该|其|由|各|全)(?:局|委|办|单位|机关|厅|院|镇|乡|街道|区|市|县|省|部门|处|中心)`)
	siteWords = prefilter.MustCompile(`(?:门户网站|政务网|政府网站|官方网站|网站|网)$`)
)

// plain folds a line for matching: compatibility forms, radicals, spaces.
func plain(s string) string {
	return withoutSpaces(norm.NFKC.String(schema.FoldRadicals(strings.Map(invisible, s))))
}

// plainLines are the lines of a document, folded.
func plainLines(doc *extract.Document) []string {
	out := make([]string, len(doc.Lines))
	for i := range doc.Lines {
		out[i] = plain(doc.Lines[i].Text)
	}
	return out
}

// identify finds agency, year and date of signature in title, text, signature
// and what the file says of itself.
func identify(doc *extract.Document, folded []string) identity {
	var lines []textLine
	scan := isScan(doc)
	for i, s := range folded {
		if scan {
			s = mendTitle(s)
		}
		if s != "" {
			lines = append(lines, textLine{&doc.Lines[i], s})
		}
	}
	var id identity
	names, years := agencyVotes{}, yearVotes{}

	var best title
	for _, t := range findTitles(lines) {
		id.isReport = true
		if t.worth > best.worth {
			best = t
		}
	}
	id.title = best.text
	names.add(best.agency, 4)
	id.claim(ClaimTitle, best.agency)
	years.add(best.year, 3, "title")
	id.statements(doc, names, years)

	// Lines of a page may break a sentence anywhere.
	var intro strings.Builder
	for i := 0; i < min(len(lines), best.from+60); i++ {
		intro.WriteString(lines[i].text)
	}
	for _, m := range compiled.FindAllStringSubmatch(intro.String(), -1) {
		names.add(m[1], 3)
		if isBody(m[1]) {
			id.claim(ClaimText, m[1])
		}
	}
	for _, m := range contact.FindAllStringSubmatch(intro.String(), -1) {
		names.add(m[1], 1)
	}
	if m := period.FindStringSubmatch(intro.String()); m != nil {
		years.add(yearIn(m[1]), 2, "统计期限")
	} else if m := spoken.FindStringSubmatch(intro.String()); m != nil {
		years.add(yearIn(m[1]), 2, "统计期限")
	}
	signed := id.sign(lines, names)
	id.creditCodes(doc, lines)
	if scan {
		id.settleScanned(names, best.agency)
		id.proveYear(years, signed)
	} else {
		id.agency = names.best()
	}
	id.settleYear(years, signed)
	return id
}

// statements takes what the file says of itself outside its text.
func (id *identity) statements(doc *extract.Document, names agencyVotes, years yearVotes) {
	say := func(s string, weight int, origin ClaimOrigin) {
		s = plain(s)
		if subject.MatchString(s) {
			id.isReport = true
			t := splitTitle(s)
			names.add(t.agency, weight)
			years.add(t.year, 1, "page title")
			id.claim(ClaimPage, t.agency)
			return
		}
		for _, piece := range strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune("_-—|>·,， ", r) }) {
			name := siteWords.ReplaceAllString(piece, "")
			names.add(name, 1)
			if isBody(name) {
				id.claim(origin, name)
			}
		}
	}
	say(doc.Title, 3, ClaimPage)
	for _, m := range doc.Meta {
		switch strings.ToLower(m.Name) {
		case "articletitle", "title", "og:title":
			say(m.Content, 2, ClaimPage)
		case "sitename":
			say(m.Content, 1, ClaimSite)
		case "contentsource", "source", "author":
			say(m.Content, 1, ClaimPage)
		case extract.MetaAddress, "og:url":
			id.claim(ClaimAddress, m.Content)
		}
	}
}

// sign finds the signature: a date among the last lines, the agency above it
// or before it on the same line.
func (id *identity) sign(lines []textLine, names agencyVotes) (year int) {
	for i := len(lines) - 1; i >= max(0, len(lines)-30); i-- {
		y, m, d, rest, ok := signedDate(lines[i].text)
		if !ok {
			continue
		}
		id.dated = fmt.Sprintf("%04d-%02d-%02d", y, m, d)
		if rest != "" {
			names.add(rest, 3)
			id.claim(ClaimSignature, rest)
		} else if i > 0 && isBody(lines[i-1].text) {
			name := lines[i-1].text
			names.add(name, 3)
			id.claim(ClaimSignature, name)
		}
		return y
	}
	// Without a date, the last line that is a name and nothing else.
	for i := len(lines) - 1; i >= max(0, len(lines)-6); i-- {
		if isBody(lines[i].text) {
			names.add(lines[i].text, 1)
			id.claim(ClaimSignature, lines[i].text)
			break
		}
	}
	return 0
}

// settleYear takes the year that most speaks for, and says where others speak
// against it.
func (id *identity) settleYear(years yearVotes, signed int) {
	id.year = years.best()
	switch {
	case id.year == 0 && signed > 0:
		id.year = signed - 1
		id.findings = append(id.findings, Finding{Rule: "year_inferred", Severity: Warning,
			Message: fmt.Sprintf("no year in title or text; the date of signature, %s, makes it %d", id.dated, id.year)})
	case len(years) > 1:
		var all []string
		for _, y := range slices.Sorted(maps.Keys(years)) {
			all = append(all, fmt.Sprintf("%d (%s)", y, strings.Join(years[y].where, ", ")))
		}
		id.findings = append(id.findings, Finding{Rule: "year_conflict", Severity: Warning, Message: "years differ: " + strings.Join(all, ", ")})
	case id.year > 0 && signed > 0 && (signed < id.year || signed > id.year+2):
		id.findings = append(id.findings, Finding{Rule: "year_conflict", Severity: Warning,
			Message: fmt.Sprintf("a report on %d signed on %s", id.year, id.dated)})
	}
}

// agencyName trims a text to what could be a name.
func agencyName(s string) string {
	s = strings.Trim(s, "《》\"“”‘’:：-—_|,，。. ")
	if i := strings.LastIndexAny(s, ">|_"); i >= 0 {
		s = s[i+1:]
	}
	if n := utf8.RuneCountInString(s); n < 3 || n > 45 || pronouns.MatchString(s) {
		return ""
	}
	return s
}

func isName(s string) bool { return properly.MatchString(s) }

// isBody tells whether a text is the name of a public body.
func isBody(s string) bool {
	n := utf8.RuneCountInString(s)
	return n >= 3 && n <= 40 && bodyName.MatchString(s) && isName(s) && !pronouns.MatchString(s)
}

// signedDate reads a line that ends in a date, and what stands before it.
func signedDate(s string) (y, m, d int, rest string, ok bool) {
	if utf8.RuneCountInString(s) > 60 {
		return
	}
	s = strings.TrimRight(s, ")）。")
	if x := dateText.FindStringSubmatchIndex(s); x != nil && x[1] == len(s) {
		y = yearIn(s[x[2]:x[3]])
		m, _ = strconv.Atoi(s[x[4]:x[5]])
		d, _ = strconv.Atoi(s[x[6]:x[7]])
		rest = s[:x[0]]
	} else if x := dateHan.FindStringSubmatchIndex(s); x != nil && x[1] == len(s) {
		y = yearIn(s[x[2]:x[3]])
		m, d = hanNumber(s[x[4]:x[5]]), hanNumber(s[x[6]:x[7]])
		rest = s[:x[0]]
	}
	rest = strings.TrimRight(rest, "(（:： ")
	if rest != "" && !isBody(rest) {
		return 0, 0, 0, "", false // a sentence that ends in a date
	}
	ok = y > 0 && m >= 1 && m <= 12 && d >= 1 && d <= 31
	return
}

// hanNumber reads 一 to 三十一.
func hanNumber(s string) int {
	tens, units, ten := strings.Cut(s, "十")
	if !ten {
		n, _ := strconv.Atoi(hanDigits.Replace(s))
		return n
	}
	n := 10
	if tens != "" {
		t, _ := strconv.Atoi(hanDigits.Replace(tens))
		n = 10 * t
	}
	if units != "" {
		u, _ := strconv.Atoi(hanDigits.Replace(units))
		n += u
	}
	return n
}

// agencyVotes weighs the places that name the agency.
type agencyVotes map[string]*agencyVote

type agencyVote struct{ weight, places int }

func (v agencyVotes) add(name string, weight int) {
	if name = agencyName(name); name != "" && isName(name) {
		if v[name] == nil {
			v[name] = &agencyVote{}
		}
		v[name].weight += weight
		v[name].places++
	}
}

// best takes the name that most speaks for. A name that ends another (市民政局
// of 临沂市民政局) speaks for the longer one, since texts shorten names; a name
// that is the beginning of another is its office or department and speaks for
// itself alone.
func (v agencyVotes) best() string {
	best, top := "", 0
	for _, n := range slices.Sorted(maps.Keys(v)) {
		w := v[n].weight
		for o, ow := range v {
			if o != n && strings.HasSuffix(n, o) {
				w += ow.weight
			}
		}
		w *= 4
		if !bodyName.MatchString(n) {
			w /= 4
		}
		if w > top {
			best, top = n, w
		}
	}
	return best
}

// yearVotes weighs the places that name the year.
type yearVotes map[int]*yearVote

type yearVote struct {
	weight int
	where  []string
}

func (v yearVotes) add(year, weight int, where string) {
	if year == 0 {
		return
	}
	if v[year] == nil {
		v[year] = &yearVote{}
	}
	v[year].weight += weight
	if !slices.Contains(v[year].where, where) {
		v[year].where = append(v[year].where, where)
	}
}

func (v yearVotes) best() int {
	best := 0
	for _, y := range slices.Sorted(maps.Keys(v)) {
		if best == 0 || v[y].weight > v[best].weight {
			best = y
		}
	}
	return best
}
