package pdf

import (
	"context"

	"github.com/tetratelabs/wazero/experimental"
)

// By default the memory of a sandbox is a slice that is copied into a larger one
// whenever it grows, so that at its peak more than twice of it is there.
// inPlace gives it memory that grows where it stands, outside of the collector's
// sight, and goes back to the system with the sandbox.
func inPlace(ctx context.Context) context.Context {
	return experimental.WithMemoryAllocator(ctx, experimental.MemoryAllocatorFunc(reserve))
}
