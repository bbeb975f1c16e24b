package board

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// What a program keeps of messages, lines and folded text, in the forms that
// tutorials use, is the same after many other messages.
func TestKeptMessages(t *testing.T) {
	p := start(t, "kept", false)
	c := dial(t, p, "/ws")
	texts := []string{"Red lamp on", "blue", "green lamp off!", "x", "Yellow", "blue", "LEDon", "LEDoff", "Red lamp on",
		strings.Repeat("Long", 50), "é", ""}
	for i := range 20 {
		texts = append(texts, fmt.Sprint("Speed ", 100+i))
	}
	var names, folded, counts, later []string
	count := map[string]int{}
	for _, text := range texts {
		say(t, c, text)
		name, _, _ := strings.Cut(text, " ")
		count[name]++
		names, folded, later = append(names, name), append(folded, strings.ToLower(text)), append(later, "later "+text)
	}
	for _, name := range names {
		counts = append(counts, fmt.Sprint(name, "=", count[name]))
	}
	var heard []string // from the goroutines, in any order
	for len(heard) < len(texts) {
		_, text, err := c.ReadMessage()
		if err != nil {
			t.Fatal(err)
		}
		heard = append(heard, string(text))
	}
	slices.Sort(heard)
	slices.Sort(later)
	if !slices.Equal(heard, later) {
		t.Errorf("captured by goroutines: %q", heard)
	}
	all := strings.Join(texts, ",")
	for what, want := range map[string]string{
		"history": all, "last": texts[len(texts)-1], "first": texts[0], "count": strings.Join(counts, ","),
		"readings": strings.Join(names, ","), "folded": strings.Join(folded, ","), "later": all, "queue": all, "path": "/ws /ws",
	} {
		say(t, c, what)
		if _, text, err := c.ReadMessage(); err != nil || string(text) != want {
			t.Errorf("%s: %q %v\nwant %q", what, text, err, want)
		}
	}
	newcomer := dial(t, p, "/")
	if _, text, err := newcomer.ReadMessage(); err != nil || string(text) != "last "+texts[len(texts)-1] {
		t.Errorf("newcomer: %q %v", text, err)
	}
	for _, line := range []string{"first line", "2", "the third one"} {
		if err := p.conn.WriteText(t.Context(), []byte(line+"\n")); err != nil {
			t.Fatal(err)
		}
	}
	p.find(t, regexp.MustCompile(`typed first line,2,the third one\r?\n`))
}
