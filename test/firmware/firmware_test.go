// Package firmware builds what people get: every template for every board that
// the TinyGo at hand builds for. What a program takes of its board is held to
// the goals below and to sizes.txt, which tells when something has grown.
//
//	go test ./test/firmware -v          builds, and shows the table
//	go test ./test/firmware -update     writes sizes.txt anew
package firmware

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gofrs/flock"

	"studio"
	"studioide/internal/api"
	"studioide/internal/board"
	"studioide/internal/compile"
	"studioide/internal/project"
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
	"esp32c3": c3, "esp32c3supermini": c3, "esp32c3uart": c3, "xiaoesp32c3": c3,
	"picow": {flash: 580 * kb},
	"pico":  {flash: 120 * kb},
}

// alike are boards whose programs differ from those of another board by pins or
// serial line only: led tells as much as all templates, in a fifth of the time.
var alike = map[string]bool{"esp32c3supermini": true, "esp32c3uart": true}

// workers is how many programs are built at a time: linking, the longest part, keeps one core busy.
const workers = 2

// cache is a folder for one run at a time. It keeps its place, so that TinyGo
// finds what it has compiled before; make clean removes it.
func cache(t *testing.T) string {
	dir, err := filepath.Abs("../../bin/.firmware")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	lock := flock.New(filepath.Join(dir, "lock"))
	if _, err := lock.TryLockContext(t.Context(), 100*time.Millisecond); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { lock.Unlock() })
	return dir
}

func TestFirmware(t *testing.T) {
	start := time.Now()
	ctx := t.Context()
	dir := cache(t)
	boards := buildable(t, compile.New(dir))
	templates, err := project.Templates(studio.Templates())
	if err != nil {
		t.Fatal(err)
	}
	// All programs for a board are built in one workspace: only main.go is compiled anew.
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
			builder := compile.New(dir)
			for j := range queue {
				sizes, err := compileProject(ctx, builder, dir, j.board, j.template)
				switch {
				case err != nil && j.board.Release: // nobody has tried it here
					t.Logf("%s for %s: %v", j.template, j.board.ID, err)
				case err != nil:
					t.Errorf("%s for %s: %v", j.template, j.board.ID, err)
				case j.board.Release:
					t.Logf("%s for %s: %d bytes of flash, %d of RAM", j.template, j.board.ID, sizes.Flash, sizes.RAM)
				default:
					mu.Lock()
					got[row{j.board.ID, j.template}] = *sizes
					mu.Unlock()
				}
			}
		})
	}
	for _, template := range templates {
		for _, b := range boards {
			if !alike[b.ID] || template.ID == "led" {
				queue <- job{b, template.ID}
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

// buildable are the boards that the TinyGo at hand builds for. All that do not
// need the official release have to be among them.
func buildable(t *testing.T, builder *compile.Builder) (list []board.Board) {
	if tiny, err := builder.Tools.TinyGo(t.Context()); err != nil {
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

// compileProject builds a template as a project of the board's own folder. What has
// been built before, by its build id, is not built again.
func compileProject(ctx context.Context, builder *compile.Builder, dir string, b board.Board, template string) (*api.Sizes, error) {
	source, err := fs.ReadFile(studio.Templates(), template+"/main.go")
	if err != nil {
		return nil, err
	}
	folder := filepath.Join(dir, b.ID)
	if err := os.MkdirAll(folder, 0o777); err != nil {
		return nil, err
	}
	if err := os.WriteFile(filepath.Join(folder, "main.go"), source, 0o666); err != nil {
		return nil, err
	}
	request := compile.Request{Dir: folder, Program: template, Board: b, Web: web(template)}
	id, err := builder.ID(ctx, request)
	if err != nil {
		return nil, err
	}
	known := filepath.Join(dir, "sizes-"+id+".json")
	var sizes api.Sizes
	if note, err := os.ReadFile(known); err == nil && json.Unmarshal(note, &sizes) == nil {
		return &sizes, nil
	}
	r, err := builder.Build(ctx, request)
	if err != nil {
		if r != nil && len(r.Problems) > 0 {
			err = fmt.Errorf("%w %s\n%s", err, r.Problems[0].Text, r.Problems[0].Raw)
		}
		return nil, err
	}
	note, err := json.Marshal(r.Sizes)
	if err != nil {
		return nil, err
	}
	return r.Sizes, os.WriteFile(known, note, 0o666)
}

// web are a template's web files, for boards that have them in the program.
func web(template string) func() (map[string][]byte, error) {
	return func() (map[string][]byte, error) {
		files := map[string][]byte{}
		err := fs.WalkDir(studio.Templates(), template+"/www", func(path string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				files[strings.TrimPrefix(path, template)], err = fs.ReadFile(studio.Templates(), path)
			}
			return err
		})
		return files, err
	}
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
