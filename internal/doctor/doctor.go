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

	"studioide/internal/build"
	"studioide/internal/home"
	"studioide/internal/port"
	"studioide/internal/problem"
	"studioide/internal/toolchain"
)

// Check is one finding. Help is empty when all is well.
type Check struct {
	Name string `json:"name"`
	OK   bool   `json:"ok"`
	Need bool   `json:"need"` // false: only some boards or features need it
	Text string `json:"text"`
	Help string `json:"help,omitempty"`
}

// Look runs every check; each takes at most a few seconds.
func Look(ctx context.Context, h home.Home, projects string) []Check {
	tools := build.New(h.Cache).Tools
	return []Check{goTool(ctx, tools), tinyGo(ctx, tools), folder("Settings folder", h.Config), folder("Cache folder", h.Cache), folder("Projects folder", projects), ports()}
}

// Compilers are asked by what Run asks, so that both say the same.

func goTool(ctx context.Context, tools *toolchain.Tools) Check {
	c := Check{Name: "Go", Need: true}
	tool, err := tools.Go(ctx)
	if err != nil {
		p := problem.Of(err)
		c.Text, c.Help = p.Text, p.Help
		return c
	}
	c.OK, c.Text = true, tool.Version+" at "+tool.Path
	return c
}

func tinyGo(ctx context.Context, tools *toolchain.Tools) Check {
	c := Check{Name: "TinyGo"}
	tiny, err := tools.TinyGo(ctx)
	if err != nil {
		p := problem.Of(err)
		c.Text, c.Help = p.Text, p.Help+" The virtual board works without it."
		return c
	}
	c.OK, c.Text = true, tiny.Version+" at "+tiny.Path
	return c
}

func folder(name, dir string) Check {
	c := Check{Name: name, Need: true}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		c.Text, c.Help = dir+" cannot be made.", "Choose a folder that you may write to."
		return c
	}
	probe := filepath.Join(dir, fmt.Sprintf(".doctor-%d", os.Getpid()))
	if err := os.WriteFile(probe, []byte("studio"), 0o600); err != nil {
		c.Text, c.Help = dir+" cannot be written.", "Check that the disk is not full and that you may write to this folder."
		os.Remove(probe)
		return c
	}
	os.Remove(probe)
	c.OK, c.Text = true, dir
	return c
}

func ports() Check {
	c := Check{Name: "Serial ports"}
	list, err := port.List()
	if err != nil {
		p := problem.Of(err)
		c.Text, c.Help = p.Text, p.Help
		return c
	}
	var names []string
	for _, p := range list {
		if p.Problem != nil {
			c.Text, c.Help = p.Problem.Text, p.Problem.Help
			return c
		}
		names = append(names, p.Name)
	}
	c.OK = true
	if len(names) == 0 {
		c.Text = "No board is plugged in (the virtual board needs none)."
		if runtime.GOOS == "linux" {
			c.Help = "If one is: try a data cable, and another USB socket."
		}
		return c
	}
	c.Text = strings.Join(names, ", ")
	return c
}
