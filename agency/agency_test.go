package agency

import (
	"flag"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
	"pgregory.net/rapid"

	"nianbao/division"
	"nianbao/normalize"
)

var update = flag.Bool("update", false, "write the goldens anew")

// Each file of testdata/resolve.txtar is a case: what is known, a line each
// (name, year, path, or the origin of a claim), and below --> what comes of it.
func TestResolve(t *testing.T) {
	const file = "testdata/resolve.txtar"
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	archive := txtar.Parse(b)
	for i, f := range archive.Files {
		input, want, _ := strings.Cut(string(f.Data), "-->\n")
		name, year := "", 0
		var claims []normalize.Claim
		var paths []string
		for line := range strings.Lines(input) {
			key, value, _ := strings.Cut(strings.TrimSpace(line), " ")
			switch key {
			case "name":
				name = value
			case "year":
				year, _ = strconv.Atoi(value)
			case "path":
				paths = append(paths, value)
			default:
				claims = append(claims, normalize.Claim{Origin: normalize.ClaimOrigin(key), Text: value})
			}
		}
		got := show(Resolve(name, year, claims, paths))
		if *update {
			archive.Files[i].Data = []byte(input + "-->\n" + got)
		} else if got != want {
			t.Errorf("%s: got\n%swant\n%s", f.Name, got, want)
		}
	}
	if *update {
		if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func show(r Result) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s", r.Outcome, r.Name)
	if r.Division != "" {
		fmt.Fprintf(&b, " %s %s", r.Division, division.Full(r.Division, 0))
	}
	fmt.Fprintln(&b)
	if len(r.Candidates) > 0 {
		fmt.Fprintln(&b, "candidates", strings.Join(r.Candidates, " "))
	}
	for _, e := range r.Evidence {
		fmt.Fprintf(&b, "%s %s: %s\n", e.Origin, e.Text, strings.Join(e.Divisions, " "))
	}
	return b.String()
}

// No input may crash; a resolved agency has a division that exists, and resolving
// its name again within its division's folder says the same.
func TestResolveAnything(t *testing.T) {
	all := division.All()
	words := rapid.SampledFrom([]string{"市", "区", "县", "人民政府", "教育局", "公安局", "中国", "国家税务总局", "鼓楼区", "镇", "东", "/", "2019", "年报.pdf", "!", "?area=370400"})
	text := rapid.Custom(func(t *rapid.T) string {
		var b strings.Builder
		for range rapid.IntRange(0, 5).Draw(t, "parts") {
			if rapid.Bool().Draw(t, "place") {
				b.WriteString(all[rapid.IntRange(0, len(all)-1).Draw(t, "division")].Name)
			} else {
				b.WriteString(words.Draw(t, "word"))
			}
		}
		return b.String()
	})
	rapid.Check(t, func(t *rapid.T) {
		name := text.Draw(t, "name")
		claims := []normalize.Claim{
			{Origin: normalize.ClaimTitle, Text: text.Draw(t, "title")},
			{Origin: normalize.ClaimSite, Text: text.Draw(t, "site")},
			{Origin: normalize.ClaimCredit, Text: rapid.StringMatching(`[0-9A-Y]{0,19}`).Draw(t, "code")},
		}
		r := Resolve(name, rapid.IntRange(0, 2030).Draw(t, "year"), claims, []string{text.Draw(t, "path")})
		switch r.Outcome {
		case Resolved:
			if len(r.Division) != 6 || len(division.ByCode(r.Division)) == 0 {
				t.Errorf("%q is resolved to %s, which is no division", name, r.Division)
			}
		case Ambiguous, Contradictory:
			if len(r.Candidates) < 1 || r.Division != "" {
				t.Errorf("%q: %+v", name, r)
			}
		case National, Unknown:
			if r.Division != "" {
				t.Errorf("%q: %+v", name, r)
			}
		default:
			t.Errorf("%q: outcome %q", name, r.Outcome)
		}
	})
}

// A government that names its division in full, with what holds it, is resolved to
// that division, for every division there is.
func TestEveryDivision(t *testing.T) {
	for _, d := range division.All() {
		if d.To != "" || d.Level() == division.Zone {
			continue
		}
		name := division.Full(d.Code, 0) + "人民政府"
		r := Resolve(name, 2024, nil, nil)
		if r.Outcome != Resolved || r.Division != d.Code {
			t.Errorf("%s: %s %s, want %s; candidates %v", name, r.Outcome, r.Division, d.Code, r.Candidates)
		}
		// And by its short name, with the folder of its parent.
		if again := Resolve(r.Name, 2024, nil, []string{"reports/" + division.Full(d.Code, 0) + "/x.pdf"}); again.Identity != r.Identity {
			t.Errorf("%s: %+v, want %+v", r.Name, again, r.Identity)
		}
	}
}

func BenchmarkResolve(b *testing.B) {
	claims := []normalize.Claim{{Origin: normalize.ClaimTitle, Text: "枣庄市市中区教育局"}, {Origin: normalize.ClaimSignature, Text: "市中区教育局"}}
	for b.Loop() {
		Resolve("枣庄市市中区教育局", 2019, claims, []string{"reports/山东省/枣庄市/2019/市中区教育局2019年报.pdf"})
	}
}
