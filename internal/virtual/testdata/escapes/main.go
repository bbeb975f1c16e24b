// Command escapes is a program of the virtual board that tries to get out. It
// prints a line for every attempt: what it has reached, or nothing. Attempts
// that may end it are commands of their own; see escapes_test.go.
package main

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"studio/host"
)

// canary is what lies outside: a file in a folder, a TCP and a Unix server, a
// process, and a word in the environment and the file.
var canary struct {
	file, address, socket, word string
	pid                         int
}

// attempt returns what it has reached; "": nothing.
type attempt struct {
	name string
	try  func() string
}

func ok(what string, err error) string {
	if err != nil {
		return ""
	}
	return what
}

func read(name string) func() string {
	return func() string {
		b, err := os.ReadFile(name)
		if err != nil || len(b) == 0 {
			return ""
		}
		return fmt.Sprintf("read %d bytes", len(b))
	}
}

// dial counts only when somebody outside is there.
func dial(network string, address *string) func() string {
	return func() string {
		c, err := net.DialTimeout(network, *address, 2*time.Second)
		if err != nil {
			return ""
		}
		defer c.Close()
		c.SetDeadline(time.Now().Add(2 * time.Second))
		b := make([]byte, 64)
		if n, err := c.Read(b); err == nil && strings.Contains(string(b[:n]), canary.word) {
			return "connected"
		}
		return ""
	}
}

func attempts() []attempt {
	dir := filepath.Dir(canary.file)
	here := func(name string) string { return filepath.Join(dir, name) }
	list := []attempt{
		{"file.read", read(canary.file)},
		{"file.read-dotdot", read(strings.Repeat("../", 20) + strings.TrimPrefix(canary.file, "/"))},
		{"file.stat", func() string { _, err := os.Stat(canary.file); return ok("seen", err) }},
		{"file.write", func() string { return ok("written", os.WriteFile(here("new"), []byte("x"), 0o600)) }},
		{"file.append", func() string {
			f, err := os.OpenFile(canary.file, os.O_APPEND|os.O_WRONLY, 0)
			if err == nil {
				f.Close()
			}
			return ok("opened", err)
		}},
		{"file.truncate", func() string { return ok("truncated", os.Truncate(here("victim"), 0)) }},
		{"file.chmod", func() string { return ok("changed", os.Chmod(here("victim"), 0o777)) }},
		{"file.rename", func() string { return ok("renamed", os.Rename(here("victim"), here("victim2"))) }},
		{"file.remove", func() string { return ok("removed", os.Remove(here("victim3"))) }},
		{"file.mkdir", func() string { return ok("made", os.Mkdir(here("folder"), 0o700)) }},
		{"file.symlink", func() string {
			if os.Symlink(canary.file, "link") != nil {
				return ""
			}
			return read("link")()
		}},
		{"file.hardlink", func() string { return ok("linked", os.Link(canary.file, "hard")) }},
		{"file.temp", func() string { _, err := os.CreateTemp("", "x"); return ok("made", err) }},
		{"file.list-root", func() string { l, err := os.ReadDir("/"); return ok(fmt.Sprint(len(l) > 0), err) }},
		{"file.list-here", func() string { l, err := os.ReadDir(dir); return ok(fmt.Sprint(len(l) > 0), err) }},
		{"file.passwd", read("/etc/passwd")},
		{"file.root-fs", func() string { l, err := os.OpenRoot(dir); _ = l; return ok("opened", err) }},
		{"proc.environ", read("/proc/self/environ")},
		{"proc.maps", read("/proc/self/maps")},
		{"proc.parent", read(fmt.Sprintf("/proc/%d/cmdline", canary.pid))},
		{"proc.fd", func() string { l, err := os.ReadDir("/proc/self/fd"); return ok(fmt.Sprint(len(l)), err) }},
		{"dev.tty", func() string { _, err := os.OpenFile("/dev/tty", os.O_RDWR, 0); return ok("opened", err) }},
		{"env.word", func() string { return os.Getenv("STUDIO_CANARY") }},
		{"env.any", func() string { return strings.Join(os.Environ(), " ") }},
		{"env.key", func() string { return os.Getenv("STUDIO_SANDBOX_CHIP_KEY") + os.Getenv(host.EnvKey) }},
		{"env.arguments", func() string { return strings.Join(os.Args[1:], " ") }},
		{"env.home", func() string { h, err := os.UserHomeDir(); return ok(h, err) }},
		{"env.executable", func() string {
			e, err := os.Executable()
			if err != nil {
				return ""
			}
			return read(e)()
		}},
		{"net.tcp", dial("tcp", &canary.address)},
		{"net.udp", func() string {
			c, err := net.Dial("udp", canary.address)
			if err != nil {
				return ""
			}
			c.Write([]byte(canary.word)) // the test looks whether it comes
			return ""
		}},
		{"net.unix", dial("unix", &canary.socket)},
		{"net.listen", func() string {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				return ""
			}
			go func() {
				for {
					c, err := l.Accept()
					if err != nil {
						return
					}
					c.Close()
				}
			}()
			return "at " + l.Addr().String() // the test looks whether it does
		}},
		{"net.lookup", func() string { a, err := net.LookupHost("localhost.localdomain."); return ok(fmt.Sprint(a), err) }},
		{"exec.shell", func() string { return ok("ran", exec.Command("/bin/sh", "-c", "exit 0").Run()) }},
		{"exec.true", func() string {
			p, err := os.StartProcess("/bin/true", []string{"true"}, &os.ProcAttr{})
			if err == nil {
				p.Wait()
			}
			return ok("ran", err)
		}},
		{"race.interface", race},
	}
	return append(list, raw()...)
}

// race writes a variable of two words from many goroutines: what reads a half
// of one and a half of the other has a pointer of a wrong type.
func race() string {
	var v any = 1
	stop := time.Now().Add(50 * time.Millisecond)
	torn := make(chan bool, 4)
	for n := range 4 {
		go func() {
			bad := false
			for time.Now().Before(stop) {
				if n%2 == 0 {
					v = n
				} else {
					v = "text"
				}
				switch x := v.(type) {
				case string:
					bad = bad || len(x) != 4
				}
				runtime.Gosched()
			}
			torn <- bad
		}()
	}
	for range 4 {
		if <-torn {
			return "torn"
		}
	}
	return ""
}

func recurse(n int) int { return recurse(n+1) + n }

func main() {
	fmt.Println("hello")
	in := bufio.NewScanner(os.Stdin)
	for in.Scan() {
		f := strings.Fields(in.Text())
		if len(f) == 0 {
			continue
		}
		switch f[0] {
		case "outside":
			canary.file, canary.address, canary.socket, canary.word = f[1], f[2], f[3], f[4]
			fmt.Sscan(f[5], &canary.pid)
		case "try":
			for _, a := range attempts() {
				fmt.Printf("try %s %s\n", a.name, strings.Join(strings.Fields(a.try()), " "))
			}
			fmt.Println("tried")
		case "memory":
			var keep [][]byte
			for {
				b := make([]byte, 1<<20)
				for i := range b {
					b[i] = 1
				}
				keep = append(keep, b)
			}
		case "stack":
			fmt.Println(recurse(0))
		case "goroutines":
			for {
				go func() { select {} }()
			}
		case "flood":
			for {
				fmt.Println(strings.Repeat("x", 1000))
			}
		case "loop":
			for {
			}
		case "exit":
			os.Exit(77)
		default:
			wild(f[0])
		}
	}
}
