// Command bundle turns ui/src into ui/dist, which package ui embeds.
//
//	go run ./ui/bundle          from the repository's root, after npm ci in ui/
//
// It needs no Node: esbuild runs in this process. Scripts and styles get a
// hash of their content in their names and a .gz beside them.
package main

import (
	"flag"
	"fmt"
	"os"
)

func main() {
	dir := flag.String("dir", "ui", "folder with src/ and node_modules/")
	out := flag.String("out", "", "folder to write to (default: dist in that folder)")
	flag.Parse()
	report, err := bundle(*dir, *out)
	if err != nil {
		fmt.Fprintln(os.Stderr, "bundle:", err)
		os.Exit(1)
	}
	fmt.Printf("page bundled: %d files; %.0f KB of compressed JavaScript before the editor is usable\n", report.Files, float64(report.Critical)/1024)
}
