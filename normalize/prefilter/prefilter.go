// Package prefilter holds regular expressions that are tried only where they may
// match: on texts that hold one of the words without which the expression cannot
// match. Looking for some words costs a small part of what trying an expression
// at every place of a text does, and few texts hold any of them.
//
// It knows nothing of what is looked for. The words are found by the way of RE2's
// prefilter, and answers are those of package regexp.
package prefilter

import (
	"regexp"
	"strings"
)

// Regexp is a regular expression and what a text must hold for it to match.
type Regexp struct {
	*regexp.Regexp
	words []string // one of them is in whatever matches; none where that cannot be told
}

// MustCompile is regexp.MustCompile.
func MustCompile(expr string) *Regexp {
	return &Regexp{regexp.MustCompile(expr), wordsOf(expr)}
}

// May tells whether a text may match, or any part of it may.
func (re *Regexp) May(s string) bool {
	for _, w := range re.words {
		if strings.Contains(s, w) {
			return true
		}
	}
	return len(re.words) == 0
}

// MatchString is that of regexp.Regexp, as are the methods below.
func (re *Regexp) MatchString(s string) bool { return re.May(s) && re.Regexp.MatchString(s) }

func (re *Regexp) FindString(s string) string {
	if !re.May(s) {
		return ""
	}
	return re.Regexp.FindString(s)
}

func (re *Regexp) FindStringIndex(s string) []int {
	if !re.May(s) {
		return nil
	}
	return re.Regexp.FindStringIndex(s)
}

func (re *Regexp) FindStringSubmatch(s string) []string {
	if !re.May(s) {
		return nil
	}
	return re.Regexp.FindStringSubmatch(s)
}

func (re *Regexp) FindStringSubmatchIndex(s string) []int {
	if !re.May(s) {
		return nil
	}
	return re.Regexp.FindStringSubmatchIndex(s)
}

func (re *Regexp) FindAllString(s string, n int) []string {
	if !re.May(s) {
		return nil
	}
	return re.Regexp.FindAllString(s, n)
}

func (re *Regexp) FindAllStringIndex(s string, n int) [][]int {
	if !re.May(s) {
		return nil
	}
	return re.Regexp.FindAllStringIndex(s, n)
}

func (re *Regexp) FindAllStringSubmatch(s string, n int) [][]string {
	if !re.May(s) {
		return nil
	}
	return re.Regexp.FindAllStringSubmatch(s, n)
}

func (re *Regexp) ReplaceAllString(s, repl string) string {
	if !re.May(s) {
		return s
	}
	return re.Regexp.ReplaceAllString(s, repl)
}
