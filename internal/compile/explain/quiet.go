package explain

import (
	"go/ast"
	"go/token"
	"strconv"
	"strings"

	"studioide/internal/api"
	"studioide/ui/src/words/say"
)

// Mistakes that compile: the program builds, and does something else than was meant. Each is a warning, and only said
// where nothing else can have been meant.

// quietly looks for them in a file that parses.
func quietly(path string, content []byte, file *ast.File, set *token.FileSet) []api.Diagnostic {
	q := &quiet{path: path, content: content, offset: func(p token.Pos) int { return set.Position(p).Offset }, imported: map[string]string{}}
	for _, spec := range file.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			continue
		}
		name := imported[strings.LastIndex(imported, "/")+1:]
		if spec.Name != nil {
			name = spec.Name.Name
		}
		q.imported[name] = imported
	}
	q.learn(file)
	q.slashes(file.Comments)
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			q.sleep(n)
			q.every(n)
			q.verbs(n)
			q.blocks(n)
		case *ast.AssignStmt:
			q.sign(n)
			q.nilMap(n)
		case *ast.IncDecStmt:
			if index, ok := n.X.(*ast.IndexExpr); ok {
				q.intoNilMap(index)
			}
		case *ast.BasicLit:
			q.template(n)
		case *ast.StructType:
			q.hiddenField(n)
		case *ast.BinaryExpr:
			q.power(n)
			q.zero(n)
		case *ast.BlockStmt:
			q.unreachable(n.List)
		case *ast.SwitchStmt:
			q.folded(n)
		case *ast.ForStmt:
			q.tightLoop(n)
		case *ast.FuncDecl:
			q.serves(n)
		}
		return len(q.found) < MaxProblems
	})
	return q.found
}

type quiet struct {
	path     string
	content  []byte
	offset   func(token.Pos) int
	imported map[string]string // paths by the names that the file uses
	found    []api.Diagnostic

	kinds map[string]kind           // of values, by the names that have only such
	named map[string]bool           // all names
	loops map[string]bool           // functions that loop without end
	maps  map[string]*ast.ValueSpec // maps that are declared, and that nothing is given to
}

func (q *quiet) warn(code string, start, end token.Pos, text, help string) *finding {
	f := newFinding(q.path, q.content, "", nil)
	f.start, f.end, f.code, f.text, f.help = q.offset(start), q.offset(end), code, text, help
	return f
}

func (q *quiet) add(f *finding) {
	p := f.problem()
	p.Severity = api.SeverityWarning
	q.found = append(q.found, p)
}

// isCall tells whether a call is of a function of a package.
func (q *quiet) isCall(call *ast.CallExpr, imported, name string) bool {
	sel, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || sel.Sel.Name != name {
		return false
	}
	x, ok := sel.X.(*ast.Ident)
	return ok && q.imported[x.Name] == imported
}

func wholeNumber(e ast.Expr) (string, bool) {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.INT || lit.Value == "0" {
		return "", false
	}
	return lit.Value, true
}

// sleep: time.Sleep(500), which are nanoseconds.
func (q *quiet) sleep(call *ast.CallExpr) {
	if len(call.Args) == 1 && q.isCall(call, "time", "Sleep") {
		q.nanoseconds(call.Args[0], "time.Sleep")
	}
}

// folded: switch board.Fold(msg) { case "LEDon":, which never is, since Fold makes small letters.
func (q *quiet) folded(s *ast.SwitchStmt) {
	call, ok := s.Tag.(*ast.CallExpr)
	if !ok || !q.isCall(call, "studio/board", "Fold") && !q.isCall(call, "strings", "ToLower") {
		return
	}
	for _, c := range s.Body.List {
		for _, e := range c.(*ast.CaseClause).List {
			lit, ok := e.(*ast.BasicLit)
			if !ok || lit.Kind != token.STRING || strings.ToLower(lit.Value) == lit.Value || strings.Contains(lit.Value, `\`) {
				continue
			}
			f := q.warn("go.never-equal", lit.Pos(), lit.End(), say.GoNeverEqual(clipped(lit.Value)), say.GoWrite("case "+clipped(strings.ToLower(lit.Value))+":"))
			f.change(strings.ToLower(lit.Value))
			q.add(f)
		}
	}
}

// every: board.Every(500, …).
func (q *quiet) every(call *ast.CallExpr) {
	if len(call.Args) == 2 && q.isCall(call, "studio/board", "Every") {
		q.nanoseconds(call.Args[0], "board.Every")
	}
}

func (q *quiet) nanoseconds(arg ast.Expr, function string) {
	n, ok := wholeNumber(arg)
	if !ok {
		return
	}
	if len(n) > 6 {
		return // so many may well be meant as nanoseconds
	}
	unit := "time.Millisecond"
	if len(n) < 2 {
		unit = "time.Second"
	}
	f := q.warn("go.no-unit", arg.Pos(), arg.End(), say.GoTakesAsNanosecondsWhichAlmost(function, n), say.GoSayUnit(n, unit))
	if q.imported["time"] == "time" {
		f.change(n + " * " + unit)
	}
	q.add(f)
}

// sign: x =+ 5, which gives x the value 5.
func (q *quiet) sign(a *ast.AssignStmt) {
	if a.Tok != token.ASSIGN || len(a.Rhs) != 1 {
		return
	}
	u, ok := a.Rhs[0].(*ast.UnaryExpr)
	if !ok || u.Op != token.ADD && u.Op != token.SUB || q.offset(u.OpPos) != q.offset(a.TokPos)+1 || q.offset(u.X.Pos()) == q.offset(u.OpPos)+1 {
		return
	}
	op := u.Op.String()
	f := q.warn("go.swapped-operator", a.TokPos, u.OpPos+1, say.GoGivesVariableNewValueIt(op), say.GoWriteToChangeItBy(op))
	f.change(op + "=")
	q.add(f)
}

// power: 2 ^ 8, which is no power but an exclusive or of bits.
func (q *quiet) power(b *ast.BinaryExpr) {
	if b.Op != token.XOR {
		return
	}
	base, ok := wholeNumber(b.X)
	exponent, isNumber := wholeNumber(b.Y)
	if !ok || !isNumber || base != "2" && base != "10" {
		return
	}
	f := q.warn("go.power", b.Pos(), b.End(), say.GoDoesNotRaiseToPower(), say.GoWriteMathPowOrFor(base, exponent))
	if n, err := strconv.Atoi(exponent); err == nil && base == "2" && n < 31 {
		f.help = "Write: 1 << " + exponent
		f.change("1 << " + exponent)
	}
	q.add(f)
}

// unreachable: what stands below board.Serve() or below a loop without end is never run.
func (q *quiet) unreachable(list []ast.Stmt) {
	for i, s := range list {
		if i+1 == len(list) {
			return
		}
		switch s := s.(type) {
		case *ast.ExprStmt:
			if call, ok := s.X.(*ast.CallExpr); ok && q.isCall(call, "studio/board", "Serve") {
				q.add(q.warn("go.unreachable", list[i+1].Pos(), list[i+1].End(), say.GoThisNeverRunBoardServe(), say.GoMoveItAboveBoardServe()))
				return
			}
		case *ast.ForStmt:
			if s.Cond == nil && !leaves(s.Body) {
				q.add(q.warn("go.unreachable", list[i+1].Pos(), list[i+1].End(), say.GoThisNeverRunLoopAbove(), say.GoMoveItAboveLoopOr()))
				return
			}
		case *ast.ReturnStmt:
			if _, labelled := list[i+1].(*ast.LabeledStmt); !labelled {
				q.add(q.warn("go.unreachable", list[i+1].Pos(), list[i+1].End(), say.GoThisNeverRunReturnAbove(), say.GoMoveItAboveReturnOr()))
				return
			}
		}
	}
}

// leaves tells whether a loop can be left: by break, return, goto or panic.
func leaves(body *ast.BlockStmt) (found bool) {
	depth := 0 // of what a plain break would leave instead
	var look func(n ast.Node)
	look = func(n ast.Node) {
		ast.Inspect(n, func(m ast.Node) bool {
			switch m := m.(type) {
			case *ast.FuncLit:
				return false
			case *ast.ReturnStmt:
				found = true
			case *ast.BranchStmt:
				found = found || m.Tok == token.GOTO || m.Tok == token.BREAK && (depth == 0 || m.Label != nil)
			case *ast.CallExpr:
				if id, ok := m.Fun.(*ast.Ident); ok && id.Name == "panic" {
					found = true
				}
			case *ast.ForStmt, *ast.RangeStmt, *ast.SwitchStmt, *ast.TypeSwitchStmt, *ast.SelectStmt:
				if m != n {
					depth++
					look(m)
					depth--
					return false
				}
			}
			return true
		})
	}
	look(body)
	return found
}

// tightLoop: a loop without end that does nothing lets nothing else happen.
func (q *quiet) tightLoop(s *ast.ForStmt) {
	if s.Cond == nil && s.Init == nil && len(s.Body.List) == 0 {
		q.add(q.warn("go.tight-loop", s.Pos(), s.End(), say.GoThisLoopDoesNothingFor(), say.GoEndMainWithBoardServe()))
	}
}

// serves: a main that says what to do with messages, and ends without serving them.
func (q *quiet) serves(d *ast.FuncDecl) {
	if d.Name.Name != "main" || d.Recv != nil || d.Body == nil || q.path != "main.go" {
		return
	}
	waits, registers := false, token.NoPos
	ast.Inspect(d.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false // main goes on meanwhile
		case *ast.GoStmt:
			if registers == token.NoPos && q.endless(n.Call.Fun) {
				registers = n.Pos()
			}
			return false
		case *ast.ForStmt:
			waits = waits || n.Post == nil || n.Cond == nil
		case *ast.RangeStmt:
			switch n.X.(type) { // of a ticker, say
			case *ast.CallExpr, *ast.SelectorExpr:
				waits = true
			}
		case *ast.SelectStmt:
			waits = true
		case *ast.UnaryExpr:
			waits = waits || n.Op == token.ARROW
		case *ast.CallExpr:
			sel, ok := n.Fun.(*ast.SelectorExpr)
			if !ok {
				if id, plain := n.Fun.(*ast.Ident); !plain || !strings.HasPrefix(id.Name, "print") {
					waits = true // a function of the program may do it
				}
				return true
			}
			x, ok := sel.X.(*ast.Ident)
			switch {
			case !ok:
			case q.imported[x.Name] == "" || strings.Contains(q.imported[x.Name], "/") && q.imported[x.Name] != "studio/board":
				waits = true // so may what the program has made, and other packages
			case q.imported[x.Name] != "studio/board":
			case sel.Sel.Name == "Serve" || sel.Sel.Name == "Start":
				waits = true
			case (strings.HasPrefix(sel.Sel.Name, "On") || sel.Sel.Name == "Every") && registers == token.NoPos:
				registers = n.Pos()
			}
		}
		return true
	})
	if waits || registers == token.NoPos {
		return
	}
	end := d.Body.Rbrace
	f := q.warn("go.no-serve", end, end+1, say.GoMainEndsHereAndProgram(), say.GoEndMainWithBoardServe2())
	at := q.offset(end)
	line := lineBegin(q.content, at)
	if strings.TrimSpace(string(q.content[line:at])) == "" {
		f.fix = &edit{say.GoAddBoardServe(), line, line, "\tboard.Serve()\n"}
	}
	q.add(f)
}
