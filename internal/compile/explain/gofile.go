package explain

import (
	"errors"
	"go/parser"
	"go/scanner"
	"go/token"
	"slices"
	"strings"

	"studioide/internal/api"
	"studioide/ui/src/words/say"
)

// Syntax checks one Go file's shape without a compiler, fast enough for every key stroke.
func Syntax(path string, content []byte) []api.Diagnostic {
	if list := unreadable(content); len(list) > 0 {
		return syntaxProblems(path, content, list)
	}
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, path, content, parser.SkipObjectResolution|parser.ParseComments)
	var list scanner.ErrorList
	if errors.As(err, &list) {
		inOrder(list)
		return syntaxProblems(path, content, list)
	}
	if err != nil {
		return nil
	}
	if !strings.Contains(path, "/") { // others are of a package of the project, with a name of its own
		if p, wrong := PackageName(path, content); wrong {
			return []api.Diagnostic{p}
		}
	}
	return quietly(path, content, file, set)
}

// inOrder sorts mistakes by where they are, whatever //line directives call the place.
func inOrder(list scanner.ErrorList) {
	slices.SortStableFunc(list, func(a, b *scanner.Error) int { return a.Pos.Offset - b.Pos.Offset })
}

func syntaxProblems(path string, content []byte, list scanner.ErrorList) []api.Diagnostic {
	if f := foreignFinding(path, content); f != nil {
		return []api.Diagnostic{f.problem()}
	}
	return finish(findings(path, content, list))
}

const mostErrors = 20 // of one file that are looked at

// unreadable scans a file and returns its first errors if there are more than
// anybody reads: the parser would collect them all.
func unreadable(content []byte) (list scanner.ErrorList) {
	var s scanner.Scanner
	file := token.NewFileSet().AddFile("", -1, len(content))
	s.Init(file, content, func(at token.Position, msg string) { list.Add(at, msg) }, 0)
	for len(list) < mostErrors {
		if _, kind, _ := s.Scan(); kind == token.EOF {
			return nil
		}
	}
	return list[:mostErrors]
}

func findings(path string, content []byte, list scanner.ErrorList) []*finding {
	src := &Sources{Files: map[string][]byte{path: content}}
	var found []*finding
	for i, e := range list {
		if i == mostErrors {
			break
		}
		f := newFinding(path, content, e.Msg, src)
		f.at(min(max(e.Pos.Offset, 0), len(content)))
		found = append(found, f)
	}
	return found
}

// PackageName says what is wrong with the name behind package, if it is not
// main: go build takes such a file for a library and makes no program.
func PackageName(path string, content []byte) (p api.Diagnostic, wrong bool) {
	start, end, name := packageName(content)
	if name == "" || name == "main" {
		return p, false
	}
	f := newFinding(path, content, "", nil)
	f.start, f.end, f.code = start, end, "go.package-name"
	f.text, f.help = say.GoThePackageProgramCalledMain(clipped(name)), say.GoWritePackageMain()
	f.replace(say.FixChangeTo(say.GoPackageMain()), "main")
	return f.problem(), true
}
