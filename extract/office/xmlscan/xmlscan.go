// Package xmlscan reads XML as tokens, several times faster than encoding/xml,
// since office files are XML of a known vocabulary: a caller numbers the names
// it knows, and everything else passes by without being copied. Namespaces are
// resolved; a document type is passed over, and entities beyond the five of XML
// and characters by number stand as they are written, so nothing can expand.
//
// It knows no vocabulary. It checks that tags are nested and that the text is
// whole, not that names are allowed.
package xmlscan

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"nianbao/extract/charset"
)

// Kind is the kind of a token.
type Kind uint8

// Kinds of tokens.
const (
	End   Kind = iota // the end of an element, or of the input
	Start             // the start of an element
	Text
)

// MaxDepth is how deep elements may be nested.
const MaxDepth = 256

// Limits of what is kept to know names by.
const (
	maxBindings = 1000
	maxTags     = 512
)

// ErrDepth says that elements are nested deeper than MaxDepth.
var ErrDepth = errors.New("elements are nested too deep")

// Vocabulary numbers the element names of a namespace; 0 is any other. It is
// called once a name.
type Vocabulary func(space, local string) int

// Scanner reads tokens one after the other.
type Scanner struct {
	Kind Kind
	Tag  int // of Start and End, by the vocabulary

	in    []byte
	at    int
	from  int // where the token begins
	text  []byte
	attrs []attr
	err   error
	bad   error // what is wrong with the characters, told at the end

	number Vocabulary
	tags   map[string]int // numbers of qualified names under the bindings in force
	spaces []binding
	open   []element
	closed bool // the element just begun has no content
}

type attr struct {
	name, value []byte
}

type binding struct {
	prefix, space string
}

type element struct {
	name     []byte
	tag      int
	bindings int // how many were in force outside
}

// New reads b, in whatever charset it is written. Where a character stands that
// XML does not allow, the input ends: it is damaged from there on.
func New(b []byte, v Vocabulary) *Scanner {
	s := &Scanner{number: v, tags: map[string]int{}}
	if bytes.HasPrefix(b, []byte("\xEF\xBB\xBF")) {
		b = b[3:]
	}
	if !utf8.Valid(b) || len(b) > 1 && (b[0] == 0 || b[1] == 0) {
		text := charset.Decode(b)
		b = []byte(text.String)
		if text.Undecodable > 0 {
			s.bad = fmt.Errorf("%d places are no text in the charset %s", text.Undecodable, text.Charset)
		}
	}
	for i, c := range b {
		if c < ' ' && c != '\t' && c != '\n' && c != '\r' {
			s.bad = fmt.Errorf("the character %#x at byte %d is not allowed", c, i)
			b = b[:i]
			break
		}
	}
	s.in = b
	return s
}

// Next reads a token. It is false at the end of the input, and where the input
// is no XML, which Err tells.
func (s *Scanner) Next() bool {
	s.text = nil
	if s.closed {
		s.closed = false
		return s.leave()
	}
	for s.err == nil {
		s.from = s.at
		rest := s.in[s.at:]
		if len(rest) == 0 {
			if s.err = s.bad; s.err == nil && len(s.open) > 0 {
				s.err = fmt.Errorf("it ends within the element %s", s.open[len(s.open)-1].name)
			}
			break
		}
		if rest[0] != '<' {
			n := bytes.IndexByte(rest, '<')
			if n < 0 {
				n = len(rest)
			}
			s.at += n
			if len(s.open) == 0 {
				continue
			}
			s.Kind, s.text = Text, unescape(rest[:n])
			return true
		}
		switch {
		case len(rest) > 1 && rest[1] == '/':
			return s.end(rest)
		case bytes.HasPrefix(rest, []byte("<![CDATA[")):
			if !s.pass(rest, "]]>") || len(s.open) == 0 {
				break
			}
			s.Kind, s.text = Text, rest[len("<![CDATA["):s.at-s.from-len("]]>")]
			return true
		case bytes.HasPrefix(rest, []byte("<!--")):
			s.pass(rest, "-->")
		case bytes.HasPrefix(rest, []byte("<?")):
			s.pass(rest, "?>")
		case bytes.HasPrefix(rest, []byte("<!")):
			s.docType(rest)
		default:
			return s.start(rest)
		}
	}
	s.Kind, s.Tag = End, 0
	return false
}

// Err is why the input could not be read to its end.
func (s *Scanner) Err() error { return s.err }

// Depth is how many elements are open.
func (s *Scanner) Depth() int { return len(s.open) }

// Offset is where the token begins, Rest where the next one does.
func (s *Scanner) Offset() int { return s.from }

// Rest is where the next token begins.
func (s *Scanner) Rest() int { return s.at }

// Source is the input between two offsets.
func (s *Scanner) Source(from, to int) []byte { return s.in[from:to] }

// Text is the text of a token, valid until the next one.
func (s *Scanner) Text() []byte { return s.text }

// Attr is the value of the attribute with this local name, "" where there is
// none.
func (s *Scanner) Attr(local string) string {
	v, _ := s.Lookup(local)
	return v
}

// Lookup is the value of the attribute with this local name, and whether there
// is one.
func (s *Scanner) Lookup(local string) (string, bool) {
	for i := range s.attrs {
		name := s.attrs[i].name
		if len(name) < len(local) || string(name[len(name)-len(local):]) != local {
			continue
		}
		if rest := name[:len(name)-len(local)]; len(rest) == 0 || rest[len(rest)-1] == ':' {
			return string(unescape(s.attrs[i].value)), true
		}
	}
	return "", false
}

// Skip passes over the content of the element just begun, its end included.
func (s *Scanner) Skip() {
	depth := len(s.open)
	for len(s.open) >= depth && s.Next() {
	}
}

// pass moves behind the next mark.
func (s *Scanner) pass(rest []byte, mark string) bool {
	n := bytes.Index(rest, []byte(mark))
	if n < 0 {
		s.err = fmt.Errorf("no %s follows the byte %d", mark, s.at)
		return false
	}
	s.at += n + len(mark)
	return true
}

// docType passes over a document type and what is declared in it.
func (s *Scanner) docType(rest []byte) {
	depth := 0
	for i, c := range rest {
		switch c {
		case '<', '[':
			depth++
		case ']', '>':
			if depth--; depth == 0 {
				s.at += i + 1
				return
			}
		}
	}
	s.err = fmt.Errorf("the declaration at byte %d has no end", s.at)
}

func (s *Scanner) end(rest []byte) bool {
	n := bytes.IndexByte(rest, '>')
	if n < 0 {
		s.err = fmt.Errorf("the tag at byte %d has no end", s.at)
		return s.Next()
	}
	name := bytes.TrimRight(rest[2:n], " \t\r\n")
	if len(s.open) == 0 || !bytes.Equal(s.open[len(s.open)-1].name, name) {
		s.err = fmt.Errorf("the end tag %.50q at byte %d ends nothing", name, s.at)
		return s.Next()
	}
	s.at += n + 1
	return s.leave()
}

// leave ends the innermost element.
func (s *Scanner) leave() bool {
	last := s.open[len(s.open)-1]
	s.open = s.open[:len(s.open)-1]
	if len(s.spaces) > last.bindings {
		s.spaces = s.spaces[:last.bindings]
		clear(s.tags)
	}
	s.Kind, s.Tag = End, last.tag
	return true
}

func (s *Scanner) start(rest []byte) bool {
	n := 1
	for n < len(rest) && !space(rest[n]) && rest[n] != '>' && rest[n] != '/' {
		n++
	}
	name := rest[1:n]
	if !isName(name) {
		return s.broken()
	}
	s.attrs = s.attrs[:0]
	bindings := len(s.spaces)
	for {
		for n < len(rest) && space(rest[n]) {
			n++
		}
		if n >= len(rest) {
			return s.broken()
		}
		if rest[n] == '>' {
			n++
			break
		}
		if rest[n] == '/' {
			if n+1 >= len(rest) || rest[n+1] != '>' {
				return s.broken()
			}
			s.closed = true
			n += 2
			break
		}
		eq := bytes.IndexByte(rest[n:], '=')
		if eq <= 0 {
			return s.broken()
		}
		a := attr{name: bytes.TrimRight(rest[n:n+eq], " \t\r\n")}
		n += eq + 1
		for n < len(rest) && space(rest[n]) {
			n++
		}
		if n >= len(rest) || rest[n] != '"' && rest[n] != '\'' {
			return s.broken()
		}
		end := bytes.IndexByte(rest[n+1:], rest[n])
		if end < 0 {
			return s.broken()
		}
		a.value = rest[n+1 : n+1+end]
		n += end + 2
		// Else a quote is missing, and what the value holds is markup and text.
		if !isName(a.name) || bytes.IndexByte(a.value, '<') >= 0 || n < len(rest) && !space(rest[n]) && rest[n] != '>' && rest[n] != '/' {
			return s.broken()
		}
		if bytes.HasPrefix(a.name, []byte("xmlns")) {
			s.bind(a)
			continue
		}
		s.attrs = append(s.attrs, a)
	}
	s.at += n
	if len(s.open) >= MaxDepth {
		s.err, s.closed = ErrDepth, false
		return s.Next()
	}
	s.Kind, s.Tag = Start, s.tag(name)
	s.open = append(s.open, element{name: name, tag: s.Tag, bindings: bindings})
	return true
}

// isName says whether b may be a name, as far as what ends one goes.
func isName(b []byte) bool {
	for _, c := range b {
		if ends[c] {
			return false
		}
	}
	return len(b) > 0
}

// ends are the characters that end a name.
var ends = [256]bool{' ': true, '\t': true, '\r': true, '\n': true, '<': true, '>': true, '"': true, '\'': true, '=': true, '&': true}

func (s *Scanner) broken() bool {
	s.err = fmt.Errorf("the tag at byte %d is none", s.at)
	s.closed = false
	return s.Next()
}

// bind takes a namespace declaration, unless it says what is in force already.
func (s *Scanner) bind(a attr) {
	prefix := strings.TrimPrefix(string(a.name[len("xmlns"):]), ":")
	uri := string(unescape(a.value))
	if len(s.spaces) >= maxBindings || s.space(prefix) == uri {
		return
	}
	s.spaces = append(s.spaces, binding{prefix, uri})
	clear(s.tags)
}

func (s *Scanner) space(prefix string) string {
	for i := len(s.spaces) - 1; i >= 0; i-- {
		if s.spaces[i].prefix == prefix {
			return s.spaces[i].space
		}
	}
	return ""
}

func (s *Scanner) tag(name []byte) int {
	if tag, known := s.tags[string(name)]; known {
		return tag
	}
	prefix, local, found := strings.Cut(string(name), ":")
	if !found {
		prefix, local = "", prefix
	}
	tag := s.number(s.space(prefix), local)
	if len(s.tags) < maxTags {
		s.tags[string(name)] = tag
	}
	return tag
}

func space(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }
