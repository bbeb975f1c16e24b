// Package esptooljs flashes the virtual board with unmodified esptool-js, which
// runs in Node and reaches the board through the bridge in this file.
package esptooljs

import (
	"bufio"
	"bytes"
	"crypto/md5"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"studioide/internal/port"
	"studioide/internal/virtual"
	"studioide/test/foreign"
)

var key = []byte("key")

// node returns the interpreter, with esptool-js installed as package-lock.json says.
func node(t *testing.T) string {
	t.Helper()
	name, err := exec.LookPath("node")
	if err != nil {
		t.Skip("SKIPPED: node is not installed, so esptool-js cannot be tested against the virtual board")
	}
	mark := filepath.Join("node_modules", ".package-lock.json")
	have, err1 := os.Stat(mark)
	want, err2 := os.Stat("package-lock.json")
	if err2 != nil {
		t.Fatal(err2)
	}
	if err1 != nil || have.ModTime().Before(want.ModTime()) {
		if out, err := exec.Command("npm", "ci", "--no-audit", "--no-fund").CombinedOutput(); err != nil {
			t.Fatalf("npm ci: %v\n%s", err, out)
		}
	}
	return name
}

// bridge gives the board's port to one TCP client; flash.mjs describes the frames.
func bridge(t *testing.T, b *virtual.Board) (address string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	t.Cleanup(func() { l.Close(); <-done })
	go func() {
		defer close(done)
		conn, err := l.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		// The port stays open while the tool closes and opens its own: its
		// streams are new, the chip is as it was.
		p, err := b.Open()
		if err != nil {
			t.Error(err)
			return
		}
		defer p.Close()
		go toTool(conn, p)
		r := bufio.NewReader(conn)
		var head [5]byte
		for {
			if _, err := io.ReadFull(r, head[:]); err != nil {
				return
			}
			data := make([]byte, binary.LittleEndian.Uint32(head[1:]))
			if _, err := io.ReadFull(r, data); err != nil {
				return
			}
			switch head[0] {
			case 'D':
				_, err = p.Write(data)
			case 'L':
				err = p.SetLines(data[0] != 0, data[1] != 0)
			case 'B':
				err = p.SetBaud(int(binary.LittleEndian.Uint32(data)))
			}
			if err != nil {
				t.Error(err)
				return
			}
		}
	}()
	return l.Addr().String()
}

func toTool(w io.Writer, p port.Port) {
	buf := make([]byte, 16<<10)
	for {
		n, err := p.Read(buf)
		if err != nil {
			return
		}
		head := binary.LittleEndian.AppendUint32([]byte{'D'}, uint32(n))
		if _, err := w.Write(append(head, buf[:n]...)); err != nil {
			return
		}
	}
}

type file struct {
	Path   string `json:"path"`
	Offset int64  `json:"offset"`
}

type job struct {
	Address  string `json:"address"`
	Stub     bool   `json:"stub"`
	Compress bool   `json:"compress"`
	Baud     int    `json:"baud"`
	Files    []file `json:"files"`
	Read     bool   `json:"read"`
	Erase    bool   `json:"erase"`
}

type result struct {
	Chip, MAC string
	Stub      bool
	FlashID   int64
	MD5, Read []string
}

// image is a small program for the virtual board.
func image(t *testing.T) []byte {
	t.Helper()
	dir := t.TempDir()
	source := filepath.Join(dir, "main.go")
	if err := os.WriteFile(source, []byte("package main\n\nfunc main() { println(\"flashed by esptool-js\"); select {} }\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(dir, "program")
	if text, err := exec.Command("go", "build", "-ldflags=-s -w", "-o", out, source).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	program, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	b, err := virtual.Pack(virtual.Program{Code: program}, key)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestEsptoolJS(t *testing.T) {
	interpreter := node(t)
	program := image(t)
	noise := make([]byte, 150_001)
	for i, r := 0, rand.New(rand.NewPCG(1, 2)); i < len(noise); i++ {
		if noise[i] = byte(r.Uint32()); i%3 == 0 {
			noise[i] = 0xc0 // what SLIP has to escape
		}
	}
	for _, c := range []job{
		{Stub: true, Compress: true, Baud: 460800, Read: true, Erase: true},
		{Stub: true, Baud: 115200},
		{Baud: 460800},
	} {
		t.Run(fmt.Sprintf("stub=%v compress=%v", c.Stub, c.Compress), func(t *testing.T) {
			b, err := virtual.Start(virtual.Config{Key: key, RunDir: t.TempDir()})
			if err != nil {
				t.Fatal(err)
			}
			defer b.Close()
			started := make(chan bool, 10)
			b.Watch(func(e virtual.Event) {
				if e.Kind == virtual.Started {
					started <- true
				}
			})
			contents := [][]byte{program, noise}
			for session := range 2 { // the second one finds the board as the first one left it
				flash(t, interpreter, b, c, contents, started)
				if session == 0 {
					contents[1] = bytes.Repeat(noise[:70_000], 2)
				}
			}
		})
	}
}

func flash(t *testing.T, interpreter string, b *virtual.Board, c job, contents [][]byte, started chan bool) {
	t.Helper()
	for i, content := range contents {
		name := filepath.Join(t.TempDir(), "file")
		if err := os.WriteFile(name, content, 0o644); err != nil {
			t.Fatal(err)
		}
		c.Files = append(c.Files, file{name, int64(i) * 0x200000})
	}
	out, err := foreign.Run(t, foreign.EsptoolJS, func() *exec.Cmd {
		c.Address = bridge(t, b)
		arg, _ := json.Marshal(c)
		return exec.Command(interpreter, "flash.mjs", string(arg))
	})
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	var r result
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &r); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	mac := b.MAC()
	if r.Chip != "ESP32-C3" || r.Stub != c.Stub || r.FlashID != 0x1840ef || r.MAC != net.HardwareAddr(mac[:]).String() {
		t.Errorf("it saw %+v", r)
	}
	if c.Stub && strings.Count(string(out), "Hash of data verified") != 2 {
		t.Errorf("it has not verified:\n%s", out)
	}
	for i, content := range contents {
		got := make([]byte, len(content))
		b.ReadFlash(got, c.Files[i].Offset)
		if !bytes.Equal(got, content) {
			t.Errorf("file %d: flash holds something else", i)
		}
		sum := md5.Sum(content)
		if want := hex.EncodeToString(sum[:]); r.MD5[i] != want || c.Read && r.Read[i] != want {
			t.Errorf("file %d: MD5 %s, read back %v, want %s", i, r.MD5[i], r.Read, want)
		}
	}
	select {
	case <-started:
	case <-time.After(time.Minute):
		t.Errorf("the program was not started; the board is %s", b.State())
	}
}
