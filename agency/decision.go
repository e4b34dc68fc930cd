package agency

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"nianbao/division"
)

// DecisionKind says what a person decided.
type DecisionKind string

const (
	Place  DecisionKind = "division" // the agency lies in this division
	Name   DecisionKind = "name"     // it is called so
	Merge  DecisionKind = "merge"    // it is the other one under another name
	Rename DecisionKind = "rename"   // from a year on it is the other one; before, its reports are the other one's series
	Split  DecisionKind = "split"    // some of its reports are another one's
	Undo   DecisionKind = "undo"     // an earlier decision does not count
)

// Decision is what a person decided of an agency. Decisions are kept in the order
// in which they were made; each changes what those before it left.
type Decision struct {
	ID     string       `json:"id"` // made of all the rest
	Kind   DecisionKind `json:"kind"`
	Agency *Identity    `json:"agency,omitempty"` // as it is before
	To     *Identity    `json:"to,omitempty"`     // and after
	Since  int          `json:"since,omitempty"`  // the year of report from which a rename or a split counts
	Under  string       `json:"under,omitempty"`  // only reports seen below this folder or address
	Of     string       `json:"of,omitempty"`     // the decision that is undone
	Reason string       `json:"reason"`
	By     string       `json:"by"`
	Made   string       `json:"made"` // ISO 8601 in UTC
}

// Seal gives a decision its id.
func (d Decision) Seal() Decision {
	d.ID = ""
	b, err := json.Marshal(d)
	if err != nil {
		panic(err) // it holds nothing that cannot be encoded
	}
	sum := sha256.Sum256(b)
	d.ID = hex.EncodeToString(sum[:6])
	return d
}

// Check tells what is wrong with a decision.
func (d Decision) Check() error {
	if d.Seal().ID != d.ID {
		return fmt.Errorf("its id is %s and its content makes %s: it was changed", d.ID, d.Seal().ID)
	}
	for name, text := range map[string]string{"reason": d.Reason, "by": d.By, "under": d.Under} {
		if !utf8.ValidString(text) || strings.ContainsAny(text, "\n\x00") {
			return fmt.Errorf("%s is not one line of text", name)
		}
	}
	if d.Reason == "" || d.By == "" {
		return errors.New("it needs a reason and the name of who decided")
	}
	if _, err := time.Parse(time.RFC3339, d.Made); err != nil {
		return fmt.Errorf("made: %q is no time, as in 2026-01-31T08:00:00Z", d.Made)
	}
	if d.Kind == Undo {
		if d.Of == "" || d.Agency != nil || d.To != nil {
			return errors.New("undo names the decision that it undoes, and nothing else")
		}
		return nil
	}
	if d.Agency == nil || d.To == nil || d.Agency.Name == "" || d.To.Name == "" {
		return errors.New("it names no agency before or after")
	}
	if *d.Agency == *d.To {
		return errors.New("it leaves the agency as it is")
	}
	if c := d.To.Division; c != "" && (len(c) != 6 || len(division.ByCode(c)) == 0) {
		return fmt.Errorf("no division has the code %q", c)
	}
	switch d.Kind {
	case Place, Name, Merge:
		if d.Since != 0 {
			return fmt.Errorf("%s goes for all years", d.Kind)
		}
	case Rename:
		if d.Since == 0 {
			return errors.New("rename needs the year since when")
		}
	case Split:
		if d.Since == 0 && d.Under == "" {
			return errors.New("split says by year or place which reports are another agency's")
		}
	default:
		return fmt.Errorf("kind %q is none of division, name, merge, rename, split, undo", d.Kind)
	}
	return nil
}

// Decisions are all that was decided, in order.
type Decisions []Decision

// Active are those that no later one undoes, in order.
func (ds Decisions) Active() Decisions {
	undone := map[string]bool{}
	for _, d := range slices.Backward(ds) {
		if d.Kind == Undo && !undone[d.ID] {
			undone[d.Of] = true
		}
	}
	return slices.DeleteFunc(slices.Clone(ds), func(d Decision) bool { return d.Kind == Undo || undone[d.ID] })
}

// Apply says which agency a report counts for after active decisions: a report on
// a year, of an agency as it was resolved, seen at some places. The last decision
// that changed it is returned with it, nil where none did.
func (ds Decisions) Apply(id Identity, year int, paths []string) (_ Identity, last *Decision) {
	for i := range ds {
		d := &ds[i]
		if d.Agency == nil || *d.Agency != id && !(id.Division == "" && *d.Agency == Identity{Name: Unscoped(id.Name)}) {
			continue
		}
		if d.Under != "" && !slices.ContainsFunc(paths, func(p string) bool { return below(p, d.Under) }) {
			continue
		}
		switch d.Kind {
		case Rename:
			if year == 0 || year >= d.Since {
				continue
			}
		case Split:
			if year < d.Since {
				continue
			}
		}
		id, last = *d.To, d
	}
	return id, last
}

// below reports whether a path or an address lies in a folder, or below an address
// or a host.
func below(path, folder string) bool {
	folder = strings.TrimSuffix(folder, "/")
	at := strings.Index("/"+path+"/", "/"+strings.TrimPrefix(folder, "/")+"/")
	return folder != "" && at >= 0
}

// scopeMark stands between a name that says nothing of its place and the folder
// where it was found: without it, bodies of two places would be one.
const scopeMark = " @ "

// Scoped is the name of an agency that is not resolved, with where it was found.
func Scoped(name, folder string) string {
	if folder == "" {
		return name
	}
	return name + scopeMark + folder
}

// Unscoped is a name without where it was found.
func Unscoped(name string) string {
	name, _ = Scope(name)
	return name
}

// Scope parts a name from where it was found.
func Scope(name string) (bare, folder string) {
	bare, folder, _ = strings.Cut(name, scopeMark)
	return bare, folder
}

// WriteDecisions writes decisions as lines of JSON.
func WriteDecisions(w io.Writer, ds Decisions) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	for _, d := range ds {
		if err := e.Encode(d); err != nil {
			return err
		}
	}
	return nil
}

// longestLine bounds a decision in a file.
const longestLine = 1 << 16

// ReadDecisions reads lines of JSON; every one must be in order.
func ReadDecisions(r io.Reader) (Decisions, error) {
	var out Decisions
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, longestLine)
	for n := 1; lines.Scan(); n++ {
		if len(bytes.TrimSpace(lines.Bytes())) == 0 {
			continue
		}
		var d Decision
		j := json.NewDecoder(bytes.NewReader(lines.Bytes()))
		j.DisallowUnknownFields()
		if err := j.Decode(&d); err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		if err := d.Check(); err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		out = append(out, d)
	}
	return out, lines.Err()
}
