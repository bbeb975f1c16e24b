// Command studio edits, builds and flashes boards whose program serves a web
// page: a local server with a page in the browser, and the same as subcommands.
//
// Exit codes: 0 done, 1 failed, 2 bad usage.
package main

import (
	"context"
	"os"
	"os/signal"
	"slices"
	"syscall"

	"github.com/spf13/cobra"

	"studioide/internal/confine"
	"studioide/internal/problem"
	"studioide/internal/sandbox"
	"studioide/internal/tempdir"
)

// version is set at build time (-ldflags "-X main.version=…").
var version = "development"

func main() {
	confine.Stage()
	if status, ok := sandbox.Child(os.Args[1:]); ok {
		os.Exit(status)
	}
	ctx, stop := signal.NotifyContext(context.Background(), endings()...)
	defer stop()
	context.AfterFunc(ctx, stop) // a second Ctrl+C ends the program at once
	os.Exit(run(ctx, os.Args[1:]))
}

// endings are the signals that end Studio in order. One that is ignored stays so: nohup ignores the terminal's end.
func endings() []os.Signal {
	list := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) {
		list = append(list, syscall.SIGHUP)
	}
	return list
}

func run(ctx context.Context, args []string) int {
	out := &output{out: os.Stdout, err: os.Stderr, json: slices.Contains(args, "--json")} // flags may be wrong before --json is reached
	root := commands(out)
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	tempdir.Clean()
	if err == nil {
		return 0
	}
	out.problem(problem.Of(err))
	return exitCode(err)
}

func exitCode(err error) int { return problem.Of(err).Class.ExitCode() }

func commands(out *output) *cobra.Command {
	serve := serveCommand(out)
	root := &cobra.Command{
		Use:   "studio",
		Short: "Edit, build and flash boards that serve a web page",
		Long: `Studio edits, builds and flashes boards whose program serves a web page, and talks to them.

Without a subcommand it starts the server and opens the page (see studio serve -h).
A PORT is /dev/ttyACM0, COM5, virtual: or virtual:NAME.
A board that waits for its first program as a drive is at uf2:.`,
		Version:       version,
		Args:          noArgs,
		RunE:          serve.RunE,
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.PersistentFlags().BoolVar(&out.json, "json", out.json, "print one JSON object per event")
	root.Flags().AddFlagSet(serve.Flags())
	root.SetFlagErrorFunc(wrongFlag)
	root.CompletionOptions.HiddenDefaultCmd = true
	root.AddCommand(serve, openCommand(out), newCommand(out), templatesCommand(out), importCommand(out), exportCommand(out), boardsCommand(out), portsCommand(out), buildCommand(out),
		flashCommand(out), pushCommand(out), filesCommand(out), monitorCommand(out), wifiCommand(out), wsCommand(out), virtualCommand(out), trustCommand(out), toolchainCommand(out), doctorCommand(out))
	root.InitDefaultHelpCmd()
	for _, c := range root.Commands() {
		if c.Name() == "help" {
			c.Run, c.RunE = nil, help
		}
	}
	return root
}

// help is studio help COMMAND.
func help(cmd *cobra.Command, a []string) error {
	of, more, err := cmd.Root().Find(a)
	if err != nil || len(more) > 0 {
		return noArgs(of, more)
	}
	return of.Help()
}
