package project

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// CheckPath says whether path can name a file of a project on every system
// and on every board: relative, forward slashes, no "." or "..", no hidden
// parts, nothing that Windows reserves. It returns a *problem.Problem or nil.
func CheckPath(path string) error {
	switch {
	case path == "":
		return ErrBadName
	case !utf8.ValidString(path):
		return errBadUTF8.With(shown(path))
	case len(path) > MaxPath:
		return errBadLong.With(len(path), MaxPath)
	case strings.HasPrefix(path, "/") || strings.HasPrefix(path, `\`) || len(path) > 1 && path[1] == ':':
		return errBadAbsolute.With(shown(path))
	}
	parts := strings.Split(path, "/")
	if len(parts) > MaxDepth {
		return errBadDeep.With(len(parts)-1, MaxDepth-1)
	}
	for _, part := range parts {
		if err := checkPart(part, path); err != nil {
			return err
		}
	}
	return nil
}

// CheckFolder says whether name can be a project's folder.
func CheckFolder(name string) error {
	if strings.Contains(name, "/") {
		return errBadSlash.With(shown(name))
	}
	return CheckPath(name)
}

func checkPart(part, path string) error {
	switch {
	case part == "":
		return errBadEmptyPart.With(shown(path))
	case part == "..":
		return errBadOutside.With(shown(path))
	case strings.HasPrefix(part, "."):
		return errBadHidden.With(shown(part))
	case strings.HasSuffix(part, "."):
		return errBadDot.With(shown(part))
	case strings.TrimSpace(part) != part:
		return errBadSpace.With(shown(part))
	}
	for _, r := range part {
		if r < 0x20 || r == 0x7f || unicode.Is(unicode.Cc, r) || unicode.Is(unicode.Cf, r) || r == '\u2028' || r == '\u2029' {
			return errBadInvisible.With(shown(part))
		}
		if strings.ContainsRune(`<>:"|?*\`, r) {
			return errBadWindows.With(shown(part), fmt.Sprintf("%q", r))
		}
	}
	if reserved(part) {
		return errBadDevice.With(shown(part))
	}
	return nil
}

// reserved knows the device names of Windows, which are taken with every extension, too.
func reserved(part string) bool {
	base, _, _ := strings.Cut(part, ".")
	base = strings.ToUpper(strings.TrimRight(base, " "))
	switch base {
	case "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$":
		return true
	}
	for _, device := range []string{"COM", "LPT"} {
		if n, ok := strings.CutPrefix(base, device); ok {
			switch n {
			case "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "¹", "²", "³":
				return true
			}
		}
	}
	return false
}

// shown makes any bytes fit to be read in a sentence.
func shown(name string) string {
	const most = 60
	if utf8.RuneCountInString(name) > most {
		name = string([]rune(name)[:most]) + "…"
	}
	return fmt.Sprintf("%q", name)
}

// folderFor makes a folder name of a title: "LED over WebSocket" → "LED-over-WebSocket".
func folderFor(title string) string {
	var b strings.Builder
	for _, r := range title {
		switch {
		case unicode.IsLetter(r), unicode.IsDigit(r), r == '_', r == '.', unicode.Is(unicode.Mn, r):
			b.WriteRune(r)
		default:
			if s := b.String(); s != "" && !strings.HasSuffix(s, "-") {
				b.WriteByte('-')
			}
		}
		if b.Len() > 48 {
			break
		}
	}
	name := strings.Trim(b.String(), "-.")
	if name == "" || CheckFolder(name) != nil {
		name = strings.Trim("project-"+name, "-.")
	}
	if CheckFolder(name) != nil {
		name = "project"
	}
	return name
}
