package main

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"studioide/ui/src/words/say"
)

// written is how a command is typed: "studio new TEMPLATE FOLDER".
func written(cmd *cobra.Command) string {
	path := cmd.CommandPath()
	return strings.TrimSuffix(path, cmd.Name()) + cmd.Use
}

// args turns a cobra check into a usage problem.
func args(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(cmd *cobra.Command, a []string) error {
		if check(cmd, a) == nil {
			return nil
		}
		for more := 1; more <= 3; more++ {
			if check(cmd, make([]string, len(a)+more)) == nil {
				return errUsageMissing.With(cmd.CommandPath(), written(cmd))
			}
		}
		most := len(a) - 1
		for most > 0 && check(cmd, a[:most]) != nil {
			most--
		}
		return errUsageTooMany.With(cmd.CommandPath(), a[most], written(cmd))
	}
}

// noArgs is for commands that take none, and for those that are made of others.
func noArgs(cmd *cobra.Command, a []string) error {
	switch {
	case len(a) == 0:
		return nil
	case !cmd.HasSubCommands():
		return args(cobra.NoArgs)(cmd, a)
	case !cmd.HasParent():
		cmd.SuggestionsMinimumDistance = 2
		if near := cmd.SuggestionsFor(a[0]); len(near) > 0 {
			return errUsageNear.With(cmd.CommandPath(), a[0], near[0])
		}
		return errUsageNoCommand.With(cmd.CommandPath(), a[0])
	}
	return errUsageUnknown.With(cmd.CommandPath(), a[0], verbs(cmd))
}

// missingArgument is for commands that do nothing by themselves.
func missingArgument(cmd *cobra.Command, _ []string) error {
	return errUsageVerb.With(cmd.CommandPath(), verbs(cmd))
}

// verbs names the commands that a command is made of.
func verbs(cmd *cobra.Command) string {
	var names []string
	for _, c := range cmd.Commands() {
		if !c.Hidden && c.Name() != "help" {
			names = append(names, c.Name())
		}
	}
	slices.Sort(names)
	return oneOf(names)
}

// oneOf lists what somebody may choose from: "a, b or c".
func oneOf(list []string) string {
	last := len(list) - 1
	if last < 1 {
		return strings.Join(list, "")
	}
	return say.CliOr(strings.Join(list[:last], ", "), list[last])
}

// wrongFlag says what is wrong with a flag. A flag behind a wrong word belongs
// to what that word should have been.
func wrongFlag(cmd *cobra.Command, err error) error {
	if cmd.HasSubCommands() {
		if err := noArgs(cmd, cmd.Flags().Args()); err != nil {
			return err
		}
		if cmd.HasParent() {
			return missingArgument(cmd, nil)
		}
	}
	var n *strconv.NumError
	if errors.As(err, &n) {
		return errUsageNumber.With(cmd.CommandPath(), n.Num)
	}
	return errUsage.With(cmd.CommandPath(), upper(err.Error()))
}
