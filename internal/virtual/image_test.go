package virtual

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"studioide/internal/problem"
)

// flashed starts a board with image in flash and returns what it prints.
func flashed(t *testing.T, c Config, image []byte) string {
	t.Helper()
	b := start(t, c)
	h := connect(t, b)
	h.bootloader()
	h.attach()
	h.flash(0, image)
	e := watch(t, b)
	h.reset()
	v := e.wait(t, Empty)
	if b.State() != StateEmpty {
		t.Error(b.State())
	}
	return h.expect(v.Text + "\r\n")
}

func rehash(image []byte) []byte {
	sum := sha256.Sum256(image[:len(image)-32])
	copy(image[len(image)-32:], sum[:])
	return image
}

func TestForeignImagesAreNotRun(t *testing.T) {
	program := content(20_000, 8) // what it would do does not matter: it is never started
	good, err := Pack(Program{Code: program}, key)
	if err != nil {
		t.Fatal(err)
	}
	change := func(f func(b []byte) []byte) []byte { return f(bytes.Clone(good)) }
	other, err := Pack(Program{Code: program}, []byte("another computer's key"))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name  string
		image []byte
		want  string
	}{
		{"another key", other, "was not built on this computer"},
		{"changed program", change(func(b []byte) []byte {
			i := len(b) / 2
			b[i] ^= 1
			// keep checksum and hash right: only the HMAC's word is left
			b[i+8] ^= 1
			return rehash(b)
		}), "damaged"},
		{"changed label", change(func(b []byte) []byte {
			b[headerSize+8+appSize+40] ^= 1
			b[headerSize+8+appSize+41] ^= 1
			return rehash(b)
		}), "was not built on this computer"},
		{"bad checksum", change(func(b []byte) []byte { b[len(b)/2] ^= 1; return rehash(b) }), "Checksum failed"},
		{"bad hash", change(func(b []byte) []byte { b[len(b)-1] ^= 1; return b }), "SHA-256 comparison failed"},
		{"other chip", change(func(b []byte) []byte { b[12] = 9; return rehash(b) }), "invalid chip id"},
		{"no segments", change(func(b []byte) []byte { b[1] = 0; return rehash(b) }), "invalid segment count"},
		{"huge segment", change(func(b []byte) []byte { b[headerSize+7] = 0xff; return rehash(b) }), "invalid segment 0 length"},
		{"real firmware", change(func(b []byte) []byte { // same checksum, no label
			b[headerSize+8+appSize] ^= 1
			b[headerSize+8+appSize+1] ^= 1
			return rehash(b)
		}), "made for a real ESP32-C3"},
		{"older label", change(func(b []byte) []byte { // same checksum
			b[headerSize+8+appSize+15] ^= 3
			b[headerSize+8+appSize+labelSize-1] ^= 3
			return rehash(b)
		}), "built by another version of Studio"},
		{"text", []byte("<html>"), "invalid header: 0x6d74683c"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if text := flashed(t, Config{}, c.image); !strings.Contains(text, c.want) {
				t.Errorf("%q", text)
			}
		})
	}
	t.Run("board without a key", func(t *testing.T) {
		if text := flashed(t, Config{Key: []byte{}}, good); !strings.Contains(text, "was not built on this computer") {
			t.Errorf("%q", text)
		}
	})
}

// An executable starts only with permission for the project that its image names; the image cannot be given another name.
func TestNativeImagesNeedPermission(t *testing.T) {
	image, err := Pack(Program{Code: content(20_000, 8), Project: "made elsewhere"}, key)
	if err != nil {
		t.Fatal(err)
	}
	var asked atomic.Value
	may := func(project string) *problem.Problem {
		asked.Store(project)
		return &problem.Problem{Code: "trust.unknown", Text: "This project is not trusted.", Help: "Trust it."}
	}
	if text := flashed(t, Config{MayRunNative: may}, image); !strings.Contains(text, "This project is not trusted. Trust it.") || asked.Load() != "made elsewhere" {
		t.Errorf("%q, asked for %q", text, asked.Load())
	}
	copy(image[headerSize+8+appSize+72:], "made here\x00")
	image[len(image)-33] = xor(checksumStart, image[headerSize+8:][:appSize+labelSize]) ^ xor(0, image[headerSize+16+appSize+labelSize:len(image)-33])
	if text := flashed(t, Config{}, rehash(image)); !strings.Contains(text, "was not built on this computer") {
		t.Errorf("%q", text)
	}
	sandboxed, err := Pack(Program{Code: content(20_000, 8), Sandboxed: true}, key)
	if err != nil {
		t.Fatal(err)
	}
	if text := flashed(t, Config{MayRunNative: may}, sandboxed); !strings.Contains(text, "runs in a sandbox, which this Studio does not have") {
		t.Errorf("%q", text)
	}
}

// What esptool's image_info shows of an image: header, checksum, hash and the
// description that starts the first segment, in the address range of constants.
func TestImageSaysWhatItIs(t *testing.T) {
	exe := program(t, false)
	image, err := Pack(Program{Code: exe}, key)
	if err != nil {
		t.Fatal(err)
	}
	u32 := func(at int) uint32 { return binary.LittleEndian.Uint32(image[at:]) }
	if a := u32(headerSize); a < 0x3c000000 || a >= 0x3c800000 {
		t.Errorf("the first segment is at %08x", a)
	}
	app := image[headerSize+8:][:256]
	text := func(at, n int) string { s, _, _ := strings.Cut(string(app[at:at+n]), "\x00"); return s }
	if m := binary.LittleEndian.Uint32(app); m != 0xabcd5432 {
		t.Errorf("magic %08x", m)
	}
	if v, p := text(16, 32), text(48, 32); v == "" || p != "program" {
		t.Errorf("version %q of project %q", v, p)
	}
	if _, err := time.Parse("Jan _2 2006 15:04:05", text(96, 16)+" "+text(80, 16)); err != nil {
		t.Error(err)
	}
	if v := text(112, 32); !strings.HasPrefix(v, "go1.") {
		t.Errorf("made with %q", v)
	}
	if sum := sha256.Sum256(exe); !bytes.Equal(app[144:176], sum[:]) {
		t.Error("the hash is not the executable's")
	}
	// The segments' checksum is the last byte before the hash.
	at, check := headerSize, byte(0xef)
	for range image[1] {
		n := int(u32(at + 4))
		for _, c := range image[at+8 : at+8+n] {
			check ^= c
		}
		at += 8 + n
	}
	end := len(image) - 32
	if end%16 != 0 || end-at > 16 || image[end-1] != check {
		t.Errorf("checksum %02x, want %02x; segments end at %d, the image without hash at %d", image[end-1], check, at, end)
	}
	if sum := sha256.Sum256(image[:end]); image[23] != 1 || !bytes.Equal(image[end:], sum[:]) {
		t.Error("the appended hash is wrong")
	}
	if again, _ := Pack(Program{Code: exe}, key); !bytes.Equal(again, image) {
		t.Error("the same program gives another image")
	}
}

func TestPackLimits(t *testing.T) {
	if _, err := Pack(Program{Code: []byte("x")}, nil); code(err) != "virtual.no-key" {
		t.Error(err)
	}
	if _, err := Pack(Program{Code: make([]byte, 12<<20)}, key); code(err) != "virtual.too-big" {
		t.Error(err)
	}
	for n := range 40 { // every padding
		image, err := Pack(Program{Code: bytes.Repeat([]byte{7}, n)}, key)
		if err != nil {
			t.Fatal(err)
		}
		f, _ := openFlash("", 4<<20)
		f.program(image, 0)
		img, err := f.readImage()
		if err != nil || len(img.program) != n || img.refusal(key) != "" {
			t.Errorf("%d bytes: %v", n, err)
		}
		if (len(image)-32)%16 != 0 {
			t.Errorf("the checksum of %d bytes is not the last of 16", n)
		}
	}
}

func TestProgramFilesAreChecked(t *testing.T) {
	dir := t.TempDir()
	b, h := running(t, Config{RunDir: dir})
	list, _ := filepath.Glob(filepath.Join(dir, "program-*"))
	if len(list) != 1 {
		t.Fatal(list)
	}
	h.lines(false, true) // reset: the file is not in use
	b.mu.Lock()
	last := b.lastCycle
	b.mu.Unlock()
	<-last.done
	os.WriteFile(list[0], []byte("#!/bin/sh\necho replaced\n"), 0o700)
	h.lines(false, false)
	h.expect("hello")
	for i := range 20 {
		name := filepath.Join(dir, "program-old"+string(rune('a'+i)))
		os.WriteFile(name, nil, 0o700)
		os.Chtimes(name, time.Now(), time.Now().Add(-time.Hour))
	}
	prune(dir, list[0])
	if list, _ := filepath.Glob(filepath.Join(dir, "program-*")); len(list) != keepPrograms {
		t.Errorf("%d program files are kept", len(list))
	}
}

// esptool's own parser is not at hand, but espflasher's is: see TestEspflasher.

func TestKilledStudioTakesTheProgramAlong(t *testing.T) {
	if _, err := os.Stat("/proc/self"); err != nil {
		t.Skip("needs /proc")
	}
	if os.Getenv("VIRTUAL_TEST_CHILD") != "" {
		_, h := running(t, Config{RunDir: os.Getenv("VIRTUAL_TEST_CHILD")})
		h.line("listen 127.0.0.1:1", "listening")
		os.WriteFile(filepath.Join(os.Getenv("VIRTUAL_TEST_CHILD"), "ready"), nil, 0o600)
		select {}
	}
	dir := t.TempDir()
	c := exec.Command(os.Args[0], "-test.run=^TestKilledStudioTakesTheProgramAlong$")
	c.Env = append(os.Environ(), "VIRTUAL_TEST_CHILD="+dir)
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	running := func() (n int) {
		list, _ := filepath.Glob("/proc/[0-9]*/exe")
		for _, l := range list {
			if exe, err := os.Readlink(l); err == nil && strings.HasPrefix(exe, dir) {
				n++
			}
		}
		return n
	}
	wait := func(what string, done func() bool) {
		t.Helper()
		for begin := time.Now(); !done(); time.Sleep(2 * time.Millisecond) {
			if time.Since(begin) > patience {
				c.Process.Kill()
				t.Fatal(what)
			}
		}
	}
	wait("the program does not start", func() bool {
		_, err := os.Stat(filepath.Join(dir, "ready"))
		return err == nil && running() == 1
	})
	c.Process.Kill()
	c.Wait()
	wait("the program outlives Studio", func() bool { return running() == 0 })
}
