// Command generate writes what is made of other files: ui/src/wire.ts, the page's view of the wire types in internal/api,
// and the words as Go code, ui/src/words/english.go and ui/src/words/say/english.go. Run it from the repository's root after a change there:
//
//	go run ./ui/generate
package main

import (
	"fmt"
	"os"
	"path/filepath"
)

// targets are the files that are written, relative to the repository's root, and what makes them.
var targets = map[string]func(root string) ([]byte, error){target: generate, wordsTarget: generateWords, sayTarget: generateSay}

func main() {
	for name, make := range targets {
		text, err := make(".")
		if err == nil {
			err = os.WriteFile(filepath.FromSlash(name), text, 0o644)
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, "generate:", err)
			os.Exit(1)
		}
	}
}
