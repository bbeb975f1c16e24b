package project

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"strings"
	"unicode/utf8"

	"studioide/internal/api"
)

const metaFile = "studio.json"

// Meta is what studio.json says. Keys that Studio does not know are kept.
type Meta struct {
	Title string     `json:"title"`
	Board string     `json:"board"`
	Chart *api.Chart `json:"chart,omitempty"` // nil: nobody has set anything; see SetChart
}

// readMeta is lenient: a missing or damaged file gives the folder's name and the virtual board.
func readMeta(root *os.Root, folder string) Meta {
	if info, err := root.Stat(metaFile); err == nil && info.Mode().IsRegular() && info.Size() < maxMeta {
		if b, err := root.ReadFile(metaFile); err == nil {
			return parseMeta(b, folder)
		}
	}
	return parseMeta(nil, folder)
}

func parseMeta(content []byte, folder string) Meta {
	m := Meta{}
	json.Unmarshal(bytes.TrimPrefix(content, []byte("\ufeff")), &m)
	if m.Chart != nil && checkChart(m.Chart) != nil {
		m.Chart = nil // the file may come from anybody
	}
	if strings.TrimSpace(m.Title) == "" || len(m.Title) > 200 {
		m.Title = folder
	}
	if m.Board == "" {
		m.Board = "virtual"
	}
	return m
}

// parseAuthor is what studio.json says of who made the project. Studio does not write it.
func parseAuthor(content []byte) string {
	var m struct {
		Author string `json:"author"`
	}
	json.Unmarshal(bytes.TrimPrefix(content, []byte("\ufeff")), &m)
	return plain(m.Author)
}

// Meta is what studio.json says. Without a Watch it is read now.
func (p *Project) Meta() Meta {
	if s := p.watched(); s != nil {
		return s.Meta
	}
	return readMeta(p.root, p.Name)
}

// SetMeta changes studio.json. A damaged one is put into the trash first.
func (p *Project) SetMeta(m Meta) error {
	m.Title = strings.TrimSpace(m.Title)
	if err := checkTitle(m.Title); err != nil {
		return err
	}
	_, err := p.setKeys(m)
	return err
}

// setKeys puts the fields of v into studio.json, and returns the file's hash.
func (p *Project) setKeys(v any) (hash string, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	keys := map[string]json.RawMessage{}
	old, err := p.load(metaFile)
	switch {
	case err == nil:
		if json.Unmarshal(bytes.TrimPrefix(old, []byte("\ufeff")), &keys) != nil {
			if err := p.discardLocked(metaFile); err != nil {
				return "", explain(err, "saved", metaFile)
			}
			p.removedLocked(metaFile)
			keys = map[string]json.RawMessage{}
		}
	case !errors.Is(err, fs.ErrNotExist):
		return "", explain(err, "read", metaFile)
	}
	if keys == nil {
		keys = map[string]json.RawMessage{}
	}
	b, err := json.Marshal(v)
	if err != nil {
		return "", err
	}
	var ours map[string]json.RawMessage
	json.Unmarshal(b, &ours)
	for k, v := range ours {
		keys[k] = v
	}
	b, err = json.MarshalIndent(keys, "", "  ")
	if err != nil {
		return "", explain(err, "saved", metaFile)
	}
	b = append(b, '\n')
	if bytes.Equal(b, old) {
		return Hash(b), nil
	}
	return Hash(b), explain(p.putLocked(metaFile, b), "saved", metaFile)
}

func checkTitle(title string) error {
	control := func(r rune) bool { return r < 0x20 || r == 0x7f }
	if title == "" || !utf8.ValidString(title) || len(title) > 200 || strings.ContainsFunc(title, control) {
		return errBadTitle.With(shown(title))
	}
	return nil
}
