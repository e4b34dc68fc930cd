package ole

import (
	"bytes"
	"encoding/binary"
	"testing"

	"nianbao/fixtures"
	"nianbao/fixtures/office"
	"nianbao/process/guard"
)

func sample() []byte {
	return office.DOC(fixtures.Generate(1, fixtures.Options{Form: "2021"}), office.Style{}, fixtures.New(1))
}

func TestOpen(t *testing.T) {
	b := sample()
	f, err := Open(b)
	if err != nil {
		t.Fatal(err)
	}
	if !f.Has("worddocument") || f.Has("Workbook") {
		t.Error("wrong streams")
	}
	whole, err := f.Stream("WordDocument")
	if err != nil || !bytes.HasPrefix(whole, []byte("\xEC\xA5")) {
		t.Fatalf("Stream: %v", err)
	}
	// A last sector that is not whole is read as far as it goes.
	cut := b
	for cut[len(cut)-1] == 0xFF {
		cut = cut[:len(cut)-1]
	}
	f, err = Open(cut)
	if err != nil {
		t.Fatal(err)
	}
	if short, err := f.Stream("WordDocument"); err != nil || !bytes.Equal(short, whole) {
		t.Errorf("a container without its last bytes: %v", err)
	}
}

func TestDamaged(t *testing.T) {
	b := sample()
	// A chain of sectors that leads back to its beginning, and a size that lies.
	name := bytes.Index(b, []byte("W\x00o\x00r\x00d\x00"))
	if name < 0 {
		t.Fatal("no directory")
	}
	// Whatever sector an entry of the table is changed to, no other bytes are given
	// for a stream.
	whole, err := Open(b)
	if err != nil {
		t.Fatal(err)
	}
	want := contents(whole)
	for i := range whole.next {
		for _, n := range []uint32{0, uint32(i), uint32(i) - 1, uint32(i) + 2, whole.streams["1table"].start, uint32(whole.count) - 1, endOfChain, 0xFFFFFFFF} {
			bad := bytes.Clone(b)
			at := (int(u32(b, 76)) + 1) * whole.size // the fixture's table lies in one piece
			binary.LittleEndian.PutUint32(bad[at+4*i:], n)
			f, err := Open(bad)
			if err != nil {
				continue
			}
			for name, got := range contents(f) {
				if !bytes.Equal(got, want[name]) {
					t.Errorf("sector %d leads to %d instead of %d, and %s is read otherwise", i, n, whole.next[i], name)
				}
			}
		}
	}
	long := bytes.Clone(b)
	copy(long[name+120:], "\xFF\xFF\xFF\x7F")
	f, err := Open(long)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Stream("WordDocument"); err == nil {
		t.Error("a stream larger than its file was read")
	}
	if _, err := Open(b[:600]); err == nil {
		t.Error("a container without its directory was opened")
	}
}

// contents are the streams that can be read.
func contents(f *File) map[string][]byte {
	out := map[string][]byte{}
	for name := range f.streams {
		if b, err := f.Stream(name); err == nil {
			out[name] = b
		}
	}
	return out
}

func FuzzOpen(f *testing.F) {
	f.Add(sample()[:4096])
	f.Add(sample())
	f.Fuzz(func(t *testing.T, b []byte) {
		defer guard.Start()()
		c, err := Open(b)
		if err != nil {
			return
		}
		for name := range c.streams {
			if s, err := c.Stream(name); err == nil && len(s) > len(b) {
				t.Errorf("%s has %d bytes in a file of %d", name, len(s), len(b))
			}
		}
	})
}
