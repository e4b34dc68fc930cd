package docx

import (
	"os"
	"testing"
)

func BenchmarkRead(b *testing.B) {
	in, err := os.ReadFile("../../../../shared/cases/docx-plain19.docx")
	if err != nil {
		b.Skip(err)
	}
	b.SetBytes(int64(len(in)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Read(in, Options{}); err != nil {
			b.Fatal(err)
		}
	}
}
