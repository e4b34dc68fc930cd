package main

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"

	"google.golang.org/protobuf/encoding/protowire"
)

// Models as files of ONNX: as much of onnx.proto as fuse needs.

// Field numbers of onnx.proto.
const (
	modelGraph = 7

	graphNode   = 1
	graphInput  = 11
	graphOutput = 12

	nodeInput     = 1
	nodeOutput    = 2
	nodeOperator  = 4
	nodeAttribute = 5

	valueName   = 1
	valueType   = 2
	typeTensor  = 1
	tensorShape = 2
	dimName     = 2

	attributeName   = 1
	attributeFloat  = 2
	attributeInt    = 3
	attributeInts   = 8
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
	isInt        = 2
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

// size is how many bytes a field takes in a message.
func (f field) size() int {
	n := protowire.SizeTag(f.number)
	if f.kind == protowire.BytesType {
		return n + protowire.SizeBytes(len(f.value))
	}
	return n + len(f.value)
}

// message is a field whose bytes are put down where they belong at once: those of
// weights are many.
type message struct {
	number protowire.Number
	fields []field
}

func (m message) length() (n int) {
	for _, f := range m.fields {
		n += f.size()
	}
	return n
}

func (m message) append(b []byte) []byte {
	b = protowire.AppendTag(b, m.number, protowire.BytesType)
	b = protowire.AppendVarint(b, uint64(m.length()))
	for _, f := range m.fields {
		b = f.append(b)
	}
	return b
}

// ints are the whole numbers of a field, one or several packed together.
func (f field) ints() (out []int) {
	for b := f.value; len(b) > 0; {
		v, n := protowire.ConsumeVarint(b)
		if n < 0 {
			return out
		}
		out, b = append(out, int(v)), b[n:]
	}
	return out
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
	dims []int
	raw  []byte
}

func newArray(values []float32, dims ...int) array {
	a := array{dims: dims, raw: make([]byte, 4*len(values))}
	for i, v := range values {
		binary.LittleEndian.PutUint32(a.raw[4*i:], math.Float32bits(v))
	}
	return a
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

// edit changes the fields of a message that lies within others, by the field numbers
// that lead to it.
func edit(message []byte, change func([]field) []field, path ...protowire.Number) ([]byte, error) {
	all, err := fields(message)
	if err != nil {
		return nil, err
	}
	if len(path) == 0 {
		all = change(all)
	}
	var out []byte
	for _, f := range all {
		if len(path) > 0 && f.number == path[0] {
			if f.value, err = edit(f.value, change, path[1:]...); err != nil {
				return nil, err
			}
		}
		out = f.append(out)
	}
	return out, nil
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
					a.dims = append(a.dims, t.ints()...)
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

// scaled gives a constant times a factor and with an addend: itself, changed, where
// nothing else uses it.
func (g *graph) scaled(name string, factor, addend float32) string {
	a := g.constants[name]
	shared := len(g.users[name]) > 1
	if shared {
		a.raw = slices.Clone(a.raw)
	}
	for b := a.raw; len(b) >= 4; b = b[4:] {
		v := math.Float32frombits(binary.LittleEndian.Uint32(b))
		binary.LittleEndian.PutUint32(b, math.Float32bits(v*factor+addend))
	}
	if shared {
		return g.constantOf(name, a)
	}
	return name
}

// constantOf adds a constant to the graph and gives its name.
func (g *graph) constantOf(name string, a array) string {
	made := fmt.Sprintf("%s/%d", name, len(g.constants))
	g.constants[made] = a
	g.made = append(g.made, &node{operator: "Constant", out: []string{made}, rest: []field{a.attribute()}})
	return made
}

// attribute is a constant's value as the attribute of its node.
func (a array) attribute() field {
	var tensor []byte
	for _, d := range a.dims {
		tensor = protowire.AppendTag(tensor, tensorDims, protowire.VarintType)
		tensor = protowire.AppendVarint(tensor, uint64(d))
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

// intAttribute is an attribute that is one whole number.
func intAttribute(name string, v int) field {
	b := bytesField(attributeName, []byte(name)).append(nil)
	b = protowire.AppendTag(b, attributeInt, protowire.VarintType)
	b = protowire.AppendVarint(b, uint64(v))
	b = protowire.AppendTag(b, attributeType, protowire.VarintType)
	return bytesField(nodeAttribute, protowire.AppendVarint(b, isInt))
}

// ints is the value of an attribute that is whole numbers.
func (n *node) ints(name string) []int {
	for _, f := range n.rest {
		parts, err := fields(f.value)
		if f.number != nodeAttribute || err != nil {
			continue
		}
		var values []int
		found := false
		for _, p := range parts {
			switch p.number {
			case attributeName:
				found = string(p.value) == name
			case attributeInt, attributeInts:
				values = append(values, p.ints()...)
			}
		}
		if found {
			return values
		}
	}
	return nil
}

// groups is how many groups of channels a convolution has.
func (n *node) groups() int {
	for _, v := range n.ints("group") {
		return v
	}
	return 1
}

// padded: does a convolution pad its input?
func (n *node) padded() bool {
	return slices.ContainsFunc(n.ints("pads"), func(v int) bool { return v != 0 })
}

// append adds the graph to a message as its field.
func (g *graph) append(b []byte, number protowire.Number) []byte {
	used := map[string]bool{}
	for _, n := range g.nodes {
		for _, name := range n.in {
			used[name] = used[name] || !n.gone
		}
	}
	var nodes []message
	length := message{fields: g.rest}.length()
	for _, n := range slices.Concat(g.made, g.nodes) {
		if n.gone || n.operator == "Constant" && !used[n.out[0]] {
			continue
		}
		m := n.message()
		nodes = append(nodes, m)
		length += protowire.SizeTag(m.number) + protowire.SizeBytes(m.length())
	}
	b = protowire.AppendTag(b, number, protowire.BytesType)
	b = protowire.AppendVarint(b, uint64(length))
	for _, m := range nodes {
		b = m.append(b)
	}
	for _, f := range g.rest {
		b = f.append(b)
	}
	return b
}

func (n *node) message() message {
	m := message{number: graphNode}
	for _, name := range n.in {
		m.fields = append(m.fields, bytesField(nodeInput, []byte(name)))
	}
	for _, name := range n.out {
		m.fields = append(m.fields, bytesField(nodeOutput, []byte(name)))
	}
	m.fields = append(m.fields, bytesField(nodeOperator, []byte(n.operator)))
	m.fields = append(m.fields, n.rest...)
	return m
}
