package main

import (
	"time"

	"github.com/spf13/cobra"

	"studioide/internal/home"
	"studioide/internal/project"
	"studioide/ui/src/words/say"
)

func trustCommand(out *output) *cobra.Command {
	var list, remove bool
	cmd := &cobra.Command{
		Use:   "trust [DIR]",
		Short: "Trust a project: its program may run outside of the virtual board's sandbox",
		Long: `A program for the virtual board runs on this computer. Those of projects that Studio made here, or that you trust,
run as this computer's own code, which starts faster; where the system does not keep it from it, such a program can do
anything that you can do: read, change and send your files. All other projects' programs run in a sandbox, where they
reach nothing of this computer. Everything that a board can do works there, too.

Trust a project if you trust everybody who writes in its folder. What runs on a real board is not affected.`,
		Example: "  studio trust my-led\n  studio trust --list\n  studio trust --remove my-led",
		Args:    args(cobra.MaximumNArgs(1)),
		RunE: func(cmd *cobra.Command, a []string) error {
			h, err := home.Open()
			if err != nil {
				return err
			}
			dir := "."
			if len(a) > 0 {
				dir = a[0]
			}
			switch {
			case list && remove || list && len(a) > 0:
				return errUsageList.With(cmd.CommandPath())
			case list:
				return listTrust(out, h.Trust())
			case remove:
				r, err := h.Trust().Remove(dir)
				if err != nil {
					return err
				}
				out.event("untrusted", fields{"dir": r.Path}, say.CliTheProjectInNotTrusted(r.Path))
				return nil
			}
			p, err := project.OpenDir(dir)
			if err != nil {
				return err
			}
			defer p.Close()
			r, err := h.Trust().Add(p, home.Asked)
			if err != nil {
				return err
			}
			author := p.Author()
			text := say.CliTheProjectInTrustedIts(r.Path)
			if author != "" {
				text += "\n" + say.CliItSaysThatItFrom(author)
			}
			out.event("trusted", fields{"dir": r.Path, "author": author}, text)
			return nil
		},
	}
	cmd.Flags().BoolVar(&list, "list", false, "list the projects that are trusted")
	cmd.Flags().BoolVar(&remove, "remove", false, "take trust back from the project in DIR")
	return cmd
}

// whyTrusted says how a project came to be trusted.
func whyTrusted(how home.How) string {
	switch how {
	case home.Made:
		return say.CliMadeHere()
	case home.Asked:
		return say.CliYouSaidSo()
	case home.Kept:
		return say.CliRanHereBeforeStudioAsked()
	}
	return ""
}

func listTrust(out *output, t home.Trust) error {
	list, err := t.List()
	if err != nil {
		return err
	}
	paths, whys := column{}, column{}
	for _, r := range list {
		paths.fit(r.Path)
		whys.fit(whyTrusted(r.How))
	}
	for _, r := range list {
		since := time.UnixMilli(r.Since).Format(time.DateOnly)
		out.event("trust", fields{"dir": r.Path, "how": r.How, "since": r.Since}, paths.pad(r.Path)+whys.pad(whyTrusted(r.How))+since)
	}
	return nil
}

// trustMade trusts the project that was just made in dir.
func trustMade(dir string) error {
	h, err := home.Open()
	if err != nil {
		return err
	}
	p, err := project.OpenDir(dir)
	if err != nil {
		return err
	}
	defer p.Close()
	_, err = h.Trust().Add(p, home.Made)
	return err
}
