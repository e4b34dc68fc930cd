//go:build cgo && unix

package main

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"testing"

	ort "github.com/yalue/onnxruntime_go"
)

// The model that was put together gives what the one in the file gives, but for the
// last digits.
func TestFusedSame(t *testing.T) {
	if _, _, err := findPPOCR(); err != nil {
		t.Skip(err)
	}
	dir, err := modelsFolder()
	if err != nil {
		t.Fatal(err)
	}
	model, err := os.ReadFile(filepath.Join(dir, recogniser))
	if err != nil {
		t.Fatal(err)
	}
	fused, err := fuse(bytes.Clone(model))
	if err != nil {
		t.Fatal(err)
	}
	entries, err := readDictionary(filepath.Join(dir, dictionary))
	if err != nil {
		t.Fatal(err)
	}
	var sessions []*ort.DynamicAdvancedSession
	for _, m := range [][]byte{model, fused} {
		s, err := newSession(m)
		if err != nil {
			t.Fatal(err)
		}
		defer s.Destroy()
		sessions = append(sessions, s)
	}
	compared := 0
	for _, s := range samples(t, "") {
		data, width, height, _ := tensor(s.image, nil)
		if height != inputHeight {
			continue // the file's model takes no other
		}
		compared++
		var out [2][]float32
		for i := range sessions {
			out[i] = make([]float32, width/stepColumns*len(entries))
			if err := infer(sessions[i], data, height, width, out[i]); err != nil {
				t.Fatal(err)
			}
		}
		for i, p := range out[0] {
			if math.Abs(float64(p-out[1][i])) > 1e-3 {
				t.Fatalf("%s: %v in the file's model, %v in the other one", s.name, p, out[1][i])
			}
		}
	}
	if compared < 3 {
		t.Errorf("%d samples are of the height that the file's model takes", compared)
	}
}
