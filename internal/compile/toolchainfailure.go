package compile

import (
	"os"
	"regexp"
	"strings"

	"studioide/internal/problem"
)

// A compiler that cannot work says so in its own way, and that is no mistake of
// the program: it gets words of its own, and no line of main.go is blamed.

// blames tells a complaint about a place in the project's files, which are in app/ (see workspace.fill).
var blames = regexp.MustCompile(`(?m)^(\./|.*/)?` + appDir + `[/\\][^:\n]*\.go:\d+`)

// toolchainFailures are what compilers and linkers say, in lower case, when something is wrong with them or this computer.
var toolchainFailures = []struct{ words, code, text, help string }{
	{"signal: killed|out of memory|cannot allocate memory|exit status 137|std::bad_alloc", "build.killed", "The compiler was ended before it was done, mostly because this computer has too little free memory.",
		"Close other programs, then press Run again."},
	{"compiler-rt|picolibc|wasi-libc|libclang_rt", "toolchain.damaged", "TinyGo lacks a part that it needs to build for this board: %s", "Install TinyGo again; studio doctor looks whether all is there."},
	{"read-only file system|permission denied|access is denied|operation not permitted", "build.cache", "The compiler may not write where it has to: %s", "Allow your user to write there, or set STUDIO_HOME to a folder of yours, then press Run again."},
	{"input/output error|structure needs cleaning|unexpected eof|bad file descriptor|not a package file|cache entry", "build.cache", "What an earlier build left on this computer cannot be read: %s", "Remove the compiler's cache (go clean -cache), look whether the disk is all right, then press Run again."},
	{"failed to initialize build cache|build cache is required|gocache", "build.cache", "The compiler has no folder for its cache: %s", "Set HOME, or GOCACHE to a folder of yours, then start Studio again."},
	{"cannot find goroot|no such tool|is not in std|goroot|could not find clang|exec format error|fork/exec|unable to make backend|unsupported version|does not match go tool version|could not find wasm-opt|failed to load target|unknown target", "toolchain.damaged", "The compiler on this computer is damaged, or parts of it are missing: %s", "Install Go (and TinyGo) again; studio doctor looks whether all is there."},
	{"internal compiler error|panic: runtime error|sigsegv|unexpected signal|llvm error|stack dump|please submit a bug|fatal error: ", "toolchain.failed", "The compiler itself has failed: %s", "Press Run again. If it fails again, go back to what was built last, and install the compiler again."},
}

// toolchainFailure is why a compiler could not work, from what it said; nil when it complains about the program.
func toolchainFailure(said string, state *os.ProcessState) *problem.Problem {
	if blames.MatchString(said) {
		return nil
	}
	low := strings.ToLower(said)
	if state != nil && state.ExitCode() < 0 {
		low += " signal: killed"
	}
	for _, t := range toolchainFailures {
		for _, w := range strings.Split(t.words, "|") {
			if at := strings.Index(low, w); at >= 0 {
				text := t.text
				if strings.Contains(text, "%s") {
					text = strings.Replace(text, "%s", lineAt(said, at), 1)
				}
				return problem.New(t.code, text, t.help)
			}
		}
	}
	return nil
}

// lineAt is the line around a place, shortened, with a full stop.
func lineAt(text string, at int) string {
	at = min(at, len(text))
	line := text[strings.LastIndexByte(text[:at], '\n')+1:]
	line, _, _ = strings.Cut(line, "\n")
	line = strings.TrimSpace(line)
	if len(line) > 160 {
		line = strings.ToValidUTF8(line[:160], "") + "…"
	}
	return strings.TrimSuffix(line, ".") + "."
}
