package wstest

import (
	"math/rand/v2"
	"strconv"
	"time"

	"studioide/internal/lazyregexp"
)

// variable is {{n}}, {{name}}, {{1}} or {{rand 1 100}}. Other braces mean nothing here.
var variable = lazyregexp.New(`\{\{\s*(\w+)(?:\s+(-?\d{1,9})\s+(-?\d{1,9}))?\s*\}\}`)

// isCalculated: a text that is nothing but a variable which is a number, and stands in JSON as one.
func isCalculated(text string) bool {
	m := variable().FindStringSubmatch(text)
	return m != nil && m[0] == text && (m[1] == "n" || m[1] == "rand" || m[1] == "now")
}

// values is what variables stand for.
type values map[string]string

// fill puts values in the place of variables.
func (v values) fill(text string) (string, error) {
	var err error
	filled := variable().ReplaceAllStringFunc(text, func(found string) string {
		m := variable().FindStringSubmatch(found)
		switch m[1] {
		case "open":
			return "{{"
		case "now":
			return strconv.FormatInt(time.Now().UnixMilli(), 10)
		case "rand":
			least, most := 0, 99
			if m[2] != "" {
				least, _ = strconv.Atoi(m[2])
				most, _ = strconv.Atoi(m[3])
			}
			if least > most {
				least, most = most, least
			}
			return strconv.Itoa(least + rand.IntN(most-least+1))
		}
		value, ok := v[m[1]]
		if !ok && err == nil {
			err = errUnfilled.With(m[1])
		}
		return value
	})
	return filled, err
}
