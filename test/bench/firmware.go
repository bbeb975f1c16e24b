package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	firmware "studio"
	"studioide/internal/board"
	builds "studioide/internal/compile"
	"studioide/internal/project"
)

// benchFirmware changes a constant of template led again and again, and builds
// it for boards through Studio's builder and with tinygo build alone, turn by turn.
func benchFirmware() error {
	dir, err := os.MkdirTemp("", "studio-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	for _, id := range []string{"pico", "esp32c3"} {
		b, ok := board.Find(id)
		if !ok {
			return fmt.Errorf("there is no board %s", id)
		}
		builder := builds.New(filepath.Join(dir, "cache"))
		if err := builder.CanBuild(context.Background(), b); err != nil {
			fmt.Println("  not measured:", err)
			continue
		}
		folder := filepath.Join(dir, id)
		if err := project.Create(firmware.Templates(), "led", folder); err != nil {
			return err
		}
		name := filepath.Join(folder, "main.go")
		source, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		c, err := builds.Compare(context.Background(), builder, builds.Request{Dir: folder, Program: "LED", Board: b}, 5, func(n int) error {
			return os.WriteFile(name, fmt.Appendf(source[:len(source):len(source)], "\nfunc init() { println(%d) }\n", n), 0o666)
		})
		if err != nil {
			return err
		}
		row(b.Name+": rebuilt after a change in main.go", fmt.Sprintf("%s, %.2f × tinygo", ms(c.Builder), c.Ratio()), "at most 1.1 × tinygo build alone ("+ms(c.Bare)+")")
		row(b.Name+": nothing changed", ms(c.Unchanged), "")
	}
	return nil
}
