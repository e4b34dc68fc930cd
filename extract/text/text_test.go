package text

import (
	"testing"

	"nianbao/extract/extracttest"
)

func TestGolden(t *testing.T) { extracttest.Golden(t, "testdata/*.txtar", Read) }
