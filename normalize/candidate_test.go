package normalize

import (
	"testing"

	"nianbao/extract"
	"nianbao/process/guard"
)

// What two engines read in one cell, and what may be made of it.
func TestRecognise(t *testing.T) {
	count := &templateColumn{id: "requests.granted.total", unit: "件"}
	change := &templateColumn{id: "proactive.licensing.items_change", unit: "项"}
	amount := &templateColumn{id: "proactive.fees.amount", unit: "万元"}
	for _, c := range []struct {
		col             *templateColumn
		a, b            string
		want            string // values of the candidates
		agreed, certain bool
	}{
		{count, "12", "12", "12", true, true},
		{count, "12", "17", "12 17", false, false},
		{count, "27.370", "27,370", "27370", true, false},
		{count, "27370", "27,370", "27370", true, true},
		{count, "27.370", "27.370", "27370", false, false},
		{count, "2,73", "273", "273", false, false},
		{count, "0.", "0", "0", true, false},
		{count, "O", "0", "0", true, false},
		{count, "〇", "O", "0", false, false},
		{count, "l2", "12", "12", true, false},
		{count, "1.5", "15", "15 1.5", false, false},
		{count, "4", "-4", "4 -4", false, false},
		{count, "007", "007", "7", false, false},
		{count, "12", "", "12", false, false},
		{count, "", "", "", false, false},
		{count, "/", "/", "dash", true, true},
		{count, "/", "7", "dash 7", false, false},
		{count, "/", "0", "dash 0", false, false},
		{count, "—", "-", "dash", true, true},
		{count, "一", "-", "dash", true, false},
		{count, "一", "一", "dash", false, false},
		{count, "一", "1", "1 dash", false, false},
		{count, "|", "1", "1", false, false},
		{count, "|", "l", "", false, false},
		{count, "12件", "12", "12", true, true},
		{change, "-4", "-4", "-4", true, true},
		{change, "-4", "4", "-4 4", false, false},
		{change, "+289", "289", "289", true, true},
		{amount, "27.370", "27,370", "27.37 27370", false, false},
		{amount, "26483.5", "26483.5", "26483.5", true, true},
		{amount, "26483.5", "264835", "26483.5 264835", false, false},
	} {
		rec := recognise(&extract.Cell{Text: c.a, Recognised: true, Readings: []extract.Reading{{Text: c.a, Confidence: .95}, {Text: c.b, Confidence: .8}}}, c.col, "")
		got := ""
		for _, x := range rec.candidates {
			if got != "" {
				got += " "
			}
			if x.state == Reported {
				got += x.value.String()
			} else {
				got += string(x.state)
			}
		}
		if got != c.want || rec.agreed() != c.agreed || rec.certain() != c.certain {
			t.Errorf("%s %q %q: %q agreed %v certain %v, want %q %v %v", c.col.id, c.a, c.b, got, rec.agreed(), rec.certain(), c.want, c.agreed, c.certain)
		}
	}
}

// A cell without ink is blank; one with ink in which nothing was read is not,
// nor do engines agree on one that was read once.
func TestRecogniseOnce(t *testing.T) {
	col := &templateColumn{id: "requests.granted.total", unit: "件"}
	for _, c := range []struct {
		cell   extract.Cell
		state  State
		agreed bool
	}{
		{extract.Cell{Confidence: 1}, Blank, true},
		{extract.Cell{Confidence: .5}, Blank, false},
		{extract.Cell{Text: "\uFFFD"}, Unreadable, false},
		{extract.Cell{Readings: []extract.Reading{{}, {}}}, Unreadable, false},
		{extract.Cell{Text: "5", Confidence: 1}, Reported, false},
		{extract.Cell{Text: "5", Readings: []extract.Reading{{Text: "5", Confidence: 1}}}, Reported, false},
	} {
		rec := recognise(&c.cell, col, "")
		e := &entry{}
		rec.first(e)
		if e.reading.state != c.state || rec.agreed() != c.agreed {
			t.Errorf("%+v: %s agreed %v, want %s %v", c.cell, e.reading.state, rec.agreed(), c.state, c.agreed)
		}
	}
}

// FuzzRecognise holds that a value is only what at least one engine read, and
// certain only where both read the same.
func FuzzRecognise(f *testing.F) {
	for _, s := range []string{"12", "27.370", "0.", "O", "|", "/", "", "-4", "１２", "12件", "\uFFFD"} {
		f.Add(s, s)
		f.Add(s, "12")
	}
	col := &templateColumn{id: "requests.granted.total", unit: "件"}
	f.Fuzz(func(t *testing.T, a, b string) {
		defer guard.Start()()
		rec := recognise(&extract.Cell{Text: a, Recognised: true, Readings: []extract.Reading{{Text: a, Confidence: 1}, {Text: b, Confidence: 1}}}, col, "")
		for _, c := range rec.candidates {
			if c.text != a && c.text != b {
				t.Errorf("%q and %q gave %q", a, b, c.text)
			}
		}
		if rec.certain() {
			ra, _ := readStrictly(a, col, "")
			rb, _ := readStrictly(b, col, "")
			if ra.state != rb.state || !ra.value.Equal(rb.value) {
				t.Errorf("%q and %q are certain", a, b)
			}
		}
	})
}
