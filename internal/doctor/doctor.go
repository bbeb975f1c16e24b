// Package doctor looks at this computer and says what Studio needs that is
// missing, and what to do about it. studio doctor and the page show its findings.
package doctor

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"studioide/internal/board"
	"studioide/internal/compile"
	"studioide/internal/confine"
	"studioide/internal/flasher/uf2"
	"studioide/internal/home"
	"studioide/internal/port"
	"studioide/internal/problem"
	"studioide/internal/toolchain"
	"studioide/ui/src/words/say"
)

// Check is one finding. Help says what to do, or where there is more to know.
type Check struct {
	Name string `json:"name"`
	OK   bool   `json:"ok"`
	Need bool   `json:"need"` // false: only some boards or features need it
	Text string `json:"text"`
	Help string `json:"help,omitempty"`
}

// Look runs every check; each takes at most a few seconds.
func Look(ctx context.Context, h home.Home, projects string) []Check {
	b := compile.New(h.Cache)
	return []Check{goTool(ctx, b), tinyGo(ctx, b), goplsTool(ctx, b), folder(say.DoctorSettingsFolder(), h.Config), folder(say.DoctorCacheFolder(), h.Cache), folder(say.DoctorProjectsFolder(), projects), ports(), walls()}
}

// Compilers are asked by what Run asks, so that both say the same.

func goTool(ctx context.Context, b *compile.Builder) Check {
	c := Check{Name: "Go", Need: true}
	tool, err := b.Tools.Go(ctx)
	if err != nil {
		p := problem.Of(err)
		c.Text, c.Help = p.Text, p.Help
		return c
	}
	c.OK, c.Text = true, say.DoctorAt(tool.Version, tool.Path)
	return c
}

func tinyGo(ctx context.Context, b *compile.Builder) Check {
	c := Check{Name: "TinyGo"}
	tiny, err := b.Tools.TinyGo(ctx)
	if err != nil {
		p := problem.Of(err)
		c.Text, c.Help = p.Text, p.Help+" "+say.DoctorTheVirtualBoardWorksWithout()
		return c
	}
	can, all := 0, 0
	for _, kind := range board.All() {
		if kind.Virtual {
			continue
		}
		if all++; b.CanBuild(ctx, kind) == nil {
			can++
		}
	}
	c.OK, c.Text = true, say.DoctorAtItBuildsForBoards(tiny.Version, tiny.Path, can, all)
	if can < all {
		c.Help = say.DoctorStudioBoardsSaysWhatMissing()
	}
	return c
}

func goplsTool(ctx context.Context, b *compile.Builder) Check {
	c := Check{Name: "gopls"}
	path, err := b.Tools.Gopls(ctx)
	if err != nil {
		p := problem.Of(err)
		c.Text, c.Help = p.Text, p.Help
		return c
	}
	c.OK, c.Text = true, toolchain.GoplsVersion+" at "+path
	return c
}

func folder(name, dir string) Check {
	c := Check{Name: name, Need: true}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		c.Text, c.Help = say.DoctorCannotBeMade(dir), say.DoctorChooseFolderThatYouMay()
		return c
	}
	probe := filepath.Join(dir, fmt.Sprintf(".doctor-%d", os.Getpid()))
	if err := os.WriteFile(probe, []byte("studio"), 0o600); err != nil {
		c.Text, c.Help = say.DoctorCannotBeWritten(dir), say.DoctorCheckThatDiskNotFull()
		os.Remove(probe)
		return c
	}
	os.Remove(probe)
	c.OK, c.Text = true, dir
	return c
}

// walls says what keeps trusted projects' programs for the virtual board to themselves. Those of others run in the sandbox everywhere.
func walls() Check {
	c := Check{Name: say.DoctorLimitsPrograms(), OK: true}
	has := confine.Look()
	var open []string
	for _, w := range []struct {
		there bool
		what  string
	}{
		{has.Files, "files"}, {has.Network, "connections"}, {has.Signals, say.DoctorOtherProgramsProcesses()}, {has.Processes, say.DoctorStartingPrograms()},
	} {
		if !w.there {
			open = append(open, w.what)
		}
	}
	if len(open) == 0 {
		c.Text = say.DoctorATrustedProjectsProgramOn()
		return c
	}
	c.OK = false
	c.Text = say.DoctorThisSystemDoesNotKeep(strings.Join(open, ", "))
	c.Help = say.DoctorTrustOnlyProjectsWhoseAuthors()
	if runtime.GOOS == "linux" {
		c.Help += " " + say.DoctorALinuxKernelVersion6()
	}
	return c
}

func ports() Check {
	c := Check{Name: "Ports"}
	list, err := port.List()
	if err != nil {
		p := problem.Of(err)
		c.Text, c.Help = p.Text, p.Help
		return c
	}
	port.FillHolders(list)
	var names []string
	for _, p := range append(list, uf2.Waiting()...) { // a board that waits for its first program has no serial port
		if p.Problem != nil {
			c.Text, c.Help = p.Problem.Text, p.Problem.Help
			return c
		}
		name := p.Name
		if uf2.IsPlace(name) {
			name += " (" + p.Title + ")"
		}
		names = append(names, name)
	}
	c.OK = true
	if len(names) == 0 {
		c.Text = say.DoctorNoBoardPluggedInVirtual()
		if runtime.GOOS == "linux" {
			c.Help = say.DoctorIfOneTryDataCable()
		}
		return c
	}
	c.Text = strings.Join(names, ", ")
	return c
}
