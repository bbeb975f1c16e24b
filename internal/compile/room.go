package compile

import (
	"context"
	"debug/elf"
	"fmt"
	"os"
	"strings"

	"studioide/internal/api"
	"studioide/internal/board"
	"studioide/internal/compile/explain"
	"studioide/internal/toolchain"
	"studioide/ui/src/words/say"
)

// tooLong is a program that does not fit into the board's flash, or that would reach into its files.
func tooLong(b board.Board, size int64, list []api.SizePart) api.Diagnostic {
	return api.Diagnostic{Severity: api.SeverityError, Source: "go", Code: "build.flash",
		Text: say.BuildTheProgramBoardHasRoom(inWords(size), inWords(b.ProgramMax()), largestParts(list, flashOf)),
		Help: say.BuildUseFewerPackagesFmtAnd()}
}

// noMemory is a program whose variables do not fit into the board's memory.
func noMemory(b board.Board, size int64, list []api.SizePart) api.Diagnostic {
	text := say.BuildTheProgramsVariablesNeedMore()
	switch {
	case size > b.RAM:
		text = say.BuildTheProgramsVariablesNeedMemory(inWords(size), inWords(b.RAM))
	case b.RAM > 0:
		text = say.BuildTheProgramsVariablesNeedMore2(inWords(b.RAM))
	}
	return api.Diagnostic{Severity: api.SeverityError, Source: "go", Code: "build.memory",
		Text: text + largestParts(list, func(p api.SizePart) int64 { return p.RAM }),
		Help: say.BuildMakeArraysShorterOrUse()}
}

func flashOf(p api.SizePart) int64 { return p.Flash }

// largestParts names the three that matter most.
func largestParts(list []api.SizePart, of func(api.SizePart) int64) string {
	var named []string
	for range 3 {
		var best api.SizePart
		for _, p := range list {
			if of(p) > of(best) && !strings.Contains(strings.Join(named, "\n"), p.Name+" (") {
				best = p
			}
		}
		if of(best) > 0 {
			named = append(named, best.Name+" ("+inWords(of(best))+")")
		}
	}
	if len(named) == 0 {
		return ""
	}
	return " " + (say.BuildTheLargestParts(strings.Join(named, ", ")))
}

// inWords writes a size as people read it.
func inWords(n int64) string {
	if n >= 1000<<10 {
		return fmt.Sprintf("%.1f MB", float64(n)/(1<<20))
	}
	return fmt.Sprintf("%d KB", (n+1023)>>10)
}

// tooBig explains a program that the linker found no room for. There is no ELF
// file then: the parts are those of the Go code before it was linked.
func (b *Builder) tooBig(ctx context.Context, w *workspace, tool toolchain.TinyGo, to board.Board, over explain.Over, said string) ([]api.Diagnostic, *api.Sizes, error) {
	object := w.own("over.o")
	defer os.Remove(object)
	var list []api.SizePart
	args := tinygoArguments(to, "", "", object)
	if _, said, err := w.run(ctx, tool.Path, args, w.tinygoEnvironment(tool, w.own("tmp"))); err != nil {
		return nil, nil, err
	} else if said == "" {
		list = partsOf(object)
	}
	var p api.Diagnostic
	if over.Flash {
		p = tooLong(to, linkerFlash(to)+over.Bytes, list)
	} else {
		size := int64(0)
		if over.Bytes > 0 {
			size = to.RAM + over.Bytes
		}
		p = noMemory(to, size, list)
	}
	p.Raw = said
	return []api.Diagnostic{p}, nil, nil
}

// linkerFlash is what the linker takes for the room: the whole flash.
func linkerFlash(b board.Board) int64 { return b.FlashSize - b.ProgramAt }

// partsOf adds up an object file's symbols by package. Sections whose names
// begin with .bss take memory only, those with .data both.
func partsOf(object string) []api.SizePart {
	f, err := elf.Open(object)
	if err != nil {
		return nil
	}
	defer f.Close()
	symbols, err := f.Symbols()
	if err != nil {
		return nil
	}
	byName := map[string]api.SizePart{}
	for _, s := range symbols {
		if int(s.Section) >= len(f.Sections) || s.Size == 0 {
			continue
		}
		name := partName(packageOf(s.Name))
		p := byName[name]
		section := f.Sections[s.Section]
		if section.Type != elf.SHT_NOBITS {
			p.Flash += int64(s.Size)
		}
		if section.Flags&elf.SHF_WRITE != 0 {
			p.RAM += int64(s.Size)
		}
		byName[name] = p
	}
	return largest(byName)
}

// packageOf is the package in a symbol's name: "(*studio/board.server).step", "main.main", "main$string.3".
func packageOf(symbol string) string {
	symbol = strings.TrimLeft(symbol, "(*")
	slash := strings.LastIndex(symbol, "/") + 1
	if end := strings.IndexAny(symbol[slash:], ".$:("); end >= 0 {
		return symbol[:slash+end]
	}
	return "runtime"
}
