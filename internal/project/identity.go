package project

import (
	"io"
	"path/filepath"
	"strings"

	"studioide/internal/lazyregexp"
)

// Identity says which folder a project is, so that another one in its place, or
// a copy of it, is not taken for it. Nothing in it can be chosen by who made
// the project's files, but for Mark.
type Identity struct {
	Path   string // absolute, links followed
	Number uint64 // the file system's number of the folder
	Born   int64  // when the folder was made, in ns since 1970; 0: the file system does not say
	Mark   string // what SetMark has left in it; "": nothing
}

const markFile = ours + "/id"

var markForm = lazyregexp.New(`^[0-9a-f]{32}$`)

// Identity looks at the project's folder as it is now.
func (p *Project) Identity() (Identity, error) {
	var id Identity
	var err error
	if id.Path, err = filepath.EvalSymlinks(p.Dir); err != nil {
		return id, explain(err, "read", p.Dir)
	}
	f, err := p.root.Open(".")
	if err != nil {
		return id, explain(err, "read", p.Dir)
	}
	defer f.Close()
	if id.Number, id.Born, err = folderNumber(f); err != nil {
		return id, explain(err, "read", p.Dir)
	}
	if info, err := p.root.Lstat(markFile); err == nil && info.Mode().IsRegular() && info.Size() < 100 {
		if b, err := p.root.ReadFile(markFile); err == nil && markForm().MatchString(strings.TrimSpace(string(b))) {
			id.Mark = strings.TrimSpace(string(b))
		}
	}
	return id, nil
}

// SetMark leaves 32 hex digits in the project, which Identity finds again.
func (p *Project) SetMark(mark string) error {
	if !markForm().MatchString(mark) {
		return errMark
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return explain(p.putLocked(markFile, []byte(mark+"\n")), "saved", markFile)
}

// Author is who the project itself says it is from: "author" of studio.json, or
// where it was cloned from. It is what somebody wrote, not what is known. "": it does not say.
func (p *Project) Author() string {
	if s := p.watched(); s != nil {
		return s.Author
	}
	if info, err := p.root.Lstat(metaFile); err == nil && info.Mode().IsRegular() && info.Size() < maxMeta {
		if b, err := p.root.ReadFile(metaFile); err == nil {
			if name := parseAuthor(b); name != "" {
				return name
			}
		}
	}
	return p.readOrigin()
}

// readOrigin is where the project was cloned from.
func (p *Project) readOrigin() string {
	info, err := p.root.Lstat(".git/config")
	if err != nil || !info.Mode().IsRegular() {
		return ""
	}
	f, err := p.root.Open(".git/config")
	if err != nil {
		return ""
	}
	defer f.Close()
	b, _ := io.ReadAll(io.LimitReader(f, 64<<10))
	origin := false
	for line := range strings.Lines(string(b)) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "[") {
			origin = line == `[remote "origin"]`
		} else if name, value, ok := strings.Cut(line, "="); ok && origin && strings.TrimSpace(name) == "url" {
			value = strings.TrimSpace(value)
			if scheme, rest, ok := strings.Cut(value, "://"); ok {
				if host, after, ok := strings.Cut(rest, "@"); ok && !strings.Contains(host, "/") {
					rest = after // a name and a password
				}
				value = scheme + "://" + rest
			}
			return plain(value)
		}
	}
	return ""
}

// plain is a text on one short line.
func plain(s string) string {
	s = strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r <= 0x20 || r == 0x7f }), " ")
	if r := []rune(s); len(r) > 100 {
		s = string(r[:99]) + "…"
	}
	return s
}
