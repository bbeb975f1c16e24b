// Package studio is what a board's program is made of: the runtime library
// (board), its wire code (link), the host stand-ins (host, machine) and the
// templates that new projects start from. Studio embeds their sources and
// unpacks them into its build workspaces.
package studio

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"strings"
	"sync"
)

//go:embed board link host interrupt machine quiet volatile wifi.mod wifi.sum drivers.mod drivers.sum
var runtime embed.FS

//go:embed led echo blink sensor drive _examples
var templates embed.FS

// Runtime returns the sources of the module without its root package: folders
// board, link, host, interrupt, machine, quiet and volatile, without tests and their data; and
// wifi.mod and wifi.sum, which are go.mod and go.sum for boards with Wi-Fi, and
// drivers.mod and drivers.sum for programs that import drivers.
func Runtime() fs.FS { return sources{runtime} }

// Templates returns a folder per template: main.go, template.json, perhaps
// www/, and transcript.json, which a test replays. Those in _examples show one
// thing each; their pages share the files in _examples/shared. Go leaves that
// folder out, since its programs import what only a build workspace has.
func Templates() fs.FS { return templates }

// RuntimeHash names the content of Runtime: 16 hex digits.
var RuntimeHash = sync.OnceValue(func() string {
	h := sha256.New()
	fs.WalkDir(Runtime(), ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			b, _ := runtime.ReadFile(name)
			h.Write([]byte(name + "\x00"))
			h.Write(b)
			h.Write([]byte{0})
		}
		return err
	})
	return hex.EncodeToString(h.Sum(nil)[:8])
})

// sources hides what programs are not built from.
type sources struct{ embed.FS }

func hidden(name string) bool {
	return strings.HasSuffix(name, "_test.go") || name == "testdata" || strings.HasSuffix(name, "/testdata") || strings.Contains(name, "testdata/")
}

func (s sources) Open(name string) (fs.File, error) {
	if hidden(name) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return s.FS.Open(name)
}

func (s sources) ReadFile(name string) ([]byte, error) {
	if hidden(name) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return s.FS.ReadFile(name)
}

func (s sources) ReadDir(name string) ([]fs.DirEntry, error) {
	all, err := s.FS.ReadDir(name)
	var list []fs.DirEntry
	for _, e := range all {
		if !hidden(e.Name()) {
			list = append(list, e)
		}
	}
	return list, err
}
