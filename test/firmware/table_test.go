package firmware

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"studioide/internal/api"
)

type row struct{ board, template string }

// table is what programs take. sizes.txt holds flash and static RAM, in bytes.
type table map[row]api.Sizes

func (t table) rows() []row {
	return slices.SortedFunc(maps.Keys(t), func(a, b row) int {
		return strings.Compare(a.board+" "+a.template, b.board+" "+b.template)
	})
}

const heading = "# What the templates take of boards, in bytes. go test ./test/firmware -update writes this table.\n"

func (t table) text() string {
	var s strings.Builder
	fmt.Fprintf(&s, "%s%-18s %-10s %10s %10s\n", heading, "# board", "template", "flash", "RAM")
	for _, r := range t.rows() {
		fmt.Fprintf(&s, "%-18s %-10s %10d %10d\n", r.board, r.template, t[r].Flash, t[r].RAM)
	}
	return s.String()
}

// pretty is the table for people, with the heap and its share of the board.
func (t table) pretty() string {
	var s strings.Builder
	fmt.Fprintf(&s, "%-18s %-10s %9s %9s %11s\n", "board", "template", "flash", "RAM", "heap left")
	for _, r := range t.rows() {
		is := t[r]
		fmt.Fprintf(&s, "%-18s %-10s %6.1f KB %6.1f KB %8.1f KB\n", r.board, r.template, float64(is.Flash)/kb, float64(is.RAM)/kb, float64(is.Heap)/kb)
	}
	return s.String()
}

func readTable(text string) (table, error) {
	t := table{}
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "#") || strings.TrimSpace(line) == "" {
			continue
		}
		var r row
		var is api.Sizes
		if _, err := fmt.Sscan(line, &r.board, &r.template, &is.Flash, &is.RAM); err != nil {
			return nil, fmt.Errorf("sizes.txt: %q: %w", line, err)
		}
		t[r] = is
	}
	return t, nil
}

// compare says what is wrong with got next to sizes.txt, and what is only worth a look.
func compare(got, want table) (wrong, notes []string) {
	for _, r := range want.rows() {
		is, ok := got[r]
		if !ok {
			wrong = append(wrong, fmt.Sprintf("%s on %s is in sizes.txt, but was not built", r.template, r.board))
			continue
		}
		for _, c := range []struct {
			what    string
			is, was int64
		}{{"flash", is.Flash, want[r].Flash}, {"RAM", is.RAM, want[r].RAM}} {
			change := fmt.Sprintf("%s on %s takes %d bytes of %s; in sizes.txt it is %d (%+.1f %%)", r.template, r.board, c.is, c.what, c.was, 100*(float64(c.is)/float64(c.was)-1))
			switch {
			case float64(c.is) > float64(c.was)*growth:
				wrong = append(wrong, change+": find out why, or record it with -update")
			case float64(c.is)*growth < float64(c.was):
				notes = append(notes, change+": record it with -update, so that it stays so")
			}
		}
	}
	for _, r := range got.rows() {
		if _, ok := want[r]; !ok {
			notes = append(notes, fmt.Sprintf("%s on %s is not in sizes.txt yet: record it with -update", r.template, r.board))
		}
	}
	return wrong, notes
}

// Growth fails, and so does a program that is no more; others are told.
func TestCompare(t *testing.T) {
	r := row{"pico", "led"}
	was := table{r: {Flash: 100_000, RAM: 10_000}}
	for _, c := range []struct {
		name         string
		got          table
		wrong, notes int
	}{
		{"the same", was, 0, 0},
		{"5 % more", table{r: {Flash: 105_000, RAM: 10_500}}, 0, 0},
		{"more flash", table{r: {Flash: 105_001, RAM: 10_000}}, 1, 0},
		{"more RAM", table{r: {Flash: 100_000, RAM: 10_501}}, 1, 0},
		{"less flash", table{r: {Flash: 95_000, RAM: 10_000}}, 0, 1},
		{"not built", table{}, 1, 0},
		{"new", table{r: was[r], {"pico", "echo"}: {}}, 0, 1},
	} {
		if wrong, notes := compare(c.got, was); len(wrong) != c.wrong || len(notes) != c.notes {
			t.Errorf("%s: %q, %q", c.name, wrong, notes)
		}
	}
	again, err := readTable(was.text())
	if err != nil || again[r].Flash != 100_000 || again[r].RAM != 10_000 || len(again) != 1 {
		t.Errorf("%v, %v from\n%s", again, err, was.text())
	}
}

// A goal that is missed by a byte is missed.
func TestGoals(t *testing.T) {
	good := table{}
	for id, g := range goals {
		good[row{id, "led"}] = api.Sizes{Flash: g.flash, Heap: g.heap + g.radio}
	}
	if lines := missed(good); len(lines) > 0 {
		t.Errorf("%q", lines)
	}
	for id := range goals {
		bad := maps.Clone(good)
		is := bad[row{id, "led"}]
		want := 1
		is.Flash++
		if goals[id].heap > 0 {
			want = 2
			is.Heap--
		}
		bad[row{id, "led"}] = is
		if lines := missed(bad); len(lines) != want {
			t.Errorf("%s: %q", id, lines)
		}
		delete(bad, row{id, "led"})
		if lines := missed(bad); len(lines) != 1 {
			t.Errorf("%s: %q", id, lines)
		}
	}
}

func recorded(t *testing.T) table {
	text, err := os.ReadFile("sizes.txt")
	if err != nil {
		t.Fatal(err)
	}
	list, err := readTable(string(text))
	if err != nil {
		t.Fatal(err)
	}
	return list
}
