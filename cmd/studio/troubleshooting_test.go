package main

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"studioide/internal/problem"
	"studioide/ui/src/words"
)

var update = flag.Bool("update", false, "write docs/troubleshooting.md instead of comparing it")

const (
	troubleshooting = "../../docs/troubleshooting.md"
	listBegins      = "<!-- From here on made from ui/src/words/words.en.json by `make generate`. -->\n"
)

// docs/troubleshooting.md lists what Studio says: fails after a change of the words until it is made again.
func TestTroubleshootingIsUpToDate(t *testing.T) {
	old, err := os.ReadFile(troubleshooting)
	if err != nil {
		t.Fatal(err)
	}
	text := strings.ReplaceAll(string(old), "\r\n", "\n")
	byHand, _, ok := strings.Cut(text, listBegins)
	if !ok {
		t.Fatal("the place for the list is gone")
	}
	want := byHand + listBegins + messageList()
	if text == want {
		return
	}
	if !*update {
		t.Fatalf("%s is stale: run `make generate`", troubleshooting)
	}
	if err := os.WriteFile(troubleshooting, []byte(want), 0o644); err != nil {
		t.Fatal(err)
	}
}

// A message is a row of the list.
type message struct{ key, text, help, more string }

// messageList is every problem's sentences, in order of the codes: those with a longer explanation first.
func messageList() string {
	var all []message
	add := func(key, help string, e words.Entry) {
		if strings.Trim(shownGap.ReplaceAllString(e.Text, ""), " .:") != "" { // not one that only hands on what others say
			all = append(all, message{key, e.Text, help, e.More})
		}
	}
	for _, k := range problem.Kinds() {
		help := k.Words().Help
		if help == "" {
			next, _ := words.Find("next." + string(k.Step()))
			help = next.Text
		}
		add(strings.TrimPrefix(k.Key(), "problem."), help, k.Words())
	}
	for key, e := range words.All() {
		if e.By == "page" {
			add(strings.TrimPrefix(key, "problem."), e.Help, e)
		}
	}
	slices.SortFunc(all, func(a, b message) int { return strings.Compare(a.key, b.key) })
	var b strings.Builder
	b.WriteString("\n## What Studio says, explained\n\n| what you see | what to do | why |\n|---|---|---|\n")
	for _, m := range all {
		if m.more != "" {
			fmt.Fprintf(&b, "| %s | %s | %s |\n", cell(m.text), cell(m.help), cell(m.more))
		}
	}
	b.WriteString("\n## Everything Studio says\n\nThe code is what `--json` and the API give; behind a slash it is the same code in other words.\n\n| code | what you see | what to do |\n|---|---|---|\n")
	for _, m := range all {
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", m.key, cell(m.text), cell(m.help))
	}
	return b.String()
}

var shownGap = regexp.MustCompile(`\{\w+\}`)

func cell(sentence string) string {
	sentence = strings.NewReplacer("|", `\|`, "<", "&lt;", "\n", " ").Replace(sentence)
	return shownGap.ReplaceAllString(sentence, "…")
}
