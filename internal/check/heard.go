package check

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"strings"

	"studioide/internal/compile/explain"
)

// What a program does with messages, and which ones it sends. Whatever this does not understand counts as a program that
// takes, or says, anything: a hint is given only about what certainly nobody hears.

// goFile is a file of the program.
type goFile struct {
	ast   *ast.File
	set   *token.FileSet
	board string // under which name it imports package board; "": not
}

// compared is a text that the program compares messages with.
type compared struct {
	handled
	file   int  // of the hearing's files
	folded bool // capital and small letters are the same
}

// hearing is what is known of a program.
type hearing struct {
	files     []goFile
	functions map[string]function
	constants map[string]string

	serves    bool // it talks with pages
	listens   bool // it has a function for texts
	listeners int
	compared  []compared
	takesAny  bool     // it does something with each text
	says      []string // what it sends
	begins    []string // what it sends begins so
	saysAny   bool
}

type function struct {
	params *ast.FieldList
	body   *ast.BlockStmt
	file   int
}

// hear reads a program's files.
func hear(contents ...[]byte) *hearing {
	h := &hearing{functions: map[string]function{}, constants: map[string]string{}}
	for _, content := range contents {
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, "", content, parser.SkipObjectResolution|parser.ParseComments)
		if err != nil {
			h.takesAny, h.saysAny = true, true
			continue
		}
		f := goFile{ast: file, set: set}
		for _, spec := range file.Imports {
			if path, _ := strconv.Unquote(spec.Path.Value); path == "studio/board" {
				f.board = "board"
				if spec.Name != nil {
					f.board = spec.Name.Name
				}
			}
		}
		h.files = append(h.files, f)
		for _, d := range file.Decls {
			h.declared(d, len(h.files)-1)
		}
	}
	for i, f := range h.files {
		called := map[ast.Expr]bool{}
		ast.Inspect(f.ast, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				called[n.Fun] = true
				h.call(i, n)
			case *ast.SelectorExpr:
				if !called[n] && (slices.Contains(listening, n.Sel.Name) || speaking[n.Sel.Name] != 0 || slices.Contains(strange, n.Sel.Name)) {
					h.takesAny, h.saysAny = true, true // it is given away
				}
			}
			return true
		})
	}
	return h
}

var (
	listening = []string{"OnText", "OnSocket"}
	speaking  = map[string]int{"SendText": 1, "Broadcast": 1, "BroadcastTo": 2} // which argument is what they send
	strange   = []string{"OnTextBytes", "Dial", "OnConnect", "BroadcastBytes", "Send"}
)

func (h *hearing) declared(d ast.Decl, file int) {
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Recv == nil && d.Body != nil {
			h.functions[d.Name.Name] = function{d.Type.Params, d.Body, file}
		}
	case *ast.GenDecl:
		if d.Tok != token.CONST {
			return
		}
		for _, s := range d.Specs {
			for i, name := range s.(*ast.ValueSpec).Names {
				if values := s.(*ast.ValueSpec).Values; i < len(values) {
					if text, ok := explain.TextOf(values[i]); ok {
						h.constants[name.Name] = text
					}
				}
			}
		}
	}
}

// text is what a literal or constant says.
func (h *hearing) text(e ast.Expr) (string, bool) {
	if id, ok := e.(*ast.Ident); ok {
		text, ok := h.constants[id.Name]
		return text, ok
	}
	return explain.TextOf(e)
}

func (h *hearing) call(file int, call *ast.CallExpr) {
	sel, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return
	}
	x, _ := sel.X.(*ast.Ident)
	of := x != nil && x.Name == h.files[file].board
	name := sel.Sel.Name
	switch nth := speaking[name]; {
	case of && name == "Serve":
		h.serves = true
	case of && slices.Contains(listening, name):
		h.listens = true
		if h.listeners++; h.listeners > 50 || len(h.compared) > maxTalk {
			h.takesAny = true
			return
		}
		h.listener(file, call)
	case slices.Contains(strange, name):
		h.takesAny, h.saysAny = true, true
	case nth > 0 && nth == len(call.Args):
		h.said(call.Args[nth-1])
	}
}

// said takes in what is sent.
func (h *hearing) said(e ast.Expr) {
	whole := true
	for {
		if b, ok := e.(*ast.BinaryExpr); ok && b.Op == token.ADD {
			e, whole = b.X, false
			continue
		}
		break
	}
	switch text, ok := h.text(e); {
	case !ok || text == "":
		h.saysAny = true
	case whole:
		h.says = append(h.says, text)
	default:
		h.begins = append(h.begins, text)
	}
}

// listener looks at a function for texts.
func (h *hearing) listener(file int, call *ast.CallExpr) {
	var f function
	if len(call.Args) > 0 {
		switch given := call.Args[len(call.Args)-1].(type) {
		case *ast.FuncLit:
			f = function{given.Type.Params, given.Body, file}
		case *ast.Ident:
			f = h.functions[given.Name]
		}
	}
	var params []string
	if f.params != nil {
		for _, field := range f.params.List {
			for _, name := range field.Names {
				params = append(params, name.Name)
			}
		}
	}
	if len(params) != 2 {
		h.takesAny = true
		return
	}
	l := listener{hearing: h, file: f.file, names: map[string]bool{params[1]: false}}
	ast.Inspect(f.body, l.look)
	if l.changed {
		h.takesAny = true
		return
	}
	h.compared = append(h.compared, l.compared...)
	h.takesAny = h.takesAny || len(h.compared) > maxTalk
	if !l.picks(f.body.List) || len(l.compared) == 0 && len(f.body.List) > 0 {
		h.takesAny = true
	}
}

// listener is a function for texts.
type listener struct {
	*hearing
	file     int
	names    map[string]bool // what the text is called in it; true: in small letters
	compared []compared
	changed  bool // a name stands for something else as well
}

// message tells whether an expression is the text itself, perhaps in small letters.
func (l *listener) message(e ast.Expr) (folded, ok bool) {
	switch e := e.(type) {
	case *ast.Ident:
		folded, ok = l.names[e.Name]
	case *ast.ParenExpr:
		return l.message(e.X)
	case *ast.CallExpr:
		sel, is := e.Fun.(*ast.SelectorExpr)
		if !is || len(e.Args) != 1 {
			return false, false
		}
		folded, ok = l.message(e.Args[0])
		switch sel.Sel.Name {
		case "Fold", "ToLower", "ToUpper":
			folded = true
		case "TrimSpace":
		default:
			return false, false
		}
	}
	return folded, ok
}

func (l *listener) mentions(n ast.Node) (found bool) {
	ast.Inspect(n, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			_, is := l.names[id.Name]
			found = found || is
		}
		return !found
	})
	return found
}

// look gathers what the text is called, and what it is compared with.
func (l *listener) look(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.AssignStmt:
		for i, to := range n.Lhs {
			id, ok := to.(*ast.Ident)
			if !ok {
				continue
			}
			folded, same := false, false
			if len(n.Rhs) == len(n.Lhs) {
				folded, same = l.message(n.Rhs[i])
			}
			if _, known := l.names[id.Name]; known && !same {
				l.changed = true
			} else if same {
				l.names[id.Name] = folded || l.names[id.Name]
			}
		}
	case *ast.BinaryExpr:
		if n.Op == token.EQL || n.Op == token.NEQ {
			l.compare(n.X, n.Y)
			l.compare(n.Y, n.X)
		}
	case *ast.SwitchStmt:
		if n.Tag == nil {
			break
		}
		for _, c := range n.Body.List {
			for _, e := range c.(*ast.CaseClause).List {
				l.compare(n.Tag, e)
			}
		}
	case *ast.CallExpr:
		if sel, ok := n.Fun.(*ast.SelectorExpr); ok && sel.Sel.Name == "EqualFold" && len(n.Args) == 2 {
			before := len(l.compared)
			l.compare(n.Args[0], n.Args[1])
			l.compare(n.Args[1], n.Args[0])
			for i := range l.compared[before:] {
				l.compared[before+i].folded = true
			}
		}
	}
	return true
}

func (l *listener) compare(message, with ast.Expr) {
	folded, ok := l.message(message)
	text, is := l.text(with)
	if ok && is && text != "" {
		set := l.files[l.file].set
		at := handled{text, set.Position(with.Pos()).Offset, set.Position(with.End()).Offset}
		l.compared = append(l.compared, compared{at, l.file, folded})
	}
}

// picks tells whether statements do something with certain texts alone.
func (l *listener) picks(list []ast.Stmt) bool {
	for _, s := range list {
		switch s := s.(type) {
		case *ast.ReturnStmt, *ast.EmptyStmt:
		case *ast.AssignStmt:
			for _, e := range s.Rhs {
				if _, ok := l.message(e); !ok {
					return false
				}
			}
		case *ast.ExprStmt:
			if !prints(s.X) {
				return false
			}
		case *ast.IfStmt:
			if !l.asks(s) {
				return false
			}
		case *ast.SwitchStmt:
			if s.Init != nil || !l.chooses(s) {
				return false
			}
		default:
			return false
		}
	}
	return true
}

// asks tells whether an if and those in its else are about certain texts alone.
func (l *listener) asks(s *ast.IfStmt) bool {
	if s.Init != nil || !l.picky(s.Cond) {
		return false
	}
	other, ok := s.Else.(*ast.IfStmt)
	return s.Else == nil || ok && l.asks(other)
}

func (l *listener) chooses(s *ast.SwitchStmt) bool {
	if s.Tag != nil {
		if _, ok := l.message(s.Tag); !ok {
			return false
		}
	}
	for _, c := range s.Body.List {
		list := c.(*ast.CaseClause).List
		for _, e := range list {
			if _, ok := l.text(e); s.Tag != nil && !ok || s.Tag == nil && !l.picky(e) {
				return false
			}
		}
		if list == nil { // default
			return false
		}
	}
	return true
}

// picky tells whether a condition is true for certain texts alone.
func (l *listener) picky(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.ParenExpr:
		return l.picky(e.X)
	case *ast.BinaryExpr:
		switch e.Op {
		case token.LOR:
			return l.picky(e.X) && l.picky(e.Y)
		case token.LAND:
			return l.picky(e.X) && !l.mentions(e.Y) || l.picky(e.Y) && !l.mentions(e.X)
		case token.EQL:
			for _, side := range [2][2]ast.Expr{{e.X, e.Y}, {e.Y, e.X}} {
				_, ok := l.message(side[0])
				if _, is := l.text(side[1]); ok && is {
					return true
				}
			}
		}
	case *ast.CallExpr:
		sel, ok := e.Fun.(*ast.SelectorExpr)
		if !ok || sel.Sel.Name != "EqualFold" || len(e.Args) != 2 {
			return false
		}
		_, first := l.text(e.Args[0])
		_, second := l.text(e.Args[1])
		return first != second
	}
	return false
}

// prints tells whether an expression only says on the console what happens.
func prints(e ast.Expr) bool {
	call, ok := e.(*ast.CallExpr)
	if !ok {
		return false
	}
	switch f := call.Fun.(type) {
	case *ast.Ident:
		return f.Name == "print" || f.Name == "println"
	case *ast.SelectorExpr:
		x, ok := f.X.(*ast.Ident)
		return ok && (x.Name == "fmt" || x.Name == "log") && strings.HasPrefix(f.Sel.Name, "Print")
	}
	return false
}

// takes tells whether the program does something with a text.
func (h *hearing) takes(text string) bool {
	text = strings.TrimSpace(text)
	return h.takesAny || slices.ContainsFunc(h.compared, func(c compared) bool {
		return c.text == text || c.folded && strings.EqualFold(c.text, text)
	})
}

// maySay tells whether the program may send a text.
func (h *hearing) maySay(text string) bool {
	return h.saysAny || slices.Contains(h.says, text) || slices.ContainsFunc(h.begins, func(b string) bool { return strings.HasPrefix(text, b) })
}
