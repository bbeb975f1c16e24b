package recording

import (
	"context"
	"encoding/json"
	"os"

	"studioide/internal/api"
	"studioide/ui/src/words/say"
)

// Reader reads a recording, also one that is under way. It is safe for concurrent use; Close lets go of its folder.
type Reader struct {
	id     string
	dir    *os.Root
	ix     *index
	active *Writer // nil: it is over
	about  About
}

// Open opens a recording. active is the one under way, or nil.
func (s Store) Open(ctx context.Context, id string, active *Writer) (*Reader, error) {
	if active != nil && active.ID() != id {
		active = nil
	}
	dir, err := s.open(id)
	if err != nil {
		return nil, err
	}
	r := &Reader{id: id, dir: dir, active: active}
	if active != nil {
		r.ix = active.ix
		return r, nil
	}
	r.about = readAbout(dir, id)
	if r.ix, err = scan(ctx, dir); err != nil {
		dir.Close()
		return nil, folder(err)
	}
	r.ix.into(&r.about)
	return r, nil
}

// ID is the recording's.
func (r *Reader) ID() string { return r.id }

// About is what is known of it.
func (r *Reader) About() About {
	if r.active != nil {
		return r.active.About()
	}
	return r.about
}

// Range is the numbers of the first line and of the one after the last.
func (r *Reader) Range() (first, end int64) {
	var a About
	r.ix.into(&a)
	return a.First, a.First + a.Messages
}

// Each gives the messages from number from on and before number end, in their order. An error of do ends it, and is what it
// returns. A line that is no message is given as an error that says so. What do is given is its own.
func (r *Reader) Each(ctx context.Context, from, end int64, do func(*api.Message) error) (err error) {
	unread := r.ix.each(ctx, r.dir, from, func(seq int64, line []byte) bool {
		if seq >= end {
			return false
		}
		m, _ := decodeLine(seq, line)
		err = do(&m)
		return err == nil
	})
	if err != nil {
		return err
	}
	return folder(unread)
}

// All is Each of the messages that there are at its beginning.
func (r *Reader) All(ctx context.Context, do func(*api.Message) error) error {
	first, end := r.Range()
	return r.Each(ctx, first, end, do)
}

// Message is the one with that number; false when there is none.
func (r *Reader) Message(ctx context.Context, seq int64) (m api.Message, ok bool, err error) {
	err = r.Each(ctx, seq, seq+1, func(got *api.Message) error {
		m, ok = *got, true
		return nil
	})
	return m, ok, err
}

// Close lets go of the folder.
func (r *Reader) Close() error { return r.dir.Close() }

// decodeLine reads a line; nil is one that is too long. Of one that is no message it says so, and false.
func decodeLine(seq int64, line []byte) (m api.Message, ok bool) {
	if line == nil || json.Unmarshal(line, &m) != nil || m.Kind == "" {
		text := say.RecordingDamagedLine(int(seq))
		return api.Message{Seq: seq, Kind: "error", Data: text, Size: len(text), Millis: -1}, false
	}
	m.Seq = seq
	return m, true
}
