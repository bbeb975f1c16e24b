package board

import (
	"slices"
	"strings"
	"testing"

	"studioide/internal/api"
)

func some(t *testing.T, list string) []Board {
	t.Helper()
	found := Named(strings.Fields(list)...)
	if len(found) != len(strings.Fields(list)) {
		t.Fatalf("not all of %q are in the catalogue", list)
	}
	return found
}

// What is known of a board grows by what the port, its program and the user say; the user is believed most.
func TestIdentity(t *testing.T) {
	port := func(list string) func(Identity) Identity {
		return func(i Identity) Identity { return i.AtPort(some(t, list)) }
	}
	user := func(id string) func(Identity) Identity {
		return func(i Identity) Identity { return i.Chosen(some(t, id)[0]) }
	}
	program := func(id string) func(Identity) Identity {
		return func(i Identity) Identity { return i.Answered(id) }
	}
	cases := []struct {
		name              string
		said              []func(Identity) Identity
		id, kinds, boards string
	}{
		{"nothing", []func(Identity) Identity{port("")}, "", "", ""},
		{"one fits the port", []func(Identity) Identity{port("pico")}, "pico", "", "pico"},
		{"several fit", []func(Identity) Identity{port("picow pico")}, "", "picow pico", "picow pico"},
		{"the program says it", []func(Identity) Identity{port("picow pico"), program("pico")}, "pico", "", "pico"},
		{"the program does not say it", []func(Identity) Identity{port("picow pico"), program("")}, "", "picow pico", "picow pico"},
		{"the user says it", []func(Identity) Identity{port("picow pico"), user("pico")}, "pico", "", "pico"},
		{"the user changes his mind", []func(Identity) Identity{user("pico"), user("picow")}, "picow", "", "picow"},
		{"the user against the program", []func(Identity) Identity{program("esp32c3"), user("xiaoesp32c3"), program("esp32c3")}, "xiaoesp32c3", "", "xiaoesp32c3"},
		{"the port comes last", []func(Identity) Identity{user("pico"), port("picow pico2")}, "pico", "", "pico"},
		{"a program from a newer Studio", []func(Identity) Identity{program("future")}, "future", "", ""},
	}
	for _, c := range cases {
		var i Identity
		for _, say := range c.said {
			i = say(i)
		}
		b := api.Board{Name: "/dev/ttyACM0", LED: -1, Button: -1}
		i.Wire(&b)
		if b.ID != c.id || b.Kinds != c.kinds {
			t.Errorf("%s: board %q of %q instead of %q of %q", c.name, b.ID, b.Kinds, c.id, c.kinds)
		}
		if again := IdentityOf(b); again.ID != i.ID || !slices.Equal(again.Maybe, i.Maybe) {
			t.Errorf("%s: %+v on the wire, %+v before", c.name, again, i)
		}
		if got := strings.Join(ids(i.Boards()), " "); got != c.boards {
			t.Errorf("%s: it may be %q, want %q", c.name, got, c.boards)
		}
		known, ok := Find(b.ID)
		if ok && (b.Name != known.Name || b.Chip != known.Chip || b.LED != known.LED.Number || b.Button != known.Button.Number) {
			t.Errorf("%s: %+v is not what the catalogue has", c.name, b)
		}
		if !ok && b.Name != "/dev/ttyACM0" {
			t.Errorf("%s: it is called %q", c.name, b.Name)
		}
	}
}

func TestDecide(t *testing.T) {
	for _, c := range []struct{ maybe, answered, wanted, want string }{
		{"pico", "picow", "esp32c3", "pico"},
		{"picow pico", "pico", "picow", "pico"},
		{"picow pico", "", "pico", "pico"},
		{"picow pico", "", "esp32c3", ""},
		{"picow pico", "future", "", ""},
		{"", "", "pico", "pico"},
		{"", "virtual", "pico", "virtual"},
		{"", "", "virtual", ""},
		{"", "", "", ""},
	} {
		b, ok := Decide(some(t, c.maybe), c.answered, c.wanted)
		if ok != (c.want != "") || ok && b.ID != c.want {
			t.Errorf("%+v: %q, %v", c, b.ID, ok)
		}
	}
}

// Of boards that are written in the same way the smallest counts; of others none.
func TestSmallest(t *testing.T) {
	small, large := Board{ID: "small", Flash: "esp", FlashSize: 2 << 20}, Board{ID: "large", Flash: "esp", FlashSize: 4 << 20}
	other := Board{ID: "other", Flash: "uf2", FlashSize: 1 << 20}
	for _, c := range []struct {
		of   []Board
		want string
	}{{nil, ""}, {[]Board{large}, "large"}, {[]Board{large, small}, "small"}, {[]Board{small, large}, "small"}, {[]Board{large, other}, ""}} {
		if b, ok := Smallest(c.of); b.ID != c.want || ok != (c.want != "") {
			t.Errorf("%q, %v, want %q", b.ID, ok, c.want)
		}
	}
}

func TestDrivesAndChips(t *testing.T) {
	for _, b := range Drives("RP2350") {
		if b.Flash != "uf2" || b.Chip != "RP2350" {
			t.Errorf("%+v", b)
		}
	}
	if all, some := len(Drives("")), len(Drives("RP2350")); some == 0 || all <= some {
		t.Errorf("%d drives, %d with an RP2350", all, some)
	}
	if found := WithChip("ESP32-C3"); len(found) < 2 || slices.ContainsFunc(found, func(b Board) bool { return b.Virtual }) {
		t.Errorf("%d boards with an ESP32-C3", len(found))
	}
}
