package e2e

import (
	"bufio"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"studioide/internal/api"
	"studioide/test/built"
)

// verbs are the commands that need a board at a port.
func verbs(t *testing.T, project string) [][]string {
	t.Helper()
	image := filepath.Join(t.TempDir(), "x.bin")
	if err := os.WriteFile(image, make([]byte, 4096), 0o644); err != nil {
		t.Fatal(err)
	}
	return [][]string{
		{"monitor"}, {"monitor", "--for", "20s"}, {"monitor", "--json"}, {"ws"}, {"ws", "--send", "hello"}, {"push", project},
		{"files", "ls"}, {"files", "df"}, {"files", "cat", "/www/led.html"}, {"files", "put", image, "/www/x.bin"}, {"files", "rm", "/www/led.html"},
		{"flash", project, "--board", "virtual"}, {"wifi", "status"}, {"wifi", "scan"}, {"wifi", "ap"},
	}
}

// A port that does not exist or that another program has is told by every verb,
// on the right stream, and is a failure; no port at all is a mistake in what was typed.
func TestEveryVerbTellsAboutItsPort(t *testing.T) {
	home := newHome(t)
	project := filepath.Join(t.TempDir(), "p")
	if out, errs, code := cli(t, home, "new", "led", project); code != 0 {
		t.Fatal(out, errs)
	}
	cases := []struct{ name, port, code string }{{"missing", filepath.Join(t.TempDir(), "ttyNone"), "port.not-found"}}
	if runtime.GOOS == "linux" {
		port := ptyBoard(t, home, "held")
		f, err := os.OpenFile(port, os.O_RDWR, 0)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		cases = append(cases, struct{ name, port, code string }{"busy", port, "port.busy"})
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			for _, verb := range verbs(t, project) {
				out, errs, code := cli(t, home, append(verb, "--port", c.port)...)
				told := errs
				if verb[len(verb)-1] == "--json" {
					told = out
				}
				if code != 1 || !strings.Contains(told, c.port) {
					t.Errorf("studio %v = %d\n%s%s", verb, code, out, errs)
				}
				if told == out && !strings.Contains(out, `"`+c.code+`"`) {
					t.Errorf("studio %v says %s", verb, out)
				}
			}
		})
	}
	for _, verb := range verbs(t, project) {
		if verb[0] == "ws" {
			continue // it may have an address instead, and says so
		}
		if out, errs, code := cli(t, home, verb...); code != 2 {
			t.Errorf("studio %v without a port = %d\n%s%s", verb, code, out, errs)
		}
	}
}

// A board that is unplugged ends what listens to it: told, and a failure,
// whether this process has the port or a running Studio.
func TestUnpluggedWhileListening(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("no way to see here when a process has opened its port")
	}
	for _, verb := range []string{"monitor", "ws"} {
		for _, through := range []bool{false, true} {
			name := verb + " alone"
			if through {
				name = verb + " through a running Studio"
			}
			t.Run(name, func(t *testing.T) {
				home := newHome(t)
				port, unplug := pluggedBoard(t, home, "pulled")
				project := filepath.Join(t.TempDir(), "p")
				for _, args := range [][]string{{"new", "led", project}, {"flash", project, "--port", port, "--board", "virtual"}} {
					if out, errs, code := cli(t, home, args...); code != 0 {
						t.Fatalf("studio %v = %d\n%s%s", args, code, out, errs)
					}
				}
				if through {
					s := start(t, home)
					s.until("a project", func(n api.Snapshot) bool { return n.Project != nil })
					s.ok(http.MethodPost, "/api/board/port", map[string]string{"port": port})
					s.until("the board", func(n api.Snapshot) bool { return n.Board.Port == port && n.Board.State == api.BoardRunning })
				}
				cmd := exec.Command(binary, verb, "--port", port, "--json", "--for", "5m")
				cmd.Env = append(os.Environ(), "STUDIO_HOME="+home)
				in, _ := cmd.StdinPipe() // stays open: nobody has typed anything yet
				defer in.Close()
				var errs built.Log
				cmd.Stderr = &errs
				out, err := cmd.StdoutPipe()
				if err != nil {
					t.Fatal(err)
				}
				if err := cmd.Start(); err != nil {
					t.Fatal(err)
				}
				defer cmd.Process.Kill()
				lines := bufio.NewScanner(out)
				said := ""
				switch {
				case verb == "ws":
					for !strings.Contains(said, `"open"`) && lines.Scan() {
						said += lines.Text() + "\n"
					}
				case through:
					time.Sleep(time.Second) // later is stricter; right either way
				default:
					waitOpen(t, cmd.Process.Pid, port)
				}
				unplug()
				for lines.Scan() {
					said += lines.Text() + "\n"
				}
				cmd.Wait()
				if code := cmd.ProcessState.ExitCode(); code != 1 || !strings.Contains(said, `"error"`) {
					t.Errorf("exit code %d\n%s%s", code, said, errs.String())
				}
			})
		}
	}
}

// waitOpen waits until a process has a port open.
func waitOpen(t *testing.T, pid int, port string) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		fds, _ := filepath.Glob("/proc/" + strconv.Itoa(pid) + "/fd/*")
		for _, fd := range fds {
			if to, _ := os.Readlink(fd); to == port {
				return
			}
		}
	}
	t.Fatalf("%s is never opened", port)
}
