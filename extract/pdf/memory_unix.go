//go:build unix

package pdf

import (
	"syscall"

	"github.com/tetratelabs/wazero/experimental"
)

// reserve takes room for max bytes, of which the system gives pages when they
// are first used. Where there is no room, the sandbox gets no memory and the
// file is refused.
func reserve(_, max uint64) experimental.LinearMemory {
	b, err := syscall.Mmap(-1, 0, int(max), syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_PRIVATE|syscall.MAP_ANON)
	if err != nil {
		return &reserved{}
	}
	return &reserved{b}
}

type reserved struct{ b []byte }

func (r *reserved) Reallocate(size uint64) []byte {
	if size > uint64(len(r.b)) {
		return nil
	}
	return r.b[:size]
}

func (r *reserved) Free() {
	if r.b != nil {
		_ = syscall.Munmap(r.b) // it was mapped above: it cannot fail
		r.b = nil
	}
}
