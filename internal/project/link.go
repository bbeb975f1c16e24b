package project

import (
	"bytes"
	"compress/flate"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"unicode"
)

// A link can contain a project: behind #project= stands the project as JSON (see linked),
// deflated (RFC 1951), in base64 for URLs (RFC 4648, section 5) without padding. The part of
// an address behind # stays in the browser, so no server sees it.

const linkMark = "#project="

const maxUnpackedLink = 1 << 20 // bytes of the JSON in a link

// linked is a project in a link.
type linked struct {
	Title string       `json:"title"`
	Files []linkedFile `json:"files"` // studio.json among them
}

type linkedFile struct {
	Path   string `json:"path"`
	Text   string `json:"text,omitempty"`
	Base64 []byte `json:"base64,omitempty"` // instead of Text, of what is no text
}

// Link gives the part of a link that contains the project: "#project=…".
func (p *Project) Link() (string, error) {
	state, err := p.Refresh()
	if err != nil {
		return "", err
	}
	l, size := linked{Title: state.Meta.Title}, int64(0)
	for _, f := range state.Files {
		if size += f.Size; size > maxUnpackedLink/2 { // which could not become so short
			return "", errLinkTooLarge.With(MaxLink >> 10)
		}
		content, err := p.load(f.Path)
		if err != nil {
			return "", explain(err, "read", f.Path)
		}
		if isText(content) {
			l.Files = append(l.Files, linkedFile{Path: f.Path, Text: string(content)})
		} else {
			l.Files = append(l.Files, linkedFile{Path: f.Path, Base64: content})
		}
	}
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	if err := e.Encode(l); err != nil {
		return "", errFailed.With(p.Name, "packed", reason(err)).Because(err)
	}
	var packed bytes.Buffer
	w, _ := flate.NewWriter(&packed, flate.BestCompression) // a level that there is
	w.Write(text.Bytes())
	w.Close()
	link := linkMark + base64.RawURLEncoding.EncodeToString(packed.Bytes())
	if len(link) > MaxLink || text.Len() > maxUnpackedLink {
		return "", errLinkTooLarge.With(MaxLink >> 10)
	}
	return link, nil
}

// IsLink tells whether a text is, or has in it, a link that contains a project.
func IsLink(text string) bool { return strings.Contains(text, linkMark) }

// ReadLink takes apart a link that contains a project, whatever address it begins with.
func ReadLink(text string) (*Bundle, error) {
	_, code, found := strings.Cut(text, linkMark)
	if !found {
		return nil, errNoLink
	}
	code = strings.Map(func(r rune) rune { // as mail programs break it
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, code)
	if len(code) > MaxLink {
		return nil, errLinkTooLarge.With(MaxLink >> 10)
	}
	b, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(code, "="))
	if err != nil {
		return nil, errLinkDamaged.Because(err)
	}
	unpacked, err := io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(b)), maxUnpackedLink+1))
	if len(unpacked) > maxUnpackedLink {
		return nil, errLinkTooLarge.With(MaxLink >> 10)
	}
	if err != nil {
		return nil, errLinkDamaged.Because(err)
	}
	var l linked
	d := json.NewDecoder(bytes.NewReader(unpacked))
	if err := d.Decode(&l); err != nil {
		return nil, errLinkDamaged.Because(err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errLinkDamaged
	}
	if len(l.Files) > MaxFiles {
		return nil, errTooManyFiles.With(MaxFiles)
	}
	var entries []packed
	for _, f := range l.Files {
		content := f.Base64
		if len(content) == 0 {
			content = []byte(f.Text)
		}
		entries = append(entries, packed{name: f.Path, size: int64(len(content)), read: func(int64) ([]byte, error) { return content, nil }})
	}
	return bundle(l.Title, entries)
}

// ReadBundle takes apart what somebody has sent: a zip, or a link.
func ReadBundle(name string, content []byte) (*Bundle, error) {
	if len(content) < 4*MaxLink && IsLink(string(content)) && !bytes.HasPrefix(content, []byte("PK")) {
		return ReadLink(string(content))
	}
	return ReadZip(name, content)
}
