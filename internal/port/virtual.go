package port

import (
	"strings"

	"studioide/internal/lazyregexp"
)

var virtualName = lazyregexp.New(`^[a-z0-9][a-z0-9-]{0,30}$`)

// Virtual tells whether a port's name means a virtual board, and which: "virtual:", "virtual:second".
func Virtual(name string) (board string, ok bool, err error) {
	rest, ok := strings.CutPrefix(name, "virtual:")
	if !ok {
		return "", false, nil
	}
	if rest != "" && !virtualName().MatchString(rest) {
		return "", true, ErrBadName.With(name)
	}
	return rest, true, nil
}
