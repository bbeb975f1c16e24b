package compile

import (
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"path"
	"strings"

	"studioide/internal/api"
	"studioide/internal/compile/explain"
	"studioide/ui/src/words/say"
)

// allowed are the packages that a program for a board may import: they exist
// for boards and reach nothing of the computer that the virtual board runs on.
// An entry with a slash at its end allows what is below.
var allowed = []string{
	"bufio", "bytes", "cmp", "compress/", "container/", "context", "crypto", "crypto/aes", "crypto/cipher", "crypto/hmac", "crypto/md5",
	"crypto/rand", "crypto/sha1", "crypto/sha256", "crypto/sha512", "crypto/subtle", "encoding", "encoding/", "errors", "fmt", "hash", "hash/",
	"html", "image", "image/", "io", "io/fs", "iter", "log", "maps", "math", "math/", "path", "reflect", "regexp", "regexp/syntax", "runtime",
	"slices", "sort", "strconv", "strings", "sync", "sync/atomic", "text/tabwriter", "time", "unicode", "unicode/", "unique",
	"machine", "studio/board", "device/",
}

// allowedOS are the names of package os that mean something on a board.
var allowedOS = map[string]bool{"Exit": true, "Stdin": true, "Stdout": true, "Stderr": true, "Args": true}

// directives are compiler orders that reach around the language.
var directives = []string{"//go:linkname", "//go:cgo_", "//go:embed", "//go:wasmimport"}

// check finds what no board has, or what would let a program out of its place.
// Syntax errors are not its business. It also notes whether cgo is wanted.
func (s *sources) check(r Request, runtime map[string]bool) []api.Diagnostic {
	allowNative, virtual := r.AllowNative, r.Board.Virtual
	var found []api.Diagnostic
	prefix := s.prefix()
	for _, name := range s.names {
		content := s.files[name]
		if nativeExtensions[path.Ext(name)] {
			switch {
			case allowNative && r.Sandbox && path.Ext(name) != ".h":
				p := explain.At(name, content, 0, 0)
				p.Code, p.Text, p.Help = "build.native", say.BuildCannotBeBuiltForSandbox(name), say.BuildWriteItInGoIf()
				found = append(found, p)
			case !allowNative:
				p := explain.At(name, content, 0, 0)
				p.Code, p.Text = "build.native", say.BuildBoardsProgrammedInGoHere(name)
				p.Help = say.BuildRemoveFromProject(name)
				found = append(found, p)
			}
			continue
		}
		fset := token.NewFileSet()
		file, _ := parser.ParseFile(fset, name, content, parser.SkipObjectResolution)
		if file == nil {
			continue
		}
		at := func(pos, end token.Pos) api.Diagnostic {
			return explain.At(name, content, fset.PositionFor(pos, false).Offset, fset.PositionFor(end, false).Offset)
		}
		if path.Dir(name) == "." {
			if p, wrong := explain.PackageName(name, content); wrong {
				found = append(found, p)
				continue
			}
		}
		osNames := map[string]bool{} // one package may be imported under several names
		for _, spec := range file.Imports {
			imported := strings.Trim(spec.Path.Value, "\"`")
			if imported == "C" {
				s.usesC = true
				if allowNative && r.Sandbox {
					p := at(spec.Path.Pos(), spec.Path.End())
					p.Code, p.Text, p.Help = "build.import", say.BuildCCodeCannotBeUsed(), say.BuildWriteItInGoIf()
					found = append(found, p)
					continue
				}
			}
			if _, own := s.folderOf(imported); own {
				continue
			}
			if text, help, wrong := whyNoDriver(imported, virtual); wrong {
				p := at(spec.Path.Pos(), spec.Path.End())
				p.Code, p.Text, p.Help = "build.driver", text, help
				found = append(found, p)
				continue
			}
			if virtual && (imported == "device" || strings.HasPrefix(imported, "device/") || strings.HasPrefix(imported, "runtime/")) {
				p := at(spec.Path.Pos(), spec.Path.End())
				p.Code, p.Text, p.Help = "build.import", say.BuildTheVirtualBoardHasNo(imported), say.BuildUsePackageMachineOrStudio()
				found = append(found, p)
				continue
			}
			if allowNative || mayImport(imported) || inDriverModules(imported) || imported == "" { // no name: the compiler says so
				continue
			}
			if imported == "os" && (spec.Name == nil || spec.Name.Name != "." && spec.Name.Name != "_") {
				if spec.Name != nil {
					osNames[spec.Name.Name] = true
				} else {
					osNames["os"] = true
				}
				continue
			}
			p := at(spec.Path.Pos(), spec.Path.End())
			p.Code, p.Raw = "build.import", ""
			right := ""
			if text, help, write, ok := s.whyNotOwn(imported, prefix); ok && !runtime[imported] {
				p.Text, p.Help, right = text, help, write
			} else if near, ok := nearImport(imported); ok {
				p.Text, p.Help, right = say.BuildThereNoPackage(imported), say.DidYouMean("\""+near+"\""), near
			} else {
				p.Text, p.Help = whyNot(imported, runtime)
			}
			if right != "" {
				p.Fix = &api.Fix{Title: say.FixChangeTo("\"" + right + "\""), Line: p.Line, Column: p.Column, EndLine: p.EndLine, EndColumn: p.EndColumn, Text: "\"" + right + "\""}
			}
			found = append(found, p)
		}
		if allowNative {
			continue
		}
		if len(osNames) > 0 {
			ast.Inspect(file, func(n ast.Node) bool {
				sel, ok := n.(*ast.SelectorExpr)
				if !ok {
					return true
				}
				if x, ok := sel.X.(*ast.Ident); ok && osNames[x.Name] && !allowedOS[sel.Sel.Name] {
					p := at(x.Pos(), sel.End())
					p.Code = "build.import"
					p.Text = say.BuildBoardsHaveNoOsThere(sel.Sel.Name)
					p.Help = say.BuildDoWithoutItPackageOs()
					found = append(found, p)
				}
				return true
			})
		}
		found = append(found, checkDirectives(name, content)...)
	}
	return append(found, s.checkPackages(prefix)...)
}

// checkDirectives looks at comments with the scanner, because the parser may give up early.
func checkDirectives(name string, content []byte) []api.Diagnostic {
	var found []api.Diagnostic
	var s scanner.Scanner
	file := token.NewFileSet().AddFile(name, -1, len(content))
	s.Init(file, content, func(token.Position, string) {}, scanner.ScanComments)
	for {
		pos, tok, lit := s.Scan()
		if tok == token.EOF {
			return found
		}
		if tok != token.COMMENT {
			continue
		}
		for _, d := range directives {
			if !strings.HasPrefix(lit, d) {
				continue
			}
			p := explain.At(name, content, file.Offset(pos), file.Offset(pos)+len(lit))
			p.Code, p.Text, p.Help = "build.directive", say.BuildTheLineReachesAroundGos(d), say.BuildRemoveLine()
			if d == "//go:embed" {
				p.Text, p.Help = say.BuildFilesCannotBeBuiltInto(), say.BuildPutFilesIntoWwwThey()
			}
			found = append(found, p)
		}
	}
}

func mayImport(name string) bool {
	for _, a := range allowed {
		if name == a || strings.HasSuffix(a, "/") && strings.HasPrefix(name, a) {
			return true
		}
	}
	return false
}

// whyNot says in plain words why a package cannot be imported.
func whyNot(name string, runtime map[string]bool) (text, help string) {
	first, _, _ := strings.Cut(name, "/")
	switch {
	case name == "C":
		return say.BuildCCodeCannotBeUsed2(), say.BuildWriteItInGo()
	case name == "net" || first == "net":
		return say.BuildBoardsHaveNoStudiosBoard(name), say.BuildUseImportStudioBoardAnd()
	case name == "unsafe" || name == "syscall" || name == "plugin":
		return say.BuildBoardsHaveNo(name), say.BuildDoWithoutItPackageMachine()
	case runtime[name]:
		return say.BuildIsInnerPartStudiosRuntime(name), say.BuildUseImportStudioBoard()
	case strings.Contains(first, "."):
		return say.BuildPackagesFromInternetCannotBe(driversModule, name), say.BuildDoWithoutItOrCopy()
	case !explain.IsStandard(name):
		return say.BuildThereNoPackageItNone(name),
			say.BuildCheckSpellingFolderProjectWith()
	}
	return say.BuildBoardsHaveNo(name), say.BuildUseAnotherPackageFmtStrconv()
}

// nearImport finds the package that was probably meant.
func nearImport(name string) (string, bool) {
	if strings.HasSuffix(name, "/studio/board") { // github.com/studio/board
		return "studio/board", true
	}
	if explain.IsStandard(name) || strings.Contains(name, ".") {
		return "", false
	}
	names := []string{"studio/board", "machine"}
	for _, a := range allowed {
		if !strings.HasSuffix(a, "/") {
			names = append(names, a)
		}
	}
	names = append(names, "math/rand", "encoding/json", "encoding/hex", "encoding/base64", "encoding/binary")
	for _, whole := range names {
		if path.Base(whole) == strings.ToLower(path.Base(name)) { // import "board", "Fmt"
			return whole, true
		}
	}
	return explain.Near(name, names)
}
