//go:build !unix

package pdf

import "github.com/tetratelabs/wazero/experimental"

// reserve takes all the memory at once.
func reserve(_, max uint64) experimental.LinearMemory { return &reserved{make([]byte, max)} }

type reserved struct{ b []byte }

func (r *reserved) Reallocate(size uint64) []byte {
	if size > uint64(len(r.b)) {
		return nil
	}
	return r.b[:size]
}

func (r *reserved) Free() { r.b = nil }
