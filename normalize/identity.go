package normalize

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/unicode/norm"

	"nianbao/extract"
	"nianbao/schema"
)

// identity is who reports on which year, and what speaks for it.
type identity struct {
	agency   string
	year     int
	dated    string
	isReport bool // the text calls itself such a report
	findings []Finding
}

var (
	titleText = regexp.MustCompile(`^(?:附件\d*[:：]?)?(.{0,60}?)(?:关于)?(\d{2,8}|[二〇○零Ｏ一三四五六七八九0]{4})?(?:年度?)*(?:(?:政府|政务)?信息公开)`)
	hasTitle  = regexp.MustCompile(`(?:政府|政务)?信息公开(?:工作)?(?:情况)?(?:的)?(?:\d{4}年)?(?:年度|年)?(?:工作)?(?:情况)?(?:的)?(?:年度)?(?:工作)?报告`)
	period    = regexp.MustCompile(`(?:期限|时间|时限|周期|数据|日期)[^。]{0,16}?(?:自|为|是|从|:)?(20\d\d)年(?:1月1日|度)[^。]{0,12}?(?:至|到|-|—|~|起)`)
	anyPeriod = regexp.MustCompile(`(20\d\d)年0?1月0?1日(?:起)?(?:至|到|—|-|~)(?:(20\d\d)年)?12月31日`)
	dateText  = regexp.MustCompile(`(20\d\d)(?:年|[-/.])(\d{1,2})(?:月|[-/.])(\d{1,2})日?`)
	anyYear   = regexp.MustCompile(`20\d\d`)
	dateHan   = regexp.MustCompile(`([二〇○零Ｏ一三四五六七八九0]{4})年([一二三四五六七八九十]{1,3})月([一二三四五六七八九十]{1,3})日`)
	compiled  = regexp.MustCompile(`(?:本年度报告|本年报|本报告|年度报告|现)由(.{3,40}?)(?:负责)?(?:编制|编写|发布|制作)`)
	contact   = regexp.MustCompile(`(?:请|可)?(?:直接)?(?:与|联系|致电)(.{3,40}?)(?:办公室|综合科|政务公开|信息公开|秘书科|法规科)?(?:联系|\(|电话)`)
	bodyName  = regexp.MustCompile(`(?:人民政府|政府|委员会|管委会|公署|办公室|办事处|街道办|局|厅|委|办|院|部|署|会|社|中心|所|站|队|处|镇|乡|街道|大学|学院|医院|公司|集团|行|室|馆|校|园|总队|支队|大队|署|组|联|团|科)$`)
	hanDigits = strings.NewReplacer("〇", "0", "○", "0", "零", "0", "Ｏ", "0", "一", "1", "二", "2", "三", "3", "四", "4", "五", "5", "六", "6", "七", "7", "八", "8", "九", "9")
)

// plain folds a line for matching: compatibility forms, radicals, spaces.
func plain(s string) string {
	return spaces.ReplaceAllString(norm.NFKC.String(schema.FoldRadicals(strings.Map(invisible, s))), "")
}

// identify finds agency, year and date of signature in title, text and
// signature.
func identify(doc *extract.Document) identity {
	var id identity
	lines := make([]string, 0, len(doc.Lines))
	for _, l := range doc.Lines {
		if s := plain(l.Text); s != "" {
			lines = append(lines, s)
		}
	}
	votes := agencyVotes{}
	years := map[int]int{}

	// The title may run over up to three of the first lines.
	title, after := "", 0
	for i := 0; i < min(len(lines), 60) && title == ""; i++ {
		joined := ""
		for k := i; k < min(i+4, len(lines)); k++ {
			joined += lines[k]
			if len([]rune(joined)) > 90 || strings.ContainsAny(lines[k], "。;；") {
				break
			}
			if k == i && i+1 < len(lines) && !strings.Contains(joined, "信息公开") && !titleFollows(lines[i+1:]) {
				break
			}
			if hasTitle.MatchString(joined) && !strings.HasPrefix(joined, "本报告") {
				title, after = joined, k+1
				break
			}
		}
	}
	id.isReport = title != ""
	if doc.Title != "" {
		if s := plain(doc.Title); hasTitle.MatchString(s) {
			id.isReport = true
			if title == "" {
				title = s
			} else if name, year := splitTitle(s); name != "" {
				votes.add(name, 2)
				if year > 0 {
					years[year]++
				}
			}
		}
	}
	name, year := splitTitle(title)
	votes.add(name, 4)
	if year > 0 {
		years[year] += 3
	}
	if name == "" && after >= 1 && after < len(lines) { // the agency on a line of its own
		for _, l := range lines[:after] {
			if isBody(l) {
				votes.add(l, 3)
			}
		}
	}

	for i, l := range lines {
		if i > 60 && len(l) > 0 && !strings.Contains(l, "年") {
			continue
		}
		if i <= 60 {
			if m := compiled.FindStringSubmatch(l); m != nil {
				votes.add(m[1], 3)
			}
			if m := contact.FindStringSubmatch(l); m != nil {
				votes.add(m[1], 1)
			}
		}
		if m := anyPeriod.FindStringSubmatch(l); m != nil {
			y, _ := strconv.Atoi(m[1])
			years[y] += 2
		} else if m := period.FindStringSubmatch(l); m != nil {
			y, _ := strconv.Atoi(m[1])
			years[y] += 2
		}
	}

	// Signature: the last short lines, agency above date.
	for i := len(lines) - 1; i >= max(0, len(lines)-25); i-- {
		y, m, d, rest, ok := signedDate(lines[i])
		if !ok {
			continue
		}
		if id.dated == "" {
			id.dated = fmt.Sprintf("%04d-%02d-%02d", y, m, d)
		}
		if rest != "" && isBody(rest) {
			votes.add(rest, 3)
		} else if i > 0 && isBody(lines[i-1]) {
			votes.add(lines[i-1], 3)
		}
		break
	}

	id.agency = votes.best()
	id.year = bestYear(years)
	signed := 0
	if id.dated != "" {
		signed, _ = strconv.Atoi(id.dated[:4])
	}
	switch {
	case id.year == 0 && signed > 0:
		id.year = signed - 1
		id.findings = append(id.findings, Finding{Rule: "year_inferred", Severity: Warning, Message: fmt.Sprintf("标题和正文均未写明年度，按落款日期 %s 推定为 %d 年", id.dated, id.year)})
	case len(years) > 1:
		var all []string
		for _, y := range slices.Sorted(maps.Keys(years)) {
			all = append(all, strconv.Itoa(y))
		}
		id.findings = append(id.findings, Finding{Rule: "year_conflict", Severity: Warning, Message: "标题与统计期限的年度不一致：" + strings.Join(all, "、")})
	case id.year > 0 && signed > 0 && (signed < id.year || signed > id.year+2):
		id.findings = append(id.findings, Finding{Rule: "year_conflict", Severity: Warning, Message: fmt.Sprintf("报告年度 %d 与落款日期 %s 不符", id.year, id.dated)})
	}
	return id
}

// titleFollows tells whether the title's subject comes within the next lines.
func titleFollows(lines []string) bool {
	for _, l := range lines[:min(3, len(lines))] {
		if len([]rune(l)) <= 40 && strings.Contains(l, "信息公开") {
			return true
		}
	}
	return false
}

// splitTitle takes agency and year from a title; either may be missing, and
// the year may be printed twice or damaged (202020年).
func splitTitle(title string) (agency string, year int) {
	m := titleText.FindStringSubmatch(title)
	if m == nil {
		return "", 0
	}
	agency = strings.Trim(m[1], "《》\"“”:：-—_|,，. ")
	year = yearIn(m[2])
	if year == 0 {
		rest := title[len(m[0]):]
		if y := regexp.MustCompile(`(20\d\d)年?`).FindStringSubmatch(rest); y != nil {
			year = yearIn(y[1])
		}
	}
	agency = strings.TrimRight(strings.TrimSuffix(agency, "关于"), "年度")
	if i := strings.LastIndexAny(agency, "》>|"); i >= 0 {
		agency = strings.TrimLeft(agency[i:], "》>|")
	}
	agency = regexp.MustCompile(`^(?:附件\d*[:：]?|【.*?】)`).ReplaceAllString(agency, "")
	if r := []rune(agency); len(r) < 3 {
		agency = ""
	}
	// A name printed on its own line above a title that repeats it.
	if r := []rune(agency); len(r)%2 == 0 && len(r) > 4 && string(r[:len(r)/2]) == string(r[len(r)/2:]) {
		agency = string(r[:len(r)/2])
	}
	return agency, year
}

// yearIn reads a year that is printed plainly; a damaged one gives 0.
func yearIn(s string) int {
	s = hanDigits.Replace(s)
	if len(s) != 4 {
		return 0
	}
	y, err := strconv.Atoi(s)
	if err != nil || y < 2003 || y > 2099 {
		return 0
	}
	return y
}

func isBody(s string) bool {
	n := len([]rune(s))
	return n >= 3 && n <= 40 && bodyName.MatchString(s) && !strings.ContainsAny(s, "，。；：,;:0123456789")
}

// signedDate reads a line that is a date, with or without a name before it.
func signedDate(s string) (y, m, d int, rest string, ok bool) {
	if len([]rune(s)) > 60 {
		return
	}
	if x := dateText.FindStringSubmatchIndex(s); x != nil && x[1] >= len(strings.TrimRight(s, ")）")) {
		y, _ = strconv.Atoi(s[x[2]:x[3]])
		m, _ = strconv.Atoi(s[x[4]:x[5]])
		d, _ = strconv.Atoi(s[x[6]:x[7]])
		rest = strings.TrimRight(s[:x[0]], "(（:： ")
	} else if x := dateHan.FindStringSubmatchIndex(s); x != nil && x[1] >= len(s) {
		y = yearIn(s[x[2]:x[3]])
		m, d = hanNumber(s[x[4]:x[5]]), hanNumber(s[x[6]:x[7]])
		rest = s[:x[0]]
	} else {
		return
	}
	ok = y > 2003 && m >= 1 && m <= 12 && d >= 1 && d <= 31
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
type agencyVotes map[string]int

func (v agencyVotes) add(name string, weight int) {
	name = strings.Trim(name, "“”\"()（）:：,，。 ")
	if n := len([]rune(name)); n < 3 || n > 45 {
		return
	}
	v[name] += weight
}

// best takes the name with the most weight. A short name (市民政局) lends its
// weight to the full one that ends in it.
func (v agencyVotes) best() string {
	names := slices.Sorted(maps.Keys(v))
	best, top := "", 0
	for _, n := range names {
		w := v[n] * 10
		for _, o := range names {
			if o != n && strings.HasSuffix(n, o) {
				w += v[o] * 10
			}
		}
		if !bodyName.MatchString(n) {
			w /= 4
		}
		if w > top || w == top && len(n) > len(best) {
			best, top = n, w
		}
	}
	return best
}

func bestYear(years map[int]int) int {
	best := 0
	for _, y := range slices.Sorted(maps.Keys(years)) {
		if years[y] > years[best] || best == 0 {
			best = y
		}
	}
	return best
}
