package ofd

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"path"
	"strings"

	"nianbao/extract"
)

// Bounds of a file. The sizes that an archive declares may lie, so what is
// unpacked is counted.
const (
	maxMembers  = 20_000
	maxMember   = 48 << 20  // bytes of one member, unpacked
	maxUnpacked = 160 << 20 // bytes of all that is read
	maxElements = 500_000   // of all XML that is read, as often as it is
)

// pack is the archive that a file is.
type pack struct {
	members  map[string]*zip.File // by folded name
	left     int64                // bytes that may still be unpacked
	elements int                  // that may still be read
	cache    map[string]*node     // resources that several pages share
}

var errMissing = errors.New("the file lacks it")

func openPack(b []byte) (*pack, error) {
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return nil, damaged("the archive can't be opened (%v)", err)
	}
	if len(z.File) > maxMembers {
		return nil, tooLarge("it holds %d files; up to %d are read", len(z.File), maxMembers)
	}
	p := &pack{members: make(map[string]*zip.File, len(z.File)), left: maxUnpacked, elements: maxElements, cache: map[string]*node{}}
	for _, f := range z.File {
		name := fold(f.Name)
		if _, taken := p.members[name]; !taken {
			p.members[name] = f
		}
	}
	return p, nil
}

// fold makes one name of all the ways in which producers write it: with
// backslashes, a leading slash or ./, in other letters.
func fold(name string) string {
	return strings.ToLower(path.Clean("/" + strings.ReplaceAll(name, `\`, "/")))
}

// resolve finds what loc means in the file named from: a path from that file's
// folder, as the standard says, or from the root.
func (p *pack) resolve(from, loc string) (string, bool) {
	loc = strings.TrimSpace(strings.ReplaceAll(loc, `\`, "/"))
	if loc == "" {
		return "", false
	}
	if !strings.HasPrefix(loc, "/") {
		if near := fold(path.Dir(from) + "/" + loc); p.members[near] != nil {
			return near, true
		}
	}
	name := fold(loc)
	return name, p.members[name] != nil
}

// read unpacks a member.
func (p *pack) read(name string) ([]byte, error) {
	f := p.members[name]
	if f == nil {
		return nil, fmt.Errorf("%s: %w", name, errMissing)
	}
	if f.Flags&1 != 0 {
		return nil, encrypted()
	}
	limit := min(maxMember, p.left)
	if f.UncompressedSize64 > uint64(limit) {
		return nil, tooLarge("%s holds %d MB", name, f.UncompressedSize64>>20)
	}
	rc, err := f.Open()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	defer rc.Close()
	b, err := io.ReadAll(io.LimitReader(rc, limit+1))
	p.left -= int64(len(b))
	if int64(len(b)) > limit {
		return nil, tooLarge("%s holds more than %d MB", name, limit>>20)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return b, nil
}

// xml reads a member as a tree.
func (p *pack) xml(name string) (*node, error) {
	b, err := p.read(name)
	if err != nil {
		return nil, err
	}
	root, err := parse(b, &p.elements)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return root, nil
}

// locked says whether the file holds the lists that encrypted files have
// (GM/T 0099).
func (p *pack) locked() bool {
	for name := range p.members {
		switch path.Base(name) {
		case "encryptions.xml", "decryptseed.dat", "entriesmap.dat":
			return true
		}
	}
	return false
}

func damaged(format string, args ...any) error {
	return &extract.Refusal{Code: extract.RefusedDamaged, Detail: "the OFD file can't be read: " + fmt.Sprintf(format, args...) + "; get it again from its source"}
}

func tooLarge(format string, args ...any) error {
	return &extract.Refusal{Code: extract.RefusedTooLarge, Detail: "the OFD file is not read to its end: " + fmt.Sprintf(format, args...) + "; split it, or save it as PDF"}
}

func encrypted() error {
	return &extract.Refusal{Code: extract.RefusedEncrypted, Detail: "the OFD file is encrypted; open it in an OFD viewer with its password or certificate and save it without"}
}

// strip takes a folder off the names of all that lies in it.
func (p *pack) strip(folder string) {
	for name, f := range maps.Clone(p.members) {
		if rest, ok := strings.CutPrefix(name, folder+"/"); ok && p.members["/"+rest] == nil {
			p.members["/"+rest] = f
		}
	}
}
