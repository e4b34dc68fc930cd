package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"
)

// operators counts the operations of a model by their name.
func operators(t *testing.T, model []byte) map[string]int {
	t.Helper()
	count := map[string]int{}
	whole, err := fields(model)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range whole {
		if f.number == modelGraph {
			g, err := readGraph(f.value)
			if err != nil {
				t.Fatal(err)
			}
			for _, n := range g.nodes {
				count[n.operator]++
			}
		}
	}
	return count
}

// The pinned model loses the operations that were taken apart. That it still reads
// what it read is shown by the tests of the engines.
func TestFuse(t *testing.T) {
	dir, err := modelsFolder()
	if err != nil {
		t.Fatal(err)
	}
	model, err := os.ReadFile(filepath.Join(dir, recogniser))
	if err != nil {
		t.Skipf("there is no model: %v", err)
	}
	fused, err := fuse(bytes.Clone(model))
	if err != nil {
		t.Fatal(err)
	}
	before, after := operators(t, model), operators(t, fused)
	t.Logf("before %v", before)
	t.Logf("after %v", after)
	swishes := before["Clip"]
	if swishes < 20 || after["Clip"] != 0 || after["HardSigmoid"]-before["HardSigmoid"] != swishes || after["Div"] != before["Div"]-swishes {
		t.Errorf("%d activations: %d clips and %d hard sigmoids are left", swishes, after["Clip"], after["HardSigmoid"])
	}
	if folded := before["Mul"] - after["Mul"]; folded < swishes {
		t.Errorf("%d scalings were taken into weights, want at least %d", folded, swishes)
	}
	// One convolution an activation that follows one, and one a shift before another
	// that pads.
	if points := after["Conv"] - before["Conv"]; points < swishes || points > 2*swishes {
		t.Errorf("%d convolutions of single points for %d activations", points, swishes)
	}
	if after["MatMul"] != before["MatMul"] {
		t.Error("there are other products than before")
	}
	if again, err := fuse(bytes.Clone(fused)); err != nil || len(operators(t, again)) != len(after) {
		t.Errorf("what was fused cannot be read: %v", err)
	}
}

// A value that others use too, or that is the output of the graph, stays.
func TestFuseKeeps(t *testing.T) {
	constant := func(name string, values ...string) []byte {
		raw := []byte(strings.Join(values, ""))
		a := array{raw: raw}
		m := bytesField(nodeOutput, []byte(name)).append(nil)
		m = bytesField(nodeOperator, []byte("Constant")).append(m)
		return a.attribute().append(m)
	}
	operation := func(operator, out string, in ...string) []byte {
		var m []byte
		for _, name := range in {
			m = bytesField(nodeInput, []byte(name)).append(m)
		}
		m = bytesField(nodeOutput, []byte(out)).append(m)
		return bytesField(nodeOperator, []byte(operator)).append(m)
	}
	const two = "\x00\x00\x00\x40" // as a float
	build := func(extra ...[]byte) []byte {
		var g []byte
		for _, n := range append([][]byte{
			constant("w", two, two), constant("b", two), constant("s", two), constant("t", two),
			operation("Conv", "y", "x", "w", "b"), operation("Mul", "z", "y", "s"), operation("Add", "out", "z", "t"),
		}, extra...) {
			g = bytesField(graphNode, n).append(g)
		}
		g = bytesField(graphOutput, bytesField(valueName, []byte("out")).append(nil)).append(g)
		return bytesField(modelGraph, g).append(nil)
	}
	for _, c := range []struct {
		name  string
		extra [][]byte
		muls  int
	}{
		{"alone", nil, 0},
		{"used by another", [][]byte{operation("Relu", "r", "y")}, 1},
	} {
		fused, err := fuse(build(c.extra...))
		if err != nil {
			t.Fatal(err)
		}
		if got := operators(t, fused)["Mul"]; got != c.muls {
			t.Errorf("%s: %d scalings are left, want %d", c.name, got, c.muls)
		}
		if c.muls > 0 {
			continue
		}
		// The weights are twice as much, the bias twice as much and two more.
		whole, _ := fields(fused)
		g, err := readGraph(whole[0].value)
		if err != nil {
			t.Fatal(err)
		}
		conv := g.maker["out"]
		if conv == nil || conv.operator != "Conv" {
			t.Fatalf("%s: the output is made by %v", c.name, conv)
		}
		if w, b := g.constants[conv.in[1]], g.constants[conv.in[2]]; w.at(0) != 4 || w.at(1) != 4 || b.at(0) != 6 {
			t.Errorf("%s: weights %v and bias %v, want 4 and 6", c.name, w.at(0), b.at(0))
		}
	}
}

// A file that is no model is refused.
func TestFuseRefuses(t *testing.T) {
	broken := protowire.AppendTag(nil, modelGraph, protowire.BytesType)
	if _, err := fuse(append(broken, 0xff)); err == nil {
		t.Error("half a message is read")
	}
}
func BenchmarkFuse(b *testing.B) {
	dir, err := modelsFolder()
	if err != nil {
		b.Skip(err)
	}
	model, err := os.ReadFile(filepath.Join(dir, recogniser))
	if err != nil {
		b.Skip(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := fuse(bytes.Clone(model)); err != nil {
			b.Fatal(err)
		}
	}
}
