package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// startFile is what the page begins with, editorFile the editor's library with what shapes it, which is a script by itself
// so that browsers compile both at once.
const startFile, editorFile = "src/main.tsx", "src/editor/codemirror.ts"

// report says what bundle wrote.
type report struct {
	Files    int
	Critical int // compressed bytes of the scripts that load before the editor can be used
}

// metafile is the part of esbuild's build description that is used here.
type metafile struct {
	Outputs map[string]struct {
		EntryPoint string
		CSSBundle  string
		Inputs     map[string]struct{ BytesInOutput int }
		Imports    []struct{ Path, Kind string }
	}
}

// bundle builds the page in dir into out ("" means dir/dist). What was there before is removed.
func bundle(dir, out string) (report, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return report{}, err
	}
	if out == "" {
		out = filepath.Join(dir, "dist")
	}
	if out, err = filepath.Abs(out); err != nil {
		return report{}, err
	}
	if _, err := os.Stat(filepath.Join(dir, "node_modules", "preact")); err != nil {
		return report{}, errors.New("the page's libraries are missing: run `npm ci` in ui/ first")
	}
	options := api.BuildOptions{
		AbsWorkingDir:     dir,
		Outdir:            filepath.Join(out, "assets"),
		EntryNames:        "[name]-[hash]",
		ChunkNames:        "[name]-[hash]",
		Bundle:            true,
		Target:            api.ES2022,
		JSX:               api.JSXAutomatic,
		JSXImportSource:   "preact",
		MinifySyntax:      true,
		MinifyWhitespace:  true,
		MinifyIdentifiers: true,
		LegalComments:     api.LegalCommentsNone,             // collected into licences.txt instead
		Supported:         map[string]bool{"nesting": false}, // nested rules of style sheets are written out
		Metafile:          true,
		Write:             false,
		LogLevel:          api.LogLevelWarning,
		Plugins: append(tables(dir), shortWords(), goNames(filepath.Join(dir, "..", "firmware-templates")),
			goReference(filepath.Join(dir, "..", "firmware-templates"))),
	}
	// What runs beside the page, or before the others have arrived, is one file by itself.
	options.Format = api.FormatIIFE
	options.EntryPoints = []string{"src/web/worker.ts"}
	worker := api.Build(options)
	if len(worker.Errors) > 0 {
		return report{}, fmt.Errorf("%d errors in src/web/worker.ts", len(worker.Errors))
	}
	options.EntryPoints = []string{"src/early.ts"}
	early := api.Build(options)
	options.EntryPoints, options.Format, options.Splitting = []string{startFile, editorFile}, api.FormatESModule, true
	options.Define = map[string]string{"Intl.Segmenter": "undefined"} // the editor's library makes one when it starts, which takes milliseconds, for keys that are not used here
	options.Plugins = append(options.Plugins, afterStart(filepath.Join(dir, startFile)), module("page:worker", func() (string, error) {
		return "export default " + strconv.Quote("/assets/"+filepath.Base(worker.OutputFiles[0].Path)), nil
	}, api.LoaderJS))
	result := api.Build(options)
	if n := len(result.Errors) + len(early.Errors); n > 0 {
		return report{}, fmt.Errorf("%d errors in ui/src", n)
	}
	var meta, beside metafile
	if err := errors.Join(json.Unmarshal([]byte(result.Metafile), &meta), json.Unmarshal([]byte(worker.Metafile), &beside)); err != nil {
		return report{}, err
	}
	if err := clear(out); err != nil {
		return report{}, err
	}
	files := map[string][]byte{}
	first := ""
	for _, f := range slices.Concat(early.OutputFiles, result.OutputFiles, worker.OutputFiles) {
		name, err := filepath.Rel(out, f.Path)
		if err != nil {
			return report{}, err
		}
		files[filepath.ToSlash(name)] = f.Contents
		if first == "" {
			first = filepath.ToSlash(name)
		}
	}
	begins, err := start(meta, dir, out)
	if err != nil {
		return report{}, err
	}
	// Each part has a style sheet of its own as well, and what is only imported a script that nothing asks for.
	maps.DeleteFunc(files, func(name string, _ []byte) bool {
		return path.Ext(name) == ".css" && name != begins.style || begins.unused[name]
	})
	page, err := os.ReadFile(filepath.Join(dir, "src", "index.html"))
	if err != nil {
		return report{}, err
	}
	files["index.html"] = bytes.Replace(page, []byte("<!-- parts -->"), begins.links(first), 1)
	maps.Copy(meta.Outputs, beside.Outputs)
	if files["licences.txt"], err = licences(meta, dir); err != nil {
		return report{}, err
	}
	r := report{}
	for name, content := range files {
		packed, err := write(filepath.Join(out, filepath.FromSlash(name)), content)
		if err != nil {
			return report{}, err
		}
		r.Files++
		if name == first || slices.Contains(begins.scripts, name) {
			r.Critical += packed
		}
	}
	return r, nil
}

// shortWords drops from words.*.json what the page does not say: notes, and the helps for the command line.
func shortWords() api.Plugin {
	return api.Plugin{Name: "words", Setup: func(b api.PluginBuild) {
		b.OnLoad(api.OnLoadOptions{Filter: `words\.[a-z]+\.json$`}, func(a api.OnLoadArgs) (api.OnLoadResult, error) {
			content, err := os.ReadFile(a.Path)
			if err != nil {
				return api.OnLoadResult{}, err
			}
			var entries map[string]map[string]string
			if err := json.Unmarshal(content, &entries); err != nil {
				return api.OnLoadResult{}, err
			}
			for key, e := range entries {
				if strings.HasPrefix(key, "problem.usage") || strings.HasPrefix(key, "say.") || strings.HasPrefix(key, "rule.") {
					delete(entries, key) // of commands that are typed, and what Go code says
				}
				for _, part := range []string{"note", "cli", "more", "by"} {
					delete(e, part)
				}
			}
			short, err := json.Marshal(entries)
			text := string(short)
			return api.OnLoadResult{Contents: &text, Loader: api.LoaderJSON}, err
		})
	}}
}

// afterStart has each part that is loaded later import the page's start, which is there by then. So all of the start is used
// by the same parts, of which esbuild makes one script (two, see editorFile), where it would make one for each set of parts
// that use the same: dozens, and browsers load six at a time. What the start does at once must not wait for a later part.
func afterStart(start string) api.Plugin {
	const marked = "after-start"
	return api.Plugin{Name: marked, Setup: func(b api.PluginBuild) {
		b.OnResolve(api.OnResolveOptions{Filter: `^\.`}, func(a api.OnResolveArgs) (api.OnResolveResult, error) {
			if a.Kind != api.ResolveJSDynamicImport {
				return api.OnResolveResult{}, nil
			}
			return api.OnResolveResult{Path: filepath.Join(a.ResolveDir, a.Path), Namespace: marked}, nil
		})
		b.OnLoad(api.OnLoadOptions{Filter: ".*", Namespace: marked}, func(a api.OnLoadArgs) (api.OnLoadResult, error) {
			content := fmt.Sprintf("import %q\nexport * from %q\n", filepath.ToSlash(start), filepath.ToSlash(a.Path))
			return api.OnLoadResult{Contents: &content, Loader: api.LoaderJS, ResolveDir: filepath.Dir(a.Path)}, nil
		})
	}}
}

// started is what the page begins with, as names below out.
type started struct {
	scripts []string        // the page's own, which imports the others
	style   string          // all style sheets are in this one
	unused  map[string]bool // scripts that neither of them leads to
}

// start finds it among what esbuild has written, which has more scripts that only import these.
func start(meta metafile, dir, out string) (s started, err error) {
	name := func(key string) string {
		rel, err := filepath.Rel(out, filepath.Join(dir, filepath.FromSlash(key)))
		if err != nil {
			return key
		}
		return filepath.ToSlash(rel)
	}
	for key, o := range meta.Outputs {
		if o.EntryPoint == startFile && o.CSSBundle != "" {
			s.style = name(o.CSSBundle)
		}
		if o.Inputs[startFile].BytesInOutput == 0 {
			continue
		}
		s.scripts = []string{name(key)}
		for _, i := range o.Imports {
			if i.Kind == "import-statement" {
				s.scripts = append(s.scripts, name(i.Path))
			}
		}
	}
	outputs := map[string]string{} // keys, by names
	s.unused = map[string]bool{}
	for key := range meta.Outputs {
		outputs[name(key)] = key
		s.unused[name(key)] = path.Ext(key) == ".js"
	}
	for wanted := slices.Clone(s.scripts); len(wanted) > 0; {
		next := wanted[0]
		wanted = wanted[1:]
		if !s.unused[next] {
			continue
		}
		s.unused[next] = false
		for _, i := range meta.Outputs[outputs[next]].Imports {
			wanted = append(wanted, name(i.Path))
		}
	}
	if s.style == "" || len(s.scripts) != 2 {
		return started{}, fmt.Errorf("the page does not begin with two scripts and a style sheet: %q, %q", s.scripts, s.style)
	}
	return s, nil
}

// links is the part of the page's head that loads it, what takes the longest first.
func (s started) links(early string) []byte {
	return fmt.Appendf(nil, `<link rel="modulepreload" href="/%s">
<script async src="/%s"></script>
<link rel="stylesheet" href="/%s">
<script type="module" src="/%s"></script>`, s.scripts[1], early, s.style, s.scripts[0])
}

// large is the size from which a file is kept compressed alone: hardly any browser asks for it otherwise, and the server
// unpacks it for that one.
const large = 1 << 20

// write saves content and, when that is smaller, content.gz; it returns the compressed size.
func write(name string, content []byte) (int, error) {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return 0, err
	}
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return 0, err
	}
	if _, err := z.Write(content); err != nil {
		return 0, err
	}
	if err := z.Close(); err != nil {
		return 0, err
	}
	if b.Len() < len(content) {
		if err := os.WriteFile(name+".gz", b.Bytes(), 0o644); err != nil || len(content) >= large {
			return b.Len(), err
		}
	}
	return min(b.Len(), len(content)), os.WriteFile(name, content, 0o644)
}

// clear empties the folder except for its README, which is checked in.
func clear(out string) error {
	entries, err := os.ReadDir(out)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	for _, e := range entries {
		if e.Name() == "README" {
			continue
		}
		if err := os.RemoveAll(filepath.Join(out, e.Name())); err != nil {
			return err
		}
	}
	return err
}

// licences joins the licence texts of the libraries that are in the bundle.
func licences(meta metafile, dir string) ([]byte, error) {
	packages := map[string]bool{}
	for _, o := range meta.Outputs {
		for input := range o.Inputs {
			_, rest, ok := strings.Cut(input, "node_modules/")
			if !ok {
				continue
			}
			parts := strings.SplitN(rest, "/", 3)
			if strings.HasPrefix(rest, "@") && len(parts) > 1 {
				packages[path.Join(parts[0], parts[1])] = true
			} else {
				packages[parts[0]] = true
			}
		}
	}
	names := make([]string, 0, len(packages))
	for p := range packages {
		names = append(names, p)
	}
	sort.Strings(names)
	var b bytes.Buffer
	b.WriteString("Studio's page contains these libraries. Thank you!\n")
	for _, p := range names {
		folder := filepath.Join(dir, "node_modules", filepath.FromSlash(p))
		found, err := filepath.Glob(filepath.Join(folder, "LICEN[CS]E*"))
		if err != nil {
			return nil, err
		}
		others, err := filepath.Glob(filepath.Join(folder, "ThirdPartyNotice*"))
		if err != nil {
			return nil, err
		}
		found = append(found[:min(1, len(found))], others...)
		fmt.Fprintf(&b, "\n==== %s ====\n", p)
		if len(found) == 0 {
			b.WriteString("See the library's own page for its licence.\n")
			continue
		}
		for _, name := range found {
			text, err := os.ReadFile(name)
			if err != nil {
				return nil, err
			}
			b.Write(bytes.TrimSpace(text))
			b.WriteString("\n")
		}
	}
	return b.Bytes(), nil
}
