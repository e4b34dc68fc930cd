//go:build !cgo || !unix

package main

import (
	"fmt"
	"os"

	"nianbao/extract/ocr/engine"
)

func main() {
	fmt.Fprintf(os.Stderr, "%s: this program was built without cgo, which its engines need; build it by: go tool task build\n", engine.Program)
	os.Exit(2)
}
