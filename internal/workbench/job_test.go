package workbench

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"studioide/internal/api"
	"studioide/internal/recording"
)

// anHour is a recording that sends its message an hour after its beginning.
const anHour = `{"time":1700000000000,"from":"console","conn":1,"kind":"close"}
{"time":1700003600000,"from":"console","conn":1,"kind":"sent","data":"x","size":1}
`

// What goes on beside actions is known to a page that comes new, and ends with the project or the board that it works with.
func TestJobsEnd(t *testing.T) {
	b := open(t)
	second := must(b.CreateProject("echo", "Second", "")).Name
	first := must(b.CreateProject("echo", "First", "")).Name
	b.plugIn()
	for _, c := range []struct {
		what   string
		change func() error
		want   string
	}{
		{"the board as ever", func() error { return b.SelectPort("cable") }, "tests running, load running, replay running"},
		{"another name", func() error { return b.RenameProject(first, "Renamed") }, "no tests, load running, no replay"},
		{"another project", func() error { return b.OpenProject(second) }, "no tests, load running, no replay"},
		{"another board", func() error { return b.SelectPort("virtual:") }, "tests cancelled, load cancelled, replay cancelled"},
	} {
		if b.tests.idle() == nil {
			b.WriteFile("", "", "tests/waits.json", []byte(`{"steps":[{"wait":"1 min"}]}`), "")
			must(b.RunTests(api.RunTests{Paths: []string{"tests/waits.json"}}))
		}
		if b.loads.idle() == nil {
			must(b.loads.begin(func(n int) api.Load { return api.Load{ID: n, State: "running"} }, func(ctx context.Context) func(*api.Load) {
				<-ctx.Done()
				return func(l *api.Load) { l.State = "cancelled" }
			}))
		}
		if b.replaying.idle() == nil {
			must(b.Replay(t.Context(), must(b.ImportRecording(t.Context(), "heard", strings.NewReader(anHour))).ID, 1))
		}
		if got, want := jobs(b), "tests running, load running, replay running"; got != want {
			t.Errorf("%s: before, a new page hears of %s, want %s", c.what, got, want)
		}
		if err := c.change(); err != nil {
			t.Fatalf("%s: %v", c.what, err)
		}
		if got := jobs(b); got != c.want {
			t.Errorf("%s: then of %s, want %s", c.what, got, c.want)
		}
		for what, idle := range map[string]bool{"tests": b.tests.idle() == nil, "load": b.loads.idle() == nil, "replay": b.replaying.idle() == nil} {
			if running := strings.Contains(c.want, what+" running"); running == idle {
				t.Errorf("%s: another run of the %s can begin: %v", c.what, what, idle)
			}
		}
	}
}

// jobs is what a new page hears of them.
func jobs(b *table) string {
	s := b.Snapshot()
	tests, load, replay := "no tests", "no load", "no replay"
	if s.Tests != nil {
		tests = "tests " + s.Tests.State
	}
	if s.Load != nil {
		load = "load " + s.Load.State
	}
	if s.Replay != nil {
		replay = "replay " + s.Replay.State
	}
	return fmt.Sprintf("%s, %s, %s", tests, load, replay)
}

// A replay in which nothing comes back, however it ends, leaves no recording behind.
func TestReplayOfNothing(t *testing.T) {
	b := open(t)
	b.plugIn()
	for _, c := range []struct{ name, content, state, code string }{
		{"heard", `{"time":1700000000000,"from":"console","conn":1,"kind":"received","data":"x","size":1}`, "failed", "recording.nothing-sent"},
		{"later", anHour, "cancelled", ""},
	} {
		r := must(b.ImportRecording(t.Context(), c.name, strings.NewReader(c.content)))
		must(b.Replay(t.Context(), r.ID, 1))
		if c.state == "cancelled" {
			if err := b.CancelReplay(); err != nil {
				t.Fatal(err)
			}
		}
		end := b.hear("the end of the replay", func(e api.Event) bool { return e.Replay != nil && e.Replay.State != "running" }).Replay
		code := ""
		if end.Problem != nil {
			code = end.Problem.Code
		}
		if end.State != c.state || code != c.code || end.ID != "" || end.Of != r.ID {
			t.Errorf("%s: %+v", c.name, end)
		}
		list := must(b.Recordings(t.Context())).Recordings
		for _, left := range list {
			if left.Of != "" {
				t.Errorf("%s: %+v is left", c.name, left)
			}
		}
		wantProblem(t, "to cancel it again", b.CancelReplay(), "action.over")
	}
}

// A recording is opened once for all who look at it, and nothing else waits for that.
func TestOpenRecordingOnce(t *testing.T) {
	b := open(t)
	first := must(b.Project()).Name
	second := must(b.CreateProject("echo", "Second", "")).Name
	if err := b.OpenProject(first); err != nil {
		t.Fatal(err)
	}
	large := must(b.ImportRecording(t.Context(), "large", strings.NewReader(anHour)))
	small := must(b.ImportRecording(t.Context(), "small", strings.NewReader(anHour)))
	var opened atomic.Int32
	begun, may := make(chan struct{}, 10), make(chan struct{})
	store := must(b.recordingStore(false))
	defer store.Close()
	b.recordings.open = func(ctx context.Context, id string, active *recording.Writer) (*recording.Reader, error) {
		if id == large.ID {
			opened.Add(1)
			begun <- struct{}{}
			select {
			case <-may:
			case <-ctx.Done():
				return nil, ctx.Err()
			}
		}
		return store.Open(ctx, id, active)
	}
	ask := func(ctx context.Context, id string) error {
		got, err := b.Recorded(ctx, api.AskRecorded{ID: id, N: 10})
		if err == nil && got.Count != 2 {
			err = fmt.Errorf("%+v", got)
		}
		return err
	}
	answers := make(chan error, 3)
	gone, leave := context.WithCancel(t.Context())
	go func() { answers <- ask(gone, large.ID) }()
	<-begun
	for range 2 {
		go func() { answers <- ask(t.Context(), large.ID) }()
	}
	leave() // the others still want it
	if err := <-answers; err == nil {
		t.Error("a request that was taken back is answered")
	}
	// Meanwhile others are looked at, and recording begins and ends.
	if err := ask(t.Context(), small.ID); err != nil {
		t.Error(err)
	}
	must(b.StartRecording(""))
	must(b.StopRecording())
	close(may)
	for range 2 {
		if err := <-answers; err != nil {
			t.Error(err)
		}
	}
	if err := ask(t.Context(), large.ID); err != nil {
		t.Error(err)
	}
	if n := opened.Load(); n != 1 {
		t.Errorf("it was opened %d times", n)
	}
	// Another project does not wait for one that is being opened.
	if err := b.RenameRecording(large.ID, "another"); err != nil {
		t.Fatal(err)
	}
	may = make(chan struct{})
	go func() { answers <- ask(t.Context(), large.ID) }()
	<-begun
	if err := b.OpenProject(second); err != nil {
		t.Fatal(err)
	}
	wantProblem(t, "a recording of the project that was left", <-answers, "cancelled")
}

// Only what was sent counts for {{n}}.
func TestSendNamedCounts(t *testing.T) {
	b := open(t)
	b.plugIn()
	must(b.WriteFile("", "", "tests/counts.json", []byte(`{"messages":{"Count":"{{n}}"},"steps":[]}`), ""))
	for range 3 {
		wantProblem(t, "no connection", b.SendNamed(api.SendNamed{Path: "tests/counts.json", Name: "Count", Conn: 1}), "socket.closed")
	}
	if n := b.tests.sent.next("tests/counts.json\nCount"); n != 1 {
		t.Errorf("the first that is sent is number %d", n)
	}
}
