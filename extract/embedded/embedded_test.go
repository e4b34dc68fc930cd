package embedded_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"nianbao/extract"
	"nianbao/extract/embedded"
	"nianbao/extract/extracttest"
	"nianbao/extract/layout"
)

// A picture is read once, and progress is told of those an engine reads.
func TestRead(t *testing.T) {
	var told []int
	p := embedded.New(extracttest.Recogniser{}, func(page, _ int) { told = append(told, page) })
	var items []layout.Item
	for _, picture := range [][]byte{extracttest.Picture("x"), []byte("PNG small\n"), extracttest.Picture("x"), make([]byte, 9<<10), nil, extracttest.Picture("y")} {
		items = append(items, p.Read(picture)...)
	}
	want := "| above x\ntable 2 x 2\n  [a] [b]\n  [x] [1]\n| above y\ntable 2 x 2\n  [a] [b]\n  [y] [1]\n"
	if diff := cmp.Diff(want, extracttest.Render(layout.Document(items))); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]int{1, 2}, told); diff != "" {
		t.Error(diff)
	}
	if ws := p.Warnings(); ws != nil {
		t.Errorf("warnings %v", ws)
	}
}

// What shows a table and is not read is told, what shows none is not.
func TestWarnings(t *testing.T) {
	for _, test := range []struct {
		err  error
		want string
	}{
		{extract.ErrNoTable, ""},
		{&extract.Refusal{Code: extract.RefusedDamaged}, ""},
		{fmt.Errorf("%w (x)", extract.ErrNoEngine), "the document shows tables as pictures (2) and they were not read; reading them needs an OCR engine (nianbao doctor says what to install)"},
		{errors.New("it broke"), "the document shows tables as pictures, and 2 of them could not be read: it broke"},
	} {
		p := embedded.New(extracttest.Recogniser{Err: test.err}, nil)
		for _, name := range []string{"x", "y", "x"} {
			if items := p.Read(extracttest.Picture(name)); items != nil {
				t.Errorf("%v: items %v", test.err, items)
			}
		}
		got := ""
		for _, w := range p.Warnings() {
			got += w.Message
			if w.Code != extract.WarnImage {
				t.Errorf("code %s", w.Code)
			}
		}
		if got != test.want {
			t.Errorf("%v: %q, want %q", test.err, got, test.want)
		}
	}
}

func TestNone(t *testing.T) {
	var p *embedded.Pictures
	if p.Read(extracttest.Picture("x")) != nil || p.Warnings() != nil {
		t.Error("no pictures were asked for")
	}
}

// A document of a thousand pictures costs no more than one of some.
func TestMany(t *testing.T) {
	n := 0
	p := embedded.New(extracttest.Recogniser{}, func(int, int) { n++ })
	for i := range 1000 {
		p.Read(extracttest.Picture(fmt.Sprint(i)))
	}
	if n == 0 || n > 500 {
		t.Errorf("%d pictures were read", n)
	}
}
