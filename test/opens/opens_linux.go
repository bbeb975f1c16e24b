package opens

import (
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"sync"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Counter counts the opens of files and folders, by whatever process, below the
// folders that it was given, and below those that are made there later.
type Counter struct {
	t   testing.TB
	fd  int
	own string // a folder of its own: what is opened there marks a place among the others

	mu     sync.Mutex
	news   sync.Cond
	dirs   map[int32]string
	counts map[string]int
	marks  int
	lost   bool
}

// A folder's own open is told by itself and by its parent; it is counted once.
// Closing is listened to as well: between two opens there is a close, and so
// the kernel does not take them for one event told twice.
const listened = unix.IN_OPEN | unix.IN_CLOSE_NOWRITE | unix.IN_CLOSE_WRITE | unix.IN_CREATE | unix.IN_MOVED_TO | unix.IN_ONLYDIR

// Count begins to count. Paths are told relative to the parent of the folder in dirs that they are below.
func Count(t testing.TB, dirs ...string) *Counter {
	t.Helper()
	fd, err := unix.InotifyInit1(unix.IN_CLOEXEC)
	if err != nil {
		t.Fatal(err)
	}
	c := &Counter{t: t, fd: fd, own: t.TempDir(), dirs: map[int32]string{}, counts: map[string]int{}}
	c.news.L = &c.mu
	c.mu.Lock()
	c.addLocked(c.own, "")
	for _, dir := range dirs {
		c.addLocked(dir, filepath.Base(dir))
	}
	c.mu.Unlock()
	file := os.NewFile(uintptr(fd), "inotify")
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		c.listen(file)
	}()
	t.Cleanup(func() {
		c.mu.Lock()
		c.dirs = nil
		c.mu.Unlock()
		os.WriteFile(filepath.Join(c.own, "end"), nil, 0o600) // wakes the reader
		<-ended
		file.Close()
	})
	return c
}

// addLocked listens to a folder and those below. Its own walk is not counted:
// what it opens it does not listen to yet.
func (c *Counter) addLocked(dir, shown string) {
	entries, _ := os.ReadDir(dir)
	for _, e := range entries {
		if e.IsDir() {
			c.addLocked(filepath.Join(dir, e.Name()), shown+"/"+e.Name())
		}
	}
	if wd, err := unix.InotifyAddWatch(c.fd, dir, listened); err == nil {
		c.dirs[int32(wd)] = shown
	}
}

func (c *Counter) listen(file *os.File) {
	b := make([]byte, 1<<16)
	for {
		n, err := file.Read(b)
		if err != nil {
			return
		}
		c.mu.Lock()
		if c.dirs == nil {
			c.mu.Unlock()
			return
		}
		for at := 0; at+unix.SizeofInotifyEvent <= n; {
			e := (*unix.InotifyEvent)(unsafe.Pointer(&b[at]))
			at += unix.SizeofInotifyEvent
			name := strings.TrimRight(string(b[at:at+int(e.Len)]), "\x00")
			at += int(e.Len)
			c.tookLocked(e.Wd, e.Mask, name)
		}
		c.news.Broadcast()
		c.mu.Unlock()
	}
}

func (c *Counter) tookLocked(wd int32, mask uint32, name string) {
	if mask&unix.IN_Q_OVERFLOW != 0 {
		c.lost = true
		return
	}
	dir, known := c.dirs[wd]
	folder := mask&unix.IN_ISDIR != 0
	switch {
	case !known:
	case dir == "": // its own folder
		if mask&unix.IN_OPEN != 0 && name != "" {
			c.marks++
		}
	case mask&unix.IN_OPEN == 0 || folder && name != "": // a folder tells its opens itself
	case name == "":
		c.counts[dir]++
	default:
		c.counts[dir+"/"+name]++
	}
}

// Take returns how often each path was opened since the last Take.
func (c *Counter) Take() map[string]int {
	c.t.Helper()
	c.mu.Lock()
	want := c.marks + 1
	c.mu.Unlock()
	if err := os.WriteFile(filepath.Join(c.own, fmt.Sprint("mark", want)), nil, 0o600); err != nil {
		c.t.Fatal(err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for c.marks < want { // events come in order
		c.news.Wait()
	}
	if c.lost {
		c.t.Fatal("the kernel has dropped events: too many at once")
	}
	counts := c.counts
	c.counts = map[string]int{}
	return counts
}

// Reach adds what is opened to counts until they have reached want, and what
// follows within another moment; it gives up after a minute. So what comes late is waited for, and too much is seen.
func (c *Counter) Reach(counts, want map[string]int) {
	c.t.Helper()
	add := func() {
		for path, n := range c.Take() {
			counts[path] += n
		}
	}
	short := func() bool {
		for path, n := range want {
			if counts[path] < n {
				return true
			}
		}
		return false
	}
	for late := time.Now().Add(time.Minute); short() && time.Now().Before(late); add() {
		time.Sleep(20 * time.Millisecond)
	}
	time.Sleep(300 * time.Millisecond)
	add()
}

// Text is one line for each path, in order.
func Text(counts map[string]int) string {
	var lines []string
	for path, n := range counts {
		lines = append(lines, fmt.Sprintf("%4d  %s", n, path))
	}
	sort.Slice(lines, func(i, j int) bool { return lines[i][4:] < lines[j][4:] })
	return strings.Join(lines, "\n")
}
