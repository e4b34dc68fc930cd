package pdf

import "math"

// matrix is [a b c d e f]: x' = a·x + c·y + e, y' = b·x + d·y + f.
type matrix [6]float64

var identity = matrix{1, 0, 0, 1, 0, 0}

// mul is m followed by n.
func (m matrix) mul(n matrix) matrix {
	return matrix{
		m[0]*n[0] + m[1]*n[2], m[0]*n[1] + m[1]*n[3],
		m[2]*n[0] + m[3]*n[2], m[2]*n[1] + m[3]*n[3],
		m[4]*n[0] + m[5]*n[2] + n[4], m[4]*n[1] + m[5]*n[3] + n[5],
	}
}

func (m matrix) apply(x, y float64) point {
	return point{m[0]*x + m[2]*y + m[4], m[1]*x + m[3]*y + m[5]}
}

// scale is the mean length of a unit vector under m.
func (m matrix) scale() float64 {
	return math.Sqrt(math.Abs(m[0]*m[3] - m[1]*m[2]))
}

// sane is false where m has infinite or absurd entries, which would poison all
// that is computed from it.
func (m matrix) sane() bool {
	for _, v := range m {
		if !(v > -1e9 && v < 1e9) {
			return false
		}
	}
	return true
}

type point struct{ x, y float64 }

// rect is a box with x0 ≤ x1 and y0 ≤ y1; empty has them crossed.
type rect struct{ x0, y0, x1, y1 float64 }

var (
	nowhere    = rect{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)}
	everywhere = rect{math.Inf(-1), math.Inf(-1), math.Inf(1), math.Inf(1)}
)

func (r *rect) add(p point) {
	r.x0, r.x1 = min(r.x0, p.x), max(r.x1, p.x)
	r.y0, r.y1 = min(r.y0, p.y), max(r.y1, p.y)
}

func (r rect) empty() bool         { return r.x0 > r.x1 || r.y0 > r.y1 }
func (r rect) w() float64          { return r.x1 - r.x0 }
func (r rect) h() float64          { return r.y1 - r.y0 }
func (r rect) grow(d float64) rect { return rect{r.x0 - d, r.y0 - d, r.x1 + d, r.y1 + d} }

func (r rect) contains(p point) bool {
	return p.x >= r.x0 && p.x <= r.x1 && p.y >= r.y0 && p.y <= r.y1
}

func (r rect) intersect(s rect) rect {
	return rect{max(r.x0, s.x0), max(r.y0, s.y0), min(r.x1, s.x1), min(r.y1, s.y1)}
}

// bounds is the box around the image of r under m.
func (r rect) bounds(m matrix) rect {
	b := nowhere
	b.add(m.apply(r.x0, r.y0))
	b.add(m.apply(r.x1, r.y0))
	b.add(m.apply(r.x0, r.y1))
	b.add(m.apply(r.x1, r.y1))
	return b
}
