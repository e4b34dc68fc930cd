package main

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"

	"google.golang.org/protobuf/encoding/protowire"
)

// The recogniser was exported with its activations taken apart: x·clip(x+3, 0, 6)/6
// in four steps, and a scaling and a shift by one number before and after. ONNX
// Runtime takes each as a pass of its own over all the data, which costs more than
// a third of the whole. fuse puts them together: the same function, in less time.

// Field numbers of onnx.proto.
const (
	modelGraph = 7

	graphNode   = 1
	graphOutput = 12

	nodeInput     = 1
	nodeOutput    = 2
	nodeOperator  = 4
	nodeAttribute = 5

	valueName = 1

	attributeName   = 1
	attributeFloat  = 2
	attributeTensor = 5
	attributeType   = 20

	tensorDims  = 1
	tensorType  = 2
	tensorFloat = 4
	tensorRaw   = 9
)

// Values of onnx.proto: what an attribute or a tensor is.
const (
	isFloat      = 1
	isTensor     = 4
	float32Array = 1
)

// field is one field of a message, as it is in the file.
type field struct {
	number protowire.Number
	kind   protowire.Type
	value  []byte // of a message, text or bytes: without its length
}

func fields(b []byte) ([]field, error) {
	var out []field
	for len(b) > 0 {
		number, kind, n := protowire.ConsumeTag(b)
		if n < 0 {
			return nil, protowire.ParseError(n)
		}
		b = b[n:]
		if n = protowire.ConsumeFieldValue(number, kind, b); n < 0 {
			return nil, protowire.ParseError(n)
		}
		value := b[:n]
		if kind == protowire.BytesType {
			value, _ = protowire.ConsumeBytes(value)
		}
		out = append(out, field{number, kind, value})
		b = b[n:]
	}
	return out, nil
}

func (f field) append(b []byte) []byte {
	b = protowire.AppendTag(b, f.number, f.kind)
	if f.kind == protowire.BytesType {
		return protowire.AppendBytes(b, f.value)
	}
	return append(b, f.value...)
}

func bytesField(number protowire.Number, value []byte) field {
	return field{number, protowire.BytesType, value}
}

// node is one operation of the graph.
type node struct {
	operator string
	in, out  []string
	rest     []field // its name and attributes
	gone     bool
}

// array is a constant of the graph: numbers of four bytes each.
type array struct {
	dims []field
	raw  []byte
}

func (a array) len() int { return len(a.raw) / 4 }

func (a array) at(i int) float32 {
	return math.Float32frombits(binary.LittleEndian.Uint32(a.raw[4*i:]))
}

type graph struct {
	nodes     []*node
	made      []*node // constants that the file did not have
	users     map[string][]*node
	maker     map[string]*node
	constants map[string]array
	outputs   map[string]bool
	rest      []field
}

// fuse gives the model, in the format of ONNX, with what belongs together put
// together.
func fuse(model []byte) ([]byte, error) {
	whole, err := fields(model)
	if err != nil {
		return nil, fmt.Errorf("read the model: %w", err)
	}
	var out []byte
	for _, f := range whole {
		if f.number == modelGraph {
			g, err := readGraph(f.value)
			if err != nil {
				return nil, fmt.Errorf("read the graph of the model: %w", err)
			}
			g.scaleAfter()
			g.hardSwish()
			g.scaleBefore()
			f.value = g.bytes()
		}
		out = f.append(out)
	}
	return out, nil
}

func readGraph(b []byte) (*graph, error) {
	all, err := fields(b)
	if err != nil {
		return nil, err
	}
	g := &graph{users: map[string][]*node{}, maker: map[string]*node{}, constants: map[string]array{}, outputs: map[string]bool{}}
	for _, f := range all {
		if f.number != graphNode {
			g.rest = append(g.rest, f)
		}
		if f.number != graphNode && f.number != graphOutput {
			continue
		}
		parts, err := fields(f.value)
		if err != nil {
			return nil, err
		}
		if f.number == graphOutput {
			for _, p := range parts {
				if p.number == valueName {
					g.outputs[string(p.value)] = true
				}
			}
			continue
		}
		n := &node{}
		for _, p := range parts {
			switch p.number {
			case nodeInput:
				n.in = append(n.in, string(p.value))
			case nodeOutput:
				n.out = append(n.out, string(p.value))
			case nodeOperator:
				n.operator = string(p.value)
			default:
				n.rest = append(n.rest, p)
			}
		}
		if err := g.constant(n); err != nil {
			return nil, err
		}
		g.add(n)
	}
	return g, nil
}

func (g *graph) add(n *node) {
	g.nodes = append(g.nodes, n)
	for _, name := range n.in {
		g.users[name] = append(g.users[name], n)
	}
	for _, name := range n.out {
		g.maker[name] = n
	}
}

// constant keeps the numbers of a node that is a constant.
func (g *graph) constant(n *node) error {
	if n.operator != "Constant" || len(n.out) != 1 {
		return nil
	}
	for _, f := range n.rest {
		if f.number != nodeAttribute {
			continue
		}
		attribute, err := fields(f.value)
		if err != nil {
			return err
		}
		for _, p := range attribute {
			if p.number != attributeTensor {
				continue
			}
			tensor, err := fields(p.value)
			if err != nil {
				return err
			}
			var a array
			for _, t := range tensor {
				switch t.number {
				case tensorDims:
					a.dims = append(a.dims, t)
				case tensorType:
					if v, _ := protowire.ConsumeVarint(t.value); v != float32Array {
						return nil
					}
				case tensorRaw, tensorFloat:
					if t.kind != protowire.BytesType {
						return nil
					}
					a.raw = t.value
				}
			}
			g.constants[n.out[0]] = a
		}
	}
	return nil
}

// number is the value of a constant that is one number.
func (g *graph) number(name string) (float32, bool) {
	a := g.constants[name]
	if a.len() != 1 {
		return 0, false
	}
	return a.at(0), true
}

// with tells whether a node is an operation of a value with a constant number, and
// gives both.
func (g *graph) with(n *node, operator string) (value string, number float32, ok bool) {
	if n == nil || n.gone || n.operator != operator || len(n.in) != 2 {
		return "", 0, false
	}
	for i, name := range n.in {
		if v, ok := g.number(name); ok {
			return n.in[1-i], v, true
		}
	}
	return "", 0, false
}

// only is the one node that uses a value, nil if there are others.
func (g *graph) only(value string) *node {
	if g.outputs[value] || len(g.users[value]) != 1 {
		return nil
	}
	return g.users[value][0]
}

// scaled makes a constant of another, times a factor and with an addend.
func (g *graph) scaled(name string, factor, addend float32) string {
	a := g.constants[name]
	b := array{dims: a.dims, raw: make([]byte, 0, len(a.raw))}
	for i := range a.len() {
		b.raw = binary.LittleEndian.AppendUint32(b.raw, math.Float32bits(a.at(i)*factor+addend))
	}
	made := fmt.Sprintf("%s/%d", name, len(g.constants))
	g.constants[made] = b
	g.made = append(g.made, &node{operator: "Constant", out: []string{made}, rest: []field{b.attribute()}})
	return made
}

// attribute is a constant's value as the attribute of its node.
func (a array) attribute() field {
	var tensor []byte
	for _, d := range a.dims {
		tensor = d.append(tensor)
	}
	tensor = protowire.AppendTag(tensor, tensorType, protowire.VarintType)
	tensor = protowire.AppendVarint(tensor, float32Array)
	tensor = bytesField(tensorRaw, a.raw).append(tensor)
	b := bytesField(attributeName, []byte("value")).append(nil)
	b = bytesField(attributeTensor, tensor).append(b)
	b = protowire.AppendTag(b, attributeType, protowire.VarintType)
	return bytesField(nodeAttribute, protowire.AppendVarint(b, isTensor))
}

// floatAttribute is an attribute that is one number.
func floatAttribute(name string, v float32) field {
	b := bytesField(attributeName, []byte(name)).append(nil)
	b = protowire.AppendTag(b, attributeFloat, protowire.Fixed32Type)
	b = protowire.AppendFixed32(b, math.Float32bits(v))
	b = protowire.AppendTag(b, attributeType, protowire.VarintType)
	return bytesField(nodeAttribute, protowire.AppendVarint(b, isFloat))
}

// float is the value of an attribute that is one number, NaN if there is none.
func (n *node) float(name string) float64 {
	for _, f := range n.rest {
		parts, err := fields(f.value)
		if f.number != nodeAttribute || err != nil {
			continue
		}
		v, found := 0., false // a value of 0 may be left out
		for _, p := range parts {
			switch {
			case p.number == attributeName:
				found = string(p.value) == name
			case p.number == attributeFloat && len(p.value) == 4:
				v = float64(math.Float32frombits(binary.LittleEndian.Uint32(p.value)))
			}
		}
		if found {
			return v
		}
	}
	return math.NaN()
}

// weighted: is a node a convolution whose weights and bias are constants?
func (g *graph) weighted(n *node) bool {
	return n != nil && n.operator == "Conv" && len(n.in) == 3 &&
		g.constants[n.in[1]].len() > 0 && g.constants[n.in[2]].len() > 0
}

// shift is the one node that uses a scaling, if it adds a constant number, and that
// number.
func (g *graph) shift(scale *node) (shift *node, by float32, ok bool) {
	shift = g.only(scale.out[0])
	_, by, ok = g.with(shift, "Add")
	return shift, by, ok
}

// scaleAfter takes a scaling and a shift behind a convolution into its weights.
func (g *graph) scaleAfter() {
	for _, n := range g.nodes {
		if !g.weighted(n) {
			continue
		}
		scale := g.only(n.out[0])
		_, s, ok := g.with(scale, "Mul")
		if !ok {
			continue
		}
		shift, t, ok := g.shift(scale)
		if !ok {
			continue
		}
		n.in[1], n.in[2] = g.scaled(n.in[1], s, 0), g.scaled(n.in[2], s, t)
		n.out, scale.gone, shift.gone = shift.out, true, true
		g.maker[n.out[0]] = n
	}
}

// hardSwish puts x·clip(x+3, 0, 6)/6 together: x times the hard sigmoid of x.
func (g *graph) hardSwish() {
	for _, divide := range g.nodes {
		product, six, ok := g.with(divide, "Div")
		times := g.maker[product]
		if !ok || six != 6 || times == nil || times.operator != "Mul" || len(times.in) != 2 || g.only(product) == nil {
			continue
		}
		for i, name := range times.in {
			clip := g.maker[name]
			if clip == nil || clip.operator != "Clip" || len(clip.in) != 1 || g.only(name) == nil || clip.float("min") != 0 || clip.float("max") != 6 {
				continue
			}
			add := g.maker[clip.in[0]]
			x, three, ok := g.with(add, "Add")
			if !ok || three != 3 || x != times.in[1-i] || g.only(clip.in[0]) == nil {
				continue
			}
			add.operator, add.in, add.out = "HardSigmoid", []string{x}, clip.out
			add.rest = []field{floatAttribute("alpha", 1./6), floatAttribute("beta", 0.5)}
			times.out, clip.gone, divide.gone = divide.out, true, true
			break
		}
	}
}

// scaleBefore takes a scaling before a convolution into its weights. The shift
// stays: what a convolution pads its input with is not shifted.
func (g *graph) scaleBefore() {
	for _, scale := range g.nodes {
		value, s, ok := g.with(scale, "Mul")
		if !ok || s == 0 {
			continue
		}
		shift, t, ok := g.shift(scale)
		if !ok {
			continue
		}
		n := g.only(shift.out[0])
		if !g.weighted(n) || n.in[0] != shift.out[0] {
			continue
		}
		n.in[1] = g.scaled(n.in[1], s, 0)
		for i, name := range shift.in {
			if name == scale.out[0] {
				shift.in[i], shift.in[1-i] = value, g.scaled(shift.in[1-i], 0, t/s)
			}
		}
		scale.gone = true
	}
}

func (g *graph) bytes() []byte {
	used := map[string]bool{}
	for _, n := range g.nodes {
		for _, name := range n.in {
			used[name] = used[name] || !n.gone
		}
	}
	var b []byte
	for _, n := range slices.Concat(g.made, g.nodes) {
		if n.gone || n.operator == "Constant" && !used[n.out[0]] {
			continue
		}
		var m []byte
		for _, name := range n.in {
			m = bytesField(nodeInput, []byte(name)).append(m)
		}
		for _, name := range n.out {
			m = bytesField(nodeOutput, []byte(name)).append(m)
		}
		m = bytesField(nodeOperator, []byte(n.operator)).append(m)
		for _, f := range n.rest {
			m = f.append(m)
		}
		b = bytesField(graphNode, m).append(b)
	}
	for _, f := range g.rest {
		b = f.append(b)
	}
	return b
}
