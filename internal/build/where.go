package build

import (
	"context"
	"debug/dwarf"
	"debug/elf"
	"path"
	"slices"
	"strings"

	"studioide/internal/board"
	"studioide/internal/build/explain"
	"studioide/internal/message"
)

// Where adds to what a board's program said when it ended the place in the
// project's files: TinyGo's panics name an address. ok is false when there is
// none, or when the last program built for the board is not the one with that
// build id.
func (b *Builder) Where(ctx context.Context, p message.Problem, project string, to board.Board, buildID string) (placed message.Problem, ok bool) {
	address, ok := explain.Address(p)
	if !ok {
		return p, false
	}
	w, err := openWorkspace(ctx, b.dir, project, to)
	if err != nil {
		return p, false
	}
	defer w.close()
	if _, _, known := w.last(buildID); !known {
		return p, false
	}
	for _, at := range placesAt(w.own("program.elf"), address) {
		file := path.Clean(strings.ReplaceAll(at.file, `\`, "/"))
		if path.Base(path.Dir(file)) == appDir && at.line > 0 {
			return explain.Placed(p, path.Base(file), at.line), true
		}
	}
	return p, false
}

type codePlace struct {
	file string
	line int
}

// placesAt finds the line of code at an address, and those of the calls that
// lead there as far as the compiler has put the functions into one.
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
		found = append(found, codePlace{at.File.Name, at.Line})
	}
	files := lines.Files()
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
		file, ok := e.Val(dwarf.AttrCallFile).(int64)
		line, _ := e.Val(dwarf.AttrCallLine).(int64)
		if ok && file >= 0 && int(file) < len(files) && files[file] != nil {
			calls = append(calls, codePlace{files[file].Name, int(line)})
		}
		if !e.Children {
			break
		}
	}
	slices.Reverse(calls)
	return append(found, calls...)
}

// holds tells whether e is a piece of code that the address lies in.
func holds(d *dwarf.Data, e *dwarf.Entry, address uint64) bool {
	ranges, err := d.Ranges(e)
	return err == nil && slices.ContainsFunc(ranges, func(r [2]uint64) bool { return r[0] <= address && address < r[1] })
}
