package compile

import (
	"os"
	"strings"

	"studioide/internal/lazyregexp"
	"studioide/internal/problem"
)

// A compiler that cannot work says so in its own way, and that is no mistake of
// the program: it gets words of its own, and no line of main.go is blamed.

// blames tells a complaint about a place in the project's files, which are in app/ (see workspace.fill).
var blames = lazyregexp.New(`(?m)^(\./|.*/)?` + appDir + `[/\\][^:\n]*\.go:\d+`)

// toolchainFailures are what compilers and linkers say, in lower case, when something is wrong with them or this computer.
var toolchainFailures = []struct {
	words   string
	problem func(line string) *problem.Problem
}{
	{"signal: killed|out of memory|cannot allocate memory|exit status 137|std::bad_alloc", func(string) *problem.Problem { return errKilled }},
	{"compiler-rt|picolibc|wasi-libc|libclang_rt", errDamagedTarget.With},
	{"read-only file system|permission denied|access is denied|operation not permitted", errCacheDenied.With},
	{"input/output error|structure needs cleaning|unexpected eof|bad file descriptor|not a package file|cache entry", errCacheUnreadable.With},
	{"failed to initialize build cache|build cache is required|gocache", errCacheMissing.With},
	{"cannot find goroot|no such tool|is not in std|goroot|could not find clang|exec format error|fork/exec|unable to make backend|unsupported version|does not match go tool version|could not find wasm-opt|failed to load target|unknown target", errDamagedCompiler.With},
	{"internal compiler error|panic: runtime error|sigsegv|unexpected signal|llvm error|stack dump|please submit a bug|fatal error: ", errFailedItself.With},
}

// toolchainFailure is why a compiler could not work, from what it said; nil when it complains about the program.
func toolchainFailure(said string, state *os.ProcessState) *problem.Problem {
	if blames().MatchString(said) {
		return nil
	}
	low := strings.ToLower(said)
	if state != nil && state.ExitCode() < 0 {
		low += " signal: killed"
	}
	for _, t := range toolchainFailures {
		for _, w := range strings.Split(t.words, "|") {
			if at := strings.Index(low, w); at >= 0 {
				return t.problem(lineAt(said, at))
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
