package explain

import (
	"errors"
	"go/parser"
	"go/scanner"
	"go/token"

	"studioide/internal/message"
)

// Syntax checks one Go file's shape without a compiler, fast enough for every key stroke.
func Syntax(path string, content []byte) []message.Problem {
	file, err := parser.ParseFile(token.NewFileSet(), path, content, parser.SkipObjectResolution|parser.AllErrors)
	src := &Sources{Files: map[string][]byte{path: content}}
	var found []*finding
	var list scanner.ErrorList
	if errors.As(err, &list) {
		list.Sort()
		for _, e := range list {
			if len(found) == 50 {
				break
			}
			f := newFinding(path, content, e.Msg, src)
			f.at(min(max(e.Pos.Offset, 0), len(content)))
			found = append(found, f)
		}
	}
	if err == nil && file != nil {
		if p, wrong := PackageName(path, content); wrong {
			return []message.Problem{p}
		}
	}
	return finish(found)
}

// PackageName says what is wrong with the name behind package, if it is not
// main: go build takes such a file for a library and makes no program.
func PackageName(path string, content []byte) (p message.Problem, wrong bool) {
	start, end, name := packageName(content)
	if name == "" || name == "main" {
		return p, false
	}
	f := newFinding(path, content, "", nil)
	f.start, f.end, f.code = start, end, "go.package-name"
	f.text, f.help = "The package of a program is called main, not "+clipped(name)+".", "Write: package main"
	f.replace("Change to package main", "main")
	return f.problem(), true
}
