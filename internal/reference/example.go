package reference

import (
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"os"
	"slices"
	"strconv"
	"strings"
)

// Example is a program that shows a name at work, and what of it goes into somebody's own program.
type Example struct {
	Says    string      `json:"says,omitempty"` // what there is to see, and what to do for it
	Code    string      `json:"code"`           // what goes into a program
	Program string      `json:"program"`        // the whole of it: main.go
	Imports []string    `json:"imports"`        // import paths that Code needs
	Names   []string    `json:"names"`          // what Code declares: it gets other names where these are taken
	Parts   []Statement `json:"parts"`          // Code, statement by statement
	Ends    bool        `json:"ends,omitempty"` // nothing can come behind it: it ends in board.Serve, or never

	says string // its whole comment
}

// Statement is a part of an example.
type Statement struct {
	Text string `json:"text"`
	// A function that Text sets as one that the board calls, such as board.OnText's. There is one for each Setter:
	// where a program has set it, Body belongs into that function.
	Setter string   `json:"setter,omitempty"` // board.OnText( or board.OnRequest("/led", as the call begins
	Params []string `json:"params,omitempty"`
	Body   string   `json:"body,omitempty"` // not indented, as Text
	// Setup belongs into main, before board.Serve.
	Setup bool `json:"setup,omitempty"`
}

// examplesOf reads the examples of a file, by the names that they are for. A suffix, as in Example_println, is "_println".
func examplesOf(file string) (map[string]Example, error) {
	source, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	fset := token.NewFileSet()
	parsed, err := parser.ParseFile(fset, file, source, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	imports := map[string]string{}
	for _, i := range parsed.Imports {
		path, err := strconv.Unquote(i.Path.Value)
		if err != nil {
			return nil, err
		}
		imports[path[strings.LastIndexByte(path, '/')+1:]] = path
	}
	all := map[string]Example{}
	for _, d := range parsed.Decls {
		f, ok := d.(*ast.FuncDecl)
		name, isExample := "", false
		if ok {
			name, isExample = strings.CutPrefix(f.Name.Name, "Example")
		}
		if !isExample {
			continue
		}
		if !strings.HasPrefix(name, "_") {
			name = strings.Replace(name, "_", ".", 1)
		}
		x := cutter{fset, source, imports}
		if all[name], err = x.example(f); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// cutter takes pieces out of a source.
type cutter struct {
	fset    *token.FileSet
	source  []byte
	imports map[string]string // paths by names
}

// text is what stands between two places, without the indentation of the first one's line.
func (c cutter) text(from, to token.Pos, indent int) string {
	text := string(c.source[c.fset.Position(from).Offset:c.fset.Position(to).Offset])
	return strings.ReplaceAll(text, "\n"+strings.Repeat("\t", indent), "\n")
}

func (c cutter) example(f *ast.FuncDecl) (Example, error) {
	says := f.Doc.Text()
	x := Example{Says: strings.Join(strings.Fields(says), " "), says: says, Imports: []string{}, Names: []string{}, Parts: []Statement{}}
	list := f.Body.List
	whole := c.text(f.Body.Lbrace+1, f.Body.Rbrace, 1)
	if last := len(list) - 1; last > 0 && c.isCall(list[last], "board.Serve") {
		list = list[:last]
	} else {
		x.Ends = true
	}
	if len(list) == 0 {
		return x, fmt.Errorf("%s shows nothing", f.Name.Name)
	}
	var parts []string
	begin := f.Body.Lbrace + 1
	for _, s := range list {
		end := c.lineEnd(s.End())
		part := Statement{Text: strings.TrimSpace(c.text(begin, end, 1))}
		begin = end
		c.part(&part, s)
		x.Parts = append(x.Parts, part)
		parts = append(parts, part.Text)
		x.Names = append(x.Names, declared(s)...)
	}
	x.Code = strings.Join(parts, "\n")
	used := map[string]bool{}
	for _, s := range list {
		ast.Inspect(s, func(n ast.Node) bool {
			if of, ok := n.(*ast.SelectorExpr); ok {
				if pkg, ok := of.X.(*ast.Ident); ok && c.imports[pkg.Name] != "" {
					used[c.imports[pkg.Name]] = true
				}
			}
			return true
		})
	}
	for path := range used {
		x.Imports = append(x.Imports, path)
	}
	slices.Sort(x.Imports)
	program, err := format.Source([]byte(c.program(x, whole)))
	x.Program = string(program)
	return x, err
}

// program is the whole of an example: with what there is to see above it.
func (c cutter) program(x Example, body string) string {
	var b strings.Builder
	for _, line := range wrapped(x.Says, 68) {
		b.WriteString("// " + line + "\n")
	}
	b.WriteString("package main\n\n")
	imports := x.Imports
	if !slices.Contains(imports, "studio/board") { // for Serve
		imports = append(slices.Clone(imports), "studio/board")
	}
	if len(imports) == 1 {
		fmt.Fprintf(&b, "import %q\n", imports[0])
	} else {
		b.WriteString("import (\n")
		for _, path := range imports {
			if path != "studio/board" {
				fmt.Fprintf(&b, "\t%q\n", path)
			}
		}
		b.WriteString("\n\t\"studio/board\"\n)\n")
	}
	b.WriteString("\nfunc main() {" + body + "}\n")
	return b.String()
}

// wrapped is text in lines of at most so many characters, where its words allow.
func wrapped(text string, most int) (lines []string) {
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && len(line)+1+len(word) > most {
			lines = append(lines, line)
			line = ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	return append(lines, line)
}

// lineEnd is where the line of a place ends, with a comment that stands there.
func (c cutter) lineEnd(at token.Pos) token.Pos {
	for c.source[c.fset.Position(at).Offset] != '\n' {
		at++
	}
	return at
}

func (c cutter) isCall(s ast.Stmt, of string) bool {
	e, ok := s.(*ast.ExprStmt)
	if !ok {
		return false
	}
	call, ok := e.X.(*ast.CallExpr)
	return ok && c.text(call.Fun.Pos(), call.Fun.End(), 0) == of
}

// part says what a statement sets.
func (c cutter) part(p *Statement, s ast.Stmt) {
	e, ok := s.(*ast.ExprStmt)
	if !ok {
		return
	}
	call, ok := e.X.(*ast.CallExpr)
	if !ok {
		return
	}
	of := c.text(call.Fun.Pos(), call.Fun.End(), 0)
	p.Setup = slices.Contains([]string{"board.Configure", "board.Protocols", "board.AllowOrigin"}, of)
	if len(call.Args) == 0 {
		return
	}
	last := call.Args[len(call.Args)-1]
	f, ok := last.(*ast.FuncLit)
	if !ok {
		return
	}
	p.Setup = true
	if of == "board.Every" { // as many as one wants
		return
	}
	p.Setter = c.text(call.Pos(), last.Pos(), 0)
	p.Params = []string{}
	for _, field := range f.Type.Params.List {
		for _, name := range field.Names {
			p.Params = append(p.Params, name.Name)
		}
	}
	p.Body = strings.Trim(c.text(f.Body.Lbrace+1, f.Body.Rbrace, 2), "\n\t")
}

// declared are the names that a statement declares where it stands, or at the beginning of the function that it sets.
func declared(s ast.Stmt) (names []string) {
	switch s := s.(type) {
	case *ast.AssignStmt:
		if s.Tok == token.DEFINE {
			for _, e := range s.Lhs {
				if name, ok := e.(*ast.Ident); ok && name.Name != "_" {
					names = append(names, name.Name)
				}
			}
		}
	case *ast.ExprStmt:
		if call, ok := s.X.(*ast.CallExpr); ok && len(call.Args) > 0 {
			if f, ok := call.Args[len(call.Args)-1].(*ast.FuncLit); ok {
				for _, inner := range f.Body.List {
					names = append(names, declared(inner)...)
				}
			}
		}
	}
	return names
}
