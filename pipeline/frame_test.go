package pipeline

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"nianbao/process/guard"
)

func TestMessage(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := request{From: rapid.String().Draw(t, "from")}
		frames := rapid.SliceOfN(rapid.SliceOf(rapid.Byte()), 0, 4).Draw(t, "frames")
		var b bytes.Buffer
		if err := writeMessage(&b, want, frames...); err != nil {
			t.Fatal(err)
		}
		whole := b.Bytes()
		var got request
		back, err := readMessage(bytes.NewReader(whole), &got, len(frames))
		if err != nil {
			t.Fatal(err)
		}
		if got.From != want.From || len(back) != len(frames) {
			t.Fatalf("read %+v and %d frames, want %+v and %d", got, len(back), want, len(frames))
		}
		for i := range frames {
			if !bytes.Equal(back[i], frames[i]) {
				t.Fatalf("frame %d differs", i)
			}
		}
		cut := rapid.IntRange(0, len(whole)-1).Draw(t, "cut")
		_, err = readMessage(bytes.NewReader(whole[:cut]), &got, len(frames))
		if err == nil || (errors.Is(err, io.EOF) != (cut == 0)) {
			t.Fatalf("a message cut at %d of %d: error %v", cut, len(whole), err)
		}
	})
}

func FuzzReadMessage(f *testing.F) {
	f.Add([]byte{0, 0, 0, 2, '{', '}', 0, 0, 0, 1, 'x'})
	f.Add([]byte{0xff, 0xff, 0xff, 0xff})
	f.Fuzz(func(t *testing.T, b []byte) {
		defer guard.Start()()
		var rep reply
		frames, err := readMessage(bytes.NewReader(b), &rep, 2)
		if err != nil {
			return
		}
		var out bytes.Buffer
		if err := writeMessage(&out, rep, frames...); err != nil {
			t.Fatal(err)
		}
		var again reply
		if _, err := readMessage(&out, &again, 2); err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(rep, again); d != "" {
			t.Error(d)
		}
	})
}
