package text

import (
	"testing"

	"nianbao/extract/extracttest"
	"nianbao/process/guard"
)

func FuzzRead(f *testing.F) {
	for _, seed := range []string{
		"a\tb\n\"c\nd\"\t1\n", "|a|b|\n|--|--|\n|1|2|", "┌─┬─┐\n│a│b│\n├─┴─┤\n│c  │\n└───┘",
		"+--+--+\n|a |b |\n+--+--+", "a,b,1\n\"c\"\"d\",2,3\n", "a  1  2\nb  3  4", "\"\"\"\"\"\"\",\",\"\t\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		defer guard.Start()()
		doc, err := Read(b)
		if err != nil {
			return
		}
		extracttest.Fuzzed(t, doc, len(b), 4)
	})
}
