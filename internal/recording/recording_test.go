package recording

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"studioide/internal/api"
	"studioide/internal/problem"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv("RECORDING_TEST_FOREVER"); dir != "" {
		recordForEver(dir)
	}
	os.Exit(m.Run())
}

func testStore(t testing.TB, dir string) Store {
	t.Helper()
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { root.Close() })
	return Store{Dir: root}
}

func start(t testing.TB, s Store, c Config) *Writer {
	t.Helper()
	w, err := s.Start(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.Stop(Stopped) })
	return w
}

func open(t testing.TB, s Store, id string, active *Writer) *Reader {
	t.Helper()
	r, err := s.Open(t.Context(), id, active)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r
}

func all(t testing.TB, r *Reader) (list []api.Message) {
	t.Helper()
	if err := r.All(t.Context(), func(m *api.Message) error { list = append(list, *m); return nil }); err != nil {
		t.Fatal(err)
	}
	return list
}

func wantCode(t testing.TB, err error, code, text string) {
	t.Helper()
	var p *problem.Problem
	if !errors.As(err, &p) || p.Code != code || !strings.Contains(p.Text, text) {
		t.Errorf("got %v; want %s with %q", err, code, text)
	}
}

// What was added comes back whole, with all its fields, also what no page gets: long texts, other programs' control characters.
func TestRecordAndRead(t *testing.T) {
	s := testStore(t, t.TempDir())
	w := start(t, s, Config{Name: " first try ", Board: "Virtual board"})
	want := []api.Message{
		{Time: 1000, From: "console", Conn: 1, Kind: "open", Data: "/ws", Size: 3, Millis: -1, Handshake: &api.Handshake{Request: "GET /ws HTTP/1.1\r\n\r\n"}},
		{Time: 1001, From: "console", Conn: 1, Kind: "sent", Data: "LEDon", Size: 5, Millis: -1},
		{Time: 1002, From: "page", Conn: 2, Kind: "received", Data: strings.Repeat("é\"\\\n\x00\u2028<", 100_000), Size: 1_000_000, Millis: 3},
		{Time: 1003, From: "page", Conn: 2, Kind: "received", Binary: true, Data: "AAEC", Size: 3, Millis: -1},
		{Time: 1004, From: "page", Kind: "log", Level: "warn", Data: "", Path: "www/led.html", Line: 3, Column: 4, Count: 2, Millis: -1},
		{Time: 1005, From: "console", Conn: 1, Kind: "close", Code: 1000, Data: "closed normally", Size: 15, Millis: -1, Closing: []api.CloseFrame{{Time: 1005, By: "board", Code: 1000}}},
	}
	for i := range want {
		m := want[i]
		m.Seq = 77 // the console's own number is not the recording's
		w.Add(m)
		want[i].Seq = int64(i + 1)
	}
	a := w.Stop(Stopped)
	if a.Name != "first try" || a.Messages != 6 || a.First != 1 || a.End != Stopped || a.Board != "Virtual board" {
		t.Errorf("%+v", a)
	}
	w.Add(want[0]) // too late: nothing happens
	r := open(t, s, a.ID, nil)
	if got := all(t, r); !reflect.DeepEqual(got, want) {
		t.Errorf("got %d messages, not those that were added", len(got))
	}
	if m, ok, err := r.Message(t.Context(), 3); err != nil || !ok || !reflect.DeepEqual(m, want[2]) {
		t.Errorf("%v %v", ok, err)
	}
	if _, ok, err := r.Message(t.Context(), 7); ok || err != nil {
		t.Errorf("a seventh: %v %v", ok, err)
	}
	list, err := s.List(t.Context(), nil)
	if err != nil || len(list) != 1 || list[0] != a {
		t.Errorf("%+v, %v; want %+v", list, err, a)
	}
}

// A recording is read while it goes on.
func TestReadWhileRecording(t *testing.T) {
	s := testStore(t, t.TempDir())
	w := start(t, s, Config{PartSize: 2000})
	r := open(t, s, w.ID(), w)
	q := r.NewQuery("five", "")
	for n := 1; n <= 300; n++ {
		text := "x"
		if n%5 == 0 {
			text = "Five"
		}
		w.Add(api.Message{Time: int64(n), Kind: "received", Data: text})
	}
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(time.Millisecond) {
		if _, err := q.Advance(t.Context(), time.Second); err != nil {
			t.Fatal(err)
		}
		found, err := q.Window(t.Context(), 50, 100)
		if err != nil {
			t.Fatal(err)
		}
		if found.Total == 60 && found.Count == 300 && len(found.Messages) == 10 && found.Messages[0].Seq == 255 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("%+v", found)
		}
	}
	if a := w.About(); a.End != Running || a.Messages != 300 {
		t.Errorf("%+v", a)
	}
	if err := s.Remove(w.ID(), w); err == nil {
		t.Error("a recording under way was removed")
	}
	if err := s.Rename(w.ID(), "other", w); err != nil || w.About().Name != "other" {
		t.Error(err)
	}
	if a := w.Stop(Stopped); a.Name != "other" {
		t.Errorf("%+v", a)
	}
}

// When there is too much the oldest part goes; the others keep their numbers.
func TestRotation(t *testing.T) {
	dir := t.TempDir()
	s := testStore(t, dir)
	w := start(t, s, Config{PartSize: 10_000, Most: 50_000})
	const n = 2000
	for i := range n {
		w.Add(api.Message{Time: int64(i + 1), Kind: "received", Data: strconv.Itoa(i + 1)})
		if i%50 == 0 {
			time.Sleep(together / 25) // several writes
		}
	}
	a := w.Stop(Stopped)
	if a.First == 1 || a.First+a.Messages != n+1 || a.Size > 50_000 || a.Size < 30_000 {
		t.Errorf("%+v", a)
	}
	size := int64(0)
	files, _ := filepath.Glob(filepath.Join(dir, a.ID, "*.jsonl"))
	for _, f := range files {
		info, err := os.Stat(f)
		if err != nil {
			t.Fatal(err)
		}
		size += info.Size()
	}
	if size != a.Size {
		t.Errorf("%d bytes on the disk, %d are told", size, a.Size)
	}
	r := open(t, s, a.ID, nil)
	list := all(t, r)
	if int64(len(list)) != a.Messages {
		t.Fatalf("%d of %d", len(list), a.Messages)
	}
	for i, m := range list {
		if m.Seq != a.First+int64(i) || m.Data != strconv.FormatInt(m.Seq, 10) {
			t.Fatalf("%d: %+v", i, m)
		}
	}
	found, err := r.NewQuery("", "").Window(t.Context(), a.Messages-3, 10)
	if err != nil || len(found.Messages) != 3 || found.Messages[2].Data != strconv.Itoa(n) {
		t.Errorf("%+v %v", found, err)
	}
}

// small is a disk of so many bytes.
type small struct {
	*os.File
	left *int
}

func (f small) Write(b []byte) (int, error) {
	n := min(len(b), *f.left)
	*f.left -= n
	k, err := f.File.Write(b[:n])
	if err == nil && k < len(b) {
		err = &os.PathError{Op: "write", Err: diskIsFull}
	}
	return k, err
}

var diskIsFull error = syscall.ENOSPC

// On a full disk the recording ends with its last whole line, and says so.
func TestFullDisk(t *testing.T) {
	if !isFull(diskIsFull) {
		t.Skip("this system has another number for it")
	}
	for _, left := range []int{0, 1, 5000, 5001, 5050, 100_000} {
		told := make(chan *problem.Problem, 1)
		s := testStore(t, t.TempDir())
		w := start(t, s, Config{PartSize: 30_000, Ended: func(_ About, p *problem.Problem) { told <- p },
			create: func(root *os.Root, name string) (file, error) {
				f, err := root.Create(name)
				return small{f, &left}, err
			}})
		before := left
		for i := range 3000 {
			w.Add(api.Message{Time: int64(i + 1), Kind: "received", Data: strconv.Itoa(i + 1)})
		}
		wantCode(t, <-told, "disk.full", "is whole")
		a := w.Stop(Stopped)
		if a.End != Full || a.Size > int64(before) || a.Size < int64(before)-200 {
			t.Errorf("%d bytes: %+v", before, a)
		}
		r := open(t, s, a.ID, nil)
		list := all(t, r)
		if int64(len(list)) != a.Messages || len(list) > 0 && list[len(list)-1].Data != strconv.Itoa(len(list)) {
			t.Errorf("%d bytes: %d messages of %d", before, len(list), a.Messages)
		}
		files, _ := filepath.Glob(filepath.Join(s.Dir.Name(), a.ID, "*.jsonl"))
		for _, name := range files {
			if b, err := os.ReadFile(name); err != nil || len(b) > 0 && b[len(b)-1] != '\n' {
				t.Errorf("%d bytes: half a line is left: %v", before, err)
			}
		}
	}
}

// A disk that is too slow loses messages, and the recording says how many.
func TestSlowDisk(t *testing.T) {
	s := testStore(t, t.TempDir())
	hold := make(chan struct{})
	w := start(t, s, Config{Queue: 10_000, create: func(root *os.Root, name string) (file, error) {
		f, err := root.Create(name)
		return slow{f, hold}, err
	}})
	const n = 1000
	for i := range n {
		w.Add(api.Message{Time: int64(i + 1), Kind: "received", Data: "x"})
	}
	close(hold)
	a := w.Stop(Stopped)
	list := all(t, open(t, s, a.ID, nil))
	kept, missing := 0, 0
	for _, m := range list {
		if m.Kind == "received" {
			kept++
			continue
		}
		var k int
		fmt.Sscanf(m.Data, "%d messages are missing", &k)
		missing += k
	}
	if kept == 0 || missing == 0 || kept+missing != n {
		t.Errorf("%d kept and %d said to be missing of %d", kept, missing, n)
	}
}

type slow struct {
	*os.File
	hold chan struct{}
}

func (f slow) Write(b []byte) (int, error) {
	<-f.hold
	return f.File.Write(b)
}

// Who records does not wait while the recording gets another name, however long the disk takes for that.
func TestRenameWaitsAlone(t *testing.T) {
	s := testStore(t, t.TempDir())
	w := start(t, s, Config{})
	entered, goOn := make(chan struct{}), make(chan struct{})
	w.save = func(dir *os.Root, a About) error {
		if a.End == Running {
			close(entered)
			<-goOn
		}
		return saveAbout(dir, a)
	}
	renamed := make(chan error, 1)
	go func() { renamed <- s.Rename(w.ID(), "another", w) }()
	<-entered
	added := make(chan struct{})
	go func() {
		defer close(added)
		w.Add(api.Message{Kind: "received", Data: "a", Size: 1})
	}()
	select {
	case <-added:
	case <-time.After(20 * time.Second):
		t.Error("whoever records waits for the disk")
	}
	close(goOn)
	if err := <-renamed; err != nil {
		t.Error(err)
	}
	if a := w.Stop(Stopped); a.Name != "another" || a.Messages != 1 {
		t.Errorf("%+v", a)
	}
}

func TestStore(t *testing.T) {
	dir := t.TempDir()
	s := testStore(t, dir)
	a := start(t, s, Config{Name: "one"}).Stop(Stopped)
	b := start(t, s, Config{}).Stop(Closed)
	names := func() (list []string) {
		t.Helper()
		found, err := s.List(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range found {
			list = append(list, a.ID)
		}
		slices.Sort(list)
		return list
	}
	both := []string{a.ID, b.ID}
	slices.Sort(both)
	if got := names(); !slices.Equal(got, both) {
		t.Fatal(got)
	}
	if err := s.Rename(a.ID, "eins", nil); err != nil {
		t.Fatal(err)
	}
	wantCode(t, s.Rename(a.ID, "  ", nil), "recording.bad-name", "")
	wantCode(t, s.Rename(a.ID, "a\nb", nil), "recording.bad-name", "")
	wantCode(t, s.Rename(a.ID, strings.Repeat("é", 101), nil), "recording.bad-name", "100")
	if err := s.Remove(a.ID, nil); err != nil {
		t.Fatal(err)
	}
	if got := names(); !slices.Equal(got, []string{b.ID}) {
		t.Error(got)
	}
	if err := s.Restore(a.ID); err != nil {
		t.Fatal(err)
	}
	if got := names(); !slices.Equal(got, both) {
		t.Error(got)
	}
	if got, err := s.about(t.Context(), a.ID); err != nil || got.Name != "eins" || got.End != Stopped {
		t.Errorf("%+v %v", got, err)
	}
	for _, id := range []string{"", ".", "..", "../x", "20250101-000000-00000000", a.ID + "/", a.ID + "/../" + b.ID} {
		_, err := s.Open(t.Context(), id, nil)
		wantCode(t, err, "recording.missing", "")
		wantCode(t, s.Remove(id, nil), "recording.missing", "")
	}
	// What was removed long ago goes for good.
	if err := s.change(a.ID, func(a *About) { a.Removed = time.Now().Add(-KeptRemoved - time.Hour).UnixMilli() }); err != nil {
		t.Fatal(err)
	}
	names()
	if _, err := os.Stat(filepath.Join(dir, a.ID)); !os.IsNotExist(err) {
		t.Errorf("it is still there: %v", err)
	}
}

// A folder that comes from somebody else leads nowhere, and says no nonsense.
func TestForeignFolder(t *testing.T) {
	dir, out := t.TempDir(), t.TempDir()
	s := testStore(t, dir)
	secret := filepath.Join(out, "secret")
	if err := os.WriteFile(secret, []byte(`{"kind":"received","time":1,"data":"secret"}`+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	id := "20250102-030405-00000000"
	if err := os.Mkdir(filepath.Join(dir, id), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(out, filepath.Join(dir, "20250102-030405-00000001")); err != nil {
		t.Skip("this system has no links for us: ", err)
	}
	if err := os.Symlink(secret, filepath.Join(dir, id, partName(1))); err != nil {
		t.Fatal(err)
	}
	for _, about := range []string{"{", `{"name":"\u0000","started":99999999999999999,"messages":-1,"end":"<b>","of":"../..","removed":0}`, strings.Repeat("x", maxAbout+1)} {
		if err := os.WriteFile(filepath.Join(dir, id, aboutFile), []byte(about), 0o644); err != nil {
			t.Fatal(err)
		}
		list, err := s.List(t.Context(), nil)
		if err != nil || len(list) != 1 {
			t.Fatalf("%v %v", list, err)
		}
		if a := list[0]; a.ID != id || a.Name != id || a.Messages != 0 || a.End != Broken || a.Of != "" || a.Started != time.Date(2025, 1, 2, 3, 4, 5, 0, time.UTC).UnixMilli() {
			t.Errorf("%.40q: %+v", about, a)
		}
	}
	if got := all(t, open(t, s, id, nil)); len(got) != 0 {
		t.Errorf("%+v", got)
	}
}

// Lines that are none are told as that, and keep their number.
func TestDamagedLines(t *testing.T) {
	s := testStore(t, t.TempDir())
	a := start(t, s, Config{}).Stop(Stopped)
	content := `{"kind":"received","time":1,"data":"a"}` + "\n" + "rubbish\n" + `{"kind":"received","data":"` + strings.Repeat("x", maxLine) + `"}` + "\n\n[]\n" +
		`{"kind":"received","time":2,"data":"b"}` + "\r\n" + `{"kind":"received","time":3,"data":"half`
	if err := s.Dir.WriteFile(a.ID+"/"+partName(1), []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, m := range all(t, open(t, s, a.ID, nil)) {
		got = append(got, fmt.Sprint(m.Seq, m.Kind, " ", m.Data))
	}
	want := []string{"1received a", "2error Line 2 of the recording cannot be read.", "3error Line 3 of the recording cannot be read.",
		"4error Line 4 of the recording cannot be read.", "5error Line 5 of the recording cannot be read.", "6received b"}
	if !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

func TestQuery(t *testing.T) {
	s := testStore(t, t.TempDir())
	w := start(t, s, Config{PartSize: 5000})
	texts := []string{"LEDon", "Größe", "300 K", "\u212Aelvin", "say \"hi\"", "tab\there", "İstanbul"}
	var want []api.Message
	rnd := rand.New(rand.NewSource(1))
	for i := range 1200 {
		m := api.Message{Time: int64(i + 1), From: []string{"console", "page"}[rnd.Intn(2)], Kind: []string{"sent", "received", "log"}[rnd.Intn(3)], Data: texts[rnd.Intn(len(texts))]}
		if rnd.Intn(10) == 0 {
			m.Binary, m.Data = true, "TEVE/w==" // 4c 45 44 ff
		}
		w.Add(m)
		m.Seq = int64(i + 1)
		want = append(want, m)
	}
	a := w.Stop(Stopped)
	r := open(t, s, a.ID, nil)
	for _, kind := range []string{"", "console", "page", "log"} {
		for _, text := range []string{"", "led", "LED", "größe", "GRÖSSE", "k", "kelvin", "\"hi\"", "b\th", "45 44", "4c", "istanbul", "nothing", "e"} {
			q := r.NewQuery(text, kind)
			for steps := 0; ; steps++ {
				done, err := q.Advance(t.Context(), 0) // a step looks at a thousand
				if err != nil || steps > 10 {
					t.Fatal(err, steps)
				}
				if done {
					break
				}
			}
			f := filter{text: strings.ToLower(text), kind: kind, hex: true}
			var meant []api.Message
			for _, m := range want {
				if f.lets(&m) {
					meant = append(meant, m)
				}
			}
			got, err := q.Window(t.Context(), 0, 5000)
			if err != nil || got.Total != int64(len(meant)) || len(got.Messages) != len(meant) || len(meant) > 0 && !reflect.DeepEqual(got.Messages, meant) || got.Scanned != 1200 {
				t.Errorf("%q of %q: %d, want %d (%v)", text, kind, got.Total, len(meant), err)
			}
			if from := int64(len(meant) / 2); len(meant) > 4 {
				got, err := q.Window(t.Context(), from, 2)
				if err != nil || !reflect.DeepEqual(got.Messages, meant[from:from+2]) {
					t.Errorf("%q of %q from %d: %+v (%v)", text, kind, from, got.Messages, err)
				}
			}
		}
	}
}

// recordForEver is a program that records until it is killed, and says from time to time how many messages it has written.
func recordForEver(dir string) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		panic(err)
	}
	w, err := Store{Dir: root}.Start(Config{PartSize: 20_000})
	if err != nil {
		panic(err)
	}
	for n := 1; ; n++ {
		w.Add(api.Message{Time: time.Now().UnixMilli(), Kind: "received", Data: strconv.Itoa(n) + strings.Repeat("x", n%1000)})
		if n%10 == 0 {
			time.Sleep(time.Millisecond)
		}
		if n%100 == 0 {
			fmt.Println(w.About().Messages)
		}
	}
}

// Of a program that is killed while it records, all is there that it has said to be written, and whatever is there is whole.
func TestKilledWhileRecording(t *testing.T) {
	rounds := 20
	if os.Getenv("STUDIO_SOAK") != "" {
		rounds = 200
	}
	dir := t.TempDir()
	s := testStore(t, dir)
	half := 0
	for round := range rounds {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), "RECORDING_TEST_FOREVER="+dir)
		cmd.Stderr = os.Stderr
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		written := 0
		for least := 1 + rand.Intn(5); least > 0 || written == 0; least-- {
			if !lines.Scan() {
				t.Fatal("the child has ended by itself")
			}
			written, _ = strconv.Atoi(lines.Text())
		}
		time.Sleep(time.Duration(rand.Intn(20)) * time.Millisecond)
		cmd.Process.Kill()
		cmd.Wait()
		list, err := s.List(t.Context(), nil)
		if err != nil || len(list) != 1 || list[0].End != Broken {
			t.Fatalf("round %d: %+v %v", round, list, err)
		}
		messages := all(t, open(t, s, list[0].ID, nil))
		if int64(len(messages)) != list[0].Messages {
			t.Fatalf("round %d: %d messages, %d are told", round, len(messages), list[0].Messages)
		}
		for i, m := range messages {
			if m.Kind != "received" || strings.TrimRight(m.Data, "x") != strconv.Itoa(i+1) || len(strings.TrimLeft(m.Data, "0123456789")) != (i+1)%1000 {
				t.Fatalf("round %d, line %d: %+v", round, i+1, m)
			}
		}
		if len(messages) < written {
			t.Fatalf("round %d: %d messages of %d that were written", round, len(messages), written)
		}
		files, _ := filepath.Glob(filepath.Join(dir, list[0].ID, "*.jsonl"))
		for _, f := range files {
			if b, _ := os.ReadFile(f); len(b) > 0 && b[len(b)-1] != '\n' {
				half++
			}
		}
		if err := os.RemoveAll(filepath.Join(dir, list[0].ID)); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d kills left %d half lines", rounds, half)
}

// No line that anybody puts into a recording makes the reader fail, or loses a line.
func FuzzReader(f *testing.F) {
	f.Add([]byte("{\"kind\":\"received\",\"time\":1,\"data\":\"a\"}\n{\"kind\""), "a")
	f.Add([]byte("\n\n\r\n{}\n[1,2]\nnull\n\"kind\"\n"), "4c")
	f.Add([]byte("{\"kind\":\"sent\",\"binary\":true,\"data\":\"TEVE\"}\n{\"kind\":\"log\",\"seq\":-1}\n"), "4c 45")
	f.Fuzz(func(t *testing.T, content []byte, text string) {
		s := testStore(t, t.TempDir())
		a := start(t, s, Config{}).Stop(Stopped)
		if err := s.Dir.WriteFile(a.ID+"/"+partName(1), content, 0o644); err != nil {
			t.Fatal(err)
		}
		r := open(t, s, a.ID, nil)
		list := all(t, r)
		if want := bytes.Count(content, []byte("\n")); len(list) != want {
			t.Fatalf("%d messages of %d lines", len(list), want)
		}
		q := r.NewQuery(text, "")
		if done, err := q.Advance(t.Context(), time.Hour); !done || err != nil {
			t.Fatal(done, err)
		}
		slow := filter{text: strings.ToLower(text), hex: q.want.hex}
		found := 0
		for i, m := range list {
			if m.Seq != int64(i+1) || m.Kind == "" {
				t.Fatalf("%d: %+v", i, m)
			}
			if !strings.HasSuffix(m.Data, " of the recording cannot be read.") && slow.lets(&m) {
				found++
			}
		}
		if got, err := q.Window(t.Context(), 0, 1<<20); err != nil || got.Total != int64(found) {
			t.Fatalf("%d found, want %d (%v)", got.Total, found, err)
		}
		for _, write := range []func() error{
			func() error { return r.WriteJSONL(t.Context(), &bytes.Buffer{}) },
			func() error { return r.WriteCSV(t.Context(), &bytes.Buffer{}) },
			func() error {
				var b bytes.Buffer
				err := r.WriteHAR(t.Context(), &b, "board", "1")
				if err == nil && !json.Valid(b.Bytes()) {
					t.Errorf("the HAR is no JSON: %s", b.Bytes())
				}
				return err
			},
		} {
			if err := write(); err != nil {
				t.Fatal(err)
			}
		}
		s.Import(context.Background(), "x", bytes.NewReader(content)) // may refuse it, in words
	})
}
