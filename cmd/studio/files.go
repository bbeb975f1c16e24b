package main

import (
	"errors"
	"path"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"studioide/internal/devfs"
	"studioide/internal/devlink"
	"studioide/internal/project"
	"studioide/internal/session"
	"studioide/ui/src/words/say"
)

func pushCommand(out *output) *cobra.Command {
	var portName string
	var prune bool
	cmd := &cobra.Command{
		Use:     "push [DIR] --port P",
		Short:   "Send a project's web files (only what changed, verified)",
		Example: "  studio push my-led --port virtual:",
		Args:    args(cobra.MaximumNArgs(1)),
		RunE: func(cmd *cobra.Command, a []string) error {
			p, err := openProject(a)
			if err != nil {
				return err
			}
			defer p.Close()
			local, err := session.WebFiles(p)
			if err != nil {
				return err
			}
			ctx := cmd.Context()
			r, err := openBoard(ctx, portName)
			if err != nil {
				return err
			}
			defer r.Close()
			files, _, _, err := r.List(ctx)
			if err != nil {
				return err
			}
			_, _, extra := devfs.Plan(local, files)
			var remove []string
			for _, f := range extra {
				if prune && strings.HasPrefix(f.Path, "/www/") {
					remove = append(remove, strings.TrimPrefix(f.Path, "/"))
				}
			}
			sent, err := r.Push(ctx, local, remove, out.report)
			if err != nil {
				return err
			}
			for _, path := range sent {
				out.event("sent", fields{"path": path}, say.CliSent(path))
			}
			left, done := p.LeftOut(), say.CliTheBoardHasAllWeb()
			for _, u := range left {
				out.leftOut(u.Path, u.Why)
				done = say.CliTheBoardHasOtherWeb()
			}
			for _, f := range extra {
				if !slices.Contains(remove, strings.TrimPrefix(f.Path, "/")) {
					out.event("boardOnly", fields{"path": f.Path}, say.CliOnlyOnBoardPushPrune(f.Path))
				}
			}
			out.event("pushed", fields{"files": len(local), "sent": len(sent), "removed": len(remove), "leftOut": len(left)}, done)
			return notSent(left)
		},
	}
	portFlag(cmd, &portName)
	cmd.Flags().BoolVar(&prune, "prune", false, "remove web files from the board that the project does not have")
	return cmd
}

// notSent is the failure of a push that could not send everything; nil when it could.
func notSent(list []project.Unfit) error {
	if len(list) == 0 {
		return nil
	}
	first := list[0]
	if n := len(list) - 1; n > 0 {
		return errLeftOutMore.With(first.Path, first.Why.Text, n, first.Why.Help)
	}
	return errLeftOut.With(first.Path, first.Why.Text, first.Why.Help)
}

func filesCommand(out *output) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "files ls|cat|put|rm|df --port P [PATH…]",
		Short:   "Look after the files on a board",
		Example: "  studio files ls --port virtual:\n  studio files put --port virtual: logo.svg /www/logo.svg\n  studio files cat --port virtual: /www/led.html",
		Args:    noArgs,
		RunE:    missingArgument,
	}
	verb := func(use, short string, check cobra.PositionalArgs, do func(cmd *cobra.Command, r boardAccess, a []string) error) {
		var portName string
		c := &cobra.Command{Use: use, Short: short, Example: "  studio files " + strings.ReplaceAll(use, "P ", "virtual: "), Args: args(check),
			RunE: func(cmd *cobra.Command, a []string) error {
				r, err := openBoard(cmd.Context(), portName)
				if err != nil {
					return err
				}
				defer r.Close()
				return do(cmd, r, a)
			}}
		portFlag(c, &portName)
		cmd.AddCommand(c)
	}
	verb("ls --port P [PATH]", "List files with size and hash", cobra.MaximumNArgs(1), func(cmd *cobra.Command, r boardAccess, a []string) error {
		files, _, _, err := r.List(cmd.Context())
		if err != nil {
			return err
		}
		under := "/"
		if len(a) == 1 {
			under = boardPath(a[0])
		}
		for _, f := range files {
			if f.Path == under || strings.HasPrefix(f.Path, strings.TrimSuffix(under, "/")+"/") {
				out.event("file", fields{"path": f.Path, "size": f.Size, "hash": f.Hash}, pad(size(f.Size), 10)+f.Path)
			}
		}
		return nil
	})
	verb("cat --port P PATH…", "Print files", cobra.MinimumNArgs(1), func(cmd *cobra.Command, r boardAccess, a []string) error {
		for _, p := range a {
			p = boardPath(p)
			if err := r.Read(cmd.Context(), p, out.out); errors.Is(err, devlink.ErrNoFile) {
				return errNoFileOnBoard.With(p).Because(err)
			} else if err != nil {
				return err
			}
		}
		return nil
	})
	verb("put --port P FILE PATH", "Copy a file from this computer to the board", cobra.ExactArgs(2), func(cmd *cobra.Command, r boardAccess, a []string) error {
		content, err := readFile(a[0])
		if errors.Is(err, errTooLarge) {
			return errFileTooLarge.With(a[0])
		}
		if err != nil {
			return errFileUnreadable.With(a[0]).Because(err)
		}
		to := boardPath(a[1])
		if err := project.CheckPath(strings.TrimPrefix(to, "/")); err != nil {
			return err
		}
		if _, err := r.Push(cmd.Context(), []devfs.Local{{Path: to, Content: content}}, nil, out.report); err != nil {
			return err
		}
		out.event("sent", fields{"path": to, "size": len(content)}, say.CliIsOnBoard(to))
		return nil
	})
	verb("rm --port P PATH…", "Remove files", cobra.MinimumNArgs(1), func(cmd *cobra.Command, r boardAccess, a []string) error {
		files, _, _, err := r.List(cmd.Context())
		if err != nil {
			return err
		}
		for _, p := range a {
			p = boardPath(p)
			if !slices.ContainsFunc(files, func(f devfs.File) bool { return f.Path == p }) {
				return errNoFileOnBoard.With(p)
			}
			if err := r.Remove(cmd.Context(), p); err != nil {
				return err
			}
			out.event("removed", fields{"path": p}, say.CliIsRemoved(p))
		}
		return nil
	})
	verb("df --port P", "Say how much room there is", cobra.NoArgs, func(cmd *cobra.Command, r boardAccess, _ []string) error {
		files, used, total, err := r.List(cmd.Context())
		if err != nil {
			return err
		}
		out.event("usage", fields{"files": len(files), "used": used, "size": total}, say.CliOfUsed(size(used), size(total)))
		return nil
	})
	return cmd
}

// boardPath takes "www/led.html" and "/www/led.html" alike.
func boardPath(p string) string { return path.Clean("/" + p) }
