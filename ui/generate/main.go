// Command generate writes ui/src/wire.ts, the page's view of the wire types
// in internal/api. Run it from the repository's root after a change there:
//
//	go run ./ui/generate
package main

import (
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	text, err := generate(".")
	if err == nil {
		err = os.WriteFile(filepath.FromSlash(target), text, 0o644)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}
