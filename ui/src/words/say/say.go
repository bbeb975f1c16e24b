// Package say has a function for each sentence that Studio's Go code says to people, other than problems: its name is the
// key in the words file, its arguments fill the gaps. english.go is made of that file by `make generate`, so a sentence
// that is not there, or one with other gaps, does not compile.
//
//	progress.Text = say.BuildCompiling(file)
//
// A table that goes from a tool's words to ours names a Rule instead.
package say

import (
	"strconv"

	"studioide/ui/src/words"
)

// Rule is what is wrong and what to do, as a table of patterns names it: rule.NAME in the words file, whose gaps are the
// pattern's groups, {1} being the first.
type Rule string

// Words are both sentences. groups are what the pattern found, as FindStringSubmatch returns it.
func (r Rule) Words(groups []string) (text, help string) {
	entry, _ := words.Find(string(r))
	group := func(name string) string {
		n, err := strconv.Atoi(name)
		if err != nil || n >= len(groups) {
			return ""
		}
		return groups[n]
	}
	return words.Fill(entry.Text, group), words.Fill(entry.Help, group)
}

// sentence fills the gaps of an entry: pairs of a gap's name and what stands there.
func sentence(key string, pairs ...string) string {
	entry, _ := words.Find(key)
	return filled(entry.Text, pairs)
}

// counted is sentence for one that says how many, and may have other words where that is 1.
func counted(key string, n int, pairs ...string) string {
	entry, _ := words.Find(key)
	if n == 1 && entry.One != "" {
		return filled(entry.One, pairs)
	}
	return filled(entry.Text, append([]string{"n", words.Count(int64(n))}, pairs...))
}

func filled(text string, pairs []string) string {
	return words.Fill(text, func(name string) string {
		for i := 0; i < len(pairs); i += 2 {
			if pairs[i] == name {
				return pairs[i+1]
			}
		}
		return ""
	})
}
