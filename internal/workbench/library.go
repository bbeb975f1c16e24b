package workbench

import (
	"bytes"
	"context"
	"fmt"
	"path"
	"strings"

	"studioide/internal/api"
	"studioide/internal/check"
	"studioide/internal/library"
	"studioide/internal/problem"
	"studioide/internal/project"
	"studioide/internal/session"
	"studioide/ui/src/words/say"
)

// FetchLibrary fetches a file that the project's file at path loads from the
// internet, puts it into www/, and writes its name there into every file that
// loads it. Only addresses that stand in the file are fetched. It is done when
// a user asks for it, never by itself.
func (w *Workbench) FetchLibrary(path, address string) (api.Progress, error) {
	w.runner.turn.Lock()
	defer w.runner.turn.Unlock()
	p, err := w.Project()
	if err != nil {
		return api.Progress{}, err
	}
	wanted, err := wantedLibrary(p, path, address)
	if err != nil {
		return api.Progress{}, err
	}
	return w.startLocked("library", say.ActionFetching(address), func(ctx context.Context, report session.Report) (string, error) {
		files, err := w.libraries.Fetch(ctx, wanted, func(text string, done, total int64) { report("fetch", text, done, total) })
		if err != nil {
			return "", err
		}
		return w.putLibrary(ctx, p, wanted.Address, files)
	})
}

// wantedLibrary finds the address in the file.
func wantedLibrary(p *project.Project, path, address string) (library.Wanted, error) {
	content, _, err := p.Read(path)
	if err != nil {
		return library.Wanted{}, err
	}
	for _, e := range check.Externals(path, content) {
		if e.Address == address && e.Fetchable() {
			return library.Wanted{Address: address, Kind: e.Kind, Integrity: e.Integrity}, nil
		}
	}
	return library.Wanted{}, errUnknown.With(path)
}

// putLibrary writes fetched files into www/ and their names into what loads them.
func (w *Workbench) putLibrary(ctx context.Context, p *project.Project, address string, files []library.File) (string, error) {
	list, err := p.List()
	if err != nil {
		return "", err
	}
	names := freeNames(p, list, files)
	var size int
	var left []string
	for _, f := range files { // parts first would not matter: nothing names them yet
		size += len(f.Content)
		left = append(left, f.Left...)
		name := "www/" + names[f.Name]
		if _, err := w.WriteFile("", p.Name, name, renamed(f, names), project.Always); err != nil {
			return "", err
		}
	}
	for _, file := range list {
		if err := ctx.Err(); err != nil {
			return "", problem.Cancelled
		}
		if !strings.HasPrefix(file.Path, "www/") || !file.Text {
			continue
		}
		content, hash, err := p.Read(file.Path)
		if err != nil {
			continue // gone in between
		}
		if changed := useLibrary(file.Path, content, address, names[files[0].Name], files[0].Changed); changed != nil {
			if _, err := w.WriteFile("", p.Name, file.Path, changed, hash); err != nil {
				return "", err
			}
		}
	}
	w.forgetLibrary(address)
	text := say.ActionIsInWwwNow(names[files[0].Name], kilobytes(size))
	if len(files) > 1 {
		text = say.ActionAndFilesThatItNeeds(names[files[0].Name], len(files)-1, kilobytes(size))
	}
	if len(left) > 0 {
		text += " " + (say.ActionItStillLoadsFromInternet(left[0]))
	}
	return text, nil
}

// forgetLibrary drops what was said about an address that nothing loads any more.
func (w *Workbench) forgetLibrary(address string) {
	w.findings.dropPage(func(p pageFault) bool { return p.Library == address })
	w.publishProblems()
}

func kilobytes(n int) string {
	if n < 1000 {
		return fmt.Sprintf("%d B", n)
	}
	return fmt.Sprintf("%.0f KB", max(1, float64(n)/1024))
}

// freeNames gives each fetched file a name that no other content in www/ has.
func freeNames(p *project.Project, list []api.File, files []library.File) map[string]string {
	hashes := map[string]string{}
	for _, f := range list {
		hashes[strings.ToLower(f.Path)] = f.Hash
	}
	names := map[string]string{}
	for _, f := range files {
		name := f.Name
		for n := 2; ; n++ {
			hash, taken := hashes[strings.ToLower("www/"+name)]
			if !taken || hash == project.Hash(f.Content) {
				break
			}
			ext := path.Ext(f.Name)
			name = strings.TrimSuffix(f.Name, ext) + fmt.Sprintf("-%d", n) + ext
		}
		hashes[strings.ToLower("www/"+name)] = project.Hash(f.Content)
		names[f.Name] = name
	}
	return names
}

// renamed is a file's content with the names that its parts have got.
func renamed(f library.File, names map[string]string) []byte {
	content := f.Content
	if !f.Changed {
		return content
	}
	for from, to := range names {
		if from != to {
			for _, end := range []string{")", "\"", "'", "#"} {
				content = bytes.ReplaceAll(content, []byte(from+end), []byte(to+end))
			}
		}
	}
	return content
}

// useLibrary writes name into a file instead of address; nil when it does not
// load that. changed: the file is not what its integrity attribute says.
func useLibrary(file string, content []byte, address, name string, changed bool) []byte {
	var out []byte
	last := 0
	for _, e := range check.Externals(file, content) {
		if e.Address != address || !e.Fetchable() || e.Start < last {
			continue
		}
		to := strings.Repeat("../", strings.Count(strings.TrimPrefix(file, "www/"), "/")) + name
		if e.Kind == "module" && !strings.HasPrefix(to, ".") {
			to = "./" + to // what a module imports is a path, not a name
		}
		if changed && e.IntegrityEnd > 0 && e.IntegrityEnd <= e.Start && e.IntegrityStart >= last {
			out = append(out, content[last:e.IntegrityStart]...) // an empty one asks for nothing
			last = e.IntegrityEnd
		}
		out = append(append(out, content[last:e.Start]...), to...)
		last = e.End
		if changed && e.IntegrityStart >= last {
			out = append(out, content[last:e.IntegrityStart]...)
			last = e.IntegrityEnd
		}
	}
	if out == nil {
		return nil
	}
	return append(out, content[last:]...)
}
