// Command tinygo is a made-up TinyGo for tests of Studio: it prints the version
// and the complaint that the files "version" and "complaint" beside it hold.
package main

import (
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	self, err := os.Executable()
	if err != nil {
		os.Exit(1)
	}
	dir := filepath.Dir(self)
	version, err := os.ReadFile(filepath.Join(dir, "version"))
	if err != nil || len(os.Args) < 2 {
		os.Exit(1) // a TinyGo that does not run
	}
	switch os.Args[1] {
	case "version":
		fmt.Printf("tinygo version %s linux/amd64 (using go version go1.26.8 and LLVM version 20.1.1)\n", version)
	case "env":
		fmt.Println(filepath.Dir(dir))
	default:
		if complaint, err := os.ReadFile(filepath.Join(dir, "complaint")); err == nil {
			fmt.Fprintf(os.Stderr, "%s\n", complaint)
			os.Exit(1)
		}
	}
}
