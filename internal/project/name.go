package project

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"studioide/internal/problem"
)

// CheckPath says whether path can name a file of a project on every system
// and on every board: relative, forward slashes, no "." or "..", no hidden
// parts, nothing that Windows reserves. It returns a *problem.Problem or nil.
func CheckPath(path string) error {
	switch {
	case path == "":
		return badName("The file has no name.", "Give it a name such as page.html.")
	case !utf8.ValidString(path):
		return badName("The name "+shown(path)+" is not valid UTF-8 text.", "Choose a name of ordinary letters and digits.")
	case len(path) > MaxPath:
		return badName(fmt.Sprintf("The name is %d bytes long; boards can keep names of up to %d.", len(path), MaxPath),
			"Choose a shorter name.")
	case strings.HasPrefix(path, "/") || strings.HasPrefix(path, `\`) || len(path) > 1 && path[1] == ':':
		return badName("The name "+shown(path)+" starts outside the project.",
			"Use a name inside the project, such as www/page.html.")
	}
	parts := strings.Split(path, "/")
	if len(parts) > MaxDepth {
		return badName(fmt.Sprintf("The name has %d folders inside each other; %d are possible.", len(parts)-1, MaxDepth-1),
			"Put the file into a folder further up.")
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
		return badName("The project name "+shown(name)+" contains a slash.", "Choose a name without slashes.")
	}
	return CheckPath(name)
}

func checkPart(part, path string) error {
	switch {
	case part == "":
		return badName("The name "+shown(path)+" has an empty part between two slashes.", "Write one slash between folder and file, as in www/page.html.")
	case part == "..":
		return badName("The name "+shown(path)+" leads out of the project.", "Use a name inside the project, such as www/page.html.")
	case strings.HasPrefix(part, "."):
		return badName("The name "+shown(part)+" starts with a dot; such files are hidden.", "Choose a name that starts with a letter.")
	case strings.HasSuffix(part, "."):
		return badName("The name "+shown(part)+" ends with a dot; Windows cannot keep that.", "Leave out the dot at the end.")
	case strings.TrimSpace(part) != part:
		return badName("The name "+shown(part)+" starts or ends with a space.", "Leave out the space.")
	}
	for _, r := range part {
		if r < 0x20 || r == 0x7f || unicode.Is(unicode.Cc, r) || unicode.Is(unicode.Cf, r) || r == '\u2028' || r == '\u2029' {
			return badName("The name "+shown(part)+" contains an invisible character.", "Type the name anew, with ordinary letters and digits.")
		}
		if strings.ContainsRune(`<>:"|?*\`, r) {
			return badName(fmt.Sprintf("The name %s contains %q, which Windows does not allow.", shown(part), r),
				"Choose a name of letters, digits, dots and dashes.")
		}
	}
	if reserved(part) {
		return badName("Windows keeps the name "+shown(part)+" for a device.", "Choose another name.")
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

func badName(text, help string) error { return problem.New("name.bad", text, help) }

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
