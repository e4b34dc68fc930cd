package ofd

import (
	"math"

	"nianbao/extract"
)

// pointsPerMM is a millimetre in points.
const pointsPerMM = 72 / 25.4

// matrix is [a b c d e f]: x' = a·x + c·y + e, y' = b·x + d·y + f.
type matrix [6]float64

var identity = matrix{1, 0, 0, 1, 0, 0}

func move(x, y float64) matrix { return matrix{1, 0, 0, 1, x, y} }

// mul is m followed by n.
func (m matrix) mul(n matrix) matrix {
	return matrix{
		m[0]*n[0] + m[1]*n[2], m[0]*n[1] + m[1]*n[3],
		m[2]*n[0] + m[3]*n[2], m[2]*n[1] + m[3]*n[3],
		m[4]*n[0] + m[5]*n[2] + n[4], m[4]*n[1] + m[5]*n[3] + n[5],
	}
}

func (m matrix) apply(x, y float64) vec {
	return vec{m[0]*x + m[2]*y + m[4], m[1]*x + m[3]*y + m[5]}
}

// scale is the mean length of a unit vector under m.
func (m matrix) scale() float64 { return math.Sqrt(math.Abs(m[0]*m[3] - m[1]*m[2])) }

func (m matrix) sane() bool {
	for _, v := range m {
		if !(math.Abs(v) < 1e9) {
			return false
		}
	}
	return true
}

// inverse undoes m, if that can be done.
func (m matrix) inverse() (matrix, bool) {
	d := m[0]*m[3] - m[1]*m[2]
	if math.Abs(d) < 1e-12 {
		return m, false
	}
	return matrix{
		m[3] / d, -m[1] / d, -m[2] / d, m[0] / d,
		(m[2]*m[5] - m[3]*m[4]) / d, (m[1]*m[4] - m[0]*m[5]) / d,
	}, true
}

// bounds is the box around the image of a box under m.
func (m matrix) bounds(x0, y0, x1, y1 float64) extract.Box {
	return around([]vec{m.apply(x0, y0), m.apply(x1, y0), m.apply(x0, y1), m.apply(x1, y1)})
}

type vec struct{ x, y float64 }

func around(pts []vec) extract.Box {
	b := extract.Box{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)}
	for _, p := range pts {
		b[0], b[1], b[2], b[3] = min(b[0], p.x), min(b[1], p.y), max(b[2], p.x), max(b[3], p.y)
	}
	return b
}

// placement is the matrix of an object: its own, and where its boundary lies.
func placement(n *node) (matrix, bool) {
	m := identity
	if s := n.str("CTM"); s != "" {
		v, ok := numbers(s, 6)
		if !ok {
			return m, false
		}
		m = matrix(v)
	}
	if s := n.str("Boundary"); s != "" {
		v, ok := numbers(s, 4)
		if !ok {
			return m, false
		}
		m = m.mul(move(v[0], v[1]))
	}
	return m, true
}

// angle is the direction of writing, counter-clockwise, of a vector on the
// page, whose y runs down.
func angle(x, y float64) float64 {
	a := math.Atan2(-y, x) * 180 / math.Pi
	if math.Abs(a) < 1e-6 {
		return 0
	}
	return a
}
