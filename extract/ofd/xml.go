package ofd

import (
	"encoding/xml"
	"errors"
	"io"
	"math"
	"strconv"
	"strings"

	"nianbao/extract/charset"
)

const maxDepth = 64 // of elements

// node is an element. Namespaces differ between producers, so names are local.
type node struct {
	name string
	attr []xml.Attr
	kids []*node
	text []byte
}

// parse reads b as a tree of at most *left elements, which it counts down.
func parse(b []byte, left *int) (*node, error) {
	d := xml.NewDecoder(strings.NewReader(charset.Decode(b).String))
	d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil } // it is UTF-8 by now
	var stack []*node
	var root *node
	for {
		t, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		switch t := t.(type) {
		case xml.StartElement:
			if len(stack) >= maxDepth {
				return nil, tooLarge("a part of it has more than %d elements inside each other", maxDepth)
			}
			if *left--; *left < 0 {
				return nil, tooLarge("it has more than %d elements", maxElements)
			}
			n := &node{name: t.Name.Local, attr: t.Attr}
			if len(stack) > 0 {
				up := stack[len(stack)-1]
				up.kids = append(up.kids, n)
			} else if root == nil {
				root = n
			}
			stack = append(stack, n)
		case xml.EndElement:
			stack = stack[:len(stack)-1]
		case xml.CharData:
			if len(stack) > 0 {
				n := stack[len(stack)-1]
				n.text = append(n.text, t...)
			}
		}
	}
	if root == nil {
		return nil, errors.New("it is no XML")
	}
	return root, nil
}

// kid is the first child of a name, or nil.
func (n *node) kid(name string) *node {
	if n == nil {
		return nil
	}
	for _, k := range n.kids {
		if k.name == name {
			return k
		}
	}
	return nil
}

// str is an attribute, or "".
func (n *node) str(name string) string {
	if n == nil {
		return ""
	}
	for _, a := range n.attr {
		if a.Name.Local == name {
			return strings.TrimSpace(a.Value)
		}
	}
	return ""
}

// flag is an attribute that is true or false.
func (n *node) flag(name string, unset bool) bool {
	switch strings.ToLower(n.str(name)) {
	case "true", "1":
		return true
	case "false", "0":
		return false
	}
	return unset
}

func (n *node) num(name string, unset float64) float64 {
	if v, ok := number(n.str(name)); ok {
		return v
	}
	return unset
}

// number reads a finite number that fits a page.
func number(s string) (float64, bool) {
	v, err := strconv.ParseFloat(s, 64)
	return v, err == nil && math.Abs(v) < 1e7
}

// numbers reads exactly n numbers.
func numbers(s string, n int) ([]float64, bool) {
	fields := strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == ',' || r == '\t' || r == '\n' || r == '\r' })
	if len(fields) != n {
		return nil, false
	}
	out := make([]float64, n)
	for i, f := range fields {
		v, ok := number(f)
		if !ok {
			return nil, false
		}
		out[i] = v
	}
	return out, true
}

// content is the text of a child, trimmed.
func (n *node) content(name string) string {
	if k := n.kid(name); k != nil {
		return strings.TrimSpace(string(k.text))
	}
	return ""
}
