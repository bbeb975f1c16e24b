package compile

import (
	"strings"

	"studioide/internal/api"
	"studioide/internal/compile/explain"
	"studioide/internal/lazyregexp"
	"studioide/ui/src/words/say"
)

// Package machine is TinyGo's, and not the same for every board: names are those
// that are printed on a board, and chips differ. What there is on all of them is
// in package board.

// instead says what to use in place of a name that the board at hand has not.
var instead = []struct {
	name lazyregexp.Regexp
	help func() string
}{
	{lazyregexp.New(`^(LED|LED_\w+|LED\d+)$`), say.BuildUseBoardLedWhichEvery},
	{lazyregexp.New(`^(BUTTON|BUTTON\w*)$`), say.BuildUseBoardButtonOrBoard},
	{lazyregexp.New(`^(PWM|TCC|TIM)\w*$`), say.BuildUseBoardPin5Duty},
	{lazyregexp.New(`^ReadTemperature$`), say.BuildUseBoardTemperatureWhichEvery},
	{lazyregexp.New(`^Watchdog\w*$`), say.BuildLeaveItOutPackageBoards},
	{lazyregexp.New(`^Flash\w*$`), say.BuildFilesKeptByPackageBoard},
	{lazyregexp.New(`^(GP|GPIO|IO|D|A|P[A-K]|P)_?\d+$`), say.BuildNamesPinsPrintedOnBoard},
	{lazyregexp.New(`^ADC\d*$`), say.BuildMeasureAtPinThatCan},
	{lazyregexp.New(`^(I2S|I2C|SPI|UART|USBCDC|CAN|PDM|QSPI)\w*$`), say.BuildOnPicosThereMachineI2c0},
}

var (
	padName    = lazyregexp.New(`^(?:GP|IO)(\d+)$`)
	noField    = lazyregexp.New(`^unknown field (\w+) in struct literal of type machine\.(\w+)`)
	noMethod   = lazyregexp.New(`^(.+)\.(\w+) undefined \(type \*?machine\.(\w+) has no field or method`)
	machineRaw = lazyregexp.New(`^(?:undefined: machine\.|name )(\w+)`)
)

// explainMachine says which board has not what a program wants of package
// machine, and what to use. known are machine's names there.
func explainMachine(p *api.Diagnostic, board string, known func(importPath string) explain.Package) {
	if m := noField().FindStringSubmatch(p.Raw); m != nil {
		p.Code, p.Fix = "go.not-on-board", nil
		p.Text = say.BuildMachineHasNoOn(m[2], m[1], board)
		p.Help = say.BuildLeaveItOutItMeans()
		return
	}
	if m := noMethod().FindStringSubmatch(p.Raw); m != nil {
		if p.Fix != nil || strings.Contains(p.Raw, "but does have") {
			return
		}
		p.Code = "go.not-on-board"
		p.Text = say.BuildHasNoOn(m[1], m[2], board)
		if m[3] == "Pin" {
			p.Help = say.BuildLookAtWhatMachinePin()
		}
		return
	}
	m := machineRaw().FindStringSubmatch(p.Raw)
	if m == nil {
		return
	}
	name := m[1]
	var names map[string]bool
	if known != nil {
		names = map[string]bool{}
		for _, n := range known("machine").Names {
			names[n] = true
		}
	}
	p.Text = say.BuildTheHasNoMachine(board, name)
	if pad := padName().FindStringSubmatch(name); pad != nil && (names["GPIO"+pad[1]] || names == nil) {
		p.Code = "go.not-on-board"
		p.Help = say.BuildWriteMachineGpioThatName(pad[1])
		p.Fix = change(p, "GPIO"+pad[1])
		return
	}
	if p.Fix != nil && !isSeries(name) { // a spelling mistake
		p.Text = say.BuildPackageMachineHasNo(name)
		return
	}
	for _, i := range instead {
		if i.name().MatchString(name) {
			p.Code, p.Help, p.Fix = "go.not-on-board", i.help(), nil
			return
		}
	}
	if p.Fix == nil {
		p.Help = say.BuildLeaveItOutOrChoose()
	}
}

// isSeries tells whether a name is one of many that differ by what stands at its
// end: the next one is no better spelling of it.
func isSeries(name string) bool {
	for _, i := range instead {
		if i.name().MatchString(name) {
			return true
		}
	}
	return false
}

func change(p *api.Diagnostic, text string) *api.Fix {
	return &api.Fix{Title: say.FixChangeTo(text), Line: p.Line, Column: p.Column, EndLine: p.EndLine, EndColumn: p.EndColumn, Text: text}
}
