package library

import (
	"net/url"
	"path"
	"strings"

	"studioide/internal/lazyregexp"
)

var (
	comment   = lazyregexp.New(`(?s)/\*.*?\*/`)
	fontFace  = lazyregexp.New(`(?is)@font-face\s*\{[^}]*\}\s*`)
	subset    = lazyregexp.New(`(?i)unicode-range\s*:\s*([^;}]+)`)
	reference = lazyregexp.New(`(?i)(@import\s+(?:url\(\s*)?["']?|url\(\s*["']?)([^"'\s)]+)`)
)

// parts fetches what a style sheet needs, and gives the sheet with its parts'
// new names. Fonts that servers cut into many pieces for all scripts of the
// world are kept for the Latin one: a board has no room for the rest. left are
// addresses of what was not fetched.
func (j *job) parts(base *url.URL, sheet []byte, depth int) (content []byte, left []string, err error) {
	text := string(sheet)
	text = fontFace().ReplaceAllStringFunc(text, func(face string) string {
		if m := subset().FindStringSubmatch(face); m != nil && !strings.Contains(strings.ToUpper(m[1]), "U+0000-00FF") && !strings.Contains(strings.ToUpper(m[1]), "U+0-FF") {
			return ""
		}
		return face
	})
	if !fontFace().MatchString(text) {
		text = string(sheet) // none of its fonts is Latin: all of them are meant
	}
	blank := comment().ReplaceAllStringFunc(text, func(c string) string { return strings.Repeat(" ", len(c)) })
	found := reference().FindAllStringSubmatchIndex(blank, -1)
	var b strings.Builder
	last := 0
	for _, m := range found {
		written := text[m[4]:m[5]]
		u, perr := base.Parse(written)
		if perr != nil || u.Scheme != "http" && u.Scheme != "https" || strings.HasPrefix(written, "#") {
			continue // data: and its like
		}
		fragment := u.Fragment
		u.Fragment = ""
		address := u.String()
		name, known := j.names[address]
		if !known {
			kind := partKind(text[m[2]:m[3]], u, text, m[0])
			switch {
			case len(j.files) > maxParts || kind == "style" && depth >= maxDepth || allowed(u) != nil:
				left = append(left, address)
				name = address
			default:
				if err := j.get(Wanted{Address: address, Kind: kind}, depth+1); err != nil {
					return nil, nil, err
				}
				name = j.names[address]
			}
		}
		if fragment != "" {
			name += "#" + fragment
		}
		b.WriteString(text[last:m[4]])
		b.WriteString(name)
		last = m[5]
	}
	b.WriteString(text[last:])
	return []byte(b.String()), left, nil
}

// partKind says what a reference of a style sheet is.
func partKind(before string, u *url.URL, text string, at int) string {
	if strings.HasPrefix(strings.ToLower(before), "@import") {
		return "style"
	}
	switch strings.ToLower(path.Ext(u.Path)) {
	case ".woff", ".woff2", ".ttf", ".otf", ".eot":
		return "font"
	case ".css":
		return "style"
	}
	open := strings.LastIndexByte(text[:at], '{')
	if open >= 0 && strings.HasSuffix(strings.ToLower(strings.TrimSpace(text[:open])), "@font-face") {
		return "font"
	}
	return "image"
}

var (
	odd    = lazyregexp.New(`[^A-Za-z0-9._-]+`)
	family = lazyregexp.New(`^[A-Za-z0-9 +]+`)
)

// extensions by kind of file, the usual one first.
var extensions = map[string][]string{
	"script": {".js", ".mjs"}, "module": {".js", ".mjs"}, "style": {".css"},
	"image": {".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp", ".ico", ".avif"}, "font": {".woff2", ".woff", ".ttf", ".otf", ".eot"},
}

var typeExtension = map[string]string{"image/png": ".png", "image/jpeg": ".jpg", "image/gif": ".gif", "image/svg+xml": ".svg", "image/webp": ".webp",
	"image/x-icon": ".ico", "image/vnd.microsoft.icon": ".ico", "font/woff2": ".woff2", "font/woff": ".woff", "font/ttf": ".ttf", "font/otf": ".otf"}

const longestName = 40

// name makes a file name of an address that no other file of the job has.
func (j *job) name(u *url.URL, kind, mediaType string) string {
	base := path.Base(u.Path)
	if f := family().FindString(u.Query().Get("family")); kind == "style" && f != "" {
		base = "font-" + strings.ToLower(f)
	}
	base = strings.Trim(odd().ReplaceAllString(base, "-"), "-.")
	if base == "" {
		base = "file"
	}
	ext := path.Ext(base)
	known := false
	for _, e := range extensions[kind] {
		known = known || strings.EqualFold(e, ext)
	}
	if !known {
		if ext = typeExtension[mediaType]; ext == "" {
			ext = extensions[kind][0]
		}
		base += ext
	}
	stem := strings.TrimSuffix(base, ext)
	if len(stem) > longestName-len(ext) {
		stem = stem[:longestName-len(ext)]
	}
	name := stem + ext
	for n := 2; j.taken(name); n++ {
		name = stem + "-" + string(rune('0'+n/10)) + string(rune('0'+n%10)) + ext
	}
	return name
}

func (j *job) taken(name string) bool {
	for _, f := range j.files {
		if strings.EqualFold(f.Name, name) {
			return true
		}
	}
	return false
}
