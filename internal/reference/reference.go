package reference

import (
	"fmt"
	"go/ast"
	"go/doc"
	"go/doc/comment"
	"go/parser"
	"go/printer"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"studioide/internal/lazyregexp"
)

// Reference is all that there is to look up.
type Reference struct {
	Groups []Group `json:"groups"`
}

// Group is what belongs together.
type Group struct {
	ID      string  `json:"id"` // what the page calls it stands in its words: reference.ID
	Entries []Entry `json:"entries"`
}

// Entry says all about one name.
type Entry struct {
	Name      string   `json:"name"`           // OnText, Pin.High, println, time.Sleep
	Also      []string `json:"also,omitempty"` // names that are explained here, too: PullUp, Limits.Clients
	Kind      string   `json:"kind"`           // function, method, type or constant
	Signature string   `json:"signature"`      // as a program reads it: func OnText(f func(from *board.Client, msg string))
	Sentence  string   `json:"sentence"`       // what it is
	More      []Block  `json:"more,omitempty"` // the rest of its comment
	Limits    string   `json:"limits,omitempty"`
	Example   Example  `json:"example"`
}

// Block is a paragraph, or lines of a program.
type Block struct {
	Text string `json:"text"`
	Code bool   `json:"code,omitempty"`
}

// goNames are names of Go's own that programs for boards need, with how they are declared there.
var goNames = map[string]struct{ name, signature string }{
	"println":   {"println", "func println(values ...any)"},
	"sleep":     {"time.Sleep", "func time.Sleep(d time.Duration)"},
	"now":       {"time.Now", "func time.Now() time.Time"},
	"afterFunc": {"time.AfterFunc", "func time.AfterFunc(d time.Duration, f func()) *time.Timer"},
	"itoa":      {"strconv.Itoa", "func strconv.Itoa(i int) string"},
	"atoi":      {"strconv.Atoi", "func strconv.Atoi(s string) (int, error)"},
}

// groups say in which order names are read. Each name is in one of them; Of fails otherwise.
var groups = []struct {
	id    string
	names []string
}{
	{"pins", []string{"LED", "Button", "Pin", "Pin.High", "Pin.Low", "Pin.Set", "Pin.Toggle", "Pin.Duty", "Pin.Input", "Pull", "Pin.Get", "Pin.OnChange", "NoPin"}},
	{"messages", []string{"OnText", "Client.SendText", "Broadcast", "Clients", "OnAccept", "OnClosed", "Client", "Client.ID", "Client.Path", "Client.Close", "Client.Code", "CloseNormal", "Client.Dropped"}},
	{"time", []string{"Every", "time.Sleep", "time.AfterFunc", "time.Now"}},
	{"console", []string{"println", "OnLine"}},
	{"texts", []string{"Fold", "JSON", "strconv.Itoa", "strconv.Atoi"}},
	{"measure", []string{"Temperature", "Thermometer"}},
	{"requests", []string{"OnRequest", "Request", "Request.Value", "Request.Has", "Request.Query", "Request.Form", "Request.JSON", "Request.Body", "Request.Method", "Request.Path",
		"Request.SendText", "Request.SendHTML", "Request.SendJSON", "Request.Send", "Request.SetStatus", "Request.Redirect", "AllowOrigin",
		"Events", "EventStream", "EventStream.Send", "EventStream.Listeners", "Dial", "OnConnect"}},
	{"program", []string{"Serve", "Start", "Configure", "Limits", "Version"}},
	{"bytes", []string{"OnBinary", "Client.SendBinary", "OnTextBytes", "BroadcastBytes", "OnSocket", "BroadcastTo", "Protocols", "Client.Protocol"}},
}

// examplesFile is where the examples are.
const examplesFile = "example_test.go"

// Of reads the sources of package board in dir.
func Of(dir string) (Reference, error) {
	fset := token.NewFileSet()
	entries, err := os.ReadDir(dir)
	if err != nil {
		return Reference{}, err
	}
	var files []*ast.File
	for _, e := range entries {
		if e.IsDir() || !strings.HasSuffix(e.Name(), ".go") || strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		file, err := parser.ParseFile(fset, filepath.Join(dir, e.Name()), nil, parser.ParseComments)
		if err != nil {
			return Reference{}, err
		}
		files = append(files, file)
	}
	examples, err := examplesOf(filepath.Join(dir, examplesFile))
	if err != nil {
		return Reference{}, err
	}
	pkg, err := doc.NewFromFiles(fset, files, "studio/board")
	if err != nil {
		return Reference{}, err
	}
	r := reader{fset: fset, pkg: pkg, examples: examples, found: map[string]Entry{}}
	r.read()
	return r.grouped()
}

type reader struct {
	fset     *token.FileSet
	pkg      *doc.Package
	examples map[string]Example
	found    map[string]Entry
}

func (r *reader) read() {
	for _, f := range r.pkg.Funcs {
		r.function(f)
	}
	values := r.pkg.Consts
	for _, t := range r.pkg.Types {
		values = append(values, t.Consts...)
		e := r.entry(t.Name, "type", t.Doc)
		e.Signature = r.declaration(t.Decl)
		e.Also = fields(t)
		r.found[t.Name] = e
		for _, f := range append(t.Funcs, t.Methods...) {
			r.function(f)
		}
	}
	for _, v := range values {
		r.constants(v)
	}
	for suffix, is := range goNames {
		e := r.entry(is.name, "function", r.examples["_"+suffix].says)
		e.Signature = is.signature
		e.Example = r.examples["_"+suffix]
		e.Example.Says = ""
		r.found[is.name] = e
	}
}

func (r *reader) function(f *doc.Func) {
	name, kind := f.Name, "function"
	if f.Recv != "" {
		name, kind = strings.TrimPrefix(f.Recv, "*")+"."+f.Name, "method"
	}
	e := r.entry(name, kind, f.Doc)
	e.Signature = r.declaration(f.Decl)
	r.found[name] = e
}

// constants are explained one by one where each has its comment. A list without a comment of its own belongs to its
// type, and one of more than a few is explained with its first.
func (r *reader) constants(v *doc.Value) {
	if e, ok := r.found[typeOf(v.Decl)]; ok && v.Doc == "" {
		e.Also = append(e.Also, v.Names...)
		e.Signature += "\n\n" + r.declaration(v.Decl)
		r.found[e.Name] = e
		return
	}
	if len(v.Names) > 3 {
		e := r.entry(v.Names[0], "constant", v.Doc)
		e.Also = v.Names[1:]
		var lines []string
		for _, s := range v.Decl.Specs { // their values are other packages' names; what they are stands behind them
			spec := s.(*ast.ValueSpec)
			lines = append(lines, "const board."+spec.Names[0].Name+" // "+strings.TrimSpace(spec.Comment.Text()))
		}
		e.Signature = strings.Join(lines, "\n")
		r.found[e.Name] = e
		return
	}
	for _, s := range v.Decl.Specs {
		spec := s.(*ast.ValueSpec)
		said := spec.Doc.Text()
		if said == "" && len(v.Decl.Specs) > 1 {
			said = spec.Comment.Text()
		}
		if said == "" {
			said = v.Doc
		}
		for i, name := range spec.Names {
			e := r.entry(name.Name, "constant", said)
			e.Signature = "const " + name.Name
			if spec.Type != nil {
				e.Signature += " " + r.written(spec.Type)
			}
			if i < len(spec.Values) {
				if value, ok := spec.Values[i].(*ast.BasicLit); ok && spec.Type == nil {
					e.Signature += " = " + value.Value
				}
			}
			e.Signature = r.qualified(e.Signature)
			r.found[name.Name] = e
		}
	}
}

// typeOf is the type that a list of constants has, as Pull in Floating = Pull(0); "": none, or a builtin one.
func typeOf(d *ast.GenDecl) string {
	spec := d.Specs[0].(*ast.ValueSpec)
	if name, ok := spec.Type.(*ast.Ident); ok {
		return name.Name
	}
	if len(spec.Values) > 0 {
		if call, ok := spec.Values[0].(*ast.CallExpr); ok {
			if name, ok := call.Fun.(*ast.Ident); ok {
				return name.Name
			}
		}
	}
	return ""
}

// fields are the exported fields of a struct, as Limits.Clients.
func fields(t *doc.Type) (names []string) {
	ast.Inspect(t.Decl, func(n ast.Node) bool {
		s, ok := n.(*ast.StructType)
		if ok {
			for _, f := range s.Fields.List {
				for _, name := range f.Names {
					if name.IsExported() {
						names = append(names, t.Name+"."+name.Name)
					}
				}
			}
		}
		return !ok
	})
	return names
}

// entry takes a comment apart.
func (r *reader) entry(name, kind, text string) Entry {
	e := Entry{Name: name, Kind: kind, Example: r.examples[name]}
	e.Sentence = strings.TrimSpace(r.pkg.Synopsis(text))
	beginning := e.Sentence
	if e.Sentence != "" {
		e.Sentence = strings.ToUpper(e.Sentence[:1]) + e.Sentence[1:]
	}
	printed := r.pkg.Printer()
	for i, b := range r.pkg.Parser().Parse(text).Content {
		said := strings.TrimSpace(string(printed.Text(&comment.Doc{Content: []comment.Block{b}})))
		if code, ok := b.(*comment.Code); ok {
			e.More = append(e.More, Block{strings.TrimRight(code.Text, "\n"), true})
			continue
		}
		said = strings.Join(strings.Fields(said), " ")
		if rest, ok := strings.CutPrefix(said, "Limits: "); ok {
			e.Limits = strings.ToUpper(rest[:1]) + rest[1:]
			continue
		}
		if i == 0 {
			said = strings.TrimSpace(strings.TrimPrefix(said, beginning))
		}
		if said != "" {
			e.More = append(e.More, Block{Text: said})
		}
	}
	return e
}

// declaration is how something is declared, as a program of another package reads it.
func (r *reader) declaration(d ast.Decl) string {
	switch d := d.(type) {
	case *ast.FuncDecl:
		short := *d
		short.Doc, short.Body = nil, nil
		return r.qualified(r.written(&short))
	case *ast.GenDecl:
		short := *d
		short.Doc = nil
		return r.qualified(r.written(&short))
	}
	return ""
}

func (r *reader) written(n any) string {
	var b strings.Builder
	config := printer.Config{Mode: printer.UseSpaces | printer.TabIndent, Tabwidth: 4}
	config.Fprint(&b, r.fset, n) // a builder takes everything
	return b.String()
}

// names of the package are written with it: *board.Client. A dot before one, or letters, make it another name.
var ownName = lazyregexp.New(`(^|[^.\w])(Client|Request|Pin|Pull|Limits)\b`)

func (r *reader) qualified(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		code, comment, has := strings.Cut(line, "//")
		code = ownName().ReplaceAllString(code, "${1}board.$2")
		if has {
			code += "//" + comment
		}
		lines[i] = code
	}
	text = strings.Join(lines, "\n")
	for _, word := range []string{"func ", "const "} {
		if rest, ok := strings.CutPrefix(text, word); ok && rest[0] != '(' && !strings.HasPrefix(rest, "board.") {
			return word + "board." + rest
		}
	}
	return text
}

// grouped puts what was found into groups. What is in none, has no sentence or no example is a mistake of ours.
func (r *reader) grouped() (Reference, error) {
	var all Reference
	var wrong []string
	for _, g := range groups {
		group := Group{ID: g.id}
		for _, name := range g.names {
			e, ok := r.found[name]
			if !ok {
				wrong = append(wrong, name+" is in a group, but not in the package")
				continue
			}
			delete(r.found, name)
			if e.Sentence == "" {
				wrong = append(wrong, name+" has no comment")
			}
			if e.Example.Code == "" {
				if e.Example = r.exampleUsing(e); e.Example.Code == "" {
					wrong = append(wrong, name+" has no example")
				}
			}
			if (e.Kind == "function" || e.Kind == "method") && e.Limits == "" {
				wrong = append(wrong, name+` has no paragraph "Limits:"`)
			}
			group.Entries = append(group.Entries, e)
		}
		all.Groups = append(all.Groups, group)
	}
	for name := range r.found {
		wrong = append(wrong, name+" is in no group")
	}
	if slices.Sort(wrong); len(wrong) > 0 {
		return all, fmt.Errorf("the reference of board: %s", strings.Join(wrong, "; "))
	}
	return all, nil
}

// exampleUsing is the shortest example that uses a name which has none of its own.
func (r *reader) exampleUsing(e Entry) (best Example) {
	for _, x := range r.examples {
		for _, name := range append([]string{e.Name}, e.Also...) {
			if strings.Contains(x.Code, "board."+name) && (best.Code == "" || len(x.Code) < len(best.Code) || len(x.Code) == len(best.Code) && x.Code < best.Code) {
				best = x
			}
		}
	}
	return best
}
