package grid

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"nianbao/extract"
	"nianbao/schema"
)

// token is a run of characters on one line that no gap parts. Heights count on
// from page to page, so that a table without rules reads as one over a page
// break.
type token struct {
	sheet          *sheet
	line           int
	glyphs         []glyph
	text, fold     string
	bare           string // folded text before a bracket within, "" without one
	x0, y0, x1, y1 float64
	cy, size       float64
	down           float64 // what was added to its heights
	used           bool
}

func (t *token) cx() float64 { return (t.x0 + t.x1) / 2 }

// tokenGap is the gap between tokens, in sizes of a character.
const tokenGap = 0.35

// tokens splits lines into tokens. down is added to their heights.
func tokens(l *textLine, s *sheet, line int, down float64) (out []*token) {
	from := 0
	for i := range l.glyphs {
		g := &l.glyphs[i]
		if i+1 < len(l.glyphs) && l.glyphs[i+1].x0-g.x1 <= tokenGap*min(g.size, l.glyphs[i+1].size) {
			continue
		}
		t := &token{sheet: s, line: line, cy: l.cy + down, size: l.size, down: down}
		t.set(l.glyphs[from : i+1])
		out = append(out, t)
		from = i + 1
	}
	return out
}

// set gives a token its characters.
func (t *token) set(gs []glyph) {
	l := textLine{glyphs: gs}
	b := l.box()
	t.glyphs, t.text = gs, l.text()
	t.x0, t.y0, t.x1, t.y1 = b[0], b[1]+t.down, b[2], b[3]+t.down
	t.fold = schema.Fold(t.text)
	if i := strings.LastIndexAny(t.text, "（("); i > 0 {
		t.bare = schema.Fold(t.text[:i])
	}
}

// cut returns a part of the token.
func (t *token) cut(from, to int) *token {
	out := &token{sheet: t.sheet, line: t.line, cy: t.cy, size: t.size, down: t.down}
	out.set(t.glyphs[from:to])
	return out
}

// block is a label: the tokens that spell it, from top to bottom.
type block struct {
	label  string // folded, as the form has it; "" where the form has no such label
	tokens []*token
}

func (b *block) bounds() (x0, y0, x1, y1 float64) {
	x0, y0, x1, y1 = math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	for _, t := range b.tokens {
		x0, y0, x1, y1 = min(x0, t.x0), min(y0, t.y0), max(x1, t.x1), max(y1, t.y1)
	}
	return
}

func (b *block) cy() float64 {
	return (b.tokens[0].cy + b.tokens[len(b.tokens)-1].cy) / 2
}

// away is how far a height lies from the nearest line of the block.
func (b *block) away(cy float64) float64 {
	d := math.Inf(1)
	for _, t := range b.tokens {
		d = min(d, math.Abs(t.cy-cy))
	}
	return d
}

// text is the block as printed, its lines joined by "\n".
func (b *block) text() string { return joinTokens(b.tokens) }

func joinTokens(ts []*token) string {
	var sb strings.Builder
	for i, t := range ts {
		if i > 0 {
			if ts[i-1].line == t.line {
				sb.WriteByte(' ')
			} else {
				sb.WriteByte('\n')
			}
		}
		sb.WriteString(t.text)
	}
	return sb.String()
}

// rest takes a token off the front of a label and returns what is left to
// spell. An instruction in brackets may follow the last word of the label.
func (t *token) rest(label string) (rest string, ok bool) {
	switch {
	case t.used || t.fold == "":
		return "", false
	case strings.HasPrefix(label, t.fold):
		return label[len(t.fold):], true
	}
	return "", t.bare != "" && t.bare == label
}

// maxSteps bounds the tries to complete one label.
const maxSteps = 200

// spell finds a label among tokens not used yet: a token that begins it, and
// below or beside it the tokens that go on, until the label is complete.
func spell(ts []*token, label string) *block {
	for _, t := range ts {
		rest, ok := t.rest(label)
		if !ok {
			continue
		}
		steps := maxSteps
		if run := spellOn(ts, []*token{t}, rest, &steps); run != nil {
			run = closeBracket(ts, run)
			for _, u := range run {
				u.used = true
			}
			return &block{label: label, tokens: run}
		}
	}
	return nil
}

// spellOn completes a run of tokens by the rest of its label.
func spellOn(ts, run []*token, label string, steps *int) []*token {
	if label == "" {
		return run
	}
	if *steps--; *steps < 0 {
		return nil
	}
	tried := 0
	for _, t := range following(ts, run) {
		if rest, ok := t.rest(label); ok && tried < 4 {
			tried++
			if out := spellOn(ts, append(slices.Clone(run), t), rest, steps); out != nil {
				return out
			}
		}
	}
	return nil
}

// following returns the tokens that may go on after a run, beside its last
// token or below it, the nearest first.
func following(ts, run []*token) []*token {
	last := run[len(run)-1]
	x0, x1 := math.Inf(1), math.Inf(-1)
	for _, t := range run {
		x0, x1 = min(x0, t.x0), max(x1, t.x1)
	}
	var next []*token
	for _, t := range ts {
		if t.used || slices.Contains(run, t) {
			continue
		}
		beside := t.line == last.line && t.x0 >= last.x1-0.2*last.size && t.x0-last.x1 < 4*last.size
		down := t.cy - last.cy
		below := t.line != last.line && down > 0.5*last.size && down < 2.3*last.size && min(t.x1, x1)-max(t.x0, x0) > -0.3*last.size
		if beside || below {
			next = append(next, t)
		}
	}
	far := func(t *token) float64 {
		if t.line == last.line {
			return t.x0 - last.x1
		}
		return math.Abs(t.cy-last.cy)*4 + math.Abs(t.cx()-(x0+x1)/2)
	}
	slices.SortStableFunc(next, func(a, b *token) int { return cmp.Compare(far(a), far(b)) })
	return next
}

// closeBracket adds to a spelled label the lines of the instruction in brackets
// that its last token opens.
func closeBracket(ts, run []*token) []*token {
	open := func(s string) int {
		return strings.Count(s, "（") + strings.Count(s, "(") - strings.Count(s, "）") - strings.Count(s, ")")
	}
	depth := 0
	for _, t := range run {
		depth += open(t.text)
	}
	out := run
	for range 8 {
		next := following(ts, out)
		if depth <= 0 || len(next) == 0 {
			break
		}
		depth += open(next[0].text)
		out = append(slices.Clone(out), next[0])
	}
	if depth > 0 {
		return run
	}
	return out
}

// spellAll finds every print of the labels, longer ones first.
func spellAll(ts []*token, labels []string) (out []*block) {
	order := slices.Clone(labels)
	slices.SortStableFunc(order, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
	for _, l := range order {
		for l != "" {
			b := spell(ts, l)
			if b == nil {
				break
			}
			out = append(out, b)
		}
	}
	return out
}

// leftover gathers the tokens that spell no known label into blocks: those that
// stand closely below each other, until one begins a new item.
func leftover(ts []*token) (out []*block) {
	for _, t := range ts {
		if t.used || t.fold == "" {
			continue
		}
		t.used = true
		joined := false
		for _, b := range slices.Backward(out) {
			last := b.tokens[len(b.tokens)-1]
			x0, _, x1, _ := b.bounds()
			beside := t.line == last.line && t.x0-last.x1 < 1.2*t.size
			below := t.line != last.line && t.cy-last.cy < 1.6*t.size && min(t.x1, x1)-max(t.x0, x0) > 0 && !startsItem(t.text)
			if beside || below {
				b.tokens = append(b.tokens, t)
				joined = true
				break
			}
		}
		if !joined {
			out = append(out, &block{tokens: []*token{t}})
		}
	}
	return out
}

// slot is a column: the interval in which its texts stand.
type slot struct{ x0, x1 float64 }

// clusters merges the intervals of tokens that overlap, from left to right.
func clusters(ts []*token) (out []slot) {
	s := slices.Clone(ts)
	slices.SortFunc(s, func(a, b *token) int { return cmp.Compare(a.x0, b.x0) })
	for _, t := range s {
		if n := len(out); n > 0 && t.x0 < out[n-1].x1 {
			out[n-1].x1 = max(out[n-1].x1, t.x1)
		} else {
			out = append(out, slot{t.x0, t.x1})
		}
	}
	return out
}

// slotOf returns the column in which a token stands; sure is false where it
// lies between two or over both.
func slotOf(slots []slot, t *token) (k int, sure bool) {
	over, best, second := 0, math.Inf(1), math.Inf(1)
	for i, s := range slots {
		d := max(s.x0-t.x1, t.x0-s.x1)
		if d < 0 {
			over++
		}
		if d < best {
			k, best, second = i, d, best
		} else {
			second = min(second, d)
		}
	}
	if over > 0 {
		return k, over == 1
	}
	return k, best < 0.6*second
}

// tokenBox is the box of tokens on the page of the first of them.
func tokenBox(ts []*token) *extract.Box {
	s := ts[0].sheet
	b := extract.Box{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)}
	for _, t := range ts {
		if t.sheet == s {
			b = extract.Box{min(b[0], t.x0), min(b[1], t.y0-t.down), max(b[2], t.x1), max(b[3], t.y1-t.down)}
		}
	}
	return s.out(b)
}
