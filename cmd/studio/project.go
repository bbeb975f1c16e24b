package main

import (
	"fmt"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"unicode"

	"github.com/spf13/cobra"

	"studio"

	"studioide/internal/api"
	"studioide/internal/board"
	"studioide/internal/compile"
	"studioide/internal/home"
	"studioide/internal/problem"
	"studioide/internal/project"
	"studioide/internal/session"
	"studioide/ui/src/words/say"
)

func newCommand(out *output) *cobra.Command {
	return &cobra.Command{
		Use:     "new TEMPLATE FOLDER",
		Short:   "Start a project from a template",
		Example: "  studio new led my-led\n  studio templates",
		Args:    args(cobra.ExactArgs(2)),
		RunE: func(_ *cobra.Command, a []string) error {
			if err := project.Create(studio.Templates(), a[0], a[1]); err != nil {
				return err
			}
			dir, err := filepath.Abs(a[1])
			if err != nil {
				dir = a[1]
			}
			if err := trustMade(dir); err != nil {
				return err
			}
			out.event("created", fields{"template": a[0], "dir": dir}, say.CliMadeBuildItWithStudio(dir, quoted(runtime.GOOS, a[1])))
			return nil
		},
	}
}

// quoted writes a path as it has to be typed in a shell of the system.
func quoted(system, path string) string {
	plain := func(r rune) bool {
		return unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("/._-+:,@%", r)
	}
	if strings.HasPrefix(path, "-") {
		path = "./" + path
	}
	switch {
	case system == "windows" && strings.ContainsAny(path, " &()[]{}^=;!'+,`~%"):
		return `"` + path + `"` // which a name cannot have there
	case system != "windows" && strings.ContainsFunc(path, func(r rune) bool { return !plain(r) }):
		return "'" + strings.ReplaceAll(path, "'", `'\''`) + "'"
	}
	return path
}

func templatesCommand(out *output) *cobra.Command {
	return &cobra.Command{
		Use:     "templates",
		Short:   "List what a project can start from",
		Example: "  studio templates --json",
		Args:    noArgs,
		RunE: func(*cobra.Command, []string) error {
			list, err := project.Templates(studio.Templates())
			if err != nil {
				return err
			}
			ids := column{}
			for _, t := range list {
				ids.fit(t.ID)
			}
			for _, t := range list {
				out.event("template", fields{"id": t.ID, "title": t.Title, "about": t.About, "example": t.Example}, ids.pad(t.ID)+t.Title+": "+t.About)
			}
			return nil
		},
	}
}

func boardsCommand(out *output) *cobra.Command {
	return &cobra.Command{
		Use:     "boards",
		Short:   "List the boards, whether programs for them can be built here, and how far they have been tried",
		Example: "  studio boards --json",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			h, err := home.Open()
			if err != nil {
				return err
			}
			builder := compile.New(h.Cache)
			var notes []*problem.Problem // each once, below the list
			ids, names := column{}, column{}
			for _, b := range board.All() {
				ids.fit(b.ID)
				names.fit(nameAndChip(b))
			}
			for _, b := range board.All() {
				can := say.CliCanBeBuilt()
				f := fields{"id": b.ID, "name": b.Name, "chip": b.Chip, "network": b.Network, "tried": b.Tried, "canBuild": true}
				if err := builder.CanBuild(cmd.Context(), b); err != nil {
					if cmd.Context().Err() != nil {
						return err
					}
					p := problem.Of(err)
					f["canBuild"], f["problem"] = false, p
					at := slices.IndexFunc(notes, func(q *problem.Problem) bool { return q.Text == p.Text })
					if at < 0 {
						at, notes = len(notes), append(notes, p)
					}
					can = fmt.Sprintf("cannot (%d)", at+1)
				}
				out.event("board", f, ids.pad(b.ID)+names.pad(nameAndChip(b))+pad(can, 14)+triedWords(b.Tried))
			}
			if out.json {
				return nil
			}
			for i, p := range notes {
				out.event("note", nil, fmt.Sprintf("\n(%d) %s\n    %s", i+1, p.Text, p.Help))
			}
			return nil
		},
	}
}

func nameAndChip(b board.Board) string { return b.Name + " (" + b.Chip + ")" }

// triedWords says how far a board has been tried.
func triedWords(t board.Tried) string {
	switch t {
	case board.Tested:
		return say.CliTestedFromEndToEnd()
	case board.Emulated:
		return say.CliBuiltAndRunOnEmulator()
	case board.Built:
		return say.CliBuiltNotRun()
	}
	return say.CliNotTried()
}

// open opens the project in a folder ("" is the current one).
func openProject(a []string) (*project.Project, error) {
	dir := "."
	if len(a) > 0 {
		dir = a[0]
	}
	if abs, err := filepath.Abs(dir); err == nil && filepath.Clean(dir) == "." { // a dot says nothing in a sentence
		dir = abs
	}
	return project.OpenDir(dir)
}

// compileProject builds a project for a board.
func compileProject(cmd *cobra.Command, out *output, p *project.Project, b board.Board, how session.Building) (*compile.Result, error) {
	h, err := home.Open()
	if err != nil {
		return nil, err
	}
	request, err := session.Request(h, p, b, how)
	if err != nil {
		return nil, err
	}
	request.Progress = func(text string) { out.report("build", text, 0, 0) }
	out.report("build", say.CliBuildingFor(request.Program, b.Name), 0, 0)
	if request.Sandbox && !how.Sandbox {
		out.event("sandboxed", fields{"dir": p.Dir}, say.CliThisProjectNotTrustedOn())
	}
	r, err := compile.New(h.Cache).Build(cmd.Context(), request)
	if r != nil {
		out.problems(r.Problems)
	}
	return r, err
}

func buildCommand(out *output) *cobra.Command {
	var id, file string
	var how session.Building
	cmd := &cobra.Command{
		Use:     "build [DIR] --board B",
		Short:   "Build a project's program",
		Example: "  studio build my-led --board pico -o led.uf2",
		Args:    args(cobra.MaximumNArgs(1)),
		RunE: func(cmd *cobra.Command, a []string) error {
			p, err := openProject(a)
			if err != nil {
				return err
			}
			defer p.Close()
			if id == "" {
				id = p.Meta().Board
			}
			b, ok := board.Lookup(id)
			if !ok {
				return board.Unknown(id)
			}
			r, err := compileProject(cmd, out, p, b, how)
			if err != nil {
				return err
			}
			if file != "" {
				if err := writeOutput(file, whole(r.File)); err != nil {
					return err
				}
			}
			out.event("built", fields{"board": b.ID, "build": r.BuildID, "size": r.Size, "file": file, "offset": r.Parts[0].Offset, "sizes": r.Sizes},
				say.CliBuiltFor(size(r.Size), b.Name, room(r.Sizes)))
			return nil
		},
	}
	cmd.Flags().StringVar(&id, "board", "", "board to build for (studio boards lists them); default: the project's")
	cmd.Flags().StringVarP(&file, "output", "o", "", "write the flashable image to this file")
	buildingFlags(cmd, &how)
	return cmd
}

// buildingFlags say how a program for the virtual board may run.
func buildingFlags(cmd *cobra.Command, how *session.Building) {
	cmd.Flags().BoolVar(&how.AllowNative, "allow-native", false, "let the program use packages that no board has (it runs on this computer)")
	cmd.Flags().BoolVar(&how.Sandbox, "sandbox", false, "for the virtual board: build it to run in a sandbox, where it reaches nothing of this computer")
	cmd.Flags().BoolVar(&how.Once, "trust", false, "for the virtual board: trust the project for this program's next start (studio trust does for good)")
}

// room shows how much of the board a program takes; nothing for the virtual one.
func room(s *api.Sizes) string {
	if s == nil {
		return ""
	}
	text := "\n  flash   " + bar(s.Flash, s.FlashMax) + size(s.Flash) + " of " + size(s.FlashMax) +
		"\n  memory  " + bar(s.RAM, s.RAMMax) + size(s.RAM) + " of " + size(s.RAMMax) + "; " + say.CliLeftForHeap(size(s.Heap))
	before := "\n  largest "
	for _, p := range s.Largest[:min(3, len(s.Largest))] {
		if p.Flash > 0 { // others take memory only
			text += before + p.Name + " " + size(p.Flash)
			before = ", "
		}
	}
	return text
}

func bar(part, whole int64) string {
	const width = 20
	if whole <= 0 {
		return ""
	}
	n := int(min(width, (part*width+whole-1)/whole))
	return "[" + strings.Repeat("#", n) + strings.Repeat("·", width-n) + "] "
}
