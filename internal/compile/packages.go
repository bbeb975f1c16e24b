package compile

import (
	"go/token"
	"path"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"

	"studioide/internal/api"
	"studioide/internal/compile/explain"
	"studioide/internal/lazyregexp"
	"studioide/ui/src/words/say"
)

// A project's folders with Go files are packages of its own. main.go in project
// lamp imports the folder sensor as "lamp/sensor". The first part of that path
// is the project's name, but a project that has got another name or was copied
// still builds: without a go.mod any one name will do, as long as all files use
// the same. With a go.mod it is what that says behind module.
//
// In the workspace they are studio/app/sensor: rewritten says how.

const appPath = "studio/" + appDir // import path of the program in the workspace

var moduleLine = lazyregexp.New(`(?m)^[ \t]*module[ \t]+"?([^\s"]+)"?`)

// moduleName is what a go.mod calls its module.
func moduleName(content []byte) string {
	if m := moduleLine().FindSubmatch(content); m != nil {
		return string(m[1])
	}
	return ""
}

// folderOf finds the folder of an import path of one of the project's own packages.
func (s *sources) folderOf(imported string) (folder string, ok bool) {
	if mayImport(imported) || inDriverModules(imported) {
		return "", false
	}
	if s.module != "" {
		folder, ok = strings.CutPrefix(imported, s.module+"/")
	} else {
		var first string
		first, folder, ok = strings.Cut(imported, "/")
		ok = ok && ownName(first)
	}
	return folder, ok && slices.Contains(s.all, folder)
}

// ownName tells whether a project's import paths may begin with that name.
func ownName(name string) bool {
	switch name {
	case "", ".", "..", "studio", "machine", "device", "main":
		return false
	}
	return !strings.Contains(name, ".") && !explain.IsStandard(name)
}

// prefix is what the project's own import paths begin with: go.mod's name, the
// one that its files use most, or that of its folder.
func (s *sources) prefix() string {
	if s.module != "" {
		return s.module
	}
	used := map[string]int{}
	for _, folder := range s.folders {
		for _, imported := range s.importsOf(folder) {
			if _, ok := s.folderOf(imported); ok {
				first, _, _ := strings.Cut(imported, "/")
				used[first]++
			}
		}
	}
	best, most := "", 0
	for name, n := range used {
		if n > most || n == most && (name == s.project || best != s.project && name < best) {
			best, most = name, n
		}
	}
	switch {
	case best != "":
		return best
	case ownName(s.project) && importable(s.project):
		return s.project
	}
	return "project"
}

// importable tells whether a name can be part of an import path that people type.
func importable(name string) bool {
	for _, r := range name {
		if r <= ' ' || r == utf8.RuneError || strings.ContainsRune("!\"#$%&'()*,:;<=>?[\\]^`{|}\u007f", r) {
			return false
		}
	}
	return name != ""
}

// whyNotOwn says what is wrong with an import that means one of the project's
// own packages. right is the path to write instead; "" if there is none. ok is
// false when it means something else.
func (s *sources) whyNotOwn(imported, prefix string) (text, help, right string, ok bool) {
	meant := strings.Trim(path.Clean("/"+strings.ReplaceAll(imported, `\`, "/")), "/")
	write := func(folder string) (string, string, string, bool) {
		right := prefix + "/" + folder
		return say.BuildTheFolderThisProjectImported(folder, right, imported),
			say.BuildWriteImport(right), right, true
	}
	if imported == s.module || imported == prefix || imported == s.project || imported == "main" {
		return say.BuildIsProgramItselfPackageCannot(imported),
			say.BuildPutWhatBothNeedInto(prefix), "", true
	}
	for rest := meant; ; {
		if slices.Contains(s.all, rest) {
			return write(rest)
		}
		_, after, more := strings.Cut(rest, "/")
		if !more {
			break
		}
		rest = after
	}
	own, isOwn := strings.CutPrefix(imported, prefix+"/")
	if !isOwn {
		own, isOwn = strings.CutPrefix(imported, s.project+"/")
	}
	if relative := strings.HasPrefix(imported, "."); relative {
		own, isOwn = meant, true
	}
	if !isOwn {
		if first, rest, found := strings.Cut(imported, "/"); found && ownName(first) {
			if _, near := explain.Near(rest, s.all); near {
				own, isOwn = rest, true
			}
		}
	}
	if !isOwn || own == "" {
		return "", "", "", false
	}
	text = say.BuildThisProjectHasNoFolder(own)
	if near, ok := explain.Near(own, s.all); ok {
		right = prefix + "/" + near
		return text, say.DidYouMean("\"" + right + "\""), right, true
	}
	help = say.BuildMakeFileGoThatBegins(own, path.Base(own))
	if len(s.all) > 0 {
		list := "\"" + prefix + "/" + strings.Join(s.all, "\", \""+prefix+"/") + "\""
		help += " " + (say.BuildThePackagesThatThere(list))
	}
	return text, help, "", true
}

// checkPackages finds what is wrong with how the project's own packages are
// named and how they import each other.
func (s *sources) checkPackages(prefix string) (found []api.Diagnostic) {
	imports := map[string][]string{} // folders, by the folder that imports them
	for _, folder := range s.folders {
		names := map[string]string{} // package name → the first file that has it
		first := ""
		for _, name := range s.in(folder) {
			if path.Ext(name) != ".go" {
				continue
			}
			content := s.files[name]
			fset, file := parseImports(name, content)
			if file == nil || file.Name == nil || file.Name.Name == "" || file.Name.Name == "_" {
				continue
			}
			at := func(pos, end token.Pos) api.Diagnostic {
				return explain.At(name, content, fset.PositionFor(pos, false).Offset, fset.PositionFor(end, false).Offset)
			}
			pkg := file.Name.Name
			if folder != "." {
				switch {
				case pkg == "main":
					p := at(file.Name.Pos(), file.Name.End())
					p.Code = "go.package-name"
					p.Text = say.BuildTheFolderImportedButIts(folder, path.Base(name))
					p.Help = say.BuildWritePackage(goodPackageName(folder))
					p.Fix = &api.Fix{Title: say.FixChangeTo(say.BuildPackage(goodPackageName(folder))), Line: p.Line, Column: p.Column, EndLine: p.EndLine, EndColumn: p.EndColumn, Text: goodPackageName(folder)}
					found = append(found, p)
					continue
				case first != "" && pkg != first:
					p := at(file.Name.Pos(), file.Name.End())
					p.Code = "go.package-name"
					p.Text = say.BuildTheFilesFolderBelongTo(folder, path.Base(names[first]), first, path.Base(name), pkg)
					p.Help = say.BuildLetAllThemBeginWith(first)
					p.Fix = &api.Fix{Title: say.FixChangeTo(say.BuildPackage2(first)), Line: p.Line, Column: p.Column, EndLine: p.EndLine, EndColumn: p.EndColumn, Text: first}
					found = append(found, p)
				}
			}
			if first == "" {
				first = pkg
			}
			if names[pkg] == "" {
				names[pkg] = name
			}
			for _, spec := range file.Imports {
				imported, err := strconv.Unquote(spec.Path.Value)
				if err != nil {
					continue
				}
				to, ok := s.folderOf(imported)
				if !ok {
					continue
				}
				wrong := func(code, text, help, right string) {
					p := at(spec.Path.Pos(), spec.Path.End())
					p.Code, p.Text, p.Help = code, text, help
					if right != "" {
						p.Fix = &api.Fix{Title: say.FixChangeTo("\"" + right + "\""), Line: p.Line, Column: p.Column, EndLine: p.EndLine, EndColumn: p.EndColumn, Text: "\"" + right + "\""}
					}
					found = append(found, p)
				}
				if right := prefix + "/" + to; imported != right {
					wrong("build.import", say.BuildOtherFilesThisProjectImport(prefix, imported), say.BuildWriteImport(right), right)
				}
				if inside, ok := internalOf(to); ok && folder != inside && !strings.HasPrefix(folder, inside+"/") {
					wrong("go.import", say.BuildIsInnerPartOnlyPackages(to, inside), say.BuildMoveItOutFolderInternal(), "")
				}
				imports[folder] = append(imports[folder], to)
				if circle := s.circle(imports, to, folder); circle != nil {
					wrong("go.import", say.BuildPackagesImportEachOtherIn(strings.Join(circle, " → ")),
						say.BuildRemoveOneTheseImportsOr(), "")
					imports[folder] = imports[folder][:len(imports[folder])-1]
				}
			}
		}
	}
	return found
}

// circle is the way from one folder to another along imports, begun and ended at the latter; nil: there is none.
func (s *sources) circle(imports map[string][]string, from, to string) []string {
	seen := map[string]bool{}
	var way []string
	var walk func(folder string) bool
	walk = func(folder string) bool {
		if seen[folder] {
			return false
		}
		seen[folder] = true
		way = append(way, folder)
		if folder == to {
			return true
		}
		for _, next := range imports[folder] {
			if walk(next) {
				return true
			}
		}
		way = way[:len(way)-1]
		return false
	}
	if !walk(from) {
		return nil
	}
	return append([]string{to}, way...)
}

// internalOf is the folder that owns what lies in its folder internal. ok is
// false when a package may be imported from everywhere in the project.
func internalOf(folder string) (owner string, ok bool) {
	parts := strings.Split(folder, "/")
	for i := len(parts) - 1; i > 0; i-- {
		if parts[i] == "internal" {
			return strings.Join(parts[:i], "/"), true
		}
	}
	return "", false
}

// goodPackageName makes a package name of a folder's.
func goodPackageName(folder string) string {
	var b strings.Builder
	for _, r := range path.Base(folder) {
		if r == '_' || r >= '0' && r <= '9' && b.Len() > 0 || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= utf8.RuneSelf {
			b.WriteRune(r)
		}
	}
	if name := strings.ToLower(b.String()); name != "" && token.IsIdentifier(name) && name != "main" {
		return name
	}
	return "parts"
}

// inWorkspace is the folder of a package below the workspace's app/: Go takes
// ASCII letters, digits and few signs there only.
func inWorkspace(folder string) string {
	var b strings.Builder
	for _, r := range folder {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', strings.ContainsRune("-_./", r):
			b.WriteRune(r)
		default:
			b.WriteString("_" + strconv.FormatInt(int64(r), 16) + "_")
		}
	}
	return b.String()
}

// named turns the workspace's import paths in what a compiler says into those of the project.
func (s *sources) named(said string) string {
	prefix := s.prefix()
	folders := slices.Clone(s.folders)
	sort.Slice(folders, func(i, j int) bool { return len(folders[i]) > len(folders[j]) })
	for _, folder := range folders {
		if folder != "." {
			// What goes on with a slash is a file's path.
			whole := regexp.MustCompile(regexp.QuoteMeta(appPath+"/"+inWorkspace(folder)) + `([^\w/.-]|$)`)
			said = whole.ReplaceAllString(said, strings.ReplaceAll(prefix+"/"+folder, "$", "$$")+"$1")
			if odd := inWorkspace(folder); odd != folder {
				said = strings.ReplaceAll(said, appDir+"/"+odd+"/", appDir+"/"+folder+"/")
			}
		}
	}
	return said
}

var encoded = lazyregexp.New(`_([0-9a-f]+)_`)

// asWritten turns a path below the workspace's app/ into that of the project.
func asWritten(name string) string {
	dir, base := path.Split(name)
	dir = encoded().ReplaceAllStringFunc(dir, func(part string) string {
		n, err := strconv.ParseInt(part[1:len(part)-1], 16, 32)
		if err != nil || inWorkspace(string(rune(n))) == string(rune(n)) {
			return part
		}
		return string(rune(n))
	})
	return dir + base
}
