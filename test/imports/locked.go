package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// lockedFolders are where names tell which functions want a lock held.
var lockedFolders = []string{"cmd", "internal", "firmware-templates/board"}

// unlocked finds functions that call one whose name ends in Locked, which wants
// its caller to hold a lock, though they neither take a lock themselves nor say
// by such a name that their caller has to. loop.Without, which lets go of the
// runtime's lock, wants it held as well. It reads the files for every system
// and chip.
func unlocked(from fs.FS, folders ...string) (complaints []string, err error) {
	for _, folder := range folders {
		err = fs.WalkDir(from, folder, func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || path.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go") || strings.Contains(name, "/testdata/") {
				return err
			}
			content, err := fs.ReadFile(from, name)
			if err != nil {
				return err
			}
			set := token.NewFileSet()
			file, err := parser.ParseFile(set, name, content, parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			for _, decl := range file.Decls {
				f, ok := decl.(*ast.FuncDecl)
				if !ok || f.Body == nil || wantsLock(f.Name.Name) {
					continue
				}
				if call := bareCall(f.Body); call != "" {
					complaints = append(complaints, fmt.Sprintf("%s:%d: %s calls %s without a lock: take it, or end its name in Locked",
						name, set.Position(f.Pos()).Line, f.Name.Name, call))
				}
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	slices.Sort(complaints)
	return complaints, nil
}

func wantsLock(name string) bool { return strings.HasSuffix(name, "Locked") || name == "Without" }

// bareCall is the first call in a body that wants a lock, unless one is taken there.
// Locks over a file are let go of by a function called unlock.
func bareCall(body *ast.BlockStmt) (call string) {
	taken := false
	ast.Inspect(body, func(n ast.Node) bool {
		c, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		switch name := calledName(c.Fun); {
		case name == "Lock", name == "RLock", name == "TryLock", name == "unlock":
			taken = true
		case wantsLock(name) && call == "":
			call = name
		}
		return true
	})
	if taken {
		return ""
	}
	return call
}

func calledName(fun ast.Expr) string {
	switch f := fun.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		return f.Sel.Name
	case *ast.IndexExpr: // of a generic function
		return calledName(f.X)
	}
	return ""
}
