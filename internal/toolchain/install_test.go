package toolchain

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"studioide/internal/problem"
)

// entry is one thing in a made-up archive.
type entry struct {
	name, content, link string
	kind                byte // tar's
	mode                int64
}

// noise does not get smaller by packing.
func noise(n int) string {
	b := make([]byte, n)
	r := rand.NewChaCha8([32]byte{1})
	r.Read(b)
	return string(b)
}

// contents of a made-up release of about 1 MB.
func contents() []entry {
	return []entry{
		{name: "tinygo/", kind: tar.TypeDir, mode: 0o755},
		{name: "tinygo/bin/" + command(), content: "the program", mode: 0o755},
		{name: "tinygo/lib/clang/include/stddef.h", content: noise(1 << 20), mode: 0o644},
		{name: "tinygo/src/machine/machine.go", content: "package machine\n", mode: 0o444},
		{name: "tinygo/targets/pico.json", content: "{}", mode: 0o644},
	}
}

func tarOf(t *testing.T, entries []entry) []byte {
	t.Helper()
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.HuffmanOnly) // many archives are made
	if err != nil {
		t.Fatal(err)
	}
	w := tar.NewWriter(z)
	for _, e := range entries {
		if e.kind == 0 {
			e.kind = tar.TypeReg
		}
		if err := w.WriteHeader(&tar.Header{Name: e.name, Typeflag: e.kind, Mode: e.mode, Size: int64(len(e.content)), Linkname: e.link}); err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, e.content); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(w.Close(), z.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func zipOf(t *testing.T, entries []entry) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, e := range entries {
		h := &zip.FileHeader{Name: e.name, Method: zip.Store}
		if len(e.content) < 1000 {
			h.Method = zip.Deflate
		}
		switch e.kind {
		case tar.TypeSymlink:
			h.SetMode(fs.ModeSymlink | 0o777)
			e.content = e.link
		case tar.TypeDir:
			h.SetMode(fs.ModeDir | 0o755)
		default:
			h.SetMode(fs.FileMode(e.mode))
		}
		f, err := w.CreateHeader(h)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(f, e.content); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func hashOf(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// mirror serves one archive, with the faults that a test asks for.
type mirror struct {
	*httptest.Server
	mu       sync.Mutex
	archive  []byte
	tag      string
	cuts     []int                                             // after how many bytes the next answers break off
	instead  func(w http.ResponseWriter, r *http.Request) bool // answers itself and returns true
	requests []string                                          // their Range headers
	sent     int
}

func serve(t *testing.T, archive []byte) *mirror {
	t.Helper()
	m := &mirror{archive: archive, tag: `"one"`}
	m.Server = httptest.NewServer(m)
	t.Cleanup(m.Close)
	return m
}

func (m *mirror) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	m.mu.Lock()
	m.requests = append(m.requests, r.Header.Get("Range"))
	instead, tag, body, cut := m.instead, m.tag, m.archive, -1
	if len(m.cuts) > 0 {
		cut, m.cuts = m.cuts[0], m.cuts[1:]
	}
	m.mu.Unlock()
	if instead != nil && instead(w, r) {
		return
	}
	if !strings.Contains(r.URL.Path, "/tinygo9.9.9.test.") {
		http.NotFound(w, r)
		return
	}
	if tag != "" {
		w.Header().Set("ETag", tag)
	}
	if from, ok := strings.CutPrefix(r.Header.Get("Range"), "bytes="); ok && r.Header.Get("If-Range") == tag {
		first, _ := strconv.Atoi(strings.TrimSuffix(from, "-"))
		w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", first, len(body)-1, len(body)))
		body = body[first:]
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		w.WriteHeader(http.StatusPartialContent)
	} else {
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	}
	if cut >= 0 && cut < len(body) {
		body = body[:cut]
	}
	n, _ := w.Write(body)
	m.mu.Lock()
	m.sent += n
	m.mu.Unlock()
	if cut >= 0 {
		panic(http.ErrAbortHandler)
	}
}

func (m *mirror) asked() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.requests)
}

// newInstaller installs a made-up release into a folder with spaces in its name.
func newInstaller(t *testing.T, from string, archive []byte) *installer {
	t.Helper()
	return &installer{dir: filepath.Join(t.TempDir(), "my cache", "toolchain"), release: Release{Version: "9.9.9", Name: "tinygo9.9.9.test.tar.gz", SHA256: hashOf(archive)},
		from: from, report: func(string, string, int64, int64) {}, free: freeSpace, silence: time.Minute, pause: time.Millisecond,
		works: func(_ context.Context, path string) error {
			if b, err := os.ReadFile(path); err != nil || string(b) != "the program" {
				return (&problem.Problem{Code: "tinygo.broken", Text: "It does not run.", Help: "Help."}).Because(err)
			}
			return nil
		}}
}

// left lists what is in the installer's folder, without the lock.
func (in *installer) left(t *testing.T) []string {
	t.Helper()
	entries, err := os.ReadDir(in.dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		if e.Name() != "lock" {
			names = append(names, e.Name())
		}
	}
	return names
}

func wantInstalled(t *testing.T, in *installer, path string, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	if left := in.left(t); !slices.Equal(left, []string{"tinygo-9.9.9"}) || path != filepath.Join(in.dir, "tinygo-9.9.9", "bin", command()) {
		t.Errorf("%s is installed; the folder holds %v", path, left)
	}
	for _, e := range contents() {
		if e.kind == tar.TypeDir {
			continue
		}
		name := filepath.Join(in.dir, "tinygo-9.9.9", filepath.FromSlash(strings.TrimPrefix(e.name, "tinygo/")))
		b, err := os.ReadFile(name)
		if err != nil || string(b) != e.content {
			t.Errorf("%s: %d bytes, %v", name, len(b), err)
		}
		if info, err := os.Stat(name); err == nil && runtime.GOOS != "windows" && info.Mode().Perm()&0o111 != fs.FileMode(e.mode)&0o111 {
			t.Errorf("%s has mode %v", name, info.Mode())
		}
	}
}

// wantNothing checks that nothing is installed, and nothing half unpacked.
func wantNothing(t *testing.T, in *installer) {
	t.Helper()
	for _, name := range in.left(t) {
		if name != "download" {
			t.Errorf("%s is left", name)
		}
	}
}

func TestInstall(t *testing.T) {
	for _, kind := range []string{"tar.gz", "zip"} {
		t.Run(kind, func(t *testing.T) {
			archive := tarOf(t, contents())
			if kind == "zip" {
				archive = zipOf(t, contents())
			}
			m := serve(t, archive)
			in := newInstaller(t, m.URL+"/", archive)
			in.release.Name = "tinygo9.9.9.test." + kind
			if err := os.MkdirAll(filepath.Join(in.dir, "tinygo-0.1.0", "bin"), 0o700); err != nil {
				t.Fatal(err)
			}
			last, phases := int64(-1), ""
			in.report = func(phase, text string, done, total int64) {
				if !strings.HasSuffix(phases, phase) {
					phases, last = phases+" "+phase, -1
				}
				if total > 0 && (done < last || done > total) {
					t.Errorf("%s %s: %d of %d after %d", phase, text, done, total, last)
				}
				last = done
			}
			path, err := in.install(context.Background())
			wantInstalled(t, in, path, err)
			if phases != " download unpack" {
				t.Errorf("phases%s", phases)
			}
			if path, err = in.install(context.Background()); len(m.asked()) != 1 {
				t.Errorf("installed again: %s, %v", path, err)
			}
			wantInstalled(t, in, path, err)
		})
	}
}

// A connection that breaks off goes on where it was.
func TestResume(t *testing.T) {
	archive := tarOf(t, contents())
	m := serve(t, archive)
	m.cuts = []int{300_000, 400_000, 0, 100_000}
	in := newInstaller(t, m.URL, archive)
	path, err := in.install(context.Background())
	wantInstalled(t, in, path, err)
	asked := m.asked()
	if len(asked) != 5 || asked[0] != "" || asked[1] != "bytes=300000-" || asked[2] != "bytes=700000-" || asked[3] != "bytes=700000-" || asked[4] != "bytes=800000-" {
		t.Errorf("requests: %q", asked)
	}
	if m.sent != len(archive) {
		t.Errorf("%d bytes were sent for an archive of %d", m.sent, len(archive))
	}
}

// cutOff is an installation that ended in the middle, as by a failing network.
func cutOff(t *testing.T, m *mirror, in *installer) {
	t.Helper()
	m.cuts = []int{300_000, 0, 0, 0, 0, 0, 0, 0}
	_, err := in.install(context.Background())
	wantProblem(t, err, "toolchain.unreachable", "kept", "--from")
	wantNothing(t, in)
	m.mu.Lock()
	m.cuts, m.requests, m.sent = nil, nil, 0
	m.mu.Unlock()
}

func TestResumeLater(t *testing.T) {
	archive := tarOf(t, contents())
	m := serve(t, archive)
	in := newInstaller(t, m.URL, archive)
	cutOff(t, m, in)
	path, err := in.install(context.Background())
	wantInstalled(t, in, path, err)
	if asked := m.asked(); !slices.Equal(asked, []string{"bytes=300000-"}) {
		t.Errorf("requests: %q", asked)
	}
}

func TestResumeOtherwise(t *testing.T) {
	archive := tarOf(t, contents())
	for _, c := range []struct {
		name   string
		change func(m *mirror, in *installer)
		asked  []string
	}{
		{"the file on the server has changed", func(m *mirror, _ *installer) { m.tag = `"two"` }, []string{"bytes=300000-"}},
		{"the server does not name versions", func(m *mirror, in *installer) {
			os.WriteFile(filepath.Join(in.dir, "download", in.release.Name+".from"), []byte(m.URL+"/"+in.release.Name+"\n"), 0o600)
		}, []string{""}},
		{"from another server", func(m *mirror, in *installer) { in.from = m.URL + "/other" }, []string{""}},
		{"what is there is damaged", func(_ *mirror, in *installer) {
			f, _ := os.OpenFile(filepath.Join(in.dir, "download", in.release.Name), os.O_WRONLY, 0)
			f.WriteAt([]byte("damage"), 1000)
			f.Close()
		}, []string{"bytes=300000-", ""}},
		{"what is there is longer than the file", func(m *mirror, in *installer) {
			f, _ := os.OpenFile(filepath.Join(in.dir, "download", in.release.Name), os.O_WRONLY, 0)
			f.Truncate(10 << 20)
			f.Close()
			m.instead = func(w http.ResponseWriter, r *http.Request) bool {
				if r.Header.Get("Range") == "" {
					return false
				}
				w.WriteHeader(http.StatusRequestedRangeNotSatisfiable)
				return true
			}
		}, []string{"bytes=10485760-", ""}},
		{"the server sends another part", func(m *mirror, _ *installer) {
			m.instead = func(w http.ResponseWriter, r *http.Request) bool {
				if r.Header.Get("Range") == "" {
					return false
				}
				w.Header().Set("Content-Range", "bytes 7-9/10")
				w.WriteHeader(http.StatusPartialContent)
				return true
			}
		}, []string{"bytes=300000-", ""}},
		{"all of it is there", func(_ *mirror, in *installer) {
			os.WriteFile(filepath.Join(in.dir, "download", in.release.Name), archive, 0o600)
		}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := serve(t, archive)
			in := newInstaller(t, m.URL, archive)
			cutOff(t, m, in)
			c.change(m, in)
			path, err := in.install(context.Background())
			wantInstalled(t, in, path, err)
			if asked := m.asked(); !slices.Equal(asked, c.asked) {
				t.Errorf("requests: %q, want %q", asked, c.asked)
			}
		})
	}
}

// Whatever is wrong, a TinyGo that is there stays, and nothing half installed is left.
func TestRefused(t *testing.T) {
	archive := tarOf(t, contents())
	other := tarOf(t, append(contents(), entry{name: "tinygo/more", mode: 0o644}))
	status := func(code int) func(*mirror, *installer) {
		return func(m *mirror, _ *installer) {
			m.instead = func(w http.ResponseWriter, _ *http.Request) bool { w.WriteHeader(code); return true }
		}
	}
	for _, c := range []struct {
		name, code string
		says       []string
		change     func(m *mirror, in *installer)
	}{
		{"another file", "toolchain.wrong-hash", []string{"thrown away", "Try again"}, func(m *mirror, _ *installer) { m.archive = other }},
		{"a login page", "toolchain.wrong-hash", nil, func(m *mirror, _ *installer) {
			m.instead = func(w http.ResponseWriter, _ *http.Request) bool {
				io.WriteString(w, "<html>Welcome to the café's Wi-Fi")
				return true
			}
		}},
		{"an endless file", "toolchain.wrong-hash", nil, func(m *mirror, _ *installer) {
			m.instead = func(w http.ResponseWriter, _ *http.Request) bool {
				w.Header().Set("Content-Length", strconv.Itoa(maxArchive+1))
				return true
			}
		}},
		{"not there", "toolchain.not-found", []string{"tinygo9.9.9.test.tar.gz"}, status(404)},
		{"forbidden", "toolchain.refused", []string{"403"}, status(403)},
		{"proxy wants a password", "toolchain.refused", []string{"HTTPS_PROXY"}, status(407)},
		{"overloaded", "toolchain.unreachable", nil, status(503)},
		{"nobody listens", "toolchain.unreachable", []string{"does not answer"}, func(m *mirror, _ *installer) { m.Close() }},
		{"never answers", "toolchain.unreachable", []string{"does not answer"}, func(m *mirror, in *installer) {
			in.silence = 20 * time.Millisecond
			m.instead = func(_ http.ResponseWriter, r *http.Request) bool { <-r.Context().Done(); return true }
		}},
		{"falls silent", "toolchain.unreachable", nil, func(m *mirror, in *installer) {
			in.silence = 20 * time.Millisecond
			m.instead = func(w http.ResponseWriter, r *http.Request) bool {
				w.Header().Set("Content-Length", "1000000")
				io.WriteString(w, "begin")
				w.(http.Flusher).Flush()
				<-r.Context().Done()
				return true
			}
		}},
		{"no room for the archive", "disk.full", []string{"1.0 MB more", "0.5 MB are free"}, func(_ *mirror, in *installer) { in.free = func(string) int64 { return 512 << 10 } }},
		{"no room for its content", "disk.full", []string{"Make room"}, func(_ *mirror, in *installer) {
			asked := 0
			in.free = func(string) int64 { asked++; return int64(4<<20) >> (2 * asked) } // the archive takes up what was free
		}},
		{"no address", "toolchain.bad-source", nil, func(_ *mirror, in *installer) { in.from = "http://[::1" }},
		{"does not run", "tinygo.broken", nil, func(m *mirror, in *installer) {
			in.works = func(context.Context, string) error {
				return &problem.Problem{Code: "tinygo.broken", Text: "It does not run.", Help: "Help."}
			}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := serve(t, archive)
			in := newInstaller(t, m.URL, archive)
			old := filepath.Join(in.dir, "tinygo-0.1.0", "bin", command())
			if err := os.MkdirAll(filepath.Dir(old), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(old, []byte("the old one"), 0o700); err != nil {
				t.Fatal(err)
			}
			c.change(m, in)
			_, err := in.install(context.Background())
			wantProblem(t, err, c.code, c.says...)
			if b, err := os.ReadFile(old); err != nil || string(b) != "the old one" {
				t.Errorf("the old TinyGo is gone: %v", err)
			}
			if err := os.RemoveAll(filepath.Join(in.dir, "tinygo-0.1.0")); err != nil {
				t.Fatal(err)
			}
			wantNothing(t, in)
		})
	}
}

// Archives that would write elsewhere are refused, though their hash is right.
func TestEscapes(t *testing.T) {
	for name, entries := range map[string][]entry{
		"up":                  {{name: "../evil", content: "x", mode: 0o644}},
		"up from inside":      {{name: "tinygo/../../evil", content: "x", mode: 0o644}},
		"up to the same":      {{name: "tinygo/../tinygo/evil", content: "x", mode: 0o644}},
		"absolute":            {{name: "/tmp/evil", content: "x", mode: 0o644}},
		"beside":              {{name: "evil", content: "x", mode: 0o644}},
		"as the folder":       {{name: "tinygo", content: "x", mode: 0o644}},
		"link out":            {{name: "tinygo/out", link: "../../evil", kind: tar.TypeSymlink}},
		"link to the root":    {{name: "tinygo/out", link: "/", kind: tar.TypeSymlink}},
		"through a link":      {{name: "tinygo/a/b", link: "..", kind: tar.TypeSymlink}, {name: "tinygo/a/c", link: "b/..", kind: tar.TypeSymlink}, {name: "tinygo/a/c/evil", content: "x", mode: 0o644}},
		"hard link out":       {{name: "tinygo/out", link: "tinygo/../../evil", kind: tar.TypeLink}},
		"hard link elsewhere": {{name: "tinygo/out", link: "/etc/hosts", kind: tar.TypeLink}},
		"a device":            {{name: "tinygo/null", kind: tar.TypeChar}},
		"a pipe":              {{name: "tinygo/pipe", kind: tar.TypeFifo}},
		"twice the same":      {{name: "tinygo/twice", content: "x", mode: 0o644}, {name: "tinygo/twice", content: "y", mode: 0o644}},
		"a file as a folder":  {{name: "tinygo/file", content: "x", mode: 0o644}, {name: "tinygo/file/more", content: "y", mode: 0o644}},
	} {
		t.Run(name, func(t *testing.T) {
			archives := map[string][]byte{"tar.gz": tarOf(t, append(contents(), entries...))}
			if kind := entries[0].kind; kind == 0 || kind == tar.TypeSymlink {
				archives["zip"] = zipOf(t, append(contents(), entries...))
			}
			for kind, archive := range archives {
				in := newInstaller(t, "", archive)
				in.release.Name = "tinygo9.9.9.test." + kind
				in.from = filepath.Join(t.TempDir(), in.release.Name)
				if err := os.WriteFile(in.from, archive, 0o600); err != nil {
					t.Fatal(err)
				}
				_, err := in.install(context.Background())
				wantProblem(t, err, "toolchain.damaged")
				wantNothing(t, in)
				for _, dir := range []string{in.dir, filepath.Dir(in.dir), os.TempDir()} {
					if _, err := os.Lstat(filepath.Join(dir, "evil")); err == nil {
						t.Fatalf("there is evil in %s", dir)
					}
				}
			}
		})
	}
}

func TestLinksInside(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("archives for Windows have no links")
	}
	archive := tarOf(t, append(contents(), entry{name: "tinygo/lib/near", link: "clang/include", kind: tar.TypeSymlink}, entry{name: "tinygo/lib/same.go", link: "tinygo/src/machine/machine.go", kind: tar.TypeLink}))
	in := newInstaller(t, serve(t, archive).URL, archive)
	if _, err := in.install(context.Background()); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"lib/near/stddef.h", "lib/same.go"} {
		if _, err := os.Stat(filepath.Join(in.dir, "tinygo-9.9.9", name)); err != nil {
			t.Error(err)
		}
	}
}

// Damage that a right hash cannot rule out, were the hash made of a damaged file.
func TestDamagedArchive(t *testing.T) {
	whole := tarOf(t, contents())
	for name, archive := range map[string][]byte{"empty": {}, "short": whole[:100], "half": whole[:len(whole)/2], "text": []byte("no archive"), "no tar": gzipOf(t, "no tar at all")} {
		for _, kind := range []string{"tar.gz", "zip"} {
			in := newInstaller(t, "", archive)
			in.release.Name = "tinygo9.9.9.test." + kind
			in.from = t.TempDir()
			if err := os.WriteFile(filepath.Join(in.from, in.release.Name), archive, 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := in.install(context.Background())
			if err == nil {
				t.Fatalf("%s %s is installed", name, kind)
			}
			wantProblem(t, err, problem.Of(err).Code)
			if code := problem.Of(err).Code; code != "toolchain.damaged" && code != "disk.full" { // the length that it tells is made up as well
				t.Errorf("%s %s: %v", name, kind, err)
			}
			wantNothing(t, in)
		}
	}
}

func gzipOf(t *testing.T, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	io.WriteString(z, text)
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Cancel works at any moment, and the next installation goes on from there.
func TestCancel(t *testing.T) {
	archive := tarOf(t, contents())
	for _, at := range []string{"waiting for an answer", "download", "unpack", "trying it"} {
		t.Run(at, func(t *testing.T) {
			m := serve(t, archive)
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			in := newInstaller(t, m.URL, archive)
			works := in.works
			switch at {
			case "waiting for an answer":
				m.instead = func(_ http.ResponseWriter, r *http.Request) bool { cancel(); <-r.Context().Done(); return true }
			case "trying it":
				in.works = func(ctx context.Context, _ string) error { cancel(); return ctx.Err() }
			default:
				in.report = func(phase, _ string, done, total int64) {
					if phase == at {
						cancel()
					}
				}
			}
			if _, err := in.install(ctx); !errors.Is(err, context.Canceled) {
				t.Errorf("install ended with %v", err)
			}
			wantNothing(t, in)
			m.mu.Lock()
			m.instead = nil
			m.mu.Unlock()
			in.works, in.report = works, func(string, string, int64, int64) {}
			path, err := in.install(context.Background())
			wantInstalled(t, in, path, err)
		})
	}
}

// Two Studios at once: one installs, the other waits and finds it there.
func TestTwoAtOnce(t *testing.T) {
	archive := tarOf(t, contents())
	m := serve(t, archive)
	waiting := make(chan struct{})
	m.instead = func(http.ResponseWriter, *http.Request) bool { <-waiting; return false }
	first, second := newInstaller(t, m.URL, archive), newInstaller(t, m.URL, archive)
	second.dir = first.dir
	started := make(chan struct{})
	begin := sync.OnceFunc(func() { close(started) })
	first.report = func(string, string, int64, int64) { begin() }
	second.report = func(_, text string, _, _ int64) {
		if strings.HasPrefix(text, "Waiting") {
			close(waiting)
		}
	}
	ended := make(chan error)
	go func() { _, err := first.install(context.Background()); ended <- err }()
	<-started
	path, err := second.install(context.Background())
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	wantInstalled(t, second, path, err)
	if n := len(m.asked()); n != 1 {
		t.Errorf("%d downloads", n)
	}
}

func TestFromDisk(t *testing.T) {
	archive := tarOf(t, contents())
	in := newInstaller(t, t.TempDir(), archive)
	_, err := in.install(context.Background())
	wantProblem(t, err, "toolchain.bad-source", in.release.Name)
	file := filepath.Join(in.from, in.release.Name)
	if err := os.WriteFile(file, archive[1:], 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = in.install(context.Background())
	wantProblem(t, err, "toolchain.wrong-hash", file)
	if err := os.WriteFile(file, archive, 0o600); err != nil {
		t.Fatal(err)
	}
	path, err := in.install(context.Background())
	wantInstalled(t, in, path, err)
	if _, err := os.Stat(file); err != nil {
		t.Error("the user's own file was taken away")
	}
}

// A damaged installation of the same version is replaced.
func TestInstallOverDamage(t *testing.T) {
	archive := tarOf(t, contents())
	in := newInstaller(t, serve(t, archive).URL, archive)
	command := filepath.Join(in.dir, "tinygo-9.9.9", "bin", command())
	if err := os.MkdirAll(filepath.Dir(command), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(command, []byte("damaged"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(in.dir, ".new-killed", "bin"), 0o700); err != nil {
		t.Fatal(err)
	}
	path, err := in.install(context.Background())
	wantInstalled(t, in, path, err)
}

// Install as Studio calls it takes only the real release, from wherever.
func TestMirrorCannotDeceive(t *testing.T) {
	if Offer() == "" {
		t.Skip("no release for this system")
	}
	tools := New(t.TempDir())
	golang, err := tools.Go(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if goTooNew(golang.Version, newestGo) {
		t.Skip("this Go is too new for the release")
	}
	name := ""
	m := serve(t, nil)
	m.instead = func(w http.ResponseWriter, r *http.Request) bool {
		name = r.URL.Path
		w.Write(tarOf(t, contents()))
		return true
	}
	t.Setenv("STUDIO_TOOLCHAIN_MIRROR", m.URL+"/tinygo")
	_, err = tools.Install(context.Background(), "", func(string, string, int64, int64) {})
	wantProblem(t, err, "toolchain.wrong-hash")
	if want := "/tinygo/" + releases[runtime.GOOS+"/"+runtime.GOARCH].Name; name != want {
		t.Errorf("asked for %s, want %s", name, want)
	}
}

// The new TinyGo is really started, and has to be the version that it should.
func TestInstalledTinyGoIsTried(t *testing.T) {
	program, err := os.ReadFile(self(t))
	if err != nil {
		t.Fatal(err)
	}
	for version, code := range map[string]string{"9.9.9": "", "8.8.8": "tinygo.broken"} {
		list := contents()
		list[1].content = string(program)
		list = append(list, entry{name: "tinygo/bin/tinygo.json", content: `{"Version":"tinygo version ` + version + ` x/y (z)"}`, mode: 0o644})
		archive := tarOf(t, list)
		tools := New(t.TempDir())
		golang, err := tools.Go(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		in := newInstaller(t, serve(t, archive).URL, archive)
		in.works = func(ctx context.Context, path string) error { return in.release.works(ctx, in.dir, path, golang) }
		path, err := in.install(context.Background())
		if code != "" {
			wantProblem(t, err, code)
			wantNothing(t, in)
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		found := &Tools{dir: in.dir, known: map[string]finding{}}
		t.Setenv(setting, "")
		if tiny, err := found.TinyGo(context.Background()); err != nil || tiny.Path != path || tiny.Version != "9.9.9" {
			t.Errorf("found %+v, %v; want %s", tiny, err, path)
		}
	}
}

func TestReleases(t *testing.T) {
	hash := regexp.MustCompile(`^[0-9a-f]{64}$`)
	seen := map[string]bool{}
	for system, r := range releases {
		ending := ".tar.gz"
		if strings.HasPrefix(system, "windows/") {
			ending = ".zip"
		}
		if want := "tinygo" + r.Version + "." + strings.ReplaceAll(system, "/", "-") + ending; r.Name != want || !hash.MatchString(r.SHA256) || seen[r.SHA256] {
			t.Errorf("%s: %+v, want %s and a hash of its own", system, r, want)
		}
		seen[r.SHA256] = true
		if older(r.Version, Oldest) {
			t.Errorf("%s: %s is too old for Studio itself", system, r.Version)
		}
	}
}
