package board

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"studioide/internal/api"
)

// TestCatalogue holds every entry to what the rest of Studio relies on.
func TestCatalogue(t *testing.T) {
	ids := map[string]bool{}
	id := regexp.MustCompile(`^[a-z][a-z0-9]*$`)
	usb := regexp.MustCompile(`^[0-9a-f]{4}$`)
	for _, b := range All() {
		if !id.MatchString(b.ID) || ids[b.ID] {
			t.Errorf("id %q is not lower-case letters and digits, or is there twice", b.ID)
		}
		ids[b.ID] = true
		if b.Name == "" || b.Chip == "" || b.Boot == "" || b.Network == "" || b.Tried == "" || b.FlashSize <= 0 {
			t.Errorf("%s: a field is missing: %+v", b.ID, b)
		}
		if b.Virtual == (b.Target != "") {
			t.Errorf("%s is built for target %q", b.ID, b.Target)
		}
		if !slices.Contains([]string{"esp", "uf2", "samba", "stm32"}, b.Flash) {
			t.Errorf("%s: there is no flash method %q", b.ID, b.Flash)
		}
		if b.Unfit != "" && (!strings.HasSuffix(b.Unfit, ".") || b.Tried != Untried) {
			t.Errorf("%s: %q is no sentence, or somebody has tried it all the same", b.ID, b.Unfit)
		}
		if b.FilesSize > 0 && (b.FilesAt%4096 != 0 || b.FilesSize%4096 != 0 || b.FilesAt <= 0 || b.FilesAt+b.FilesSize > b.FlashSize) {
			t.Errorf("%s: its file store (%d bytes at %d) is not in its flash, behind the program, in whole sectors", b.ID, b.FilesSize, b.FilesAt)
		}
		if b.Flash == "uf2" && b.FilesAt%(64<<10) != 0 {
			t.Errorf("%s: its file store does not begin at a multiple of 64 KB, which its runtime erases at once", b.ID)
		}
		for _, u := range b.USB {
			if !usb.MatchString(u.VID) || !usb.MatchString(u.PID) {
				t.Errorf("%s: USB id %v is not four lower-case hex digits each", b.ID, u)
			}
		}
		if found, ok := Find(b.ID); !ok || found.Name != b.Name {
			t.Errorf("Find(%q) gives %v", b.ID, found)
		}
	}
	if v, ok := Find("virtual"); !ok || !v.Virtual || v.LED.Number != 8 || v.LED.ActiveLow || v.Button.Number != 9 || !v.Button.ActiveLow {
		t.Errorf("the virtual board is %+v", v)
	}
	for _, unknown := range []string{"", "Virtual", "nothing"} {
		if _, ok := Find(unknown); ok {
			t.Errorf("Find(%q) finds something", unknown)
		}
	}
}

func TestAllIsACopy(t *testing.T) {
	All()[0].ID = "changed"
	if All()[0].ID == "changed" {
		t.Error("the catalogue can be changed from outside")
	}
}

func TestMatch(t *testing.T) {
	boards := []Board{
		{ID: "c3", USB: []USB{{"303a", "1001"}, {"1a86", "7523"}}},
		{ID: "esp8266", USB: []USB{{"1a86", "7523"}}},
		{ID: "pico", USB: []USB{{"2e8a", "0005"}}},
	}
	cases := []struct {
		name string
		port api.Port
		want string
	}{
		{"its own id", api.Port{VID: "303a", PID: "1001"}, "c3"},
		{"capital letters", api.Port{VID: "303A", PID: "1001"}, "c3"},
		{"a bridge that several have", api.Port{VID: "1a86", PID: "7523"}, "c3 esp8266"},
		{"the port says it", api.Port{VID: "1a86", PID: "7523", Board: "esp8266"}, "esp8266"},
		{"same maker, other product", api.Port{VID: "2e8a", PID: "0003"}, ""},
		{"not on USB", api.Port{Name: "/dev/ttyS0"}, ""},
		{"a board we do not know", api.Port{Board: "new"}, ""},
	}
	for _, c := range cases {
		var got []string
		for _, b := range match(boards, c.port) {
			got = append(got, b.ID)
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: %q instead of %q", c.name, got, c.want)
		}
	}
	if got := Match(api.Port{Name: "virtual:", Board: "virtual"}); len(got) != 1 || got[0].ID != "virtual" {
		t.Errorf("the virtual port leads to %v", got)
	}
}

// People write boards' names as their package, TinyGo or the shop does.
func TestLookup(t *testing.T) {
	for name, want := range map[string]string{
		"pico": "pico", "Pico": "pico", "pico-w": "picow", "PICO_W": "picow", "pico2-w": "pico2w", "Raspberry Pi Pico W": "picow",
		"xiao-esp32c3": "xiaoesp32c3", "ESP32C3": "esp32c3", "esp32-c3": "esp32c3", "esp32c3-supermini": "esp32c3supermini",
		"arduino-nano33": "nano33iot", "nucleo-l476rg": "nucleol476rg", "nodemcu": "esp8266", "virtual": "virtual",
	} {
		if b, ok := Lookup(name); !ok || b.ID != want {
			t.Errorf("%q is %q, %v, want %q", name, b.ID, ok, want)
		}
	}
	for _, name := range []string{"", "-", "toaster", "pico3", "esp32c"} {
		if b, ok := Lookup(name); ok {
			t.Errorf("%q is %q", name, b.ID)
		}
	}
	for _, b := range All() { // a name never leads to another board than the one that has it
		for _, name := range []string{b.ID, b.Name} {
			if found, _ := Lookup(name); found.ID != b.ID {
				t.Errorf("%q is %q, want %q", name, found.ID, b.ID)
			}
		}
	}
}
