package e2e

import (
	"encoding/json"
	"encoding/xml"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"studioide/internal/api"
)

// tryTrust takes trust back from a project that was made here, and gives it again.
func tryTrust(t *testing.T, home, dir string) {
	t.Helper()
	real, err := filepath.EvalSymlinks(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args   []string
		status int
		says   string
	}{
		{[]string{"trust", "--list"}, 0, real + " made here"}, // between them as many spaces as the longest path leaves
		{[]string{"trust", "--list", dir}, 2, "--list stands alone"},
		{[]string{"trust", "--list", "--remove"}, 2, "--list stands alone"},
		{[]string{"trust", "--remove", dir}, 0, "is not trusted any more: its program runs in the sandbox"},
		{[]string{"trust", "--remove", dir}, 1, "is not trusted, so there is nothing to take back"},
		{[]string{"trust", "--list"}, 0, ""},
		{[]string{"trust", filepath.Join(dir, "nowhere")}, 1, "nowhere"},
		{[]string{"trust", dir}, 0, "is trusted: its program may run outside of the sandbox"},
		{[]string{"trust", "--list"}, 0, real + " you said so"},
		{[]string{"trust", "--list", "--json"}, 0, `"how":"asked"`},
	} {
		out, errs, code := cli(t, home, c.args...)
		said := out + errs
		if c.says != "" {
			said = strings.Join(strings.Fields(said), " ")
		}
		if code != c.status || !strings.Contains(said, c.says) || c.says == "" && strings.Contains(said, real) {
			t.Errorf("studio %v = %d %q, want %d and %q", c.args, code, said, c.status, c.says)
		}
	}
}

// tryMessageTests runs sets of messages against a board with the program led.
func tryMessageTests(t *testing.T, home, dir string) {
	t.Helper()
	write := func(name, content string) string {
		path := filepath.Join(dir, "tests", name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	good := write("good.json", `{"name":"LED","messages":{"On":"LEDon"},"steps":[{"send":{"message":"On"}},
{"expect":"/Reply for (?<what>.*)/"},{"repeat":2,"steps":[{"send":"LEDoff"},{"waitFor":{"contains":"LEDoff"}}]}]}`)
	bad := write("bad.json", "{\"steps\":[{\"send\":\"LEDon\"},\n{\"expect\":\"Reply for LEDoff\"},{\"send\":\"x\"}]}")
	broken := write("broken.json", "{\"steps\":[\n{\"sned\":\"x\"}]}")
	results := filepath.Join(t.TempDir(), "results.xml")
	for _, c := range []struct {
		args []string
		code int
		says []string
	}{
		{[]string{"--test", good}, 0, []string{"✓ send On", "✓ 2 times", "1 test passed"}},
		{[]string{"--test", good, bad, "--junit", results}, 1, []string{"✗ expect “Reply for LEDoff”", "line 2: “Reply for LEDon” came instead", "– send “x”", "1 of 2 tests failed"}},
		{[]string{"--test", broken, "--test", good}, 1, []string{"broken.json", "Line 2:", "“send”"}},
		{[]string{"--test", filepath.Join(dir, "none.json")}, 1, []string{"none.json"}},
		{[]string{"--json", "--test", good}, 0, []string{`"event":"step"`, `"state":"passed"`}},
		{[]string{"--junit", results}, 2, []string{"--junit goes with --test"}},
	} {
		out, errs, code := cli(t, home, append([]string{"ws", "--port", "virtual:"}, c.args...)...)
		for _, says := range c.says {
			if code != c.code || !strings.Contains(out+errs, says) {
				t.Errorf("studio ws %v = %d, want %d and %q\n%s%s", c.args, code, c.code, says, out, errs)
			}
		}
	}
	var suites struct {
		Tests    int `xml:"tests,attr"`
		Failures int `xml:"failures,attr"`
		Suites   []struct {
			Name  string `xml:"name,attr"`
			Cases []struct {
				Line    int `xml:"line,attr"`
				Failure *struct {
					Message string `xml:"message,attr"`
				} `xml:"failure"`
				Skipped *struct{} `xml:"skipped"`
			} `xml:"testcase"`
		} `xml:"testsuite"`
	}
	content, err := os.ReadFile(results)
	if err == nil {
		err = xml.Unmarshal(content, &suites)
	}
	if err != nil || suites.Tests != 8 || suites.Failures != 1 || len(suites.Suites) != 2 || suites.Suites[0].Name != "LED" {
		t.Fatalf("%v, %+v\n%s", err, suites, content)
	}
	if failed := suites.Suites[1].Cases; failed[1].Failure == nil || failed[1].Line != 2 || failed[2].Skipped == nil {
		t.Errorf("%s", content)
	}
}

// Everything the page can do, a script can do: without a running Studio, and through one.
func TestCommandLine(t *testing.T) {
	for _, through := range []bool{false, true} {
		name := "alone"
		if through {
			name = "through a running Studio"
		}
		t.Run(name, func(t *testing.T) {
			home := newHome(t)
			if through {
				s := start(t, home)
				s.until("a board", func(n api.Snapshot) bool { return n.Board.State == api.BoardEmpty })
			}
			dir := filepath.Join(t.TempDir(), "my-led")
			must := func(args ...string) string {
				t.Helper()
				out, errs, code := cli(t, home, args...)
				if code != 0 {
					t.Fatalf("studio %v = %d\n%s%s", args, code, out, errs)
				}
				return out
			}
			must("new", "led", dir)
			tryTrust(t, home, dir)
			image := filepath.Join(t.TempDir(), "led.bin")
			must("build", dir, "--board", "virtual", "-o", image)
			if info, err := os.Stat(image); err != nil || info.Size() < 1<<20 {
				t.Fatalf("build -o: %v, %v", info, err)
			}
			must("flash", dir, "--port", "virtual:")
			if out := must("push", dir, "--port", "virtual:"); !strings.Contains(out, "led.html") {
				t.Errorf("push says %q", out)
			}
			if out := must("push", dir, "--port", "virtual:"); strings.Contains(out, "sent ") {
				t.Errorf("a second push says %q", out)
			}
			if out := must("files", "ls", "--port", "virtual:"); !strings.Contains(out, "/www/led.html") {
				t.Errorf("files ls says %q", out)
			}
			page, err := os.ReadFile(filepath.Join(dir, "www", "led.html"))
			if err != nil {
				t.Fatal(err)
			}
			if out := must("files", "cat", "--port", "virtual:", "/www/led.html"); out != string(page) {
				t.Errorf("files cat gives %d bytes, the file has %d", len(out), len(page))
			}
			extra := filepath.Join(t.TempDir(), "x.txt")
			if err := os.WriteFile(extra, []byte("by hand"), 0o644); err != nil {
				t.Fatal(err)
			}
			must("files", "put", "--port", "virtual:", extra, "/www/x.txt")
			if out := must("files", "cat", "--port", "virtual:", "www/x.txt"); out != "by hand" {
				t.Errorf("files cat x.txt gives %q", out)
			}
			if out := must("push", dir, "--port", "virtual:"); !strings.Contains(out, "only on the board: /www/x.txt") {
				t.Errorf("push with an extra file says %q", out)
			}
			must("files", "rm", "--port", "virtual:", "/www/x.txt")
			if _, errs, code := cli(t, home, "files", "rm", "--port", "virtual:", "/www/x.txt"); code != 1 || !strings.Contains(errs, "no file") {
				t.Errorf("removing it twice = %d %q", code, errs)
			}
			if _, errs, code := cli(t, home, "files", "cat", "--port", "virtual:", "x.txt"); code != 1 || !strings.Contains(errs, "There is no file /x.txt") {
				t.Errorf("reading what is not there = %d %q", code, errs)
			}
			if out := must("files", "df", "--port", "virtual:", "--json"); !strings.Contains(out, `"size":`) {
				t.Errorf("files df says %q", out)
			}
			out := must("ws", "--port", "virtual:", "--send", "LEDon", "--for", "1s")
			if !strings.Contains(out, "Reply for LEDon") {
				t.Errorf("ws says %q", out)
			}
			// Without anybody at the terminal it ends by itself when all is said.
			if out := must("ws", "--port", "virtual:", "--send", "LEDoff"); !strings.Contains(out, "Reply for LEDoff") {
				t.Errorf("ws without --for says %q", out)
			}
			tryMessageTests(t, home, dir)
			if through { // the board that the page has selected
				if out := must("ws", "/ws", "--send", "LEDon", "--for", "1s"); !strings.Contains(out, "Reply for LEDon") {
					t.Errorf("ws /ws says %q", out)
				}
			} else if _, errs, code := cli(t, home, "ws", "/ws"); code != 1 || !strings.Contains(errs, "No Studio is running") {
				t.Errorf("ws /ws = %d %q", code, errs)
			}
			must("flash", image, "--port", "virtual:")
			must("flash", image, "--port", "virtual:", "--board", "virtual")
			must("monitor", "--port", "virtual:", "--for", "500ms")
		})
	}
}

func TestCommandLineTells(t *testing.T) {
	home := newHome(t)
	for _, c := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"frobnicate"}, 2, "frobnicate"},
		{[]string{"build", "--frob"}, 2, "--frob"},
		{[]string{"build", "a", "b"}, 2, "studio build -h"},
		{[]string{"new", "led"}, 2, "studio new TEMPLATE FOLDER"},
		{[]string{"new", "a", "b", "c"}, 2, "“c” is one word too many"},
		{[]string{"new", "led"}, 2, "studio new -h"},
		{[]string{"new", "nothing", filepath.Join(t.TempDir(), "x")}, 2, "nothing"},
		{[]string{"build", t.TempDir()}, 1, "main.go"},
		{[]string{"build", filepath.Join(t.TempDir(), "none")}, 1, "none"},
		{[]string{"build", "--board", "zx81", "."}, 1, ""},
		{[]string{"flash", "none.bin", "--port", "virtual:"}, 1, "none.bin"},
		{[]string{"flash", "--port", "virtual:../x", os.Args[0]}, 2, "virtual:../x"},
		{[]string{"flash", os.Args[0]}, 2, "--port"},
		{[]string{"flash", "--offset", "banana", "--port", "virtual:", os.Args[0]}, 2, "banana"},
		{[]string{"push", t.TempDir(), "--port", "virtual:"}, 1, "main.go"},
		{[]string{"files", "ls", "--port", "/dev/does-not-exist"}, 1, "/dev/does-not-exist"},
		{[]string{"files"}, 2, "cat, df, ls, put or rm"},
		{[]string{"files", "list", "--port", "virtual:"}, 2, "“list”; it is one of cat, df, ls, put or rm"},
		{[]string{"files", "--port", "virtual:"}, 2, "cat, df, ls, put or rm"},
		{[]string{"wifi", "scna", "--port", "virtual:"}, 2, "ap, join, scan or status"},
		{[]string{"frobnicate", "--port", "virtual:"}, 2, "There is no studio frobnicate"},
		{[]string{"ports", "all"}, 2, "studio ports"},
		{[]string{"ws", "ws://127.0.0.1:1/", "--port", "virtual:"}, 2, "not both"},
		{[]string{"files", "ls", "--port", "virtual:"}, 1, "studio flash"},
		{[]string{"flash", os.Args[0], "--port", "virtual:", "--board", "pico"}, 2, "no Raspberry Pi Pico"},
		{[]string{"flash", "--port", "uf2:NOPE", os.Args[0]}, 2, "uf2:RP2350"},
		{[]string{"monitor", "--port", "virtual:", "--for", "soon"}, 2, "soon"},
		{[]string{"ws"}, 2, "--port"},
		{[]string{"ws", "http://x/"}, 2, "ws://"},
		{[]string{"ws", "ws://127.0.0.1:1/", "--for", "2s"}, 1, "127.0.0.1:1"},
		{[]string{"serve", "--addr", "0.0.0.0:8080"}, 2, "this computer only"},
		{[]string{"serve", "--addr", "127.0.0.1:99999"}, 2, "99999"},
		{[]string{"serve", "--addr", "nonsense"}, 2, "nonsense"},
		{[]string{"serve", "--lan-address", "0.0.0.0:8443"}, 2, "all networks"},
		{[]string{"serve", "--lan-address", "here"}, 2, "192.168.1.5"},
		{[]string{"serve", "--lan", "--key", os.Args[0]}, 2, "--cert"},
		{[]string{"serve", "--cert", os.Args[0], "--key", os.Args[0]}, 1, "PEM"},
		{[]string{"virtual", "--timing", "slow"}, 2, "slow"},
		{[]string{"virtual", "NO/PE"}, 2, "NO/PE"},
	} {
		out, errs, code := cli(t, home, c.args...)
		if code != c.code || !strings.Contains(errs, c.says) || out != "" && code == 2 {
			t.Errorf("studio %q = %d, want %d with %q:\n%s%s", c.args, code, c.code, c.says, out, errs)
		}
		out, _, jcode := cli(t, home, append(c.args, "--json")...)
		lines := strings.Split(strings.TrimSpace(out), "\n")
		var e struct {
			Error *struct{ Code, Text, Help string }
		}
		if err := json.Unmarshal([]byte(lines[len(lines)-1]), &e); err != nil || e.Error == nil || e.Error.Code == "" || e.Error.Text == "" || e.Error.Help == "" || jcode != c.code {
			t.Errorf("studio %q --json = %d %q; want an error with code, text and help", c.args, jcode, out)
		}
	}
	for _, c := range [][]string{{"templates"}, {"boards"}, {"ports"}, {"doctor"}} {
		out, errs, code := cli(t, home, append(c, "--json")...)
		if code != 0 || out == "" {
			t.Errorf("studio %v = %d %s%s", c, code, out, errs)
		}
		for line := range strings.Lines(out) {
			if !json.Valid([]byte(line)) {
				t.Errorf("studio %v printed %q, which is no JSON", c, line)
			}
		}
	}
	for _, c := range []string{"serve", "new", "templates", "boards", "build", "flash", "push", "files", "monitor", "ws", "virtual", "doctor", "ports"} {
		out, _, code := cli(t, home, c, "-h")
		if code != 0 || !strings.Contains(out, "Examples:") {
			t.Errorf("studio %s -h = %d without an example:\n%s", c, code, out)
		}
	}
}
