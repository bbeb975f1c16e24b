// Command imports fails when a package imports what lies above it, in Studio or
// in the boards' runtime, or a library that another package owns, when modules
// of the page import each other in a circle, when a function calls another that
// wants a lock held and does not, and when a line of the page or of its tests is
// longer than the formatter allows. make check runs it.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
)

// layers, from the top down. A package may import only what stands below its own line.
var layers = [][]string{
	{"cmd/studio"},
	{"internal/server", "internal/client"},
	{"internal/workbench"},
	{"internal/session", "internal/doctor", "internal/home", "internal/gopls", "internal/wstest", "internal/lan"},
	{"internal/devlink", "internal/devfs", "internal/bridge", "internal/compile", "internal/flasher/esp", "internal/flasher/uf2", "internal/flasher/image", "internal/library", "internal/project", "internal/recording", "internal/virtual"},
	{"internal/flasher", "internal/check", "internal/compile/explain", "internal/toolchain", "internal/search"},
	{"internal/board", "internal/port", "internal/reference", "internal/outgoing"},
	{"internal/api"},
	{"internal/problem", "internal/child", "internal/httpbody", "internal/tempdir", "internal/confine", "internal/sandbox", "internal/terminal", "internal/lazyregexp", "internal/netfault", "internal/pause"},
}

// sideways are imports within one layer that are meant.
var sideways = map[string]bool{
	"internal/devfs → internal/devlink":             true, // files are a service of the link
	"internal/devfs/devfstest → internal/devlink":   true,
	"internal/doctor → internal/home":               true,
	"internal/session → internal/home":              true,
	"internal/lan → internal/home":                  true, // reads files as it does
	"internal/flasher/image → internal/flasher/esp": true, // it knows which formats there are, they know what is in them
	"internal/flasher/image → internal/flasher/uf2": true,
	"internal/compile → internal/flasher/uf2":       true, // knows the format of TinyGo's images for such boards
	"internal/check → internal/compile/explain":     true,
}

// owners are libraries that belong to one package.
var owners = map[string]string{
	"github.com/labstack/echo/v4":      "internal/server",
	"go.bug.st/serial":                 "internal/port",
	"github.com/spf13/cobra":           "cmd/studio",
	"github.com/tetratelabs/wazero":    "internal/sandbox",
	"github.com/fsnotify/fsnotify":     "internal/project",
	"github.com/evanw/esbuild/pkg/api": "internal/check internal/bridge ui/bundle",
}

type pkg struct {
	ImportPath string
	Imports    []string
}

func main() {
	list := exec.Command("go", "list", "-json=ImportPath,Imports", "./cmd/...", "./internal/...")
	list.Stderr = os.Stderr
	out, err := list.Output()
	if err != nil {
		fmt.Fprintln(os.Stderr, "imports:", err)
		os.Exit(1)
	}
	bad := 0
	d := json.NewDecoder(strings.NewReader(string(out)))
	for {
		var p pkg
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			fmt.Fprintln(os.Stderr, "imports:", err)
			os.Exit(1)
		}
		for _, complaint := range check(p) {
			fmt.Println(complaint)
			bad++
		}
	}
	runtime, err := runtimeComplaints("firmware-templates")
	if err != nil {
		fmt.Fprintln(os.Stderr, "imports: the runtime:", err)
		os.Exit(1)
	}
	for _, complaint := range runtime {
		fmt.Println(complaint)
		bad++
	}
	round, err := pageCircles("ui", "src/main.tsx")
	if err != nil {
		fmt.Fprintln(os.Stderr, "imports: the page:", err)
		os.Exit(1)
	}
	long, err := longLines(".", "ui/src", "test/browser")
	if err != nil {
		fmt.Fprintln(os.Stderr, "imports: the page's lines:", err)
		os.Exit(1)
	}
	bare, err := unlocked(os.DirFS("."), lockedFolders...)
	if err != nil {
		fmt.Fprintln(os.Stderr, "imports: locks:", err)
		os.Exit(1)
	}
	for _, complaint := range slices.Concat(round, long, bare) {
		fmt.Println(complaint)
		bad++
	}
	if bad > 0 {
		os.Exit(1)
	}
}

func short(path string) string { return strings.TrimPrefix(path, "studioide/") }

// layer finds a package's layer: its own line, or its nearest parent's.
func layer(name string) (int, bool) {
	for {
		for i, line := range layers {
			for _, member := range line {
				if member == name {
					return i, true
				}
			}
		}
		cut := strings.LastIndexByte(name, '/')
		if cut < 0 {
			return 0, false
		}
		name = name[:cut]
	}
}

func check(p pkg) (complaints []string) {
	from := short(p.ImportPath)
	mine, known := layer(from)
	if !known {
		return []string{from + " has no layer: add it to test/imports"}
	}
	for _, path := range p.Imports {
		for library, owner := range owners {
			if (path == library || strings.HasPrefix(path, library+"/")) && !strings.Contains(" "+owner+" ", " "+from+" ") {
				complaints = append(complaints, from+" imports "+path+", which only "+owner+" may")
			}
		}
		to := short(path)
		if to == path {
			continue // not of this module
		}
		theirs, known := layer(to)
		if !known || theirs > mine || sideways[from+" → "+to] || strings.HasPrefix(to, from+"/") || strings.HasPrefix(from, to+"/") {
			continue
		}
		complaints = append(complaints, from+" imports "+to+", which does not lie below it")
	}
	return complaints
}
