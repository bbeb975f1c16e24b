package recording

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"studioide/internal/lazyregexp"
	"studioide/internal/problem"
)

// About is what is known of a recording without reading it.
type About struct {
	ID       string `json:"-"`    // its folder's name
	Name     string `json:"name"` // what people call it
	Board    string `json:"board,omitempty"`
	Started  int64  `json:"started"`  // Unix milliseconds
	Millis   int64  `json:"millis"`   // from its beginning to its end
	Messages int64  `json:"messages"` // lines that it has
	First    int64  `json:"first"`    // number of the first of them; 1, unless the oldest have gone because there was too much
	Size     int64  `json:"size"`     // bytes
	End      End    `json:"end"`
	Of       string `json:"of,omitempty"`      // the recording that was replayed
	Removed  int64  `json:"removed,omitempty"` // when it was removed; Unix milliseconds
}

// Store is the recordings of one project. Dir is their folder, a root of their own; Close lets go of it. It has no state:
// all methods may be called from anywhere.
type Store struct {
	Dir *os.Root
}

const (
	aboutFile = "about.json"
	maxAbout  = 64 << 10
	maxName   = 100 // letters
	// MostRecordings is how many a project may have; removed ones count.
	MostRecordings = 500
	// KeptRemoved is how long a removed recording can be brought back.
	KeptRemoved = 30 * 24 * time.Hour
)

var idForm = lazyregexp.New(`^[0-9]{8}-[0-9]{6}-[0-9a-f]{8}$`)

// Start begins a recording.
func (s Store) Start(c Config) (*Writer, error) { return s.start(c, "") }

func (s Store) start(c Config, of string) (*Writer, error) {
	now := time.Now
	if c.now != nil {
		now = c.now
	}
	at := now()
	c.Name = strings.TrimSpace(c.Name)
	if c.Name == "" {
		c.Name = at.Format("2006-01-02 15:04:05")
	}
	if err := checkName(c.Name); err != nil {
		return nil, err
	}
	if n, err := s.count(); err != nil {
		return nil, folder(err)
	} else if n >= MostRecordings {
		return nil, errTooMuch.With(MostRecordings)
	}
	var b [4]byte
	rand.Read(b[:])
	about := About{ID: at.UTC().Format("20060102-150405") + "-" + hex.EncodeToString(b[:]), Name: c.Name, Board: c.Board,
		Started: at.UnixMilli(), First: 1, Of: of}
	if err := s.Dir.Mkdir(about.ID, 0o755); err != nil {
		return nil, folder(err)
	}
	dir, err := s.Dir.OpenRoot(about.ID)
	if err != nil {
		return nil, folder(err)
	}
	err = saveAbout(dir, about)
	var w *Writer
	if err == nil {
		w, err = newWriter(dir, about, c)
	}
	if err != nil {
		dir.Close()
		s.Dir.RemoveAll(about.ID)
		return nil, folder(err)
	}
	return w, nil
}

func folder(err error) error {
	var known *problem.Problem
	switch {
	case err == nil || errors.Is(err, context.Canceled): // the latter is no fault of the folder's
		return err
	case errors.As(err, &known):
		return err
	case isFull(err):
		return errFull.Because(err)
	}
	p := explain(err)
	return errFolder.With(p.Cause.Error()).Because(err)
}

func checkName(name string) error {
	control := func(r rune) bool { return r < 0x20 || r == 0x7f }
	if name == "" || !utf8.ValidString(name) || utf8.RuneCountInString(name) > maxName || strings.ContainsFunc(name, control) {
		return errBadName.With(maxName)
	}
	return nil
}

func (s Store) count() (int, error) {
	ids, err := s.ids()
	return len(ids), err
}

// ids are the recordings' folders, newest first.
func (s Store) ids() ([]string, error) {
	entries, err := fs.ReadDir(s.Dir.FS(), ".")
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, e := range entries {
		if e.IsDir() && idForm().MatchString(e.Name()) {
			ids = append(ids, e.Name())
		}
	}
	slices.Sort(ids)
	slices.Reverse(ids)
	return ids[:min(len(ids), 2*MostRecordings)], nil
}

// open opens a recording's folder.
func (s Store) open(id string) (*os.Root, error) {
	if !idForm().MatchString(id) {
		return nil, ErrMissing
	}
	if info, err := s.Dir.Lstat(id); err != nil || !info.IsDir() {
		return nil, ErrMissing.Because(err)
	}
	dir, err := s.Dir.OpenRoot(id)
	if err != nil {
		return nil, ErrMissing.Because(err)
	}
	return dir, nil
}

// List is what is there, newest first, without what is removed. active is the recording under way, which knows more of
// itself than the disk; it may be nil. One whose end is not known gets it now. What was removed long ago goes for good.
func (s Store) List(ctx context.Context, active *Writer) ([]About, error) {
	ids, err := s.ids()
	if err != nil {
		return nil, folder(err)
	}
	list := []About{}
	for _, id := range ids {
		if active != nil && active.ID() == id {
			list = append(list, active.About())
			continue
		}
		a, err := s.about(ctx, id)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		switch {
		case err != nil: // somebody has put something else there
		case a.Removed == 0:
			list = append(list, a)
		case time.Since(time.UnixMilli(a.Removed)) > KeptRemoved:
			s.Dir.RemoveAll(id)
		}
	}
	slices.SortStableFunc(list, func(a, b About) int { return cmp.Compare(b.Started, a.Started) })
	return list, nil
}

// About is what is known of one recording that is over.
func (s Store) about(ctx context.Context, id string) (About, error) {
	dir, err := s.open(id)
	if err != nil {
		return About{}, err
	}
	defer dir.Close()
	a := readAbout(dir, id)
	if a.End != Running {
		return a, nil
	}
	ix, err := scan(ctx, dir)
	if err != nil {
		return a, folder(err)
	}
	ix.into(&a)
	a.End = Broken
	if last, ok := lastTime(ctx, dir, ix); ok {
		a.Millis = max(0, last-a.Started)
	}
	saveAbout(dir, a) // where that fails, it is found out again
	return a, nil
}

// lastTime is when the last line was recorded.
func lastTime(ctx context.Context, dir *os.Root, ix *index) (at int64, ok bool) {
	ix.each(ctx, dir, ix.next()-1, func(seq int64, line []byte) bool {
		m, _ := decodeLine(seq, line)
		at, ok = m.Time, m.Time > 0
		return true
	})
	return at, ok
}

// readAbout is lenient: what is missing or damaged is found out, or left out.
func readAbout(dir *os.Root, id string) About {
	var a About
	if info, err := dir.Lstat(aboutFile); err == nil && info.Mode().IsRegular() && info.Size() < maxAbout {
		if b, err := dir.ReadFile(aboutFile); err == nil && json.Unmarshal(b, &a) != nil {
			a = About{}
		}
	}
	a.ID = id
	if at, err := time.Parse("20060102-150405", id[:15]); err == nil && (a.Started <= 0 || a.Started > latest) {
		a.Started = at.UnixMilli()
	}
	if checkName(a.Name) != nil {
		a.Name = id
	}
	if !slices.Contains([]End{Running, Stopped, Closed, Broken, Full, Failed, Imported, Replayed}, a.End) {
		a.End = Running
	}
	if len(a.Board) > 4*maxName || !utf8.ValidString(a.Board) {
		a.Board = ""
	}
	if !idForm().MatchString(a.Of) {
		a.Of = ""
	}
	if a.Millis < 0 || a.Millis > latest || a.Messages < 0 || a.First < 1 || a.Size < 0 {
		a.Millis, a.Messages, a.First, a.Size, a.End = 0, 0, 1, 0, Running
	}
	return a
}

const latest = 4102444800000 // Unix milliseconds: the year 2100. Who claims a later time has made it up.

// saveAbout puts about.json in the place of the one that is there.
func saveAbout(dir *os.Root, a About) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(a); err != nil {
		return err
	}
	const temp = aboutFile + ".new"
	dir.Remove(temp) // of a Studio that was killed
	f, err := dir.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(b.Bytes())
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = dir.Rename(temp, aboutFile)
	}
	if err != nil {
		dir.Remove(temp)
	}
	return err
}

// ID is the recording's name in its Store.
func (w *Writer) ID() string { return w.about.ID } // never changes

// Rename gives a recording another name. active is the one under way, or nil.
func (s Store) Rename(id, name string, active *Writer) error {
	name = strings.TrimSpace(name)
	if err := checkName(name); err != nil {
		return err
	}
	if active != nil && active.ID() == id {
		return folder(active.rename(name))
	}
	return s.change(id, func(a *About) { a.Name = name })
}

// Remove puts a recording out of sight; Restore brings it back.
func (s Store) Remove(id string, active *Writer) error {
	if active != nil && active.ID() == id {
		return errRunning
	}
	return s.change(id, func(a *About) { a.Removed = time.Now().UnixMilli() })
}

// Discard removes a recording for good: one that was begun for nothing and is over.
func (s Store) Discard(id string) error {
	if !idForm().MatchString(id) {
		return ErrMissing
	}
	return folder(s.Dir.RemoveAll(id))
}

// Restore brings a removed recording back.
func (s Store) Restore(id string) error { return s.change(id, func(a *About) { a.Removed = 0 }) }

func (s Store) change(id string, do func(*About)) error {
	a, err := s.about(context.Background(), id)
	if err != nil {
		return err
	}
	dir, err := s.open(id)
	if err != nil {
		return err
	}
	defer dir.Close()
	do(&a)
	return folder(saveAbout(dir, a))
}

// Close lets go of the folder.
func (s Store) Close() error { return s.Dir.Close() }

var _ io.Closer = Store{}
