package prefilter

import (
	"regexp/syntax"
	"slices"
	"strings"
	"unicode/utf8"
)

// most is how many words are looked for at most.
const most = 64

// wordsOf finds words of which every match of an expression holds at least one;
// none where there are no such words, or too many.
func wordsOf(expr string) []string {
	re, err := syntax.Parse(expr, syntax.Perl)
	if err != nil {
		return nil
	}
	return scan(re).required()
}

// found is what is known of the matches of an expression.
type found struct {
	exact  []string // every match is one of these; nil where there are too many
	within []string // every match holds one of these; nil where no more is known
}

// empty matches where nothing is.
var empty = found{exact: []string{""}}

// required are the words that a match holds one of.
func (f found) required() []string {
	if f.exact == nil || f.within != nil {
		return f.within
	}
	if slices.Contains(f.exact, "") {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(f.exact), func(w string) bool { // found with a part of it
		return slices.ContainsFunc(f.exact, func(o string) bool { return o != w && strings.Contains(w, o) })
	})
}

func scan(re *syntax.Regexp) found {
	switch re.Op {
	case syntax.OpEmptyMatch, syntax.OpBeginLine, syntax.OpEndLine, syntax.OpBeginText, syntax.OpEndText,
		syntax.OpWordBoundary, syntax.OpNoWordBoundary:
		return empty
	case syntax.OpLiteral:
		if re.Flags&syntax.FoldCase == 0 && !slices.Contains(re.Rune, utf8.RuneError) {
			return found{exact: []string{string(re.Rune)}}
		}
	case syntax.OpCharClass:
		return class(re.Rune)
	case syntax.OpCapture:
		return scan(re.Sub[0])
	case syntax.OpQuest:
		if f := scan(re.Sub[0]); f.exact != nil {
			return found{exact: union(f.exact, empty.exact)}
		}
	case syntax.OpPlus:
		return found{within: scan(re.Sub[0]).required()}
	case syntax.OpRepeat:
		if re.Min > 0 {
			return found{within: scan(re.Sub[0]).required()}
		}
	case syntax.OpConcat:
		return concat(re.Sub)
	case syntax.OpAlternate:
		return alternate(re.Sub)
	}
	return found{}
}

// class is one of the characters that pairs of bounds hold.
func class(bounds []rune) found {
	var out []string
	for i := 0; i < len(bounds); i += 2 {
		if int(bounds[i+1]-bounds[i]) >= most-len(out) {
			return found{}
		}
		for r := bounds[i]; r <= bounds[i+1]; r++ {
			if r == utf8.RuneError {
				return found{} // stands for bytes that are no character, too
			}
			out = append(out, string(r))
		}
	}
	return found{exact: out}
}

// alternate is one of some expressions.
func alternate(subs []*syntax.Regexp) found {
	exact, within := []string{}, []string{}
	for _, sub := range subs {
		f := scan(sub)
		if f.exact == nil {
			exact = nil
		} else if exact != nil {
			exact = union(exact, f.exact)
		}
		if words := f.required(); words == nil {
			within = nil
		} else if within != nil {
			within = union(within, words)
		}
	}
	return found{exact, within}
}

// concat is some expressions one after the other. What a match holds of each of
// them, and of each run of those that are known exactly, is a set of words, and the
// cheapest set is taken.
func concat(subs []*syntax.Regexp) found {
	var best []string
	take := func(words []string) {
		if words != nil && (best == nil || cost(words) < cost(best)) {
			best = words
		}
	}
	run, whole := empty.exact, true
	for _, sub := range subs {
		f := scan(sub)
		take(f.required())
		joined := product(run, f.exact)
		if joined == nil {
			whole = false
			if joined = f.exact; joined == nil {
				joined = empty.exact
			}
		}
		run = joined
		take(found{exact: run}.required())
	}
	if whole {
		return found{exact: run, within: best}
	}
	return found{within: best}
}

// cost is what words cost a text, in searches for one of them: short ones are met
// often, and then the expression is tried for nothing.
func cost(words []string) int {
	const tried = 72 // for a word of one byte
	shortest := slices.MinFunc(words, func(a, b string) int { return len(a) - len(b) })
	return len(words) + tried/len(shortest)
}

// product is every word of the first set with every one of the second behind it;
// nil where those are too many.
func product(first, second []string) []string {
	if second == nil || len(first)*len(second) > most {
		return nil
	}
	var out []string
	for _, a := range first {
		for _, b := range second {
			out = append(out, a+b)
		}
	}
	return out
}

// union is the words of both sets; nil where those are too many.
func union(a, b []string) []string {
	out := slices.Clone(a)
	for _, w := range b {
		if !slices.Contains(out, w) {
			out = append(out, w)
		}
	}
	if len(out) > most {
		return nil
	}
	return out
}
