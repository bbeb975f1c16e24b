package workbench

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"studioide/internal/api"
	"studioide/internal/bridge"
	"studioide/internal/problem"
	"studioide/internal/project"
	"studioide/internal/recording"
)

// recordings are those of the open project: the one under way, and the one that pages look at.
type recordings struct {
	active atomic.Pointer[recording.Writer]
	open   func(context.Context, string, *recording.Writer) (*recording.Reader, error) // Store.Open; tests have recordings that take long

	mu     sync.Mutex // one begins or ends at a time, and the project does not change meanwhile; taken before Workbench.mu
	store  recording.Store
	opened []*openedRecording // of the open project: those that were looked at last, the last one at the end
	ended  chan struct{}      // closed when the one under way is over
}

// openedRecording is kept with what filters have found, as long as it is one of the last that were looked at. Until ready
// is closed its lines are being counted, which takes minutes for a large one; then it has a Reader, or a failure.
type openedRecording struct {
	*recording.Reader
	id     string
	of     *project.Project
	ready  chan struct{}
	failed error
	cancel context.CancelFunc // of the counting

	// guarded by recordings.mu
	queries map[recordingFilter]*recording.Query
	order   []recordingFilter // the oldest first
	users   int
	dropped bool
}

type recordingFilter struct{ text, kind string }

const (
	keptOpened   = 4 // several pages may look at different ones, and a comparison looks at two
	keptQueries  = 4
	searchStep   = 150 * time.Millisecond // a page asks again until all is looked at
	mostRecorded = 500                    // messages of one answer
)

// record takes every message that a session logs. It must not block.
func (r *recordings) record(m api.Message) {
	if w := r.active.Load(); w != nil {
		w.Add(m)
	}
}

// recordingStore opens the open project's recordings. The caller closes it.
func (w *Workbench) recordingStore(make bool) (recording.Store, error) {
	p, err := w.Project()
	if err != nil {
		return recording.Store{}, err
	}
	return recordingsOf(p, make)
}

func recordingsOf(p *project.Project, make bool) (recording.Store, error) {
	dir, err := p.Recordings(make)
	return recording.Store{Dir: dir}, err
}

// StartRecording begins to record what consoles and pages see, until it is stopped, the project is closed or the disk is full.
func (w *Workbench) StartRecording(name string) (api.Recording, error) {
	r := &w.recordings
	r.mu.Lock()
	defer r.mu.Unlock()
	if a := r.active.Load(); a != nil { // another page was first
		return wireRecording(a.About()), nil
	}
	store, err := w.recordingStore(true)
	if err != nil {
		return api.Recording{}, err
	}
	ended := make(chan struct{})
	a, err := store.Start(recording.Config{Name: name, Board: w.boardName(), Ended: w.recordingFailed})
	if err != nil {
		store.Close()
		return api.Recording{}, err
	}
	r.store, r.ended = store, ended
	r.active.Store(a)
	w.jobs.Go(func() { w.tellRecording(a, ended) })
	w.publishRecording()
	return wireRecording(a.About()), nil
}

func (w *Workbench) boardName() string {
	if s := w.board(); s != nil {
		return s.State().Name
	}
	return ""
}

// tellRecording tells pages once a second how much there is, if it has become more.
func (w *Workbench) tellRecording(a *recording.Writer, ended chan struct{}) {
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	told := int64(0)
	for {
		select {
		case <-ended:
			return
		case <-w.ctx.Done():
			return
		case <-ticker.C:
			if about := a.About(); about.Messages != told && about.End == recording.Running {
				told = about.Messages
				w.publishRecording()
			}
		}
	}
}

func (w *Workbench) publishRecording() {
	state := w.recordingState()
	w.hub.Publish(api.Event{Recording: &state})
}

// recordingState is the recording under way; without an ID there is none.
func (w *Workbench) recordingState() api.Recording {
	if a := w.recordings.active.Load(); a != nil {
		return wireRecording(a.About())
	}
	return api.Recording{}
}

// recordingFailed is called when a recording has ended because of the disk.
func (w *Workbench) recordingFailed(which recording.About, why *problem.Problem) {
	w.log.Warn("the recording has ended", "err", why)
	r := &w.recordings
	r.mu.Lock()
	if a := r.active.Load(); a != nil && a.ID() == which.ID { // not one that was begun meanwhile
		w.endRecordingLocked(recording.Failed) // it is over already; its own reason stays
	}
	r.mu.Unlock()
	w.hub.Publish(api.Event{Notice: &api.Notice{Level: "error", Problem: why}})
}

// StopRecording ends the recording under way.
func (w *Workbench) StopRecording() (api.Recording, error) {
	w.recordings.mu.Lock()
	defer w.recordings.mu.Unlock()
	about, ok := w.endRecordingLocked(recording.Stopped)
	if !ok {
		return api.Recording{}, recording.ErrNone
	}
	return wireRecording(about), nil
}

// leaveRecordingsLocked lets go of all that the open project's recordings hold; the recordings' lock is held.
func (w *Workbench) leaveRecordingsLocked() {
	w.recordings.leaveLocked()
	w.endRecordingLocked(recording.Closed)
}

// endRecordingLocked ends the recording under way, if there is one; the recordings' lock is held.
func (w *Workbench) endRecordingLocked(why recording.End) (recording.About, bool) {
	r := &w.recordings
	a := r.active.Swap(nil)
	if a == nil {
		return recording.About{}, false
	}
	about := a.Stop(why)
	r.store.Close()
	close(r.ended)
	w.publishRecording()
	return about, true
}

// Recordings lists those of the open project.
func (w *Workbench) Recordings(ctx context.Context) (api.Recordings, error) {
	all := api.Recordings{Most: recording.MostRecordings, Days: int(recording.KeptRemoved / (24 * time.Hour))}
	store, err := w.recordingStore(false)
	if errors.Is(err, fs.ErrNotExist) {
		return all, nil
	}
	if err != nil {
		return all, err
	}
	defer store.Close()
	list, err := store.List(ctx, w.recordings.active.Load())
	for _, a := range list {
		all.Recordings = append(all.Recordings, wireRecording(a))
	}
	return all, err
}

func wireRecording(a recording.About) api.Recording {
	return api.Recording{ID: a.ID, Name: a.Name, Board: a.Board, Started: a.Started, Millis: a.Millis, Messages: a.Messages, First: a.First, Size: a.Size, End: string(a.End), Of: a.Of}
}

// withRecordings does something with the open project's recordings.
func (w *Workbench) withRecordings(do func(recording.Store) error) error {
	store, err := w.recordingStore(false)
	if errors.Is(err, fs.ErrNotExist) {
		return recording.ErrMissing
	}
	if err != nil {
		return err
	}
	defer store.Close()
	return do(store)
}

// RenameRecording gives a recording another name.
func (w *Workbench) RenameRecording(id, name string) error {
	active := w.recordings.active.Load()
	err := w.withRecordings(func(s recording.Store) error { return s.Rename(id, name, active) })
	w.recordings.forget(id)
	if err == nil && active != nil && active.ID() == id {
		w.publishRecording()
	}
	return err
}

// RemoveRecording puts a recording out of sight.
func (w *Workbench) RemoveRecording(id string) error {
	defer w.recordings.forget(id)
	return w.withRecordings(func(s recording.Store) error { return s.Remove(id, w.recordings.active.Load()) })
}

// RestoreRecording brings a removed recording back.
func (w *Workbench) RestoreRecording(id string) error {
	return w.withRecordings(func(s recording.Store) error { return s.Restore(id) })
}

// ImportRecording makes a recording of a file from elsewhere.
func (w *Workbench) ImportRecording(ctx context.Context, name string, from io.Reader) (api.Recording, error) {
	store, err := w.recordingStore(true)
	if err != nil {
		return api.Recording{}, err
	}
	defer store.Close()
	name = strings.TrimSuffix(path.Base(strings.ReplaceAll(name, `\`, "/")), path.Ext(name))
	a, err := store.Import(ctx, name, from)
	return wireRecording(a), err
}

// openRecording gives a recording to be read; done lets go of it. Who comes while it is being opened waits for the same.
func (w *Workbench) openRecording(ctx context.Context, id string) (o *openedRecording, done func(), err error) {
	r := &w.recordings
	r.mu.Lock()
	o = r.findLocked(id)
	if o == nil {
		if o, err = w.beginOpeningLocked(id); err != nil {
			r.mu.Unlock()
			return nil, nil, err
		}
	}
	o.users++
	r.mu.Unlock()
	done = func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		o.users--
		o.closeUnusedLocked()
	}
	select {
	case <-o.ready:
		err = o.failed
	case <-ctx.Done():
		err = ctx.Err()
	}
	if err != nil {
		done()
		return nil, nil, err
	}
	return o, done, nil
}

// findLocked is the one of that name that is kept, which becomes the one that was looked at last; nil: it is not.
func (r *recordings) findLocked(id string) *openedRecording {
	for i, o := range r.opened {
		if o.id == id {
			r.opened = append(slices.Delete(r.opened, i, i+1), o)
			return o
		}
	}
	return nil
}

// beginOpeningLocked begins to open a recording, and keeps it in the place of the one that was looked at longest ago. It
// ends with the last who waits for it only when it is not kept any more.
func (w *Workbench) beginOpeningLocked(id string) (*openedRecording, error) {
	r := &w.recordings
	p, err := w.Project()
	if err != nil {
		return nil, err
	}
	store, err := recordingsOf(p, false)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, recording.ErrMissing
	}
	if err != nil {
		return nil, err
	}
	active := r.active.Load()
	ctx, cancel := context.WithCancel(w.ctx)
	o := &openedRecording{id: id, of: p, ready: make(chan struct{}), cancel: cancel, queries: map[recordingFilter]*recording.Query{}}
	if len(r.opened) == keptOpened {
		r.dropLocked(r.opened[0])
	}
	r.opened = append(r.opened, o)
	w.jobs.Go(func() {
		defer store.Close()
		defer cancel()
		open := store.Open
		if r.open != nil {
			open = r.open
		}
		reader, err := open(ctx, id, active)
		r.mu.Lock()
		defer r.mu.Unlock()
		if o.Reader, o.failed = reader, err; err != nil {
			r.dropLocked(o) // whoever comes next tries again
		}
		close(o.ready)
		o.closeUnusedLocked()
	})
	return o, nil
}

// dropLocked keeps a recording no longer. Who uses it goes on.
func (r *recordings) dropLocked(o *openedRecording) {
	r.opened = slices.DeleteFunc(r.opened, func(x *openedRecording) bool { return x == o })
	o.dropped = true
	o.closeUnusedLocked()
}

// leaveLocked lets go of all that are kept, also of those that are being opened.
func (r *recordings) leaveLocked() {
	for _, o := range slices.Clone(r.opened) {
		r.dropLocked(o)
		o.cancel()
	}
}

// forget makes a recording be opened anew: what is known of it has changed.
func (r *recordings) forget(id string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if o := r.findLocked(id); o != nil {
		r.dropLocked(o)
	}
}

func (o *openedRecording) closeUnusedLocked() {
	if !o.dropped || o.users > 0 {
		return
	}
	o.cancel()
	if o.Reader != nil {
		o.Close()
	}
}

// queryLocked is the query for a filter; the recordings' lock is held.
func (o *openedRecording) queryLocked(text, kind string) *recording.Query {
	f := recordingFilter{text, kind}
	q := o.queries[f]
	if q == nil {
		if len(o.order) == keptQueries {
			delete(o.queries, o.order[0])
			o.order = o.order[1:]
		}
		q = o.NewQuery(text, kind)
		o.queries[f], o.order = q, append(o.order, f)
	}
	return q
}

// Recorded gives some messages of a recording.
func (w *Workbench) Recorded(ctx context.Context, ask api.AskRecorded) (out api.RecordedMessages, err error) {
	o, done, err := w.openRecording(ctx, ask.ID)
	if err != nil {
		return out, err
	}
	defer done()
	w.recordings.mu.Lock()
	q := o.queryLocked(ask.Text, ask.Kind)
	w.recordings.mu.Unlock()
	if out.Done, err = q.Advance(ctx, searchStep); err != nil {
		return out, err
	}
	n := min(max(ask.N, 0), mostRecorded)
	if ask.From < 0 {
		last, err := q.Window(ctx, 0, 0)
		if err != nil {
			return out, err
		}
		ask.From = max(0, last.Total-int64(n))
	}
	found, err := q.Window(ctx, ask.From, n)
	for _, m := range found.Messages {
		out.Messages = append(out.Messages, bridge.Cut(m))
	}
	out.From, out.Total, out.Scanned, out.Count = ask.From, found.Total, found.Scanned, found.Count
	return out, err
}

// RecordedMessage gives one message of a recording, whole.
func (w *Workbench) RecordedMessage(ctx context.Context, id string, seq int64) (api.Message, error) {
	o, done, err := w.openRecording(ctx, id)
	if err != nil {
		return api.Message{}, err
	}
	defer done()
	m, ok, err := o.Message(ctx, seq)
	if err == nil && !ok {
		err = recording.ErrMissing
	}
	return m, err
}

// ExportRecording writes a recording as "jsonl", "csv" or "har". begin is called with its name before the first byte.
func (w *Workbench) ExportRecording(ctx context.Context, id, form string, to io.Writer, begin func(name string)) error {
	o, done, err := w.openRecording(ctx, id)
	if err != nil {
		return err
	}
	defer done()
	about := o.About()
	begin(about.Name)
	switch form {
	case "csv":
		return o.WriteCSV(ctx, to)
	case "har":
		return o.WriteHAR(ctx, to, harHost(about.Board), w.config.Version)
	}
	return o.WriteJSONL(ctx, to)
}

// harHost stands for the board in a HAR's addresses: its name, as names of hosts are written.
func harHost(board string) string {
	var b strings.Builder
	for _, c := range strings.ToLower(board) {
		switch {
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9':
			b.WriteRune(c)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	if host := strings.Trim(b.String(), "-"); host != "" {
		return host + ".local"
	}
	return "board.local"
}
