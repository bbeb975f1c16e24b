package attacks

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"studioide/internal/board"
	"studioide/internal/compile"
)

func plain(program []byte) ([]byte, error) { return program, nil }

func tree(t testing.TB, dir string, files map[string]string) {
	t.Helper()
	for name, content := range files {
		to := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(to, []byte(content), 0o755); err != nil {
			t.Fatal(err)
		}
	}
}

const empty = "package main\n\nfunc main() {}\n"

// What would take something of this computer into a program is refused before any compiler is started.
func TestBuildsTakeNothingAlong(t *testing.T) {
	outside := filepath.Join(t.TempDir(), "outside.go")
	if err := os.WriteFile(outside, []byte("package main\n\nconst stolen = \""+secret+"\"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	virtual, ok := board.Find("virtual")
	if !ok {
		t.Fatal("there is no virtual board")
	}
	source := func(line string) map[string]string {
		return map[string]string{"main.go": "package main\n\n" + line + "\n\nfunc main() {}\n"}
	}
	cases := map[string]map[string]string{
		"a file that is too large":       {"main.go": empty, "large.go": "package main\n\n/*" + strings.Repeat("x", 3<<20) + "*/\n"},
		"main.go that is a folder":       {"main.go/x.go": empty},
		"a package of C":                 {"main.go": "package main\n\nimport _ \"main/c\"\n\nfunc main() {}\n", "c/c.go": "package c\n\n/*\n#cgo LDFLAGS: -Wl,-rpath=/x\n*/\nimport \"C\"\n"},
		"a folder that embeds":           {"main.go": "package main\n\nimport _ \"main/e\"\n\nfunc main() {}\n", "e/e.go": "package e\n\nimport _ \"embed\"\n\n//go:embed ../../outside.go\nvar s string\n"},
		"a folder that reaches out":      source(`import _ "../outside"`),
		"a folder further out":           source(`import _ "./../../outside"`),
		"an absolute import":             source(`import _ "/etc"`),
		"an import with an option":       source(`import _ "-o"`),
		"an import with a line's end":    source("import _ \"a\\nb\""),
		"an import with NUL":             source("import _ \"a\\x00b\""),
		"an import of a version":         source(`import _ "example.com/x@latest"`),
		"two mains":                      {"main.go": "package main\n\nimport \"C\"\n\nfunc main() {}\n"},
		"a line directive that misleads": source("//line /etc/passwd:1\nimport \"os/exec\""),
	}
	for _, line := range []string{"import \"C\"", "/*\n#cgo CFLAGS: -fplugin=/tmp/x.so\n*/\nimport \"C\"", "/*\n#include \"/etc/passwd\"\n*/\nimport \"C\"", "// #cgo pkg-config: --define-variable=x=y\nimport \"C\"", "import `C`", "import x \"C\"", "import (\n\t\"fmt\"\n\t\"C\"\n)",
		"import \"unsafe\"", "import . \"unsafe\"", "import \"syscall\"", "import \"syscall/js\"", "import \"os/exec\"", "import \"os/signal\"", "import \"os/user\"", "import \"plugin\"", "import \"net\"", "import \"net/http\"", "import \"net/rpc\"", "import \"runtime/debug\"", "import \"runtime/cgo\"", "import \"runtime/trace\"",
		"import \"debug/elf\"", "import \"go/build\"", "import \"internal/abi\"", "import \"internal/syscall/unix\"", "import \"golang.org/x/sys/unix\"", "import \"cmd/go\"", "import \"io/ioutil\"", "import \"path/filepath\"", "import \"testing\"", "import \"embed\"", "import _ \"embed\"", "import \"studio/host\"", "import \"expvar\"", "import \"log/syslog\"", "import \"mime/multipart\"", "import \"crypto/tls\"", "import \"text/template\"", "import \"html/template\"", "import \"archive/zip\"", "import \"database/sql\"", "import \"vendor/golang.org/x/net/dns/dnsmessage\"",
		"import \"os\"\n\nvar _ = os.Open", "import o \"os\"\n\nvar _ = o.Environ", "import . \"os\"", "import \"os\"\n\nvar _, _ = os.StartProcess, os.Args", "import \"os\"\n\ntype f = os.File", "import \"os\"\n\nvar _ = (os.ReadFile)",
		"//go:embed /etc/passwd\nvar s string", "//go:embed ../outside.go\nvar s string", "//go:embed *\nvar s string", "var (\n\t//go:embed main.go\n\ts string\n)", "//go:linkname f os.ReadFile\nfunc f(string) ([]byte, error)", "//go:linkname syscall_Exec syscall.Exec\nfunc syscall_Exec()", "func f() {\n\t//go:linkname g runtime.g\n}", "//go:cgo_import_dynamic system system \"libc.so.6\"", "//go:cgo_ldflag \"-Wl,--wrap=x\"", "//go:cgo_import_static x", "//go:cgo_export_dynamic x", "//go:cgo_unsafe_args", "//go:wasmimport a b\nfunc f()",
	} {
		cases[line] = source(line)
	}
	for _, ext := range []string{"s", "S", "c", "h", "cc", "cpp", "m", "syso", "swig"} {
		cases["a file of another language, ."+ext] = map[string]string{"main.go": empty, "x." + ext: "#include \"/etc/passwd\"\n"}
	}
	many := map[string]string{"main.go": empty}
	for i := range 300 {
		many[fmt.Sprintf("x%d.go", i)] = "package main\n"
	}
	cases["300 files"] = many
	builder := compile.New(t.TempDir())
	builder.Tools.GoPath = filepath.Join(t.TempDir(), "none", "go") // nothing is compiled
	build := func(what, dir string) {
		t.Helper()
		tried("builds")
		r, err := builder.Build(t.Context(), compile.Request{Dir: dir, Program: "x", Board: virtual, Pack: plain})
		if err == nil || strings.Contains(err.Error(), "Go is not") {
			t.Errorf("%s is compiled: %v", what, err)
		}
		if r != nil && strings.Contains(fmt.Sprintf("%+v", r), secret) {
			t.Errorf("%s gives away %+v", what, r)
		}
	}
	for what, files := range cases {
		dir := filepath.Join(t.TempDir(), "main")
		tree(t, dir, files)
		build(what, dir)
	}
	if runtime.GOOS == "windows" {
		return
	}
	for name, to := range map[string]string{"stolen.go": outside, "passwd.go": "/etc/passwd", "main.go": outside, "loop.go": "loop.go", "none.go": "/none", "device.go": "/dev/zero"} {
		dir := t.TempDir()
		tree(t, dir, map[string]string{"main.go": empty})
		os.Remove(filepath.Join(dir, name))
		if err := os.Symlink(to, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
		build("a link "+name+" to "+to, dir)
	}
	dir := filepath.Join(t.TempDir(), "main")
	tree(t, dir, map[string]string{"main.go": "package main\n\nimport _ \"main/lib\"\n\nfunc main() {}\n"})
	if err := os.Symlink(filepath.Dir(outside), filepath.Join(dir, "lib")); err != nil {
		t.Fatal(err)
	}
	build("a folder that is a link", dir)
}

// What a project says to the go command, and what lies in its folder for it, is neither heard nor started.
func TestBuildsStartNothing(t *testing.T) {
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip("Go is not installed")
	}
	if runtime.GOOS == "windows" {
		t.Skip("the traps are shell scripts")
	}
	if testing.Short() {
		t.Skip("short: it compiles")
	}
	virtual, _ := board.Find("virtual")
	dir := filepath.Join(t.TempDir(), "main")
	mark := filepath.Join(t.TempDir(), "started")
	trap := "#!/bin/sh\necho \"$0 $*\" >>" + mark + "\nexec \"$@\"\n"
	traps := map[string]string{
		"go.mod":       "module main\n\ngo 1.21\n\ntoolchain go1.99.9\n\nreplace studio => ./evil\n\nreplace studio/board => ./evil\n\ntool example.com/x\n\nrequire studio v0.0.0\n",
		"go.work":      "go 1.21\n\ntoolchain go1.99.9\n\nuse ./evil\n",
		"go.env":       "GOFLAGS=-toolexec=" + dir + "/trap\nGOTOOLCHAIN=go1.99.9\n",
		".env":         "GOFLAGS=-toolexec=" + dir + "/trap\n",
		"go.sum":       "nonsense\n",
		"evil/go.mod":  "module studio\n\ngo 1.21\n",
		"evil/b.go":    "package board\n\nfunc init() { println(\"" + secret + "\") }\n",
		"trap":         trap,
		"go":           trap,
		"gcc":          trap,
		"cc":           trap,
		"git":          trap,
		"bin/go":       trap,
		"Makefile":     "all:\n\t" + dir + "/trap\n",
		"main_test.go": "package main\n\nfunc init() { println(\"" + secret + "\") }\n",

		"vendor/modules.txt":       "# studio v0.0.0 => ./evil\n## explicit\nstudio/board\n",
		"vendor/studio/board/b.go": "package board\n\nfunc init() { println(\"" + secret + "\") }\n",
		".git/config":              "[core]\n\tfsmonitor = " + dir + "/trap\n\thooksPath = " + dir + "\n",
		".git/HEAD":                "ref: refs/heads/main\n",
		"a b.go":                   "package main\n\nvar ab = 1\n",
		"x_windows.go":             "package main\n\nvar windows = 1\n",
		"testdata/x.go":            "package nonsense nonsense\n",
		"cgo.go":                   "//go:build cgo\n\npackage main\n\nimport \"C\"\n\nfunc init() { println(\"" + secret + "\") }\n",
		"_ignored.go":              "package nonsense nonsense\n",
		".hidden.go":               "package nonsense nonsense\n",
		"GOROOT/src/fmt/print.go":  "package fmt\n\nfunc init() { println(\"" + secret + "\") }\n",
		"fmt/fmt.go":               "package fmt\n\nfunc Println(...any) {}\n\nfunc init() { println(\"" + secret + "\") }\n",
		"studio/board/board.go":    "package board\n\nfunc init() { println(\"" + secret + "\") }\n",
		"node_modules/x/x.go":      "package x\n",
		"default.pgo":              "nonsense\n",
		".studio/build/host.mod":   "module evil\n",
		"internal/x.go":            "package internal\n",
		"www/x.go":                 "package www nonsense\n",
		"compile_flags.txt":        "-fplugin=x\n",
		"tinygo/targets/pico.json": "{\"linker\":\"" + dir + "/trap\"}\n",
		"pico.json":                "{\"inherits\":[\"rp2040\"],\"linker\":\"" + dir + "/trap\"}\n",
		"main.go":                  "package main\n\n//go:generate " + dir + "/trap\n\nimport \"fmt\"\n\nfunc main() { fmt.Println(\"well\", ab+windows) }\n",
	}
	tree(t, dir, traps)
	for range traps {
		tried("builds")
	}
	for name, value := range map[string]string{
		"GOFLAGS": "-toolexec=" + dir + "/trap -mod=vendor -overlay=" + dir + "/overlay.json", "GOENV": dir + "/go.env", "GOROOT": dir + "/GOROOT", "GOTOOLCHAIN": "go1.99.9", "GOTOOLDIR": dir, "CC": dir + "/trap", "CXX": dir + "/trap", "AR": dir + "/trap", "PKG_CONFIG": dir + "/trap", "GOGCCFLAGS": "-x",
		"GOWORK": dir + "/go.work", "GOPROXY": "file://" + dir, "GOVCS": "*:all", "CGO_ENABLED": "1", "GCCGO": dir + "/trap", "GOAUTH": "command " + dir + "/trap", "GOCACHEPROG": dir + "/trap", "GOEXPERIMENT": "nonsense", "GOOS": "plan9", "GO_EXTLINK_ENABLED": "1", "LD_PRELOAD_STUDIO": dir + "/trap", "GOPACKAGESDRIVER": dir + "/trap", "GIT_SSH_COMMAND": dir + "/trap",
	} {
		tried("builds")
		t.Setenv(name, value)
	}
	t.Chdir(dir) // and it is started from the project's folder
	builder := compile.New(t.TempDir())
	r, err := builder.Build(t.Context(), compile.Request{Dir: dir, Program: "-o x\n\"$(touch started)", Board: virtual, Pack: plain})
	if err != nil {
		t.Fatalf("%v %+v", err, r)
	}
	if started, err := os.ReadFile(mark); err == nil {
		t.Errorf("a build started\n%s", started)
	}
	if bytes.Contains(r.File, []byte(secret)) {
		t.Error("the program holds what the compiler should not have read")
	}
	program := filepath.Join(t.TempDir(), "program")
	if err := os.WriteFile(program, r.File, 0o755); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(program).CombinedOutput()
	if err != nil || string(out) != "well 2\n" {
		t.Errorf("the program says %q, %v", out, err)
	}
	// A file's name is no option, and no line of anything: such a file is compiled, or refused in words.
	for i, name := range []string{"-o.go", "-toolexec=" + "trap.go", "a\nb.go", "$(touch started).go", "@response.go", "\xff.go"} {
		tried("builds")
		odd := filepath.Join(t.TempDir(), "main")
		tree(t, odd, map[string]string{"main.go": "package main\n\nfunc main() { println(odd) }\n", name: fmt.Sprintf("package main\n\nvar odd = %d\n", i), "trap": trap})
		if r, err := builder.Build(t.Context(), compile.Request{Dir: odd, Program: "x", Board: virtual, Pack: plain}); err != nil && (r == nil || len(r.Problems) == 0) && !strings.Contains(err.Error(), "name") {
			t.Errorf("%q: %v", name, err)
		}
		for made := range files(t, odd) {
			if made != "." && made != name && made != "main.go" && made != "trap" {
				t.Errorf("%q: the build made %s", name, made)
			}
		}
	}
	if started, err := os.ReadFile(mark); err == nil {
		t.Errorf("a build started\n%s", started)
	}
	for name := range files(t, dir) {
		if content, there := traps[name]; strings.Contains(name, "started") && !there {
			t.Errorf("the build made %s%s", name, content)
		}
	}
}
