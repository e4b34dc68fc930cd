// Package disjoint joins numbered things, such as ruling lines or runs of ink,
// into sets (union-find). What they are it does not know.
package disjoint

// Sets holds at each number of 0…n-1 a number of the same set; the least of a
// set holds itself.
type Sets []int32

// New returns n sets of one.
func New(n int) Sets {
	s := make(Sets, n)
	for i := range s {
		s[i] = int32(i)
	}
	return s
}

// Root returns the least number of i's set.
func (s Sets) Root(i int) int {
	for int(s[i]) != i {
		s[i] = s[s[i]]
		i = int(s[i])
	}
	return i
}

// Join makes one set of those of a and b.
func (s Sets) Join(a, b int) {
	if ra, rb := s.Root(a), s.Root(b); ra != rb {
		s[max(ra, rb)] = int32(min(ra, rb))
	}
}
