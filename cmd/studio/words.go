package main

import (
	"regexp"

	"studioide/internal/problem"
)

// ofPage tells a help that speaks of what only the page has.
var ofPage = regexp.MustCompile(`[Pp]ress (Run|Stop|Reset|Cancel|Connect|the button)|Press Run|Problems|the editor|top of the page|board menu|its menu|the console|Reload the page`)

const (
	mendAndFlash = "Mend main.go, then write it to the board again: studio flash."
	flashAnew    = "Build it and write it to the board anew: studio flash."
	flashFirst   = "Put a project on the board first: studio flash."
)

// onCommandLine are helps for the command line, by a problem's code, in place of those of the page.
var onCommandLine = map[string]string{
	"action.busy":         "Wait for it to end, or cancel it on Studio's page.",
	"board.choose":        "Add --board with its name; studio boards lists them.",
	"board.failed":        flashAnew,
	"board.no-streams":    "Call board.Serve() in main.go, then write it to the board again: studio flash.",
	"board.none":          "Choose one on Studio's page, or end that Studio.",
	"board.not-connected": "Plug the board in, or give another --port; studio ports lists them.",
	"board.stopped":       "Write it to the board again, which starts it: studio flash.",
	"board.unsupported":   flashAnew,
	"build.failed":        "Mend what is named above, then try again.",
	"cancelled":           "Nothing else to do; start again when you are ready.",
	"files.crashed":       mendAndFlash,
	"files.empty":         flashFirst,
	"files.foreign":       flashFirst,
	"files.none":          flashFirst,
	"files.stopped":       "Write it to the board again, which starts it: studio flash.",
	"flash.wrong-chip":    "Choose the program, or with --board the board, that fits; studio boards lists all.",
	"link.broken":         "Try again.",
	"link.no-answer":      "Put a project on the board with studio flash. If one is there, look in its main.go for a loop that never ends.",
	"link.strange-answer": flashAnew,
	"link.version":        flashAnew,
	"program.crashed":     "studio monitor shows what it says last. " + mendAndFlash,
	"program.held":        mendAndFlash,
	"virtual.not-trusted": "Build it and write it to the board anew: studio flash. It runs in the sandbox then, unless you trust the project: studio trust.",
}

// commandLineHelp is a problem as the command line says it.
func commandLineHelp(p *problem.Problem) *problem.Problem {
	help, ok := onCommandLine[p.Code]
	if !ok || !ofPage.MatchString(p.Help) {
		return p // a code may have several helps, and most fit both
	}
	q := *p
	q.Help = help
	return &q
}
