package compile

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"go/ast"
	"go/build/constraint"
	"go/parser"
	"go/scanner"
	"go/token"
	"path"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"studioide/internal/api"
	"studioide/internal/lazyregexp"
	"studioide/ui/src/words/say"
)

// The workspace holds copies of a project's files that every compiler takes
// alike. Go leaves out files by their names (robot_arm.go is for ARM chips only,
// plan_windows.go for Windows); the copies' names say nothing, and //line
// directives give compilers and traces the names that people know. A //go:build
// line is obeyed, but it means the same everywhere: the tags are those of the
// board, and never an operating system's. A //line of the user's own means
// nothing: it would put problems into files that are not there.

// selection is what of a project is built for one board.
type selection struct {
	*sources
	leftOut map[string]leftFile
}

// leftFile is a file that is not built, and the line in it that says so.
type leftFile struct {
	line    string
	content []byte
}

// constraintOf is the condition for which a file is built; nil: always. lines
// are the comments that say it, as ranges of the content.
func constraintOf(content []byte) (condition constraint.Expr, text string, lines [][2]int) {
	if !bytes.Contains(content, []byte("//go:build")) && !bytes.Contains(content, []byte("+build")) {
		return nil, "", nil
	}
	fset := token.NewFileSet()
	file, _ := parser.ParseFile(fset, "x.go", content, parser.PackageClauseOnly|parser.ParseComments)
	if file == nil || !file.Package.IsValid() {
		return nil, "", nil
	}
	isGoBuild := false
	for _, group := range file.Comments {
		if group.Pos() > file.Package {
			break
		}
		for _, c := range group.List {
			line := strings.TrimRight(c.Text, "\r")
			if fset.PositionFor(c.Pos(), false).Column != 1 || !constraint.IsGoBuild(line) && (!constraint.IsPlusBuild(line) || group == file.Doc) {
				continue
			}
			at := fset.PositionFor(c.Pos(), false).Offset
			lines = append(lines, [2]int{at, at + len(c.Text)})
			expr, err := constraint.Parse(line)
			if err != nil {
				continue // the compiler says so
			}
			switch {
			case constraint.IsGoBuild(line):
				condition, text, isGoBuild = expr, line, true
			case isGoBuild:
			case condition == nil:
				condition, text = expr, line
			default:
				condition = &constraint.AndExpr{X: condition, Y: expr}
			}
		}
	}
	return condition, text, lines
}

// constrained tells whether any file is built under a condition only.
func (s *sources) constrained() bool {
	return slices.ContainsFunc(s.names, func(name string) bool {
		condition, _, _ := constraintOf(s.files[name])
		return path.Ext(name) == ".go" && condition != nil
	})
}

// selectFor leaves out what is not for a board. tag tells what holds there.
func (s *sources) selectFor(tag func(string) bool) selection {
	picked := selection{sources: &sources{}, leftOut: map[string]leftFile{}}
	*picked.sources = *s
	picked.names, picked.files = nil, map[string][]byte{}
	for _, name := range s.names {
		if condition, text, _ := constraintOf(s.files[name]); path.Ext(name) == ".go" && condition != nil && !condition.Eval(tag) {
			picked.leftOut[name] = leftFile{text, s.files[name]}
			continue
		}
		picked.names = append(picked.names, name)
		picked.files[name] = s.files[name]
	}
	return picked
}

// checkSelection finds packages of which nothing is left.
func (s selection) checkSelection(board string) (found []api.Diagnostic) {
	for name, left := range s.leftOut {
		folder := path.Dir(name)
		if name != "main.go" && (folder == "." || len(s.in(folder)) > 0) {
			continue
		}
		p := api.Diagnostic{Path: name, Severity: api.SeverityError, Source: "go", Code: "build.left-out", Line: 1, Column: 1, EndLine: 1, EndColumn: 1}
		p.Text = say.BuildIsNotBuiltForIts(name, board, left.line)
		p.Help = say.BuildRemoveLineSoThatFile()
		found = append(found, p)
	}
	slices.SortFunc(found, func(a, b api.Diagnostic) int { return strings.Compare(a.Path, b.Path) })
	return found
}

// copies are the files of the workspace's app/, by their paths there. Go's
// compiler takes the names of //line directives as they stand when paths are
// trimmed, TinyGo's from the file's folder on.
func (s selection) copies(host bool) map[string][]byte {
	made := make(map[string][]byte, len(s.names))
	for _, name := range s.names {
		dir, base := path.Dir(name), path.Base(name)
		content, called := s.files[name], base
		if host {
			called = path.Join(appPath, name)
		}
		if path.Ext(base) == ".go" {
			content = s.rewritten(name, called, content)
			if plain := neutralName(base); plain != base {
				content = append([]byte("//line "+called+":1:1\n"), bytes.TrimPrefix(content, []byte("\ufeff"))...)
				base = plain
			}
		}
		made[path.Join(inWorkspace(dir), base)] = content
	}
	return made
}

// neutralName is a name of which Go takes no part for a condition: it looks at
// what stands between the first underscore and the first dot. Of names that
// begin with anything but a letter or digit Go takes none at all: such a file
// gets one that is made of its own.
func neutralName(base string) string {
	if c := base[0]; c < utf8.RuneSelf && !isWordByte(c) {
		sum := sha256.Sum256([]byte(base))
		return fmt.Sprintf("n%x.go", sum[:8])
	}
	first, rest, _ := strings.Cut(base, ".")
	if !strings.Contains(first, "_") {
		return base
	}
	return first + "_." + rest
}

func isWordByte(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// rewritten has a copy import the project's packages from where they are in the
// workspace, and takes its conditions out of it, which have been decided. Lines
// and columns stay what they are.
func (s selection) rewritten(name, called string, content []byte) []byte {
	type change struct {
		start, end int
		text       string
	}
	var changes []change
	for _, l := range said(content) {
		changes = append(changes, change{l[0], l[1], unsaid(content[l[0]:l[1]])})
	}
	if len(s.folders) > 1 {
		if fset, file := parseImports(name, content); file != nil {
			for _, spec := range file.Imports {
				imported, err := strconv.Unquote(spec.Path.Value)
				if err != nil {
					continue
				}
				folder, ok := s.folderOf(imported)
				if !ok {
					continue
				}
				start, end := fset.PositionFor(spec.Path.Pos(), false), fset.PositionFor(spec.Path.End(), false)
				text := strconv.Quote(appPath + "/" + inWorkspace(folder))
				rest := content[end.Offset:]
				if n := bytes.IndexByte(rest, '\n'); n >= 0 {
					rest = rest[:n]
				}
				if rest = bytes.TrimSpace(rest); len(rest) > 0 && !bytes.HasPrefix(rest, []byte("//")) {
					text += fmt.Sprintf("/*line %s:%d:%d*/", called, end.Line, end.Column)
				}
				changes = append(changes, change{start.Offset, end.Offset, text})
			}
		}
	}
	if len(changes) == 0 {
		return content
	}
	slices.SortFunc(changes, func(a, b change) int { return a.start - b.start })
	var out bytes.Buffer
	at := 0
	for _, c := range changes {
		out.Write(content[at:c.start])
		out.WriteString(c.text)
		at = c.end
	}
	out.Write(content[at:])
	return out.Bytes()
}

// said are the comments that compilers would obey, as ranges of a file: its conditions, and what names other places.
func said(content []byte) (comments [][2]int) {
	_, _, comments = constraintOf(content)
	if !bytes.Contains(content, []byte("//line ")) && !bytes.Contains(content, []byte("/*line ")) {
		return comments
	}
	file := token.NewFileSet().AddFile("", -1, len(content))
	var s scanner.Scanner
	s.Init(file, content, nil, scanner.ScanComments)
	for {
		pos, kind, text := s.Scan()
		switch {
		case kind == token.EOF:
			return comments
		case kind == token.COMMENT && strings.HasPrefix(text[2:], "line "):
			at := file.Offset(pos)
			comments = append(comments, [2]int{at, at + len(text)})
		}
	}
}

// unsaid is such a comment as one of the same length that says nothing to compilers.
func unsaid(comment []byte) string {
	text := string(comment)
	if start := text[:2]; strings.HasPrefix(text[2:], "line ") {
		return start + "l:ne " + text[len("//line "):]
	}
	text = strings.Replace(text, "//go:build", "// o:build", 1)
	return strings.Replace(text, "+build", " build", 1)
}

// explainUndefined says of names that the compiler does not know that they are
// in a file that is not built, or not to be seen outside of their package.
func (s selection) explainUndefined(problems []api.Diagnostic, board string) []api.Diagnostic {
	for i := range problems {
		p := &problems[i]
		pkg, unknown := undefinedName(p.Raw)
		if unknown == "" {
			continue
		}
		for _, folder := range s.folders {
			if pkg == "" || path.Base(folder) != pkg || token.IsExported(unknown) {
				continue
			}
			for _, name := range s.in(folder) {
				if declares(s.files[name], unknown) {
					capital := strings.ToUpper(unknown[:1]) + unknown[1:]
					p.Code, p.Fix = "go.unexported", nil
					p.Text = say.BuildIsNotSeenOutsidePackage(unknown, pkg)
					p.Help = say.BuildCallItInAndHere(capital, name)
				}
			}
		}
		for name, left := range s.leftOut {
			if declares(left.content, unknown) {
				p.Code, p.Fix = "build.left-out", nil
				p.Text = say.BuildIsInWhichNotBuilt(unknown, name, board, left.line)
				p.Help = say.BuildRemoveThatLineFromOr(name)
			}
		}
		for name, content := range s.tests {
			if declares(content, unknown) {
				p.Code, p.Fix = "build.left-out", nil
				p.Text = say.BuildIsInFileWhoseName(unknown, name)
				p.Help = say.BuildGiveFileAnotherNameSuch(strings.TrimSuffix(name, "_test.go"))
			}
		}
	}
	return problems
}

var (
	undefinedRaw  = lazyregexp.New(`^undefined: (?:(\w+)\.)?(\w+)`)
	unexportedRaw = lazyregexp.New(`^name (\w+) not exported by package (\w+)`)
)

// undefinedName is the name that a compiler did not find, and the package that
// it looked in; "": it complained about something else.
func undefinedName(raw string) (pkg, name string) {
	if m := undefinedRaw().FindStringSubmatch(raw); m != nil {
		return m[1], m[2]
	}
	if m := unexportedRaw().FindStringSubmatch(raw); m != nil {
		return m[2], m[1]
	}
	return "", ""
}

// declares tells whether a file declares a name for its whole package.
func declares(content []byte, name string) bool {
	file, _ := parser.ParseFile(token.NewFileSet(), "x.go", content, parser.SkipObjectResolution)
	if file == nil {
		return false
	}
	for _, decl := range file.Decls {
		switch d := decl.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil && d.Name.Name == name {
				return true
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				switch spec := spec.(type) {
				case *ast.TypeSpec:
					if spec.Name.Name == name {
						return true
					}
				case *ast.ValueSpec:
					for _, id := range spec.Names {
						if id.Name == name {
							return true
						}
					}
				}
			}
		}
	}
	return false
}
