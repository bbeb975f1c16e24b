package explain

import (
	"go/ast"
	"go/token"
	"reflect"
	"strconv"
	"strings"

	"studioide/internal/lazyregexp"
	"studioide/ui/src/words/say"
)

// More mistakes that compile: what is printed, divided, written into and waited for otherwise than was meant.

func (q *quiet) source(n ast.Node) string {
	return string(q.content[q.offset(n.Pos()):q.offset(n.End())])
}

// TextOf is a text as it stands in the program.
func TextOf(e ast.Expr) (string, bool) {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	s, err := strconv.Unquote(lit.Value)
	return s, err == nil
}

var (
	verb         = lazyregexp.New(`%(?:%|[-+# 0]*(\d+|\*)?(?:\.(?:\d+|\*)?)?([a-zA-Z]))`)
	plainVerb    = lazyregexp.New(`%(?:0?\d*\.?\d*)[dsvfxqt]`)
	filled       = lazyregexp.New(`\$\{([A-Za-z_]\w*)\}`)
	dividedSlash = lazyregexp.New(`\w // ?\d{1,4}\s*$`)
)

// verbs: fmt.Println("%d", n), and fmt.Printf with values that do not fit its text.
func (q *quiet) verbs(call *ast.CallExpr) {
	sel, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || len(call.Args) == 0 {
		return
	}
	x, ok := sel.X.(*ast.Ident)
	if !ok || q.imported[x.Name] != "fmt" {
		return
	}
	switch sel.Sel.Name {
	case "Println", "Print":
		text, ok := TextOf(call.Args[0])
		found := plainVerb().FindString(text)
		if !ok || found == "" || len(call.Args) < 2 || strings.Contains(text, "%%") {
			return
		}
		f := q.warn("go.verb", sel.Pos(), sel.End(), say.GoPrintVerb(x.Name+"."+sel.Sel.Name, found), say.GoWrite(x.Name+".Printf"))
		lit := call.Args[0].(*ast.BasicLit)
		if end := q.offset(lit.End()); sel.Sel.Name == "Println" && lit.Value[0] == '"' && !strings.HasSuffix(text, "\n") {
			start := q.offset(sel.Sel.Pos())
			f.fix = &edit{say.FixChangeTo("Printf"), start, end, "Printf" + string(q.content[q.offset(sel.Sel.End()):end-1]) + `\n"`}
		} else {
			f.fix = &edit{say.FixChangeTo("Printf"), q.offset(sel.Sel.Pos()), q.offset(sel.Sel.End()), "Printf"}
		}
		q.add(f)
	case "Printf", "Sprintf", "Errorf":
		text, ok := TextOf(call.Args[0])
		if !ok || call.Ellipsis.IsValid() || strings.Contains(text, "%[") {
			return
		}
		values := call.Args[1:]
		var letters []string
		for _, m := range verb().FindAllStringSubmatch(text, -1) {
			if m[1] == "*" || strings.Contains(m[0], ".*") {
				return
			}
			if m[2] != "" {
				letters = append(letters, m[2])
			}
		}
		if len(letters) != len(values) {
			q.add(q.warn("go.verb", call.Args[0].Pos(), call.Args[0].End(), say.GoVerbCount(strconv.Itoa(len(letters)), strconv.Itoa(len(values))), say.GoVerbCountHelp()))
			return
		}
		for i, v := range values {
			has := q.kind(v)
			wants := map[string]kind{"d": kindWhole, "f": kindDecimal, "t": kindBool}[letters[i]]
			if wants == unknownKind || has == unknownKind || has == wants {
				continue
			}
			right := map[kind]string{kindWhole: "%d", kindDecimal: "%f", kindBool: "%t", kindText: "%s"}[has]
			f := q.warn("go.verb", v.Pos(), v.End(), say.GoVerbKind("%"+letters[i], wants.String(), clipped(q.source(v)), has.String()), say.GoWrite(right))
			q.add(f)
			return
		}
	}
}

// kind is what a value is, where that is seen at once.
func (q *quiet) kind(e ast.Expr) kind {
	switch e := e.(type) {
	case *ast.BasicLit:
		return map[token.Token]kind{token.STRING: kindText, token.INT: kindWhole, token.FLOAT: kindDecimal}[e.Kind]
	case *ast.CallExpr:
		if id, ok := e.Fun.(*ast.Ident); ok && id.Name == "len" {
			return kindWhole
		}
	case *ast.Ident:
		return q.kinds[e.Name]
	}
	return unknownKind
}

// learn notes what kinds of values names have: all of them, if a name is used for several things.
func (q *quiet) learn(file *ast.File) {
	q.kinds, q.maps, q.named, q.loops = map[string]kind{}, map[string]*ast.ValueSpec{}, map[string]bool{}, map[string]bool{}
	seen, given := map[string]bool{}, map[string]bool{}
	note := func(name *ast.Ident, k kind) {
		if seen[name.Name] && q.kinds[name.Name] != k {
			k = unknownKind
		}
		q.kinds[name.Name], seen[name.Name] = k, true
	}
	of := func(t ast.Expr) kind {
		if id, ok := t.(*ast.Ident); ok {
			return map[string]kind{"string": kindText, "int": kindWhole, "bool": kindBool, "float64": kindDecimal, "float32": kindDecimal}[id.Name]
		}
		return unknownKind
	}
	local := func(body *ast.BlockStmt) { // others may be made in another file
		ast.Inspect(body, func(n ast.Node) bool {
			if spec, ok := n.(*ast.ValueSpec); ok && len(spec.Values) == 0 {
				if _, is := spec.Type.(*ast.MapType); is {
					for _, name := range spec.Names {
						q.maps[name.Name] = spec
					}
				}
			}
			return true
		})
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Ident:
			q.named[n.Name] = true
		case *ast.FuncDecl:
			if n.Body != nil {
				local(n.Body)
				q.loops[n.Name.Name] = n.Recv == nil && endlessLoop(n.Body) != nil
			}
		case *ast.Field:
			for _, name := range n.Names {
				note(name, of(n.Type))
			}
		case *ast.ValueSpec:
			for i, name := range n.Names {
				switch {
				case n.Type != nil:
					note(name, of(n.Type))
				case i < len(n.Values):
					note(name, q.kind(n.Values[i]))
				}
			}
		case *ast.AssignStmt:
			for i, l := range n.Lhs {
				name, ok := l.(*ast.Ident)
				if !ok {
					continue
				}
				given[name.Name] = true
				switch {
				case n.Tok == token.DEFINE && len(n.Rhs) == len(n.Lhs):
					note(name, q.kind(n.Rhs[i]))
				case n.Tok == token.DEFINE:
					note(name, unknownKind)
				}
			}
		case *ast.RangeStmt:
			for _, e := range []ast.Expr{n.Key, n.Value} {
				if name, ok := e.(*ast.Ident); ok {
					note(name, unknownKind)
				}
			}
		case *ast.UnaryExpr: // whoever has its address may make it
			if name, ok := n.X.(*ast.Ident); ok && n.Op == token.AND {
				given[name.Name] = true
			}
		}
		return true
	})
	for name := range given {
		delete(q.maps, name)
	}
}

// template: `Hello ${name}`, where there is such a name.
func (q *quiet) template(lit *ast.BasicLit) {
	if lit.Kind != token.STRING {
		return
	}
	m := filled().FindStringSubmatch(lit.Value)
	text, ok := TextOf(lit)
	if m == nil || !ok || !q.named[m[1]] || q.imported["regexp"] != "" || strings.ContainsAny(text, "`<") { // a pattern, or a page's script
		return
	}
	f := q.warn("go.template", lit.Pos(), lit.End(), say.GoTemplateText(m[0]), "")
	instead := "fmt.Sprintf(" + strconv.Quote(filled().ReplaceAllString(strings.ReplaceAll(text, "%", "%%"), "%v"))
	for _, n := range filled().FindAllStringSubmatch(text, -1) {
		instead += ", " + n[1]
	}
	instead += ")"
	f.help = say.GoWrite(clipped(instead))
	f.change(instead)
	q.add(f)
}

// nilMap: var seen map[string]int, and seen["x"] = 1.
func (q *quiet) nilMap(a *ast.AssignStmt) {
	for _, l := range a.Lhs {
		index, ok := l.(*ast.IndexExpr)
		if !ok {
			continue
		}
		q.intoNilMap(index)
	}
}

func (q *quiet) intoNilMap(index *ast.IndexExpr) {
	name, ok := index.X.(*ast.Ident)
	if !ok || q.maps[name.Name] == nil {
		return
	}
	spec := q.maps[name.Name]
	delete(q.maps, name.Name) // once is enough
	typ := q.source(spec.Type)
	f := q.warn("go.nil-map", spec.Type.Pos(), spec.Type.End(), say.GoNilMap(name.Name), say.GoWrite("var "+name.Name+" = "+typ+"{}"))
	if len(spec.Names) == 1 {
		f.change("= " + typ + "{}")
	}
	q.add(f)
}

// zero: 1 / 2.
func (q *quiet) zero(b *ast.BinaryExpr) {
	x, ok := wholeNumber(b.X)
	y, isNumber := wholeNumber(b.Y)
	n, err := strconv.Atoi(x)
	d, err2 := strconv.Atoi(y)
	if b.Op != token.QUO || !ok || !isNumber || err != nil || err2 != nil || n >= d {
		return
	}
	f := q.warn("go.whole-division", b.Pos(), b.End(), say.GoWholeDivision(q.source(b)), say.GoWrite(x+".0 / "+y))
	f.change(x + ".0 / " + y)
	q.add(f)
}

// hiddenField: a field with a tag for JSON and a small letter.
func (q *quiet) hiddenField(st *ast.StructType) {
	for _, field := range st.Fields.List {
		if field.Tag == nil || len(field.Names) != 1 || field.Names[0].IsExported() {
			continue
		}
		tag, err := strconv.Unquote(field.Tag.Value)
		if name, has := reflect.StructTag(tag).Lookup("json"); err != nil || !has || name == "-" {
			continue
		}
		name := field.Names[0]
		right := strings.ToUpper(name.Name[:1]) + name.Name[1:]
		f := q.warn("go.json-field", name.Pos(), name.End(), say.GoJsonField(name.Name), say.GoWrite(right))
		if strings.Count(string(q.content), "."+name.Name)+strings.Count(string(q.content), name.Name+":") == 0 {
			f.change(right)
		}
		q.add(f)
		return
	}
}

// blocks: a loop without end in a function that the board calls.
func (q *quiet) blocks(call *ast.CallExpr) {
	sel, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || len(call.Args) == 0 {
		return
	}
	x, ok := sel.X.(*ast.Ident)
	lit, is := call.Args[len(call.Args)-1].(*ast.FuncLit)
	if !ok || !is || q.imported[x.Name] != "studio/board" {
		return
	}
	if loop := endlessLoop(lit.Body); loop != nil {
		q.add(q.warn("go.blocks", loop.Pos(), loop.Pos()+3, say.GoBlocks(), say.GoBlocksHelp()))
	}
}

// endlessLoop is the loop behind which nothing of a function is run; nil: there is none.
func endlessLoop(body *ast.BlockStmt) *ast.ForStmt {
	for _, s := range body.List {
		if loop, ok := s.(*ast.ForStmt); ok && loop.Cond == nil && !leaves(loop.Body) {
			return loop
		}
	}
	return nil
}

// endless tells whether what go calls is to go on for ever.
func (q *quiet) endless(called ast.Expr) bool {
	switch f := called.(type) {
	case *ast.FuncLit:
		return endlessLoop(f.Body) != nil
	case *ast.Ident:
		return q.loops[f.Name]
	}
	return false
}

// remarks tells whether the line above or below ends with a comment, too: then they are comments.
func (q *quiet) remarks(at int) bool {
	begin, end := lineBegin(q.content, at), lineEnd(q.content, at)
	return begin > 0 && strings.Contains(lineAt(q.content, begin-1), "//") || end+1 < len(q.content) && strings.Contains(lineAt(q.content, end+1), "//")
}

// slashes: half := total // 2.
func (q *quiet) slashes(comments []*ast.CommentGroup) {
	for _, group := range comments {
		for _, c := range group.List {
			at := q.offset(c.Pos())
			before := strings.TrimSpace(string(q.content[lineBegin(q.content, at):at]))
			name, value, made := strings.Cut(before, "= ")
			if !made || !isName(value) || !isName(strings.TrimRight(name, " :")) || !dividedSlash().MatchString(before+" "+c.Text) || at > 1 && q.content[at-2] == ' ' || q.remarks(at) {
				continue
			}
			f := q.warn("go.slashes", c.Pos(), c.Pos()+2, say.GoSlashes(), say.GoSlashesHelp())
			f.change("/")
			q.add(f)
		}
	}
}
