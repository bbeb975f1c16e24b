package virtual

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"studio/host"

	"studioide/internal/api"
	"studioide/internal/confine"
	"studioide/internal/sandbox"
)

func TestProgramRuns(t *testing.T) { kinds(t, testProgramRuns) }

func testProgramRuns(t *testing.T, c Config) {
	b, h := running(t, c)
	if got := h.line("echo a b", "a"); got != "b" {
		t.Errorf("echo: %q", got)
	}
	if b.State() != StateRunning {
		t.Error(b.State())
	}
	h.reset()
	if got := h.expect("attached"); !strings.Contains(got, fmt.Sprintf("reason=%d", host.ResetPin)) {
		t.Errorf("after a reset: %q", got)
	}
}

func TestProgramSaysWhereItListens(t *testing.T) {
	b, h := running(t, Config{})
	e := watch(t, b)
	h.line("listen 127.0.0.1:4321", "listening")
	if v := e.wait(t, Address); v.Address != "127.0.0.1:4321" || b.Address() != v.Address {
		t.Errorf("%+v %q", v, b.Address())
	}
	h.line("listen 10.0.0.1:80", "listening")
	h.line("listen localhost:80", "listening")
	h.line("listen 127.0.0.1:0", "listening")
	h.line("get 0", "level")
	if b.Address() != "127.0.0.1:4321" {
		t.Errorf("the program could send us to %s", b.Address())
	}
	h.reset()
	h.expect("attached")
	if b.Address() != "" {
		t.Error("the address outlives the program")
	}
}

// Where a sandboxed program's page is, its process says: the program could send us to anything on this computer.
func TestSandboxedProgramDoesNotSayWhereItListens(t *testing.T) {
	b, h := running(t, Config{Sandbox: sandbox.Command()})
	h.line("listen 127.0.0.1:4321", "listening")
	h.write([]byte("pin 8 2 1\n"))
	for slices.IndexFunc(b.Pins(), func(p api.Pin) bool { return p.Pin == 8 && p.Level }) < 0 { // what it has sent later has come
		time.Sleep(time.Millisecond)
	}
	if b.Address() != "" {
		t.Errorf("the program could send us to %s", b.Address())
	}
	if got := h.line("env", "env"); got != "[] dir" {
		t.Errorf("the program sees %s", got)
	}
}

func TestEnvironmentIsMinimal(t *testing.T) {
	t.Setenv("STUDIO_SECRET", "token")
	_, h := running(t, Config{})
	got := h.line("env", "env")
	if strings.Contains(got, "SECRET") || strings.Contains(got, "HOME") || strings.Contains(got, host.EnvKey) {
		t.Errorf("the program sees %s", got)
	}
	dir := got[strings.Index(got, " dir ")+5:]
	if list, err := os.ReadDir(dir); err != nil || len(list) != 0 {
		t.Errorf("working folder %q: %v %v", dir, list, err)
	}
	h.reset()
	h.expect("hello")
	if _, err := os.Stat(dir); err == nil {
		t.Errorf("%s is left behind", dir)
	}
}

func TestPins(t *testing.T) { kinds(t, testPins) }

func testPins(t *testing.T, c Config) {
	b, h := running(t, c)
	e := watch(t, b)
	find := func(n int) (m struct {
		Mode  string
		Level bool
	}) {
		for _, p := range b.Pins() {
			if p.Pin == n {
				m.Mode, m.Level = p.Mode, p.Level
			}
		}
		return m
	}
	h.write([]byte("pin 8 2 1\n"))
	e.wait(t, Pins)
	if p := find(8); p.Mode != "output" || !p.Level {
		t.Errorf("LED: %+v", p)
	}
	h.write([]byte("pin 9 1 0\n"))
	if got := h.line("get 9", "level"); got != "true" {
		t.Errorf("BOOT idles %s", got)
	}
	b.SetPin(9, false)
	h.expect("pin 9 false\n")
	if got := h.line("get 9", "level"); got != "false" {
		t.Errorf("BOOT pressed reads %s", got)
	}
	b.SetPin(9, true)
	h.expect("pin 9 true\n")
	if b.SetPin(12, true) == nil || b.SetPin(-1, true) == nil || b.SetPin(99, true) == nil {
		t.Error("a pin that users cannot reach was driven")
	}
	h.reset()
	if p := find(8); p.Mode != "unused" || p.Level {
		t.Errorf("LED after a reset: %+v", p)
	}
}

// A voltage is what hangs on the pin: the program reads it at once, also when it starts again.
func TestVoltages(t *testing.T) { kinds(t, testVoltages) }

func testVoltages(t *testing.T, c Config) {
	b, h := running(t, c)
	if got := h.line("voltage 3", "voltage"); got != "0" {
		t.Errorf("at first %s", got)
	}
	e := watch(t, b)
	h.write([]byte("pin 3 4 0\n"))
	e.wait(t, Pins)
	for _, v := range []int{1, 40000, api.Full} {
		if err := b.SetVoltage(3, v); err != nil {
			t.Fatal(err)
		}
		for h.line("voltage 3", "voltage") != fmt.Sprint(v) { // it is on its way
		}
		i := slices.IndexFunc(b.Pins(), func(p api.Pin) bool { return p.Pin == 3 })
		if p := b.Pins()[i]; p.Mode != "voltage" || p.Value != v {
			t.Errorf("%+v", p)
		}
	}
	h.reset()
	h.expect("attached")
	if got := h.line("voltage 3", "voltage"); got != "65535" {
		t.Errorf("after a reset %s", got)
	}
	if b.SetVoltage(12, 1) == nil || b.SetVoltage(3, -1) == nil || b.SetVoltage(3, api.Full+1) == nil {
		t.Error("what is no pin, or no voltage, was taken")
	}
}

func TestButtonAtResetEntersBootloader(t *testing.T) { kinds(t, testButtonAtResetEntersBootloader) }

func testButtonAtResetEntersBootloader(t *testing.T, c Config) {
	b, h := running(t, c)
	b.SetPin(9, false)
	h.reset()
	h.expect("waiting for download")
	b.SetPin(9, true)
	h.sync()
}

func TestFlashOfProgram(t *testing.T) { kinds(t, testFlashOfProgram) }

func testFlashOfProgram(t *testing.T, c Config) {
	b, h := running(t, c)
	if got := h.line("erase 0xc00000 0x2000", "erase"); got != "<nil>" {
		t.Fatal(got)
	}
	if got := h.line("write 0xc00ffe f00faa55", "write"); got != "<nil>" {
		t.Fatal(got)
	}
	if got := h.line("write 0xc00ffe 3cff0fff", "write"); got != "<nil>" {
		t.Fatal(got)
	}
	if got := h.line("read 0xc00ffd 6", "read"); got != "ff300f0a55ff <nil>" {
		t.Error(got)
	}
	var p [6]byte
	b.ReadFlash(p[:], 0xc00ffd)
	if fmt.Sprintf("%x", p) != "ff300f0a55ff" {
		t.Errorf("flash holds %x", p)
	}
	if got := h.line("erase 0xc00001 0x1000", "erase"); got == "<nil>" {
		t.Error("an erase that is not aligned was done")
	}
	if got := h.line("write 0xffffff 0000", "write"); got == "<nil>" {
		t.Error("a write past the end was done")
	}
}

func TestProgramResets(t *testing.T) { kinds(t, testProgramResets) }

func testProgramResets(t *testing.T, c Config) {
	b, h := running(t, c)
	h.write([]byte("reset\n"))
	text := h.expect("attached")
	if !strings.Contains(text, "resetting\n") || !strings.Contains(text, "rst:0xc (RTC_SW_CPU_RST)") ||
		!strings.Contains(text, fmt.Sprintf("reason=%d", host.ResetSoftware)) {
		t.Errorf("%q", text)
	}
	e := watch(t, b)
	h.write([]byte("bootloader\n"))
	e.wait(t, Bootloader)
	h.expect("waiting for download\r\n")
	h.sync()
	h.reset()
	h.expect("hello")
}

func TestProgramEnds(t *testing.T) { kinds(t, testProgramEnds) }

func testProgramEnds(t *testing.T, c Config) {
	for _, end := range []struct {
		command, text string
		code          int
	}{{"exit 0", "The program has ended.", 0}, {"exit 7", "exit code 7", 7}, {"panic", "panic: on purpose", 2}} {
		t.Run(end.command, func(t *testing.T) {
			b, h := running(t, c)
			e := watch(t, b)
			h.write([]byte(end.command + "\n"))
			text := h.expect("Reset the board to start it again.\r\n")
			if !strings.Contains(text, end.text) {
				t.Errorf("%q", text)
			}
			if v := e.wait(t, Exited); v.Code != end.code || v.Text == "" {
				t.Errorf("%+v", v)
			}
			if b.State() != StateEnded {
				t.Error(b.State())
			}
			h.write([]byte(strings.Repeat("nobody reads this ", 100000)))
			h.reset()
			h.expect("hello")
		})
	}
}

func TestProgramThatDoesNotRead(t *testing.T) { kinds(t, testProgramThatDoesNotRead) }

func testProgramThatDoesNotRead(t *testing.T, c Config) {
	_, h := running(t, c)
	h.line("deaf", "deaf")
	begin := time.Now()
	for range 64 {
		h.write(make([]byte, 64<<10))
	}
	if d := time.Since(begin); d > patience {
		t.Errorf("4 MB into a program that does not read took %v", d)
	}
	h.reset()
	h.expect("hello")
	h.expect("\n")
	h.line("echo again", "again")
}

func TestLongInputArrives(t *testing.T) { kinds(t, testLongInputArrives) }

func testLongInputArrives(t *testing.T, c Config) {
	_, h := running(t, c)
	if got := h.line("len "+strings.Repeat("x", 500_000), "len"); got != "500004" {
		t.Errorf("%s bytes arrived", got)
	}
}

func TestFloodIsBounded(t *testing.T) { kinds(t, testFloodIsBounded) }

func testFloodIsBounded(t *testing.T, c Config) {
	b, h := running(t, c)
	h.write([]byte("flood 20000\n"))
	time.Sleep(50 * time.Millisecond) // let it run into the full line
	b.toHost.mu.Lock()
	size := b.toHost.size
	b.toHost.mu.Unlock()
	if size > hostBuffer+64<<10 {
		t.Errorf("%d bytes wait for the host", size)
	}
	if n := len(h.expect("flooded\n")); n < 20000*1024 {
		t.Errorf("%d bytes arrived", n)
	}
	h.write([]byte("flood 100000000\n"))
	h.expect("xxx")
	h.bootloader() // and there is a way out of it
}

func TestUnheardProgramGoesOn(t *testing.T) { kinds(t, testUnheardProgramGoesOn) }

func testUnheardProgramGoesOn(t *testing.T, c Config) {
	b, h := running(t, c)
	h.write([]byte("flood 4000\n"))
	h.expect("xxx")
	h.p.Close()
	time.Sleep(20 * time.Millisecond)
	h = connect(t, b)
	h.write([]byte("echo there\n"))
	h.expect("there\n")
}

func TestNewHolderReadsNothingOld(t *testing.T) { kinds(t, testNewHolderReadsNothingOld) }

func testNewHolderReadsNothingOld(t *testing.T, c Config) {
	b, h := running(t, c)
	h.write([]byte("echo stale\n"))
	h.p.SetReadDeadline(time.Now().Add(patience))
	if _, err := h.p.Read(h.buf[:1]); err != nil { // it has come, and most of it is not read
		t.Fatal(err)
	}
	h.p.Close()
	h = connect(t, b)
	h.quiet(20 * time.Millisecond)
	h.line("echo fresh", "fresh")
}

func TestBothLinesAssertedDoNotReset(t *testing.T) { kinds(t, testBothLinesAssertedDoNotReset) }

func testBothLinesAssertedDoNotReset(t *testing.T, c Config) {
	b, h := running(t, c)
	h.lines(true, true) // as operating systems do when a port is opened
	h.line("echo on", "on")
	h.lines(false, false)
	h.line("echo and on", "and on")
	if b.State() != StateRunning {
		t.Error(b.State())
	}
}

func TestProgramStartsNoOthers(t *testing.T) {
	if !confine.Look().Processes {
		t.Skip("this system does not keep programs from it")
	}
	if _, h := running(t, Config{}); h.line("sleepers", "pid") != "0" {
		t.Error("the program has started another one")
	}
}

func TestLeftBehindProcessesEnd(t *testing.T) {
	if _, err := os.Stat("/proc/self"); err != nil {
		t.Skip("needs /proc")
	}
	_, h := running(t, Config{Limits: func(string) confine.Limits { return confine.Limits{Open: true} }})
	pid := h.line("sleepers", "pid")
	if _, err := os.Stat("/proc/" + pid + "/stat"); err != nil {
		t.Fatalf("process %s does not run: %v", pid, err)
	}
	h.reset()
	h.expect("hello")
	state, err := os.ReadFile("/proc/" + pid + "/stat")
	if err == nil && !strings.Contains(string(state), ") Z") {
		t.Errorf("process %s is alive: %s", pid, state)
	}
}
