package explain

import (
	"sort"
	"strings"
)

// Near returns the one of names that was probably meant by name: the same but
// for capital letters, or a typing mistake away.
func Near(name string, names []string) (string, bool) {
	if len(name) > 64 {
		return "", false
	}
	names = append([]string(nil), names...)
	sort.Strings(names)
	best, least := "", 1+max(1, len(name)/3)
	if len(name) <= 2 {
		least = 1 // x is not a mistyped y
	}
	lower := strings.ToLower(name)
	for _, n := range names {
		if n == name || len(n) > 64 {
			continue
		}
		other := strings.ToLower(n)
		d := distance(lower, other)
		if d == least && d == 1 && len(best) < len(lower) && len(n) > len(lower) {
			best = n // letters are forgotten more often than added: printn is println, not print
		}
		if d > 0 && len(name) >= 4 && strings.HasPrefix(other, lower) && len(n)-len(name) <= 4 {
			d = 1 // Send for SendText
		}
		if d < least {
			best, least = n, d
		}
	}
	return best, best != ""
}

// Slip tells whether a and b are one typing mistake apart, or a is the beginning of b.
func Slip(a, b string) bool {
	return distance(a, b) <= 1 || a != "" && strings.HasPrefix(b, a)
}

// distance counts the typing mistakes between a and b: missing, extra, wrong, and swapped letters.
func distance(a, b string) int {
	if d := len(a) - len(b); d > 8 || d < -8 {
		return 99
	}
	before, last, now := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		now[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			now[j] = min(last[j]+1, now[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				now[j] = min(now[j], before[j-2]+1)
			}
		}
		before, last, now = last, now, before
	}
	return last[len(b)]
}
