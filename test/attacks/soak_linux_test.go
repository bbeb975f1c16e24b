package attacks

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// wholeText is n bytes that say what they have to be: their hash, then the rest.
func wholeText(r *rand.Rand, n int) string {
	rest := strings.Repeat(strconv.FormatUint(r.Uint64(), 36)+" ", n/10+1)
	sum := sha256.Sum256([]byte(rest))
	return hex.EncodeToString(sum[:]) + "\n" + rest
}

func isWhole(content string) bool {
	head, rest, ok := strings.Cut(content, "\n")
	sum := sha256.Sum256([]byte(rest))
	return ok && head == hex.EncodeToString(sum[:])
}

// children are the processes that a process has started, and those that these have started.
func children(pid int) (all []int) {
	lists, _ := filepath.Glob("/proc/" + strconv.Itoa(pid) + "/task/*/children")
	for _, name := range lists {
		b, _ := os.ReadFile(name)
		for _, word := range strings.Fields(string(b)) {
			if n, err := strconv.Atoi(word); err == nil {
				all = append(append(all, n), children(n)...)
			}
		}
	}
	return all
}

func isAlive(pid int) bool {
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	return err == nil && !strings.Contains(string(stat), ") Z ")
}

// soaked is a Studio that is ended again and again.
type soaked struct {
	t     *testing.T
	s     *studio
	r     *rand.Rand
	dir   string // of its project
	last  map[string]string
	count map[string]int
}

func (k *soaked) start() {
	k.t.Helper()
	s, err := launch(shared.binary, k.s.home)
	if err != nil {
		k.t.Fatal(err)
	}
	k.s = s
}

func (k *soaked) did(what string) { k.count[what]++ }

// checked wants the files whole: those whose saving was answered as they were saved.
func (k *soaked) checked(after string) {
	k.t.Helper()
	for name, want := range k.last {
		got, err := os.ReadFile(filepath.Join(k.dir, filepath.FromSlash(name)))
		if err != nil {
			k.t.Fatalf("after %s: %v", after, err)
		}
		if !isWhole(string(got)) {
			k.t.Fatalf("after %s: %s is torn: %d bytes, %.80q", after, name, len(got), got)
		}
		if want != "" && string(got) != want {
			k.t.Fatalf("after %s: %s is not what was saved", after, name)
		}
	}
	for name := range k.last {
		k.last[name] = ""
	}
	if a := k.s.in(k.t, "GET", "/api/state", ""); a.Status != 200 {
		k.t.Fatalf("after %s: /api/state = %d", after, a.Status)
	}
	if left, _ := filepath.Glob(filepath.Join(k.dir, ".studio", "tmp", "*")); len(left) > 0 {
		k.t.Fatalf("after %s: %q is left", after, left)
	}
}

// save saves a version of a file; the answer is waited for, so it is to be found later.
func (k *soaked) save(name string, size int) {
	text := wholeText(k.r, size)
	if a := k.s.in(k.t, "PUT", "/api/files/"+name, text, "If-Match: *"); a.Status == 200 {
		k.last[name] = text
	} else {
		k.t.Fatalf("saving %s = %d %.200s", name, a.Status, a.Body)
	}
}

// kill ends Studio without a word while it saves, sends, builds or writes a program.
func (k *soaked) kill() {
	var wg sync.WaitGroup
	doing := []string{"/api/run", "/api/push", "/api/stop", "/api/snapshots/1/restore"}[k.r.IntN(4)]
	k.s.in(k.t, "POST", doing, "{}")
	until, host := make(chan struct{}), k.s.host
	for i := range 3 {
		name := fmt.Sprintf("www/killed%d.html", i)
		k.last[name] = ""
		r := rand.New(rand.NewPCG(k.r.Uint64(), 1))
		wg.Go(func() {
			for {
				select {
				case <-until:
					return
				default:
					text := wholeText(r, 1000+r.IntN(200_000))
					send(host, request("PUT /api/files/"+name, text, "Host: "+host, "Cookie: "+k.s.cookie, "Origin: "+k.s.base, "If-Match: *"))
				}
			}
		})
	}
	for _, name := range []string{"www/killed0.html", "www/killed1.html", "www/killed2.html"} { // else it may not have come to be
		for {
			if _, err := os.Stat(filepath.Join(k.dir, filepath.FromSlash(name))); err == nil {
				break
			}
			time.Sleep(time.Millisecond)
		}
	}
	time.Sleep(time.Duration(k.r.IntN(1500)) * time.Millisecond)
	started := children(k.s.cmd.Process.Pid)
	k.s.cmd.Process.Signal(syscall.SIGKILL)
	k.s.cmd.Wait()
	close(until)
	wg.Wait()
	for _, pid := range started {
		for deadline := time.Now().Add(time.Minute); isAlive(pid); time.Sleep(10 * time.Millisecond) {
			if time.Now().After(deadline) {
				k.t.Fatalf("process %d goes on without its Studio (during %s)", pid, doing)
			}
		}
	}
	k.start()
	k.checked("a kill during " + doing)
	k.did("kill during " + doing)
}

// send sends a request to a server that may be killed meanwhile.
func send(host, request string) {
	c, err := net.Dial("tcp", host)
	if err != nil {
		time.Sleep(time.Millisecond)
		return
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(time.Minute))
	io.WriteString(c, request)
	io.Copy(io.Discard, c)
}

// flood has many clients at once read, save, listen and say nothing.
func (k *soaked) flood() {
	before := k.s.descriptors()
	var wg sync.WaitGroup
	for i := range 12 {
		name := fmt.Sprintf("www/flood%d.html", i%4)
		k.last[name] = ""
		r := rand.New(rand.NewPCG(k.r.Uint64(), 2))
		wg.Go(func() {
			for range 20 {
				k.s.in(k.t, "PUT", "/api/files/"+name, wholeText(r, r.IntN(50_000)), "If-Match: *")
				k.s.in(k.t, "GET", "/api/files/"+name, "")
				k.s.raw(k.t, request("GET /?code="+strconv.FormatUint(r.Uint64(), 36), "", "Host: "+k.s.host))
				k.s.raw(k.t, "POST /api/run HTTP/1.1\r\nHost: evil.example\r\n\r\n")
				k.s.raw(k.t, request("POST /api/report", `{"text":"`+strings.Repeat("x", r.IntN(100_000))+`"}`, "Host: "+k.s.host, "Cookie: "+k.s.cookie, "Origin: "+k.s.base))
			}
		})
	}
	wg.Wait()
	for deadline := time.Now().Add(time.Minute); k.s.descriptors() > before+20; time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			k.t.Fatalf("after a flood %d descriptors are open, %d were before", k.s.descriptors(), before)
		}
	}
	if m := k.s.resident(); m > mostMemory {
		k.t.Fatalf("after a flood Studio takes %d MB", m>>20)
	}
	k.checked("a flood")
	k.did("flood of 1,200 requests")
}

// TestSoak is an hour's worth of floods, kills and full disks. STUDIO_SOAK says for how long: "10m".
func TestSoak(t *testing.T) {
	lasts, err := time.ParseDuration(os.Getenv("STUDIO_SOAK"))
	if err != nil {
		t.Skip("it takes minutes: STUDIO_SOAK=2m says how many (make soak)")
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	home := filepath.Join(t.TempDir(), "home")
	k := &soaked{t: t, s: &studio{home: home}, r: rand.New(rand.NewPCG(seed, 0)), dir: filepath.Join(home, "projects", "LED-over-WebSocket"), last: map[string]string{}, count: map[string]int{}}
	k.start()
	defer func() { k.s.cmd.Process.Kill() }()
	threads := 0
	for end := time.Now().Add(lasts); time.Now().Before(end); {
		switch k.r.IntN(4) {
		case 0:
			k.flood()
		case 1, 2:
			k.kill()
		case 3:
			for i := range 20 {
				k.save(fmt.Sprintf("www/saved%d.html", i%5), k.r.IntN(100_000))
			}
			k.checked("saves")
			k.did("20 saves")
		}
		list, _ := os.ReadDir("/proc/" + strconv.Itoa(k.s.cmd.Process.Pid) + "/task")
		threads = max(threads, len(list))
	}
	if threads > 200 {
		t.Errorf("Studio had %d threads", threads)
	}
	t.Logf("%v; at most %d threads", k.count, threads)
}

// A disk that is full again and again: what was saved stays, what cannot be is said, and Studio goes on.
func TestSoakFullDisk(t *testing.T) {
	lasts, err := time.ParseDuration(os.Getenv("STUDIO_SOAK"))
	if err != nil {
		t.Skip("it takes minutes: STUDIO_SOAK=2m says how many (make soak)")
	}
	disk := t.TempDir()
	if err := unix.Mount("tmpfs", disk, "tmpfs", 0, "size=3m"); err != nil {
		t.Skip("cannot mount a small disk here: ", err)
	}
	defer unix.Unmount(disk, unix.MNT_DETACH)
	home := filepath.Join(t.TempDir(), "home")
	if err := os.MkdirAll(home, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(disk, filepath.Join(home, "projects")); err != nil {
		t.Fatal(err)
	}
	k := &soaked{t: t, s: &studio{home: home}, r: rand.New(rand.NewPCG(1, 0)), dir: filepath.Join(disk, "LED-over-WebSocket"), last: map[string]string{}, count: map[string]int{}}
	k.start()
	defer func() { k.s.cmd.Process.Kill() }()
	for end := time.Now().Add(lasts / 5); time.Now().Before(end); {
		full := false
		for i := 0; i < 60; i++ {
			name := fmt.Sprintf("www/full%d.html", i%6)
			text := wholeText(k.r, k.r.IntN(300_000))
			a := k.s.in(t, "PUT", "/api/files/"+name, text, "If-Match: *")
			switch {
			case a.Status == 200:
				k.last[name] = text
			case a.code() == "disk.full":
				full = true
			default:
				t.Fatalf("on a full disk, saving = %d %.300s", a.Status, a.Body)
			}
		}
		k.checked("a full disk")
		if !full {
			t.Fatal("the disk was never full")
		}
		k.did("full disk")
		if a := k.s.in(t, "GET", "/api/files/"+url.PathEscape("main.go"), ""); a.Status != 200 {
			t.Fatalf("main.go on a full disk = %d", a.Status)
		}
		for name := range k.last { // room again
			os.Remove(filepath.Join(k.dir, filepath.FromSlash(name)))
			delete(k.last, name)
		}
		os.RemoveAll(filepath.Join(k.dir, ".studio", "trash"))
		var v struct{ Hash string }
		if a := k.s.in(t, "PUT", "/api/files/www/room.html", "fits", "If-Match: *"); a.Status != 200 || json.Unmarshal([]byte(a.Body), &v) != nil {
			t.Fatalf("after making room: %d %s", a.Status, a.Body)
		}
	}
	t.Logf("%v", k.count)
}
