package ofd

import (
	"testing"

	"nianbao/fixtures"
	"nianbao/fixtures/ofd"
	"nianbao/process/guard"
)

// Foreign bytes must not make the reader panic, hang or run out of bounds.

func FuzzRead(f *testing.F) {
	for seed := range uint64(3) {
		r := fixtures.New(seed)
		f.Add(ofd.Write(fixtures.Generate(seed, fixtures.Options{Form: "2021"}), ofd.Random(r), r))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		defer guard.Start()()
		Read(b, Options{})
	})
}

// FuzzContent puts foreign content on a page of a sound file: archives guard
// their members with checksums, which FuzzRead seldom gets past.
func FuzzContent(f *testing.F) {
	f.Add(`<TextObject Boundary="10 10 50 5" CTM="1 0 0 1 0 0" Size="4" ReadDirection="90"><CGTransform CodePosition="0" CodeCount="2" GlyphCount="1"/><TextCode X="0" Y="4" DeltaX="g 2 4 1">年度报告</TextCode></TextObject>`)
	f.Add(`<PageBlock><PathObject Boundary="1 1 5 5" LineWidth="1" Fill="true"><AbbreviatedData>M 0 0 L 5 0 Q 1 1 2 2 B 1 1 2 2 3 3 A 1 1 0 0 1 4 4 C</AbbreviatedData></PathObject></PageBlock>`)
	f.Add(`<CompositeObject ResourceID="9" Boundary="0 0 1 1"/><ImageObject Boundary="0 0 9 9" ResourceID="7"/>`)
	f.Fuzz(func(t *testing.T, s string) {
		defer guard.Start()()
		Read(onePage(t, s), Options{})
	})
}
