// Package toolchain knows the compilers on this computer: Go, which builds for
// the virtual board and is a part of every other build, and TinyGo, which
// builds for real boards. It finds and checks them, says in plain words what is
// missing, and installs TinyGo's official release into Studio's own cache.
//
//	tools := toolchain.New(home.Cache)
//	tiny, err := tools.For(ctx, board) // err says what to do
//
//	CACHE/toolchain/  tinygo-0.41.1/{bin,lib,src,targets}  a release that Studio has installed
//	                  download/                            an archive on its way, kept when it is cut
//	                  lock                                 held while one is installed
package toolchain

import (
	"path/filepath"
	"sync"
)

// Tools finds compilers and remembers what it has found while their files stay
// the same. It may be used from several goroutines.
type Tools struct {
	GoPath string // the go command; "": the one that is found

	dir    string       // CACHE/toolchain
	memory func() int64 // nil: totalMemory

	mu     sync.Mutex
	golang Go
	known  map[string]finding // by TinyGo's path
}

// New returns Tools that keep their own TinyGo in cacheDir/toolchain.
func New(cacheDir string) *Tools {
	return &Tools{dir: filepath.Join(cacheDir, "toolchain"), known: map[string]finding{}}
}
