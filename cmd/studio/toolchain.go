package main

import (
	"strings"

	"github.com/spf13/cobra"

	"studioide/internal/compile"
	"studioide/internal/home"
	"studioide/internal/toolchain"
	"studioide/ui/src/words/say"
)

func toolchainCommand(out *output) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "toolchain",
		Short:   "TinyGo, which builds programs for real boards, and gopls, which helps in the editor: install them, or say what is there",
		Example: "  studio toolchain status\n  studio toolchain install",
		Args:    noArgs,
		RunE:    missingArgument,
	}
	cmd.AddCommand(toolchainStatus(out), toolchainInstall(out))
	return cmd
}

func toolchainStatus(out *output) *cobra.Command {
	return &cobra.Command{
		Use:     "status",
		Short:   "Say which TinyGo builds, or why none does, and which gopls there is",
		Example: "  studio toolchain status --json",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			h, err := home.Open()
			if err != nil {
				return err
			}
			state := compile.New(h.Cache).Tools.State(cmd.Context())
			text := ""
			if state.Problem == nil {
				text = say.CliTinygoAt(state.Version, state.Path)
			}
			if state.Gopls.Problem == nil {
				text = strings.TrimPrefix(text+"\ngopls "+state.Gopls.Version+" at "+state.Gopls.Path, "\n")
			}
			out.event("toolchain", fields{"toolchain": state}, text)
			if state.Problem != nil {
				return state.Problem
			}
			return nil
		},
	}
}

func toolchainInstall(out *output) *cobra.Command {
	var from string
	cmd := &cobra.Command{
		Use:   "install [gopls]",
		Short: "Fetch TinyGo's official release, or gopls, into Studio's own folder",
		Long: `With the word gopls: fetches the source of the Go team's language server, which helps in the editor while a program is
typed, and builds it, which takes a minute or two. Where Go gets it from, Go's own settings say (go env GOPROXY).

Without: fetches the release of TinyGo that this Studio is tested with. It goes into Studio's cache and changes nothing else.
A download that was cut goes on where it was. Only the archive with the hash that Studio knows is installed.

Without internet, as in a class: name a folder that holds the archive, or a computer that serves it. The variable
STUDIO_TOOLCHAIN_MIRROR does the same for the button on the page.`,
		Example:   "  studio toolchain install\n  studio toolchain install --from /media/stick\n  studio toolchain install --from http://192.168.1.10:8000\n  studio toolchain install gopls",
		Args:      args(cobra.MatchAll(cobra.MaximumNArgs(1), cobra.OnlyValidArgs)),
		ValidArgs: []string{"gopls"},
		RunE: func(cmd *cobra.Command, what []string) error {
			h, err := home.Open()
			if err != nil {
				return err
			}
			if len(what) > 0 {
				path, err := compile.New(h.Cache).Tools.InstallGopls(cmd.Context(), out.report)
				if err != nil {
					return err
				}
				out.event("installed", fields{"version": toolchain.GoplsVersion, "path": path}, say.CliGoplsInstalledAt(toolchain.GoplsVersion, path))
				return nil
			}
			tiny, err := compile.New(h.Cache).Tools.Install(cmd.Context(), from, out.report)
			if err != nil {
				return err
			}
			out.event("installed", fields{"version": tiny.Version, "path": tiny.Path}, say.CliTinygoInstalledAt(tiny.Version, tiny.Path))
			return nil
		},
	}
	cmd.Flags().StringVar(&from, "from", "", "folder or file with the archive, or the start of its URL (default: the TinyGo project)")
	return cmd
}
