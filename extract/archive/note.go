package archive

import (
	"errors"
	"fmt"
	"strings"

	"nianbao/extract"
)

// note is one reason why files were not unpacked, or what else is wrong.
type note struct {
	code  string
	names []string // the first ones
	count int
	why   string // instead of a list of names
}

// maxNames is how many files a warning names.
const maxNames = 5

// note remembers that there is something with the file of this name; without a
// name, with the archive as a whole.
func (w *walker) note(code, name string) {
	if name != "" {
		for _, n := range w.notes {
			if n.code == code && n.why == "" {
				n.add(name)
				return
			}
		}
	}
	n := &note{code: code}
	w.notes = append(w.notes, n)
	if name != "" {
		n.add(name)
	}
}

func (n *note) add(name string) {
	if n.count++; len(n.names) < maxNames {
		n.names = append(n.names, name)
	}
}

// about says what is wrong with some files, and what can be done.
var about = map[string][2]string{
	extract.RefusedEncrypted:   {"encrypted", "unpack it with its password and add what it holds"},
	extract.RefusedDamaged:     {"damaged", "get the archive again from its source"},
	extract.RefusedUnsupported: {"packed in a way that is not read, or only links", "unpack it and add what it holds"},
	extract.RefusedTooLarge:    {"too large", "unpack it and add what it holds"},
	extract.RefusedEmpty:       {"archives without files", "nothing is to be done where that is right"},
	extract.RefusedTooDeep:     {"archives too deep in other archives", "unpack the outer ones and add what they hold"},
	extract.WarnUnsafeName:     {"named so that they would be written outside the folder", "they were read; take care when unpacking it"},
}

// warnings are the notes for people, one a code: what ended the unpacking comes
// before what was only passed over.
func (w *walker) warnings() []extract.Warning {
	var out []extract.Warning
	for _, whole := range []bool{true, false} {
		for _, n := range w.notes {
			if (n.why != "") == whole {
				out = append(out, extract.Warning{Code: n.code, Message: n.message()})
			}
		}
	}
	return out
}

func (n *note) message() string {
	if n.why != "" {
		return n.why
	}
	list := strings.Join(n.names, ", ")
	if n.count > len(n.names) {
		list += ", …"
	}
	verb := fmt.Sprintf("%d files in the archive are", n.count)
	if n.count == 1 {
		verb = "1 file in the archive is"
	}
	return fmt.Sprintf("%s %s: %s; %s", verb, about[n.code][0], list, about[n.code][1])
}

func damaged(format string, args ...any) error {
	return &extract.Refusal{Code: extract.RefusedDamaged, Detail: "the archive is damaged: " + fmt.Sprintf(format, args...) + "; get it again from its source"}
}

// refuse gives an error of a reader as a Refusal. An error that stops the whole
// stays what it is.
func refuse(err error) error {
	var stop *stopped
	var refusal *extract.Refusal
	if errors.As(err, &stop) || errors.As(err, &refusal) {
		return err
	}
	for _, known := range known {
		if errors.Is(err, known.err) {
			return &extract.Refusal{Code: known.code, Detail: known.detail}
		}
	}
	return damaged("%v", err)
}
