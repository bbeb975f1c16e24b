package compile

import (
	"context"
	"debug/dwarf"
	"debug/elf"
	"path"
	"slices"
	"strings"

	"studioide/internal/api"
	"studioide/internal/board"
	"studioide/internal/compile/explain"
)

// Where adds to what a board's program said when it ended the place in the
// project's files: TinyGo's panics name an address. Where the compiler has made
// one of several such places in a function, that is the function. ok is false
// when there is none, or when the last program built for the board is not the
// one with that build id.
func (b *Builder) Where(ctx context.Context, p api.Diagnostic, project string, to board.Board, buildID string) (placed api.Diagnostic, ok bool) {
	address, ok := explain.Address(p)
	if !ok {
		return p, false
	}
	w, err := openWorkspace(ctx, b.dir, Request{Dir: project, Board: to})
	if err != nil {
		return p, false
	}
	defer w.close()
	if _, _, known := w.last(buildID); !known {
		return p, false
	}
	for _, at := range placesAt(w.own("program.elf"), address) {
		file, ok := inProject(at.file, w.dir)
		switch {
		case !ok || at.line <= 0:
		case at.begins:
			return explain.PlacedIn(p, file, at.line), true
		default:
			return explain.Placed(p, file, at.line), true
		}
	}
	return p, false
}

// inProject is a file's path in the project, from the one that the compiler was given.
func inProject(file, workspace string) (string, bool) {
	clean := func(name string) string { return path.Clean(strings.ReplaceAll(name, `\`, "/")) }
	if rest, ok := strings.CutPrefix(clean(file), clean(workspace)+"/"+appDir+"/"); ok {
		return asWritten(rest), true
	}
	if dir, base := path.Split(clean(file)); path.Base(dir) == appDir { // the workspace by another name
		return base, true
	}
	return "", false
}

type codePlace struct {
	file   string
	line   int
	begins bool // it is where the function begins
}

// placesAt finds the line of code at an address, those of the calls that lead
// there as far as the compiler has put the functions into one, and the beginning
// of that one.
func placesAt(name string, address uint64) (found []codePlace) {
	f, err := elf.Open(name)
	if err != nil {
		return nil
	}
	defer f.Close()
	d, err := f.DWARF()
	if err != nil {
		return nil
	}
	r := d.Reader()
	unit, err := r.SeekPC(address)
	if err != nil {
		return nil
	}
	lines, err := d.LineReader(unit)
	if err != nil || lines == nil {
		return nil
	}
	var at dwarf.LineEntry
	if lines.SeekPC(address, &at) == nil && at.File != nil {
		found = append(found, codePlace{file: at.File.Name, line: at.Line})
	}
	files := lines.Files()
	place := func(e *dwarf.Entry, fileAttr, lineAttr dwarf.Attr) (p codePlace, ok bool) {
		file, ok := e.Val(fileAttr).(int64)
		line, _ := e.Val(lineAttr).(int64)
		if !ok || file < 0 || int(file) >= len(files) || files[file] == nil {
			return p, false
		}
		return codePlace{file: files[file].Name, line: int(line)}, true
	}
	var calls []codePlace // outer ones first
	for {
		e, err := r.Next()
		if err != nil || e == nil || e.Tag == 0 { // the end of the innermost
			break
		}
		if !holds(d, e, address) {
			r.SkipChildren()
			continue
		}
		if e.Tag == dwarf.TagSubprogram {
			if p, ok := place(declared(d, e), dwarf.AttrDeclFile, dwarf.AttrDeclLine); ok {
				p.begins = true
				calls = append(calls, p)
			}
		} else if p, ok := place(e, dwarf.AttrCallFile, dwarf.AttrCallLine); ok {
			calls = append(calls, p)
		}
		if !e.Children {
			break
		}
	}
	slices.Reverse(calls)
	return append(found, calls...)
}

// declared is where a function says where it begins.
func declared(d *dwarf.Data, e *dwarf.Entry) *dwarf.Entry {
	if at, ok := e.Val(dwarf.AttrAbstractOrigin).(dwarf.Offset); ok {
		r := d.Reader()
		r.Seek(at)
		if origin, err := r.Next(); err == nil && origin != nil {
			return origin
		}
	}
	return e
}

// holds tells whether e is a piece of code that the address lies in.
func holds(d *dwarf.Data, e *dwarf.Entry, address uint64) bool {
	ranges, err := d.Ranges(e)
	return err == nil && slices.ContainsFunc(ranges, func(r [2]uint64) bool { return r[0] <= address && address < r[1] })
}
