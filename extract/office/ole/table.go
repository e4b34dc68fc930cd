package ole

import (
	"encoding/binary"
	"fmt"
)

// table says of each sector which one follows it.
type table struct {
	size   int // of a sector
	count  int // of sectors there are
	read   func(uint32) []byte
	next   []uint32
	claims []uint8 // how many sectors, streams or tables lead to each; two say enough
}

// endOfChain stands behind the last sector of a chain.
const endOfChain = 0xFFFFFFFE

// take adds the part of the table that a sector holds, as far as there are sectors
// that it speaks of.
func (t *table) take(sector []byte) {
	for i := 0; i+4 <= len(sector) && len(t.next) < t.count; i += 4 {
		n := u32(sector, i)
		t.next = append(t.next, n)
		t.claim(n)
	}
}

// claim says that something leads to a sector, if n is one.
func (t *table) claim(n uint32) {
	if n < uint32(t.count) {
		t.claims[n] = min(t.claims[n]+1, 2)
	}
}

// chain is the sectors that follow a first one. A sector that two lead to belongs to
// something else as well, or is the beginning of a ring: which of them is right
// cannot be told.
func (t *table) chain(start uint32) ([]uint32, error) {
	var out []uint32
	for n := start; n != endOfChain; n = t.next[n] {
		switch {
		case n >= uint32(t.count) || n >= uint32(len(t.next)):
			return nil, fmt.Errorf("it goes on in sector %d of %d", n, t.count)
		case t.claims[n] > 1 || len(out) > t.count:
			return nil, fmt.Errorf("sector %d is used twice", n)
		}
		out = append(out, n)
	}
	return out, nil
}

// stream is the bytes of a span. Declared sizes lie: what is larger than its
// sectors is damaged.
func (t *table) stream(s span) ([]byte, error) {
	chain, err := t.chain(s.start)
	if err != nil {
		return nil, err
	}
	if room := int64(len(chain)) * int64(t.size); s.size > room {
		return nil, fmt.Errorf("it declares %d bytes and has sectors for %d", s.size, room)
	}
	b := make([]byte, 0, len(chain)*t.size)
	for _, n := range chain {
		b = append(b, t.read(n)...)
	}
	return b[:s.size], nil
}

func u16(b []byte, at int) int    { return int(binary.LittleEndian.Uint16(b[at:])) }
func u32(b []byte, at int) uint32 { return binary.LittleEndian.Uint32(b[at:]) }
