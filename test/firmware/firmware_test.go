// Package firmware builds what people get: templates, for every board that the
// TinyGo at hand builds for (isBuilt says which). What a program takes of its board
// is held to the goals below and to sizes.txt, which tells when something has grown.
//
//	go test ./test/firmware -v          builds, and shows the table
//	go test ./test/firmware -update     writes sizes.txt anew
package firmware

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"studio"
	"studioide/internal/api"
	"studioide/internal/board"
	"studioide/internal/compile"
	"studioide/internal/project"
	"studioide/test/images"
)

var update = flag.Bool("update", false, "write sizes.txt anew")

// growth is how much larger than in sizes.txt a program may be.
const growth = 1.05

const kb = 1 << 10

// goal is what template led may take of a board.
type goal struct {
	flash int64 // at most
	heap  int64 // at least: RAM after static data, less what the radio's driver takes of the heap when it starts
	radio int64 // what that is
}

// c3 has the arena of 48 KB that espradio makes for its maker's code (arenaPoolSize).
var c3 = goal{flash: 720 * kb, heap: 150 * kb, radio: 48 * kb}

var goals = map[string]goal{
	"esp32c3": c3, "esp32c3uart": c3, "xiaoesp32c3": c3,
	"picow": {flash: 580 * kb},
	"pico":  {flash: 120 * kb},
}

// alike are boards whose programs differ from those of another board by pins or
// serial line only, as TestAlike holds: led tells as much as all that are built
// for that one.
var alike = map[string]string{"esp32c3": "xiaoesp32c3", "esp32c3uart": "xiaoesp32c3"}

// same are boards whose programs are another board's, byte for byte, as TestAlike holds.
var same = map[string]string{"esp32c3supermini": "esp32c3"}

// whole is the board that all templates are built for. What a template adds to
// led is much the same on every board.
const whole = "pico"

// radios have drive built, too, which adds most to led: a board for each radio.
var radios = []string{"picow", "xiaoesp32c3"}

// isBuilt: the program tells something that no other one does. Examples are small;
// internal/compile checks their types for six boards.
func isBuilt(b board.Board, t api.Template) bool {
	if t.Example || same[b.ID] != "" {
		return false
	}
	return b.ID == whole || t.ID == "led" || t.ID == "drive" && slices.Contains(radios, b.ID)
}

// workers is how many programs are built at a time: linking, the longest part, keeps one core busy.
const workers = 2

func TestFirmware(t *testing.T) {
	if testing.Short() {
		t.Skip("short: it builds programs")
	}
	start := time.Now()
	ctx := t.Context()
	boards := buildable(t, compile.New(t.TempDir()))
	templates, err := project.Templates(studio.Templates())
	if err != nil {
		t.Fatal(err)
	}
	got := table{}
	var mu sync.Mutex
	type job struct {
		board    board.Board
		template string
	}
	queue := make(chan job)
	var wait sync.WaitGroup
	for range workers {
		wait.Go(func() {
			for j := range queue {
				image, err := images.Template(ctx, j.board, j.template)
				switch {
				case err != nil && j.board.Release: // nobody has tried it here
					t.Log(err)
				case err != nil:
					t.Error(err)
				case j.board.Release:
					t.Logf("%s for %s: %d bytes of flash, %d of RAM", j.template, j.board.ID, image.Sizes.Flash, image.Sizes.RAM)
				default:
					mu.Lock()
					got[row{j.board.ID, j.template}] = image.Sizes
					mu.Unlock()
				}
			}
		})
	}
	// Other tests wait for the images of the boards that are emulated.
	for _, emulated := range []bool{true, false} {
		for _, template := range templates {
			for _, b := range boards {
				if (b.Tried == board.Emulated) == emulated && isBuilt(b, template) {
					queue <- job{b, template.ID}
				}
			}
		}
	}
	close(queue)
	wait.Wait()

	if *update {
		if t.Failed() {
			t.Fatal("sizes.txt stays as it was")
		}
		if err := os.WriteFile("sizes.txt", []byte(got.text()), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	wrong, notes := compare(got, recorded(t))
	for _, line := range append(wrong, missed(got)...) {
		t.Error(line)
	}
	for _, line := range notes {
		t.Log(line)
	}
	t.Logf("%d programs in %.0f s\n%s", len(got), time.Since(start).Seconds(), got.pretty())
}

// A board for which only led is built has everything that makes programs large
// or small like another, for which more are built.
func TestAlike(t *testing.T) {
	for id, other := range alike {
		a, ok := board.Find(id)
		b, found := board.Find(other)
		if !ok || !found || alike[other] != "" {
			t.Fatalf("%s is like %s", id, other)
		}
		a.Flags = slices.DeleteFunc(slices.Clone(a.Flags), func(f string) bool { return strings.HasPrefix(f, "-serial=") })
		sameFor := func(b board.Board) string {
			return fmt.Sprint(b.Chip, b.Tags, b.Flags, b.RAM, b.FlashSize, b.ProgramAt, b.FilesAt, b.FilesSize, b.Network)
		}
		if sameFor(a) != sameFor(b) {
			t.Errorf("%s is not like %s: %s, %s", id, other, sameFor(a), sameFor(b))
		}
	}
	for id, other := range same {
		a, ok := board.Find(id)
		b, found := board.Find(other)
		if !ok || !found || same[other] != "" {
			t.Fatalf("%s is the same as %s", id, other)
		}
		sameFor := func(b board.Board) string {
			return fmt.Sprint(b.Target, b.Chip, b.Tags, b.Flags, b.RAM, b.FlashSize, b.ProgramAt, b.FilesAt, b.FilesSize, b.Network)
		}
		if sameFor(a) != sameFor(b) {
			t.Errorf("%s is not the same as %s: %s, %s", id, other, sameFor(a), sameFor(b))
		}
	}
}

// buildable are the boards that the TinyGo at hand builds for. All that do not
// need the official release have to be among them.
func buildable(t *testing.T, builder *compile.Builder) (list []board.Board) {
	if tiny, err := builder.Tools.TinyGo(t.Context()); err != nil {
		if _, missing := exec.LookPath("tinygo"); missing == nil {
			t.Fatalf("there is a TinyGo, but %v", err)
		}
		fmt.Fprintf(os.Stderr, "\n*** %v The templates were NOT built for real boards. ***\n", err)
		t.Skip(err)
	} else {
		t.Logf("TinyGo %s at %s", tiny.Version, tiny.Path)
	}
	for _, b := range board.All() {
		if b.Virtual {
			continue
		}
		switch err := builder.CanBuild(t.Context(), b); {
		case err == nil:
			list = append(list, b)
		case b.Release:
			t.Logf("not built for %s: %v", b.ID, err)
		default:
			t.Errorf("%s cannot be built: %v", b.ID, err)
		}
	}
	return list
}

// missed says which goals the programs miss.
func missed(got table) (lines []string) {
	for _, id := range slices.Sorted(maps.Keys(goals)) {
		goal := goals[id]
		is, ok := got[row{id, "led"}]
		if !ok {
			lines = append(lines, "led was not built for "+id)
			continue
		}
		if is.Flash > goal.flash {
			lines = append(lines, fmt.Sprintf("led on %s takes %d bytes of flash; the goal is %d at most", id, is.Flash, goal.flash))
		}
		if left := is.Heap - goal.radio; left < goal.heap {
			lines = append(lines, fmt.Sprintf("led on %s leaves %d bytes for the heap; the goal is %d at least", id, left, goal.heap))
		}
	}
	return lines
}
