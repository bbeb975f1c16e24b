package main

import (
	"context"
	"errors"
	"html"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"studioide/internal/client"
	"studioide/internal/home"
	"studioide/ui/src/words/say"
)

func openCommand(out *output) *cobra.Command {
	var noOpen bool
	cmd := &cobra.Command{
		Use:     "open",
		Short:   "Show the page of the Studio that runs, or print a new address for it",
		Example: "  studio open --no-open",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			h, err := home.Open()
			if err != nil {
				return err
			}
			running, _, ok := client.Find(cmd.Context(), h)
			if !ok {
				return errNoStudio
			}
			return openAgain(cmd.Context(), out, running, noOpen)
		},
	}
	cmd.Flags().BoolVar(&noOpen, "no-open", false, "print the address only, do not open a browser")
	return cmd
}

// openAgain shows the page of a Studio that runs.
func openAgain(ctx context.Context, out *output, running *client.Client, noOpen bool) error {
	url, err := running.NewAddress(ctx)
	if err != nil {
		return err
	}
	out.event("running", fields{"url": url}, say.CliStudioRunsAlreadyThisAddress(url))
	if noOpen {
		return nil
	}
	running.ShowPage(ctx) // where it cannot, the address is there to be pasted
	return nil
}

// doorway opens the browser by a file that only this user can read and that
// leads on to the address: what stands in a command's arguments can be read by
// everybody on this computer, and the address lets a browser in.
type doorway struct {
	dir string

	mu    sync.Mutex
	files map[string]string // address → file
}

const doorwayPrefix = ".open-"

// newDoorway is also the place to remove the files of Studios that were killed:
// they were good for a minute.
func newDoorway(h home.Home) *doorway {
	d := &doorway{dir: h.Config, files: map[string]string{}}
	// Browsers in a box of their own (snap) read no hidden folders, and the settings lie in one.
	if info, err := os.Lstat(h.Projects); runtime.GOOS == "linux" && err == nil && info.IsDir() && info.Mode().Perm()&0o022 == 0 {
		d.dir = h.Projects
	}
	for _, dir := range []string{h.Config, h.Projects} {
		old, _ := filepath.Glob(filepath.Join(dir, doorwayPrefix+"*.html"))
		for _, path := range old {
			if info, err := os.Lstat(path); err == nil && info.Mode().IsRegular() && time.Since(info.ModTime()) > time.Minute {
				os.Remove(path)
			}
		}
	}
	return d
}

// open shows the address in a browser. The file goes when the address has been
// used, or is no longer good.
func (d *doorway) open(url string) error {
	f, err := os.CreateTemp(d.dir, doorwayPrefix+"*.html") // mode 0600
	if err != nil {
		return err
	}
	shown := html.EscapeString(url)
	_, err = f.WriteString(`<!doctype html><html lang="en"><meta charset="utf-8"><meta name="referrer" content="no-referrer"><title>Studio</title>
<meta http-equiv="refresh" content="0; url=` + shown + `"><p><a href="` + shown + `">` + html.EscapeString(say.ServerOpenStudio()) + `</a></p></html>
`)
	if e := f.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = openBrowser(f.Name())
	}
	if err != nil {
		os.Remove(f.Name())
		return err
	}
	d.mu.Lock()
	d.files[url] = f.Name()
	d.mu.Unlock()
	time.AfterFunc(time.Minute, func() { d.used(url) })
	return nil
}

// used removes the file that leads to an address.
func (d *doorway) used(url string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if path, ok := d.files[url]; ok {
		os.Remove(path)
		delete(d.files, url)
	}
}

// close removes them all.
func (d *doorway) close() {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, path := range d.files {
		os.Remove(path)
	}
	clear(d.files)
}

// openBrowser asks the system to show a file.
func openBrowser(path string) error {
	var cmd *exec.Cmd
	switch runtime.GOOS {
	case "windows":
		cmd = exec.Command("rundll32", "url.dll,FileProtocolHandler", path)
	case "darwin":
		cmd = exec.Command("open", path)
	default:
		if os.Getenv("DISPLAY") == "" && os.Getenv("WAYLAND_DISPLAY") == "" {
			return errors.New("no display")
		}
		cmd = exec.Command("xdg-open", path)
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	go cmd.Wait() // its own window tells
	return nil
}
