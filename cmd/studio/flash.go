package main

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"studioide/internal/board"
	"studioide/internal/flasher/image"
	"studioide/internal/flasher/uf2"
	"studioide/internal/session"
	"studioide/ui/src/words/say"
)

func flashCommand(out *output) *cobra.Command {
	var portName, id string
	var offset uint32
	var full, raw bool
	var how session.Building
	var dials dialing
	cmd := &cobra.Command{
		Use:   "flash [DIR | FILE] --port P",
		Short: "Write a program to a board and start it",
		Long: `Builds the project in DIR (default: this folder) and writes it to the board, or writes the image FILE as it is.
Only sectors that differ are written; every one is verified. The board's web files stay.
A FILE is looked at first: what is no program, not a whole one, or one for another board is refused before anything is erased.`,
		Example: "  studio flash my-led --port virtual:\n  studio flash firmware.bin --port /dev/ttyACM0 --offset 0x10000",
		Args:    args(cobra.MaximumNArgs(1)),
		RunE: func(cmd *cobra.Command, a []string) error {
			ctx := cmd.Context()
			if err := dials.check(cmd, portName); err != nil {
				return err
			}
			at, err := findPort(ctx, portName)
			if err != nil {
				return err
			}
			if id != "" {
				b, err := at.chosen(id)
				if err != nil {
					return err
				}
				at.maybe = []board.Board{b}
			}
			content, isFile, err := imageFile(a)
			if err != nil {
				return err
			}
			program := session.Program{Full: full}
			if isFile {
				f := image.File{Name: filepath.Base(a[0]), Content: content, Raw: raw}
				if cmd.Flags().Changed("offset") {
					f.Offset = &offset
				}
				if id != "" && !raw {
					program.Chip = at.maybe[0].Chip
				}
				if err := unpack(f, &at, &program); err != nil {
					return err
				}
			} else {
				p, err := openProject(a)
				if err != nil {
					return err
				}
				defer p.Close()
				b, err := at.identify(func() (string, error) { return at.askProgram(ctx, out.report) }, p.Meta().Board)
				if err != nil {
					return err
				}
				built, err := compileProject(cmd, out, p, b, how)
				if err != nil {
					return err
				}
				program.Parts, program.Build, program.Chip, program.Prepare = built.Parts, built.BuildID, b.Chip, built.Prepare
				at.maybe = []board.Board{b}
			}
			r, err := at.open(at.maybe, true)
			if err != nil {
				return err
			}
			defer r.Close()
			text, err := r.Flash(ctx, program, out.report)
			if err != nil {
				return err
			}
			size := 0
			for _, part := range program.Parts {
				size += len(part.Data)
			}
			now, err := r.Port(ctx)
			if err != nil {
				return err
			}
			if now != at.name {
				text += " " + (say.CliTheBoardAtNow(now))
			}
			out.event("flashed", fields{"port": now, "size": size, "build": program.Build}, text)
			return dials.allowStarted(ctx, r, out, askTimeout)
		},
	}
	portFlag(cmd, &portName)
	cmd.Flags().StringVar(&id, "board", "", "board to build for (default: the one at the port); an image is refused by another chip")
	cmd.Flags().Uint32Var(&offset, "offset", 0, "where an image FILE goes in flash (default: where the board starts programs)")
	cmd.Flags().BoolVar(&raw, "raw", false, "write a FILE as it is, whatever it is: nothing looks whether the board can start it")
	cmd.Flags().BoolVar(&full, "full", false, "write every sector, even those that are right already")
	buildingFlags(cmd, &how)
	dialFlag(cmd, &dials)
	return cmd
}

// unpack takes a program from an image file, which is looked at before the board is.
func unpack(f image.File, at *portInfo, program *session.Program) error {
	p, err := image.Open(f, at.maybe)
	if err != nil {
		return err
	}
	program.Take(p)
	if uf2.Is(f.Content) && len(at.maybe) == 0 {
		at.maybe = board.Drives(p.Chip)
	}
	return nil
}

// imageFile reads the argument if it is a file.
func imageFile(a []string) (image []byte, isFile bool, err error) {
	if len(a) == 0 {
		return nil, false, nil
	}
	info, err := os.Stat(a[0])
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, false, errNothingToFlash.With(a[0])
	case err != nil:
		return nil, false, errUnreadable.With(a[0]).Because(err)
	case info.IsDir():
		return nil, false, nil
	}
	image, err = readFile(a[0])
	if errors.Is(err, errTooLarge) {
		return nil, true, errImageTooLarge.With(a[0])
	}
	if err != nil {
		return nil, true, errUnreadable.With(a[0]).Because(err)
	}
	if len(image) == 0 {
		return nil, true, errEmptyImage.With(a[0])
	}
	return image, true, nil
}

var errTooLarge = errors.New("more than any board holds")

// readFile reads a file that is to go to a board; one without an end, such as a device, is too large as well.
func readFile(name string) ([]byte, error) {
	const most = 64 << 20
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	content, err := io.ReadAll(io.LimitReader(f, most+1))
	if err == nil && len(content) > most {
		return nil, errTooLarge
	}
	return content, err
}

func portFlag(cmd *cobra.Command, name *string) {
	cmd.Flags().StringVarP(name, "port", "p", "", "the board's port: /dev/ttyACM0, COM5, virtual: or virtual:NAME; uf2: is a board that waits as a drive")
}
