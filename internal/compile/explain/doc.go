// Package explain says in plain words what a Go compiler, the Go parser, or a
// panic means, and where: for people who have never seen a compiler.
//
// It works from the tool's output and the source text alone, so the same rules
// serve go build, TinyGo, and checking while typing. Compiler reads output of
// the shape "app/main.go:12:3: message"; rules.go and syntax.go are the tables.
//
//	for _, p := range explain.Compiler(output, explain.Sources{Files: files, Folder: "app"}) {
//		fmt.Println(p.Path, p.Line, p.Text, p.Help)
//	}
//
// Functions are pure, never panic on any input, and may be called from several goroutines.
package explain
