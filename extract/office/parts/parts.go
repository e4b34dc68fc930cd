// Package parts opens office packages: ZIP files of named parts that say in
// parts of their own how they belong together (relationships, content types),
// and the same package written flat, as one XML file. Nothing is written to
// disk, and what is unpacked is bounded by its real size, whatever it declares.
//
// A package that was cut off is read as far as it goes, and says so. It knows
// no kind of document.
package parts

import (
	"fmt"
	"path"
	"strings"

	"nianbao/extract"
)

// Limits of what a package unpacks to.
const (
	maxPart  = 48 << 20
	maxTotal = 200 << 20
	maxNames = 20_000
)

// Package is an open package.
type Package struct {
	// CutOff says that the end of the file is missing.
	CutOff bool

	read  map[string]func(limit int) ([]byte, error) // by folded name
	names []string                                   // folded, in the package's order
	total int
	types []contentType
}

// Has says whether there is a part of this name.
func (p *Package) Has(name string) bool { return p.read[fold(name)] != nil }

// Part reads a part. Where there is none, it is empty.
func (p *Package) Part(name string) ([]byte, error) {
	open := p.read[fold(name)]
	if open == nil {
		return nil, nil
	}
	b, err := open(min(maxPart, maxTotal-p.total))
	p.total += len(b)
	if err != nil {
		return nil, fmt.Errorf("unpacking %s: %w", name, err)
	}
	return b, nil
}

func (p *Package) add(name string, open func(limit int) ([]byte, error)) {
	if p.read == nil {
		p.read = map[string]func(int) ([]byte, error){}
	}
	if name = fold(name); p.read[name] == nil && len(p.names) < maxNames {
		p.read[name] = open
		p.names = append(p.names, name)
	}
}

// fold makes part names comparable: they ignore case, and some programs write
// backslashes or leave the first slash away.
func fold(name string) string {
	name = strings.ToLower(strings.ReplaceAll(name, `\`, "/"))
	return strings.TrimPrefix(path.Clean("/"+name), "/")
}

func tooLarge() error {
	return &extract.Refusal{Code: extract.RefusedTooLarge,
		Detail: fmt.Sprintf("its parts unpack to more than %d MB; this is no report", maxPart>>20)}
}

func damaged(why error) error {
	return &extract.Refusal{Code: extract.RefusedDamaged,
		Detail: fmt.Sprintf("the file is damaged (%v); fetch it again from its source, or open it in an office program and save it anew", why)}
}
