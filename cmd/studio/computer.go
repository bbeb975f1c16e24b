package main

import (
	"strings"

	"github.com/spf13/cobra"

	"studioide/internal/api"
	"studioide/internal/client"
	"studioide/internal/doctor"
	"studioide/internal/home"
	"studioide/internal/session"
	"studioide/ui/src/words/say"
)

func portsCommand(out *output) *cobra.Command {
	return &cobra.Command{
		Use:     "ports",
		Short:   "List the ports where boards may be",
		Example: "  studio ports --json",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			list := []api.Port{{Name: "virtual:", Title: "Virtual ESP32-C3", Board: "virtual"}}
			found, err := session.PortsInUse()
			if err != nil {
				return err
			}
			held := ""
			if h, err := home.Open(); err == nil {
				if _, s, ok := client.Find(cmd.Context(), h); ok {
					held = s.Board.Port
				}
			}
			list = append(list, found...)
			names := column{}
			for _, p := range list {
				names.fit(p.Name)
			}
			for _, p := range list {
				text := names.pad(p.Name) + titleAlone(p)
				if p.Problem != nil {
					text += "\n" + names.pad("") + p.Problem.Text + " " + p.Problem.Help
				}
				if p.Name == held {
					text += " (" + say.CliUsedByRunningStudio() + ")"
				}
				out.event("port", fields{"port": p, "held": p.Name == held}, text)
			}
			return nil
		},
	}
}

// titleAlone is what a port is called beside its name.
func titleAlone(p api.Port) string { return strings.TrimSuffix(p.Title, " ("+p.Name+")") }

func doctorCommand(out *output) *cobra.Command {
	return &cobra.Command{
		Use:     "doctor",
		Short:   "Say what is installed, what is missing, and what to do",
		Example: "  studio doctor",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			h, err := home.Open()
			if err != nil {
				return err
			}
			missing := ""
			for _, c := range doctor.Look(cmd.Context(), h, h.Projects) {
				mark := "ok      "
				switch {
				case !c.OK && c.Need:
					mark, missing = "missing ", c.Name
				case !c.OK:
					mark = "note    "
				}
				text := mark + c.Name + ": " + c.Text
				if c.Help != "" {
					text += "\n        " + c.Help
				}
				out.event("check", fields{"check": c}, text)
			}
			if missing != "" {
				return errMissing
			}
			return nil
		},
	}
}
