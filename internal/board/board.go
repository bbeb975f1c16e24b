// Package board is the catalogue of boards, and pure rules over it. The data
// is in catalogue.go; docs/adding-a-board.md says how to add one.
package board

import (
	"strings"
	"unicode"

	"studioide/internal/api"
)

// Board is one kind of board. It is plain data.
type Board struct {
	ID      string // stable, lower case: what --board takes and what the firmware answers in HELLO
	Name    string // as printed on the board or its box
	Chip    string // as its bootloader says: "ESP32-C3"
	Picture string // which of the page's drawings shows it
	Virtual bool   // built by the host's Go, run by internal/virtual

	Target  string   // TinyGo's target; "" for the virtual board
	Tags    []string // build tags that choose parts of the runtime: "wifi"
	Flags   []string // more flags of tinygo build
	TinyGo  string   // oldest TinyGo that builds for it: "0.41"; "": any that Studio takes
	Release bool     // only the official TinyGo release builds for it (its LLVM has Xtensa)
	Unfit   string   // why no program of Studio's gets onto it today, in a sentence; "": one does

	LED    Pin // the LED to blink; Number -1: none
	Button Pin // the button that a program can read; Number -1: none

	Flash     string // how programs get onto it: "esp", "uf2", "samba", "stm32"
	Tool      string // where Studio cannot write to it: what the field's tool is called with, for a file program.bin
	FlashSize int64  // bytes; what the board has at least
	ProgramAt int64  // where its programs begin in flash
	RAM       int64  // bytes for static data, stacks and heap
	FilesAt   int64  // where its file store lies in flash
	FilesSize int64  // 0: no file store; web files are built into the program

	Network Network  // how a page reaches its program
	Tried   Tried    // how far we know that it works
	Notes   []string // what somebody who chooses it should know; whole sentences

	USB  []USB  // how it shows up, most telling first; empty: not on USB
	Boot string // what to do with its buttons to get into the bootloader
}

// ProgramMax is how long a program may be, in bytes.
func (b Board) ProgramMax() int64 {
	if b.FilesSize > 0 {
		return b.FilesAt - b.ProgramAt
	}
	return b.FlashSize - b.ProgramAt
}

// Network is what connects a board's program to a page.
type Network string

const (
	Loopback Network = "loopback" // a port of this computer: the virtual board
	WiFi     Network = "wifi"     // a network of its own, and the cable
	Cable    Network = "cable"    // streams over the serial line only
)

// Tried is how far a board has been tried; the page says so where it is less than all.
type Tried string

const (
	Tested   Tried = "tested"   // the whole journey runs in this repository's tests
	Emulated Tried = "emulated" // built, and run on an emulator
	Built    Tried = "built"    // built only
	Untried  Tried = "untried"  // written from data sheets
)

// Pin is a pin with its polarity.
type Pin struct {
	Number    int
	ActiveLow bool // lit, or pressed, when low
}

// USB are the ids a board shows up with, four hex digits each, lower case.
type USB struct{ VID, PID string }

// All returns the catalogue in the order in which people should see it.
func All() []Board { return append([]Board(nil), catalogue...) }

// Find returns the board with that id.
func Find(id string) (Board, bool) {
	for _, b := range catalogue {
		if b.ID == id {
			return b, true
		}
	}
	return Board{}, false
}

// Lookup returns the board that a person means: by its id, its name or TinyGo's name for it, without regard to capitals, spaces
// and hyphens ("pico-w", "XIAO ESP32C3").
func Lookup(name string) (Board, bool) {
	if b, ok := Find(name); ok {
		return b, true
	}
	name = bare(name)
	for _, by := range []func(Board) string{
		func(b Board) string { return b.ID }, func(b Board) string { return b.Name }, func(b Board) string { return b.Target },
	} {
		for _, b := range catalogue {
			if bare(by(b)) == name && name != "" {
				return b, true
			}
		}
	}
	return Board{}, false
}

// bare is a name's letters and digits, in lower case.
func bare(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, name)
}

// Match returns the boards that a port may lead to, most likely first.
func Match(p api.Port) []Board { return match(catalogue, p) }

func match(boards []Board, p api.Port) []Board {
	var found []Board
	for _, b := range boards {
		if p.Board == b.ID {
			return []Board{b}
		}
		for _, u := range b.USB {
			if strings.EqualFold(u.VID, p.VID) && strings.EqualFold(u.PID, p.PID) {
				found = append(found, b)
				break
			}
		}
	}
	return found
}
