package explain

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"strings"
	"unicode/utf8"

	"studioide/ui/src/words/say"
)

// Values as people put them together in other languages. Such a program parses, and the compiler says what does not fit;
// what was meant is in the expression that it speaks of.

// tree is the file with its mistake of meaning; nil: it cannot be read, or is too large for that.
func (f *finding) tree() *ast.File {
	if len(f.content) > repairable {
		return nil
	}
	if f.src != nil {
		if file, ok := f.src.trees[f.path]; ok {
			return file
		}
	}
	file, err := parser.ParseFile(token.NewFileSet(), "", f.content, parser.SkipObjectResolution)
	if err != nil {
		file = nil
	}
	if f.src != nil {
		if f.src.trees == nil {
			f.src.trees = map[string]*ast.File{}
		}
		f.src.trees[f.path] = file
	}
	return file
}

// Positions of a tree that is a file set's only file begin at 1.
func begins(n ast.Node) int { return int(n.Pos()) - 1 }
func stops(n ast.Node) int  { return int(n.End()) - 1 }

func (f *finding) source(n ast.Node) string { return string(f.content[begins(n):stops(n)]) }

func (f *finding) mark(n ast.Node) { f.start, f.end = begins(n), stops(n) }

func squeezed(s string) string { return strings.Join(strings.Fields(s), "") }

// written finds the innermost expression around the place that the compiler writes like this.
func find[T ast.Expr](f *finding, as string) (found T, ok bool) {
	file := f.tree()
	if file == nil {
		return found, false
	}
	as = squeezed(as)
	ast.Inspect(file, func(n ast.Node) bool {
		if n == nil || begins(n) > f.pos || stops(n) < f.pos {
			return false
		}
		if e, is := n.(T); is && squeezed(f.source(e)) == as {
			found, ok = e, true
		}
		return true
	})
	return found, ok
}

// around finds the innermost node of a kind around the place.
func around[T ast.Node](f *finding) (found T, ok bool) {
	file := f.tree()
	if file == nil {
		return found, false
	}
	ast.Inspect(file, func(n ast.Node) bool {
		if n == nil || begins(n) > f.pos || stops(n) <= f.pos {
			return false
		}
		if e, is := n.(T); is {
			found, ok = e, true
		}
		return true
	})
	return found, ok
}

// instead is what to write in place of an expression.
func (f *finding) instead(n ast.Node, text string) {
	f.mark(n)
	f.help = say.GoWrite(clipped(text))
	f.change(text)
}

// combined explains an operator between values that other languages let it have. types are those of both sides, if known.
func combined(f *finding, written, left, right string) bool {
	b, ok := find[*ast.BinaryExpr](f, written)
	if !ok {
		if b, ok = around[*ast.BinaryExpr](f); !ok {
			return false
		}
	}
	x, y := f.source(b.X), f.source(b.Y)
	isText := func(e ast.Expr, typ string) bool {
		lit, is := e.(*ast.BasicLit)
		return is && lit.Kind == token.STRING || kindOf(typ) == kindText
	}
	switch b.Op {
	case token.REM:
		if !isText(b.X, left) {
			return false
		}
		f.says(say.GoTextPercent())
		f.instead(b, "fmt.Sprintf("+x+", "+y+")")
	case token.MUL:
		if isText(b.Y, right) {
			x, y = y, x
		} else if !isText(b.X, left) {
			return false
		}
		f.says(say.GoTextTimes())
		f.instead(b, "strings.Repeat("+x+", "+y+")")
	case token.LOR, token.LAND:
		last := b.X
		for {
			inner, is := last.(*ast.BinaryExpr)
			if is && (inner.Op == token.LOR || inner.Op == token.LAND) {
				last = inner.Y
				continue
			}
			if !is || inner.Op != token.EQL && inner.Op != token.NEQ || isComparison(b.Y) {
				return false
			}
			f.says(say.GoOwnComparison(b.Op.String()))
			whole := f.source(inner.X) + " " + inner.Op.String() + " " + y
			f.instead(b.Y, whole)
			f.help = say.GoWrite(clipped(b.Op.String() + " " + whole))
			break
		}
	case token.LSS, token.LEQ, token.GTR, token.GEQ:
		inner, is := b.X.(*ast.BinaryExpr)
		if !is || !isComparison(inner) {
			return f.character(b, left, right)
		}
		f.says(say.GoComparisonChain())
		f.instead(b, x+" && "+f.source(inner.Y)+" "+b.Op.String()+" "+y)
	case token.EQL, token.NEQ:
		return f.character(b, left, right)
	default:
		return false
	}
	return true
}

func isComparison(e ast.Expr) bool {
	b, ok := e.(*ast.BinaryExpr)
	return ok && (b.Op == token.EQL || b.Op == token.NEQ || b.Op == token.LSS || b.Op == token.LEQ || b.Op == token.GTR || b.Op == token.GEQ)
}

// says puts what is wrong; the words about types are no help then.
func (f *finding) says(text string) { f.code, f.text = "go.operator", text }

// character: msg[0] == "L", and msg == 'L'.
func (f *finding) character(b *ast.BinaryExpr, left, right string) bool {
	lit, typ := b.Y, left
	if l, is := b.X.(*ast.BasicLit); is {
		lit, typ = l, right
	}
	l, ok := lit.(*ast.BasicLit)
	if !ok {
		return false
	}
	inner, err := strconv.Unquote(l.Value)
	switch {
	case err != nil:
		return false
	case l.Kind == token.CHAR && kindOf(typ) == kindText:
		f.code, f.text = "go.quotes", say.GoCharacterAsText()
		f.instead(l, strconv.Quote(inner))
	case l.Kind == token.STRING && utf8.RuneCountInString(inner) == 1 && (typ == "byte" || typ == "rune" || typ == "uint8" || typ == "int32"):
		f.code, f.text = "go.quotes", say.GoTextAsCharacter()
		r, _ := utf8.DecodeRuneInString(inner)
		f.instead(l, strconv.QuoteRune(r))
	default:
		return false
	}
	return true
}

// bitwise: if armed & lit, where & and | are about bits.
func bitwise(f *finding) bool {
	twice, ok := map[string]string{"&": "&&", "|": "||"}[f.m[1]]
	if !ok || kindOf(f.m[3]) != kindBool {
		return false
	}
	b, ok := around[*ast.BinaryExpr](f)
	if !ok || b.Op.String() != f.m[1] {
		return false
	}
	f.code, f.text, f.help = "go.operator", say.GoBitwise(f.m[1]), say.GoWrite(twice)
	f.start = int(b.OpPos) - 1
	f.end = f.start + 1
	f.change(twice)
	return true
}

// divided: float64(a / b), of which the rest is gone before it is converted.
func divided(f *finding, want string) bool {
	b, ok := find[*ast.BinaryExpr](f, f.m[1])
	if !ok || b.Op != token.QUO || !strings.HasPrefix(want, "float") {
		return false
	}
	x, y := f.source(b.X), f.source(b.Y)
	if _, constant := b.X.(*ast.BasicLit); constant {
		y = want + "(" + y + ")"
	} else {
		x = want + "(" + strings.TrimSuffix(strings.TrimPrefix(x, "("), ")") + ")"
	}
	f.text = say.GoDividedWhole(clipped(f.m[1]))
	f.instead(b, x+" / "+y)
	return true
}

// numberOfElement: for name := range names, whose name is 0, 1, 2…
func numberOfElement(f *finding) bool {
	name, file := f.m[1], f.tree()
	if file == nil || !isName(name) || f.m[2] != "variable of type int" {
		return false
	}
	var loop *ast.RangeStmt
	ast.Inspect(file, func(n ast.Node) bool {
		if n == nil || begins(n) > f.pos || stops(n) <= f.pos {
			return false
		}
		if r, is := n.(*ast.RangeStmt); is && r.Value == nil && r.Key != nil && r.Tok == token.DEFINE && f.source(r.Key) == name {
			loop = r
		}
		return true
	})
	if loop == nil || !listOf(f, file, loop.X, f.m[3]) {
		return false
	}
	f.code = "go.range"
	f.text = say.GoRangeNumber(name)
	f.instead(loop.Key, "_, "+name)
	f.help = say.GoWrite("for _, " + name + " := range " + clipped(f.source(loop.X)))
	return true
}

// listOf tells whether a name is declared as a list of a type.
func listOf(f *finding, file *ast.File, list ast.Expr, of string) (is bool) {
	if lit, ok := list.(*ast.CompositeLit); ok {
		return elements(f, lit.Type) == of
	}
	id, ok := list.(*ast.Ident)
	if !ok {
		return false
	}
	valued := func(values []ast.Expr, i int) {
		if i < len(values) {
			if lit, ok := values[i].(*ast.CompositeLit); ok {
				is = is || elements(f, lit.Type) == of
			}
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for i, l := range n.Lhs {
				if name, ok := l.(*ast.Ident); ok && name.Name == id.Name && n.Tok == token.DEFINE {
					valued(n.Rhs, i)
				}
			}
		case *ast.ValueSpec:
			for i, name := range n.Names {
				if name.Name == id.Name {
					is = is || n.Type != nil && elements(f, n.Type) == of
					valued(n.Values, i)
				}
			}
		case *ast.Field:
			for _, name := range n.Names {
				is = is || name.Name == id.Name && elements(f, n.Type) == of
			}
		}
		return true
	})
	return is
}

func elements(f *finding, e ast.Expr) string {
	if a, ok := e.(*ast.ArrayType); ok {
		return f.source(a.Elt)
	}
	return ""
}

// fromTheEnd: values[-1].
func fromTheEnd(f *finding) {
	if x, ok := around[*ast.IndexExpr](f); ok && strings.HasPrefix(f.m[1], "-") {
		list := f.source(x.X)
		f.text = say.GoFromTheEnd(f.m[1])
		f.instead(x.Index, "len("+list+")"+f.m[1])
	}
}

// squareCall: board.LED.Set[true].
func squareCall(f *finding) {
	x, ok := around[*ast.IndexExpr](f)
	if !ok || !strings.Contains(f.m[2], "func(") {
		return
	}
	f.code, f.text = "go.call", say.GoAFunctionCalledWithRound()
	f.instead(x, f.source(x.X)+"("+f.source(x.Index)+")")
}

// handed: board.OnText(got()), which calls got instead of handing it over.
func handed(f *finding) {
	if len(f.m) < 4 || strings.TrimSpace(f.m[2]) != "" {
		return
	}
	file := f.tree()
	if file == nil {
		return
	}
	ast.Inspect(file, func(n ast.Node) bool {
		outer, is := n.(*ast.CallExpr)
		if !is {
			return true
		}
		sel, is := outer.Fun.(*ast.SelectorExpr)
		if !is || f.source(sel.X) != "board" {
			return true
		}
		if _, takes := callbacks[sel.Sel.Name]; !takes {
			return true
		}
		for _, a := range outer.Args {
			if call, is := a.(*ast.CallExpr); is && len(call.Args) == 0 && begins(call) <= f.pos && f.pos < stops(call) {
				f.code, f.text = "go.callback", say.GoHanded(f.source(call.Fun))
				f.instead(call, f.source(call.Fun))
			}
		}
		return true
	})
}

// reshaped: board.OnText(func(msg string) {, whose function takes other values than it gets.
func reshaped(f *finding, want string) {
	lit, ok := around[*ast.FuncLit](f)
	takes, is := strings.CutSuffix(strings.TrimPrefix(want, "func("), ")")
	if !ok || !is || lit.Type.Results != nil || begins(lit) != f.start || strings.ContainsAny(takes, "()") {
		return
	}
	names := map[string]string{} // the user's, by type without *
	for _, p := range lit.Type.Params.List {
		for _, n := range p.Names {
			names[strings.TrimLeft(f.source(p.Type), "*")] = n.Name
		}
	}
	var list []string
	for _, p := range strings.FieldsFunc(takes, func(r rune) bool { return r == ',' }) {
		name, typ, _ := strings.Cut(strings.TrimSpace(p), " ")
		if own := names[strings.TrimLeft(typ, "*")]; own != "" {
			name = own
		}
		list = append(list, name+" "+typ)
	}
	f.start, f.end = begins(lit.Type), stops(lit.Type)
	f.change("func(" + strings.Join(list, ", ") + ")")
}

// madeAnew: speed := n in a block, where there is a speed outside of it, which stays what it was.
func madeAnew(f *finding) bool {
	file := f.tree()
	if file == nil {
		return false
	}
	var own *ast.AssignStmt
	var outer bool
	name := f.marked()
	ast.Inspect(file, func(n ast.Node) bool {
		if n == nil || begins(n) > f.start || stops(n) <= f.start {
			return false
		}
		var list []ast.Stmt
		switch n := n.(type) {
		case *ast.File:
			for _, d := range n.Decls {
				if g, is := d.(*ast.GenDecl); is {
					outer = outer || declares(g, name)
				}
			}
		case *ast.BlockStmt:
			list = n.List
		case *ast.CaseClause:
			list = n.Body
		case *ast.AssignStmt:
			own = n
		}
		for _, s := range list {
			if stops(s) > f.start {
				break
			}
			switch s := s.(type) {
			case *ast.AssignStmt:
				for _, l := range s.Lhs {
					id, is := l.(*ast.Ident)
					outer = outer || is && s.Tok == token.DEFINE && id.Name == name
				}
			case *ast.DeclStmt:
				g, is := s.Decl.(*ast.GenDecl)
				outer = outer || is && declares(g, name)
			}
		}
		return true
	})
	if own == nil || !outer || own.Tok != token.DEFINE || len(own.Lhs) != 1 {
		return false
	}
	f.text, f.help = say.GoMadeAnew(name), say.GoMadeAnewHelp(name)
	at := int(own.TokPos) - 1
	f.fix = &edit{say.FixChangeTo("="), at, at + 2, "="}
	return true
}

func declares(g *ast.GenDecl, name string) bool {
	for _, s := range g.Specs {
		if v, is := s.(*ast.ValueSpec); is && g.Tok == token.VAR {
			for _, n := range v.Names {
				if n.Name == name {
					return true
				}
			}
		}
	}
	return false
}

// methodOf is how a method of a value in other languages is written in Go: $x is the value, $a what stands between the
// parentheses.
type methodOf struct{ instead, imported string }

// valueMethods are methods of values in other languages, by kind of value and lower-case name.
var valueMethods = map[string]methodOf{
	"text.upper":            {"strings.ToUpper($x)", "strings"},
	"text.toupper":          {"strings.ToUpper($x)", "strings"},
	"text.touppercase":      {"strings.ToUpper($x)", "strings"},
	"text.lower":            {"strings.ToLower($x)", "strings"},
	"text.tolower":          {"strings.ToLower($x)", "strings"},
	"text.tolowercase":      {"strings.ToLower($x)", "strings"},
	"text.split":            {"strings.Split($x, $a)", "strings"},
	"text.strip":            {"strings.TrimSpace($x)", "strings"},
	"text.trim":             {"strings.TrimSpace($x)", "strings"},
	"text.startswith":       {"strings.HasPrefix($x, $a)", "strings"},
	"text.endswith":         {"strings.HasSuffix($x, $a)", "strings"},
	"text.replace":          {"strings.ReplaceAll($x, $a)", "strings"},
	"text.replaceall":       {"strings.ReplaceAll($x, $a)", "strings"},
	"text.contains":         {"strings.Contains($x, $a)", "strings"},
	"text.includes":         {"strings.Contains($x, $a)", "strings"},
	"text.indexof":          {"strings.Index($x, $a)", "strings"},
	"text.find":             {"strings.Index($x, $a)", "strings"},
	"text.count":            {"strings.Count($x, $a)", "strings"},
	"text.repeat":           {"strings.Repeat($x, $a)", "strings"},
	"text.equalsignorecase": {"strings.EqualFold($x, $a)", "strings"},
	"text.equals":           {"$x == $a", ""},
	"text.charat":           {"$x[$a]", ""},
	"text.length":           {"len($x)", ""},
	"text.size":             {"len($x)", ""},
	"text.len":              {"len($x)", ""},
	"text.format":           {"fmt.Sprintf($x, $a)", "fmt"},
	"text.toint":            {"strconv.Atoi($x)", "strconv"},
	"text.tostring":         {"$x", ""},
	"list.append":           {"$x = append($x, $a)", ""},
	"list.push":             {"$x = append($x, $a)", ""},
	"list.push_back":        {"$x = append($x, $a)", ""},
	"list.add":              {"$x = append($x, $a)", ""},
	"list.length":           {"len($x)", ""},
	"list.size":             {"len($x)", ""},
	"list.len":              {"len($x)", ""},
	"list.join":             {"strings.Join($x, $a)", "strings"},
	"list.includes":         {"slices.Contains($x, $a)", "slices"},
	"list.contains":         {"slices.Contains($x, $a)", "slices"},
	"list.indexof":          {"slices.Index($x, $a)", "slices"},
	"list.index":            {"slices.Index($x, $a)", "slices"},
	"list.sort":             {"slices.Sort($x)", "slices"},
	"list.reverse":          {"slices.Reverse($x)", "slices"},
	"list.foreach":          {"for _, value := range $x { … }", ""},
	"list.map":              {"for _, value := range $x { … }", ""},
	"map.length":            {"len($x)", ""},
	"map.size":              {"len($x)", ""},
	"map.get":               {"$x[$a]", ""},
	"map.keys":              {"for key := range $x { … }", ""},
	"map.values":            {"for _, value := range $x { … }", ""},
	"map.items":             {"for key, value := range $x { … }", ""},
	"number.tostring":       {"fmt.Sprint($x)", "fmt"},
	"number.tofixed":        {"fmt.Sprintf(\"%.2f\", $x)", "fmt"},
}

// valueMethod: msg.includes("on"), values.push(5), "{}".format(n).
func valueMethod(f *finding) bool {
	typ := strings.TrimPrefix(strings.TrimPrefix(f.m[3], "untyped "), "*")
	of := ""
	switch {
	case strings.HasPrefix(typ, "[") && !strings.Contains(typ, "."):
		of = "list"
	case strings.HasPrefix(typ, "map["):
		of = "map"
	case kindOf(typ) == kindText:
		of = "text"
	case kindOf(typ).number():
		of = "number"
	}
	as, known := valueMethods[of+"."+strings.ToLower(f.m[2])]
	file := f.tree()
	if !known || file == nil {
		return false
	}
	var sel *ast.SelectorExpr
	var call *ast.CallExpr
	var alone bool // the call is a sentence of its own
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ExprStmt:
			if c, is := n.X.(*ast.CallExpr); is && begins(c.Fun) <= f.start && f.end == stops(c.Fun) {
				alone = true
			}
		case *ast.CallExpr:
			if s, is := n.Fun.(*ast.SelectorExpr); is && begins(s.Sel) == f.start {
				call = n
			}
		case *ast.SelectorExpr:
			if begins(n.Sel) == f.start {
				sel = n
			}
		}
		return sel == nil || call == nil
	})
	if sel == nil {
		return false
	}
	var args []string
	value := f.source(sel.X)
	whole := ast.Node(sel)
	if call != nil {
		whole = call
		for _, a := range call.Args {
			args = append(args, f.source(a))
		}
	}
	if f.m[2] == "format" {
		value = strings.ReplaceAll(value, "{}", "%v")
	}
	given := strings.Join(args, ", ")
	instead := strings.NewReplacer("$x", value, "$a", given).Replace(as.instead)
	if instead = strings.ReplaceAll(instead, ", )", ")"); as.imported != "" {
		f.help = say.GoWriteWithImport(clipped(instead), as.imported)
	} else {
		f.help = say.GoWrite(clipped(instead))
	}
	takes := strings.Contains(as.instead, "$a")
	if strings.Contains(as.instead, "…") || takes == (given == "") || strings.Contains(as.instead, " = ") != alone || strings.Contains(given, "\n") {
		return true // what to write is no mere other name
	}
	f.fix = &edit{say.FixChangeTo(clipped(instead)), begins(whole), stops(whole), instead}
	return true
}
