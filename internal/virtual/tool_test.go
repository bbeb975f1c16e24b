package virtual

import (
	"bytes"
	"crypto/md5"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"studioide/internal/confine"
	"studioide/internal/port"
	"studioide/internal/problem"
	"studioide/internal/sandbox"
)

var key = []byte("the key of these tests")

// TestMain is also the process that runs a sandboxed program.
func TestMain(m *testing.M) {
	confine.Stage()
	if status, ok := sandbox.Child(os.Args[1:]); ok {
		os.Exit(status)
	}
	status := m.Run()
	os.RemoveAll(runDir)
	os.Exit(status)
}

// runDir is where the tests' boards have their programs; what is there for one test serves the next.
var runDir = filepath.Join(os.TempDir(), fmt.Sprintf("virtual-test-run-%d", os.Getpid()))

// notShort is for tests that have a program made for the sandbox.
func notShort(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("short: machine code for the sandbox takes ten seconds of a processor to make")
	}
}

// kinds runs a test with a program that runs natively, and with one that runs in the sandbox.
func kinds(t *testing.T, test func(t *testing.T, c Config)) {
	t.Run("native", func(t *testing.T) { test(t, Config{}) })
	t.Run("sandboxed", func(t *testing.T) {
		notShort(t)
		test(t, Config{Sandbox: sandbox.Command()})
	})
}

type build struct {
	sync.Once
	file []byte
	err  error
}

var builds sync.Map // of *build by the program's name, and whether it is sandboxed

// program builds testdata/program once.
func program(t testing.TB, sandboxed bool) []byte {
	t.Helper()
	return buildProgram(t, "program", sandboxed)
}

// buildProgram builds a program in testdata once.
func buildProgram(t testing.TB, which string, sandboxed bool) []byte {
	t.Helper()
	one, _ := builds.LoadOrStore(fmt.Sprint(which, sandboxed), &build{})
	built := one.(*build)
	built.Do(func() {
		dir, err := os.MkdirTemp("", "virtual-test-")
		if err != nil {
			built.err = err
			return
		}
		defer os.RemoveAll(dir)
		name := filepath.Join(dir, "program")
		if runtime.GOOS == "windows" {
			name += ".exe"
		}
		cmd := exec.Command("go", "build", "-ldflags=-s -w", "-o", name, "./testdata/"+which)
		if sandboxed {
			cmd.Env = append(os.Environ(), "GOOS=wasip1", "GOARCH=wasm")
		}
		out, err := cmd.CombinedOutput()
		if err != nil {
			built.err = fmt.Errorf("%w: %s", err, out)
			return
		}
		built.file, built.err = os.ReadFile(name)
	})
	if built.err != nil {
		t.Fatal(built.err)
	}
	return built.file
}

func pack(t testing.TB, sandboxed bool) []byte {
	t.Helper()
	image, err := Pack(Program{Code: program(t, sandboxed), Sandboxed: sandboxed}, key)
	if err != nil {
		t.Fatal(err)
	}
	return image
}

// start starts a board that the test's end closes.
func start(t testing.TB, c Config) *Board {
	t.Helper()
	if c.Key == nil {
		c.Key = key
	}
	if c.RunDir == "" {
		c.RunDir = runDir
	}
	if c.Limits == nil { // programs get along with what they have in Studio
		c.Limits = func(string) confine.Limits { return confine.Limits{Listen: true, Memory: 512 << 20, Files: 1024} }
	}
	b, err := Start(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close() })
	return b
}

// tool is a flasher as simple as can be: it is what the tests know of the protocol.
type tool struct {
	t      testing.TB
	p      port.Port
	stub   bool
	hold   time.Duration // how long GPIO9 is held low; with real timing EN takes its time to rise
	frames unslip
	left   []byte
	buf    [64 << 10]byte
}

func connect(t testing.TB, b *Board) *tool {
	t.Helper()
	p, err := b.Open()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	h := &tool{t: t, p: p}
	if b.config.Timing {
		h.hold = 50 * time.Millisecond
	}
	return h
}

// bootloader resets the chip into its bootloader and syncs.
func (h *tool) bootloader() {
	h.t.Helper()
	h.lines(false, true)
	h.lines(true, false)
	time.Sleep(h.hold)
	h.lines(false, false)
	h.stub = false
	h.expect("waiting for download\r\n")
	h.sync()
}

func (h *tool) sync() {
	h.t.Helper()
	want := uint32(syncWord)
	if h.stub {
		want = 0
	}
	h.send(opSync, 0, append([]byte{7, 7, 0x12, 0x20}, bytes.Repeat([]byte{0x55}, 32)...))
	for range 8 {
		if value, _ := h.answer(opSync); value != want {
			h.t.Fatalf("SYNC answers %08x, want %08x", value, want)
		}
	}
}

func (h *tool) lines(dtr, rts bool) {
	h.t.Helper()
	if err := h.p.SetLines(dtr, rts); err != nil {
		h.t.Fatal(err)
	}
}

// reset restarts the chip into its program.
func (h *tool) reset() {
	h.t.Helper()
	h.lines(false, true)
	h.p.Discard()
	h.left = nil
	h.lines(false, false)
}

const patience = time.Minute

// expect reads text up to and with want, and returns it.
func (h *tool) expect(want string) string {
	h.t.Helper()
	return h.within(want, patience)
}

func (h *tool) within(want string, d time.Duration) string {
	h.t.Helper()
	var got []byte
	h.p.SetReadDeadline(time.Now().Add(d))
	for from := 0; ; from = max(0, len(got)-len(want)) {
		got = append(got, h.left...)
		if i := bytes.Index(got[from:], []byte(want)); i >= 0 {
			i += from + len(want)
			h.left = got[i:]
			return string(got[:i])
		}
		n, err := h.p.Read(h.buf[:])
		if err != nil {
			h.t.Fatalf("waiting for %q: %v after %q", want, err, got)
		}
		h.left = append(h.left[:0:0], h.buf[:n]...)
	}
}

// quiet fails when something comes within d.
func (h *tool) quiet(d time.Duration) {
	h.t.Helper()
	h.p.SetReadDeadline(time.Now().Add(d))
	n, err := h.p.Read(h.buf[:])
	if !errors.Is(err, os.ErrDeadlineExceeded) || len(h.left) > 0 {
		h.t.Fatalf("read %q%q, %v; want silence", h.left, h.buf[:n], err)
	}
}

func (h *tool) write(p []byte) {
	h.t.Helper()
	if _, err := h.p.Write(p); err != nil {
		h.t.Fatal(err)
	}
}

func (h *tool) send(op byte, check uint32, data []byte) {
	h.t.Helper()
	h.write(slip(request(op, check, data)))
}

func request(op byte, check uint32, data []byte) []byte {
	p := make([]byte, 8, 8+len(data))
	p[1] = op
	binary.LittleEndian.PutUint16(p[2:], uint16(len(data)))
	binary.LittleEndian.PutUint32(p[4:], check)
	return append(p, data...)
}

func (h *tool) frame() []byte {
	h.t.Helper()
	f, err := h.tryFrame(patience)
	if err != nil {
		h.t.Fatal(err)
	}
	return f
}

func (h *tool) tryFrame(d time.Duration) ([]byte, error) {
	h.p.SetReadDeadline(time.Now().Add(d))
	for {
		for len(h.left) > 0 {
			var f []byte
			if h.left, f = h.frames.feed(h.left); f != nil {
				return bytes.Clone(f), nil
			}
		}
		n, err := h.p.Read(h.buf[:])
		if err != nil {
			return nil, err
		}
		h.left = append([]byte(nil), h.buf[:n]...)
	}
}

// answer reads an answer and returns its value and its data and status.
func (h *tool) answer(op byte) (uint32, []byte) {
	h.t.Helper()
	f := h.frame()
	if len(f) < 10 || f[0] != 1 || f[1] != op || int(binary.LittleEndian.Uint16(f[2:])) != len(f)-8 {
		h.t.Fatalf("answer to %02x: % x", op, f)
	}
	return binary.LittleEndian.Uint32(f[4:]), f[8:]
}

func words(w ...uint32) (b []byte) {
	for _, v := range w {
		b = binary.LittleEndian.AppendUint32(b, v)
	}
	return b
}

// call sends a command, reads its answer and splits the status off.
func (h *tool) call(op byte, check uint32, data []byte) (value uint32, result []byte, f failure) {
	h.t.Helper()
	h.send(op, check, data)
	value, result = h.answer(op)
	status := 4
	if h.stub {
		status = 2
	}
	if len(result) < status {
		h.t.Fatalf("answer to %02x has %d bytes", op, len(result))
	}
	at := len(result) - status
	for _, c := range result[at+2:] {
		if c != 0 {
			h.t.Fatalf("status % x", result[at:])
		}
	}
	if result[at] != 0 {
		f = failure(result[at+1])
	}
	return value, result[:at], f
}

// do is call for what must work.
func (h *tool) do(op byte, data []byte) (uint32, []byte) {
	h.t.Helper()
	v, r, f := h.call(op, 0, data)
	if f != 0 {
		h.t.Fatalf("command %02x failed with %02x", op, f)
	}
	return v, r
}

func (h *tool) attach() {
	h.t.Helper()
	h.do(opAttach, words(0, 0))
	h.do(opSetParams, words(0, 16<<20, 64<<10, 4096, 256, 0xffff))
}

// upload starts the stub, which for the virtual chip may be anything.
func (h *tool) upload() {
	h.t.Helper()
	code := bytes.Repeat([]byte{0x13, 0, 0, 0xc0}, 0x400)
	h.do(opMemBegin, words(uint32(len(code)), 1, 0x1800, 0x40380000))
	if f := h.data(opMemData, 0, code); f != 0 {
		h.t.Fatalf("MEM_DATA: %02x", f)
	}
	h.do(opMemEnd, words(0, 0x40380004))
	if f := h.frame(); string(f) != "OHAI" {
		h.t.Fatalf("instead of OHAI: %q", f)
	}
	h.stub = true
}

func (h *tool) data(op byte, seq uint32, p []byte) failure {
	h.t.Helper()
	_, _, f := h.call(op, uint32(xor(checksumStart, p)), append(words(uint32(len(p)), seq, 0, 0), p...))
	return f
}

// flash writes without compression.
func (h *tool) flash(off uint32, p []byte) {
	h.t.Helper()
	const block = 0x4000
	n := uint32(len(p)+block-1) / block
	h.do(opFlashBegin, words(uint32(len(p)), n, block, off, 0))
	for i := uint32(0); i < n; i++ {
		piece := p[i*block:]
		if len(piece) > block {
			piece = piece[:block]
		} else {
			piece = append(bytes.Clone(piece), bytes.Repeat([]byte{0xff}, block-len(piece))...)
		}
		if f := h.data(opFlashData, i, piece); f != 0 {
			h.t.Fatalf("block %d: %02x", i, f)
		}
	}
	h.do(opFlashEnd, words(1))
}

func (h *tool) md5(off, n uint32) string {
	h.t.Helper()
	_, r := h.do(opMD5, words(off, n, 0, 0))
	if h.stub {
		return hex.EncodeToString(r)
	}
	return string(r)
}

func md5hex(p []byte) string { s := md5.Sum(p); return hex.EncodeToString(s[:]) }

// running starts a board with the tests' program in flash and running, in the sandbox if c has one.
func running(t testing.TB, c Config) (*Board, *tool) {
	t.Helper()
	b := start(t, c)
	h := connect(t, b)
	h.bootloader()
	h.attach()
	h.flash(0, pack(t, c.Sandbox != nil))
	h.reset()
	h.expect("hello ")
	h.expect("\n")
	return b, h
}

// line sends a command line to the program and returns the first line with the answer's prefix.
func (h *tool) line(command, prefix string) string {
	h.t.Helper()
	h.write([]byte(command + "\n"))
	h.expect(prefix)
	return strings.TrimSpace(strings.TrimSuffix(h.expect("\n"), "\n"))
}

// code is the code of a problem, or "".
func code(err error) string {
	var p *problem.Problem
	if errors.As(err, &p) {
		return p.Code
	}
	return ""
}

// collected is what Watch tells.
type collected struct{ c chan Event }

func watch(t testing.TB, b *Board) *collected {
	e := &collected{make(chan Event, 1000)}
	t.Cleanup(b.Watch(func(v Event) { e.c <- v }))
	return e
}

func (e *collected) wait(t testing.TB, k Kind) Event {
	t.Helper()
	deadline := time.After(patience)
	for {
		select {
		case v := <-e.c:
			if v.Kind == k {
				return v
			}
		case <-deadline:
			t.Fatalf("no event %s", k)
		}
	}
}

// content is n bytes that look like a program: half of them can be compressed.
func content(n int, seed uint64) []byte {
	r := rand.New(rand.NewPCG(seed, 2))
	b := make([]byte, n)
	for i := range b {
		if i/64%2 == 0 {
			b[i] = byte(r.Uint32())
		} else {
			b[i] = byte(i / 256)
		}
	}
	return b
}
