package doc

// styles is the style sheet: the properties that each style adds to those of
// the one it is based on.
type styles struct {
	all []style
}

type style struct {
	base       int
	para, char []byte
	// What it comes to, once it was asked for.
	paragraph *paragraph
	look      *look
	busy      bool
}

const (
	noStyle      = 0xFFF
	ofChars      = 2
	ofParagraphs = 1
)

// readStyles reads the style sheet as far as it is sound.
func readStyles(b []byte) styles {
	var out styles
	if len(b) < 6 {
		return out
	}
	n, fixed := u16(b, 2), u16(b, 4)
	at := 2 + u16(b, 0)
	for range min(n, noStyle) {
		if at+2 > len(b) {
			break
		}
		size := u16(b, at)
		std := slice(b, int64(at+2), int64(size))
		if std == nil {
			break
		}
		at += 2 + size + size&1
		out.all = append(out.all, readStyle(std, fixed))
	}
	return out
}

func readStyle(std []byte, fixed int) style {
	s := style{base: noStyle}
	if len(std) < fixed+2 || fixed < 10 {
		return s
	}
	kind, parts := u16(std, 2)&15, u16(std, 4)&15
	s.base = u16(std, 2) >> 4
	at := fixed + 2 + 2*u16(std, fixed) + 2 // behind its name
	for i := range parts {
		if at+2 > len(std) {
			break
		}
		n := u16(std, at)
		part := slice(std, int64(at+2), int64(n))
		if part == nil {
			break
		}
		at += 2 + n + n&1
		switch {
		case kind == ofParagraphs && i == 0:
			if len(part) >= 2 {
				s.para = part[2:]
			}
		case kind == ofParagraphs && i == 1, kind == ofChars && i == 0:
			s.char = part
		}
	}
	return s
}

// paragraph is what a style says of paragraphs, nil where it says nothing.
func (s *styles) paragraph(r *reader, number int) *paragraph {
	if number >= len(s.all) || s.all[number].busy {
		return nil
	}
	st := &s.all[number]
	if st.paragraph == nil {
		st.busy = true
		p := paragraph{outline: 9}
		if base := s.paragraph(r, st.base); base != nil {
			p = *base
		}
		r.apply(&p, withoutStyle(st.para))
		p.table = table{}
		st.paragraph, st.busy = &p, false
	}
	return st.paragraph
}

// withoutStyle is a list of properties, or nothing where it names a style: one
// style does not turn into another.
func withoutStyle(list []byte) []byte {
	for op := range sprms(list) {
		if op == sprmPIstd || op == sprmCIstd {
			return nil
		}
	}
	return list
}

// look is what a style says of characters.
func (s *styles) lookOf(number int) look {
	if number >= len(s.all) || s.all[number].busy {
		return look{}
	}
	st := &s.all[number]
	if st.look == nil {
		st.busy = true
		l := s.lookOf(st.base)
		l.apply(withoutStyle(st.char), look{})
		st.look, st.busy = &l, false
	}
	return *st.look
}

// look is what the properties of a character say.
type look struct {
	deleted, hidden, struck, raised bool
	special                         bool // it stands for something that is no character
	symbol                          rune // of a font of its own
}

// apply lets the properties of a list change l. plain is how the paragraph's
// style looks, which some properties turn over.
func (l *look) apply(list []byte, plain look) {
	for op, v := range sprms(list) {
		if len(v) == 0 {
			continue
		}
		switch op {
		case sprmCFRMarkDel:
			l.deleted = v[0] != 0
		case sprmCFVanish:
			l.hidden = toggle(v[0], plain.hidden)
		case sprmCFStrike, sprmCFDStrike:
			l.struck = toggle(v[0], plain.struck)
		case sprmCIss:
			l.raised = v[0] == 1 || v[0] == 2
		case sprmCFSpec:
			l.special = v[0] != 0
		case sprmCSymbol:
			l.symbol = rune(u16(v, 2))
		}
	}
}

func toggle(v byte, plain bool) bool {
	switch v {
	case 0x80:
		return plain
	case 0x81:
		return !plain
	}
	return v != 0
}

// lookAt is the look of the characters at a place in the stream, and where it
// ends.
func (r *reader) lookAt(at int, p *piece, plain look) (look, int) {
	props, end := r.char.of(at)
	l := plain
	if i := charStyle(props); i > 0 {
		s := r.styles.lookOf(i)
		l.hidden, l.struck, l.raised = l.hidden || s.hidden, l.struck || s.struck, l.raised || s.raised
	}
	l.apply(props, plain)
	prm := r.prm(p)
	l.apply(prm, plain)
	r.props += len(props) + len(prm)
	return l, end
}

func charStyle(list []byte) int {
	for op, v := range sprms(list) {
		if op == sprmCIstd {
			return u16(v, 0)
		}
	}
	return 0
}
