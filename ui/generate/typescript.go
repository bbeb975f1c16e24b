package main

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"sort"
	"strings"
)

// target is the file that is written, relative to the repository's root.
const target = "ui/src/wire.ts"

// generate returns the TypeScript of the wire types found below root.
func generate(root string) ([]byte, error) {
	var out bytes.Buffer
	out.WriteString("// Made by `go run ./ui/generate` from internal/api and internal/problem. Do not edit.\n")
	for _, source := range []struct {
		dir  string
		only string // the one type wanted, "" for all
	}{{"internal/problem", "Problem"}, {"internal/api", ""}} {
		if err := writePackage(&out, filepath.Join(root, filepath.FromSlash(source.dir)), source.only); err != nil {
			return nil, err
		}
	}
	return out.Bytes(), nil
}

// writePackage writes the types of one package in the order of its files and declarations.
func writePackage(out *bytes.Buffer, dir, only string) error {
	paths, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return err
	}
	sort.Strings(paths)
	var files []*ast.File
	set := token.NewFileSet()
	for _, p := range paths {
		if strings.HasSuffix(p, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(set, p, nil, parser.ParseComments)
		if err != nil {
			return err
		}
		files = append(files, f)
	}
	if len(files) == 0 {
		return fmt.Errorf("no Go files in %s", dir)
	}
	words := constants(files)
	for _, f := range files {
		for _, d := range f.Decls {
			g, ok := d.(*ast.GenDecl)
			if !ok || g.Tok != token.TYPE {
				continue
			}
			for _, s := range g.Specs {
				spec := s.(*ast.TypeSpec)
				if !spec.Name.IsExported() || only != "" && spec.Name.Name != only {
					continue
				}
				doc := spec.Doc
				if doc == nil {
					doc = g.Doc
				}
				if err := writeType(out, spec, spec.Name.Name, doc, words[spec.Name.Name]); err != nil {
					return fmt.Errorf("%s: %w", set.Position(spec.Pos()), err)
				}
			}
		}
	}
	return nil
}

// constants collects the string constants of each named type, as TypeScript literals.
func constants(files []*ast.File) map[string][]string {
	found := map[string][]string{}
	for _, f := range files {
		for _, d := range f.Decls {
			g, ok := d.(*ast.GenDecl)
			if !ok || g.Tok != token.CONST {
				continue
			}
			for _, s := range g.Specs {
				v := s.(*ast.ValueSpec)
				kind, ok := v.Type.(*ast.Ident)
				if !ok {
					continue
				}
				for _, value := range v.Values {
					if lit, ok := value.(*ast.BasicLit); ok && lit.Kind == token.STRING {
						found[kind.Name] = append(found[kind.Name], lit.Value)
					}
				}
			}
		}
	}
	return found
}

func writeType(out *bytes.Buffer, spec *ast.TypeSpec, name string, doc *ast.CommentGroup, words []string) error {
	out.WriteString("\n")
	if doc != nil {
		for line := range strings.SplitSeq(strings.TrimSpace(doc.Text()), "\n") {
			fmt.Fprintf(out, "// %s\n", line)
		}
	}
	fields, ok := spec.Type.(*ast.StructType)
	if !ok {
		kind := strings.Join(words, " | ")
		if kind == "" {
			var err error
			if kind, err = typeOf(spec.Type); err != nil {
				return err
			}
		}
		fmt.Fprintf(out, "export type %s = %s\n", name, kind)
		return nil
	}
	fmt.Fprintf(out, "export interface %s {\n", name)
	for _, f := range fields.Fields.List {
		if len(f.Names) != 1 {
			return fmt.Errorf("%s: embedded or shared fields are not supported", name)
		}
		if id, ok := f.Type.(*ast.Ident); ok && id.Name == "error" {
			continue // stays in the log
		}
		key, optional := jsonName(f)
		if key == "-" {
			continue
		}
		kind, err := typeOf(f.Type)
		if err != nil {
			return fmt.Errorf("%s.%s: %w", name, f.Names[0].Name, err)
		}
		mark := ""
		if optional {
			mark = "?"
		} else if _, pointer := f.Type.(*ast.StarExpr); pointer {
			kind += " | null"
		}
		note := ""
		if f.Comment != nil {
			note = " // " + strings.TrimSpace(f.Comment.Text())
		}
		fmt.Fprintf(out, "  %s%s: %s%s\n", key, mark, kind, note)
	}
	out.WriteString("}\n")
	return nil
}

// jsonName returns the field's name on the wire and whether it may be left out.
func jsonName(f *ast.Field) (name string, optional bool) {
	name = strings.ToLower(f.Names[0].Name)
	if f.Tag == nil {
		return name, false
	}
	tag := reflect.StructTag(strings.Trim(f.Tag.Value, "`")).Get("json")
	given, options, _ := strings.Cut(tag, ",")
	if given != "" {
		name = given
	}
	return name, strings.Contains(options, "omitempty") || strings.Contains(options, "omitzero")
}

func typeOf(e ast.Expr) (string, error) {
	switch e := e.(type) {
	case *ast.StarExpr:
		return typeOf(e.X)
	case *ast.ArrayType:
		inner, err := typeOf(e.Elt)
		return inner + "[]", err
	case *ast.MapType:
		key, err := typeOf(e.Key)
		if err != nil {
			return "", err
		}
		value, err := typeOf(e.Value)
		return "Record<" + key + ", " + value + ">", err
	case *ast.SelectorExpr:
		if full := fmt.Sprintf("%s.%s", e.X, e.Sel.Name); full != "problem.Problem" {
			return "", fmt.Errorf("type %s is not known", full)
		}
		return "Problem", nil
	case *ast.Ident:
		switch e.Name {
		case "string":
			return "string", nil
		case "bool":
			return "boolean", nil
		case "int", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float32", "float64":
			return "number", nil
		}
		if ast.IsExported(e.Name) {
			return e.Name, nil
		}
	}
	return "", fmt.Errorf("type %T is not supported", e)
}
