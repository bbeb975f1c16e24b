// Package tree knows where this project is, for tests that use files of other
// folders. The compiler does not tell: what is built with -trimpath, as make
// does, has no paths of this computer in it.
package tree

import (
	"bytes"
	"os"
	"path/filepath"
)

var root = find()

// find looks from the folder in which the process was started upwards; tests are
// started in their package's.
func find() string {
	dir, err := os.Getwd()
	if err != nil {
		return ""
	}
	for {
		if mod, err := os.ReadFile(filepath.Join(dir, "go.mod")); err == nil && bytes.HasPrefix(mod, []byte("module studioide\n")) {
			return dir
		}
		up := filepath.Dir(dir)
		if up == dir {
			return ""
		}
		dir = up
	}
}

// Path is a file or folder of the project, by its path from the top. It panics
// in a process that was started elsewhere.
func Path(elem ...string) string {
	if root == "" {
		panic("this was started outside of the project's tree")
	}
	return filepath.Join(append([]string{root}, elem...)...)
}
