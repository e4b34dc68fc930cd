package main

import "fmt"

// The recogniser was exported with its activations taken apart: x·clip(x+3, 0, 6)/6
// in four steps, and a scaling and a shift by one number before and after. ONNX
// Runtime takes each as a pass of its own over all the data, which costs more than
// a third of the whole. fuse puts them together: the same function, in less time.

// fuse gives the model, in the format of ONNX, with what belongs together put
// together, and with an input of any height. The bytes of the model it is given are
// changed.
func fuse(model []byte) ([]byte, error) {
	whole, err := fields(model)
	if err != nil {
		return nil, fmt.Errorf("read the model: %w", err)
	}
	out := make([]byte, 0, len(model)+len(model)/16) // most are weights, of which there are as many
	for _, f := range whole {
		if f.number != modelGraph {
			out = f.append(out)
			continue
		}
		g, err := readGraph(f.value)
		if err != nil {
			return nil, fmt.Errorf("read the graph of the model: %w", err)
		}
		for i, r := range g.rest {
			if r.number != graphInput {
				continue
			}
			if g.rest[i].value, err = anyHeight(r.value); err != nil {
				return nil, fmt.Errorf("read the input of the model: %w", err)
			}
		}
		g.scaleAfter()
		g.hardSwish()
		g.scaleBefore()
		g.shiftBefore()
		g.blocked()
		out = g.append(out, modelGraph)
	}
	return out, nil
}

// anyHeight lets an input of images have any height. The model was made for one, but
// nothing in it needs that.
func anyHeight(input []byte) ([]byte, error) {
	return edit(input, func(dims []field) []field {
		if len(dims) == 4 { // image, channel, row, column
			dims[2].value = bytesField(dimName, []byte("height")).append(nil)
		}
		return dims
	}, valueType, typeTensor, tensorShape)
}

// weighted: is a node a convolution whose weights and bias are constants?
func (g *graph) weighted(n *node) bool {
	return n != nil && n.operator == "Conv" && len(n.in) == 3 &&
		g.constants[n.in[1]].len() > 0 && g.constants[n.in[2]].len() > 0
}

// into is the convolution with constant weights that a value goes into, and nowhere
// else; nil if there is none.
func (g *graph) into(value string) *node {
	if n := g.only(value); g.weighted(n) && n.in[0] == value {
		return n
	}
	return nil
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
		n := g.into(shift.out[0])
		if n == nil {
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

// shiftBefore takes a shift before a convolution of single points, which pads
// nothing, into its bias.
func (g *graph) shiftBefore() {
	for _, shift := range g.nodes {
		value, t, ok := g.with(shift, "Add")
		if !ok {
			continue
		}
		n := g.into(shift.out[0])
		if n == nil {
			continue
		}
		w, b := g.constants[n.in[1]], g.constants[n.in[2]]
		if len(w.dims) != 4 || w.dims[2] != 1 || w.dims[3] != 1 || n.padded() {
			continue
		}
		each := w.len() / b.len()
		bias := make([]float32, b.len())
		for i := range bias {
			sum := 0.0
			for j := range each {
				sum += float64(w.at(i*each + j))
			}
			bias[i] = b.at(i) + float32(float64(t)*sum)
		}
		n.in[0], n.in[2] = value, g.constantOf(n.in[2], newArray(bias, b.dims...))
		shift.gone = true
	}
}

// blocked gives what is done to each point between two convolutions as convolutions
// of single points, of each channel by itself. ONNX Runtime keeps the data of
// convolutions in blocks of channels; an activation or a shift by itself makes it
// turn all data over and back.
func (g *graph) blocked() {
	var nodes []*node
	for _, n := range g.nodes {
		var conv *node
		switch value, t, shift := g.with(n, "Add"); {
		case n.gone:
		case n.operator == "HardSigmoid" && g.weighted(g.maker[n.in[0]]):
			conv = g.point(n.in[0], g.constants[g.maker[n.in[0]].in[2]].len(), 0)
			n.in = []string{conv.out[0]}
		case shift && g.into(n.out[0]) != nil:
			next := g.into(n.out[0])
			conv = g.point(value, g.constants[next.in[1]].dims[1]*next.groups(), t)
			conv.out, n.gone = n.out, true
			g.maker[n.out[0]] = conv
		}
		if conv != nil {
			nodes = append(nodes, conv)
		}
		nodes = append(nodes, n)
	}
	g.nodes = nodes
}

// point is a convolution that shifts each point of a value.
func (g *graph) point(value string, channels int, by float32) *node {
	ones, shifts := make([]float32, channels), make([]float32, channels)
	for i := range channels {
		ones[i], shifts[i] = 1, by
	}
	return &node{
		operator: "Conv",
		in:       []string{value, g.constantOf("one", newArray(ones, channels, 1, 1, 1)), g.constantOf("shift", newArray(shifts, channels))},
		out:      []string{fmt.Sprintf("%s/point", value)},
		rest:     []field{intAttribute("group", channels)},
	}
}
