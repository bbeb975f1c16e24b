package compile

import (
	"strings"

	"studioide/internal/api"
	"studioide/internal/compile/explain"
	"studioide/internal/lazyregexp"
)

// Package machine is TinyGo's, and not the same for every board: names are those
// that are printed on a board, and chips differ. What there is on all of them is
// in package board.

// instead says what to use in place of a name that the board at hand has not.
var instead = []struct {
	name lazyregexp.Regexp
	help string
}{
	{lazyregexp.New(`^(LED|LED_\w+|LED\d+)$`), "Use board.LED, which every board has."},
	{lazyregexp.New(`^(BUTTON|BUTTON\w*)$`), "Use board.Button, or board.Pin(5) with a button at GPIO5."},
	{lazyregexp.New(`^(PWM|TCC|TIM)\w*$`), "Use board.Pin(5).Duty(30), which every board has: the pin is on for 30 percent of the time."},
	{lazyregexp.New(`^ReadTemperature$`), "Use board.Temperature(), which every board has."},
	{lazyregexp.New(`^Watchdog\w*$`), "Leave it out: package board's own watchdog restarts a program that hangs."},
	{lazyregexp.New(`^Flash\w*$`), "Files are kept by package board; put what a page needs into www/."},
	{lazyregexp.New(`^(GP|GPIO|IO|D|A|P[A-K]|P)_?\d+$`), "Names of pins are printed on the board they belong to. machine.Pin(5) is GPIO5 on every board, and so is board.Pin(5)."},
	{lazyregexp.New(`^ADC\d*$`), "Measure at a pin that can: machine.ADC0 to machine.ADC3 are there on the Picos, machine.ADC0 to machine.ADC4 on an ESP32-C3."},
	{lazyregexp.New(`^(I2S|I2C|SPI|UART|USBCDC|CAN|PDM|QSPI)\w*$`), "On the Picos there are machine.I2C0, I2C1, SPI0, SPI1, UART0 and UART1, on an ESP32-C3 machine.I2C0, SPI2, UART0 and UART1."},
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
		p.Text = "machine." + m[2] + " has no " + m[1] + " on the " + board + "."
		p.Help = "Leave it out; it means something on other boards only."
		return
	}
	if m := noMethod().FindStringSubmatch(p.Raw); m != nil {
		if p.Fix != nil || strings.Contains(p.Raw, "but does have") {
			return
		}
		p.Code = "go.not-on-board"
		p.Text = m[1] + " has no " + m[2] + " on the " + board + "."
		if m[3] == "Pin" {
			p.Help = "Look at what machine.Pin can do everywhere: Configure, High, Low, Set, Get and SetInterrupt."
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
	p.Text = "The " + board + " has no machine." + name + "."
	if pad := padName().FindStringSubmatch(name); pad != nil && (names["GPIO"+pad[1]] || names == nil) {
		p.Code = "go.not-on-board"
		p.Help = "Write machine.GPIO" + pad[1] + ": that name is the same on every board that has the pin."
		p.Fix = change(p, "GPIO"+pad[1])
		return
	}
	if p.Fix != nil && !isSeries(name) { // a spelling mistake
		p.Text = "Package machine has no " + name + "."
		return
	}
	for _, i := range instead {
		if i.name().MatchString(name) {
			p.Code, p.Help, p.Fix = "go.not-on-board", i.help, nil
			return
		}
	}
	if p.Fix == nil {
		p.Help = "Leave it out, or choose a board that has it: package machine has what the chip of a board has. Package board is the same on all."
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
	return &api.Fix{Title: "Change to " + text, Line: p.Line, Column: p.Column, EndLine: p.EndLine, EndColumn: p.EndColumn, Text: text}
}
