package process

import "strings"

// Stderr keeps the beginning of what a child wrote to standard error, where Go
// names the cause of a crash. It is to be read after the child was waited for.
type Stderr struct{ b []byte }

func (s *Stderr) Write(p []byte) (int, error) {
	s.b = append(s.b, p[:min(len(p), max(0, 4096-len(s.b)))]...)
	return len(p), nil
}

// String is the beginning of what the child wrote.
func (s *Stderr) String() string { return string(s.b) }

// Cause is the line that names why a Go program crashed, or "".
func (s *Stderr) Cause() string {
	return s.Line("panic: ", "fatal error: ", "runtime: out of memory", "SIG")
}

// Line is the first line that begins with one of prefixes, or "".
func (s *Stderr) Line(prefixes ...string) string {
	for line := range strings.Lines(string(s.b)) {
		line = strings.TrimSpace(line)
		for _, p := range prefixes {
			if strings.HasPrefix(line, p) {
				return line
			}
		}
	}
	return ""
}
