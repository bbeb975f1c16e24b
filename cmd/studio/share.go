package main

import (
	"errors"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"studioide/internal/home"
	"studioide/internal/project"
	"studioide/ui/src/words/say"
)

func exportCommand(out *output) *cobra.Command {
	var file string
	var link bool
	cmd := &cobra.Command{
		Use:     "export [DIR]",
		Short:   "Make a zip of a project, or a link that contains it",
		Example: "  studio export my-led -o my-led.zip\n  studio export my-led --link",
		Args:    args(cobra.MaximumNArgs(1)),
		RunE: func(_ *cobra.Command, a []string) error {
			p, err := openProject(a)
			if err != nil {
				return err
			}
			defer p.Close()
			if link {
				fragment, err := p.Link()
				if err != nil {
					return err
				}
				// The address is that of a Studio started without options; any other will do as well.
				out.event("link", fields{"link": linkBase + fragment, "fragment": fragment}, linkBase+fragment)
				return nil
			}
			if file == "" {
				file = p.Name + ".zip"
			}
			if err := writeOutput(file, p.Export); err != nil {
				return err
			}
			for _, u := range p.LeftOut() {
				out.leftOut(u.Path, u.Why)
			}
			out.event("exported", fields{"dir": p.Dir, "file": file}, say.CliExported(file))
			return nil
		},
	}
	cmd.Flags().StringVarP(&file, "output", "o", "", "write the zip to this file; default: the folder's name and .zip")
	cmd.Flags().BoolVar(&link, "link", false, "print a link that contains the project; it opens in any Studio's page, and studio import takes it")
	return cmd
}

const linkBase = "http://127.0.0.1:8080/"

func importCommand(out *output) *cobra.Command {
	var look bool
	cmd := &cobra.Command{
		Use:   "import ZIP|LINK|DIR [FOLDER]",
		Short: "Make a project of a zip, a link that contains one, or a copy of a folder",
		Long: `Makes a project of a zip, of a link that contains a project, or of a copy of a folder, in FOLDER, which must be new or empty.
Without FOLDER it is made in the folder of projects, where the page finds it. A folder or zip with pages and without a
program gets a program that serves them.

Nobody trusts such a project: on the virtual board its program runs in the sandbox (studio trust -h).`,
		Example: "  studio import led.zip\n  studio import --look led.zip\n  studio import 'http://127.0.0.1:8080/#project=…' my-led",
		Args:    args(cobra.RangeArgs(1, 2)),
		RunE: func(_ *cobra.Command, a []string) error {
			b, err := readBundle(a[0])
			if err != nil {
				return err
			}
			for _, l := range b.LeftOut {
				out.leftOut(l.Path, l.Why)
			}
			if look {
				for _, f := range b.Files {
					out.event("file", fields{"path": f.Path, "size": len(f.Content)}, f.Path+"  "+size(int64(len(f.Content))))
				}
				return nil
			}
			dir, err := makeOf(b, a[1:])
			if err != nil {
				return err
			}
			out.event("imported", fields{"dir": dir, "title": b.Title, "files": len(b.Files)},
				say.CliImported(dir, len(b.Files)))
			return nil
		},
	}
	cmd.Flags().BoolVar(&look, "look", false, "list what is in it, and make nothing")
	return cmd
}

func readBundle(from string) (*project.Bundle, error) {
	if project.IsLink(from) {
		return project.ReadLink(from)
	}
	if info, err := os.Stat(from); err == nil && info.IsDir() {
		return project.ReadFolder(from)
	}
	content, err := home.ReadPlain(from, project.MaxZip)
	if err != nil && !errors.Is(err, home.ErrTooLong) { // of what is too long there is enough to be told so
		return nil, errFileUnreadable.With(from).Because(err)
	}
	return project.ReadBundle(from, content)
}

// makeOf makes a project in the folder that is named, or among the others.
func makeOf(b *project.Bundle, folder []string) (dir string, err error) {
	h, err := home.Open()
	if err != nil {
		return "", err
	}
	if len(folder) > 0 {
		if err := project.Import(b, folder[0]); err != nil {
			return "", err
		}
		if dir, err = filepath.Abs(folder[0]); err != nil {
			dir = folder[0]
		}
	} else {
		store, err := project.OpenStore(h.Projects, nil)
		if err != nil {
			return "", err
		}
		defer store.Close()
		p, err := store.Import(b, "")
		if err != nil {
			return "", err
		}
		dir = p.Dir
		p.Close()
	}
	h.Trust().Remove(dir) // what had its place before may have been trusted
	return dir, nil
}
