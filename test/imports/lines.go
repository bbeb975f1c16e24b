package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"unicode/utf16"
)

// longest is the formatter's limit for a line, in UTF-16 units; strings and comments it leaves as they are.
const longest = 140

// asWritten are files with pages in them whose scripts stand as they are served.
var asWritten = map[string]bool{"test/browser/hostile.mjs": true, "test/browser/preview.test.mjs": true}

// longLines finds longer ones in the TypeScript, style sheets and modules of dirs below root. Generated files may have them.
func longLines(root string, dirs ...string) (complaints []string, err error) {
	for _, dir := range dirs {
		err := fs.WalkDir(os.DirFS(root), dir, func(name string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if d.Name() == "node_modules" {
				return fs.SkipDir
			}
			if asWritten[name] {
				return nil
			}
			switch path.Ext(name) {
			default:
				return nil
			case ".ts", ".tsx", ".css", ".mjs":
			}
			text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
			if err != nil || bytes.HasPrefix(text, []byte("// Code generated ")) {
				return err
			}
			for i, line := range bytes.Split(text, []byte("\n")) {
				if n := len(utf16.Encode([]rune(string(line)))); n > longest {
					complaints = append(complaints, fmt.Sprintf("%s:%d: the line has %d characters, more than %d", name, i+1, n, longest))
				}
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return complaints, nil
}
