package virtual

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sort"
	"strings"
	"sync"
	"time"

	"studioide/internal/confine"
)

// start is the ROM's way from flash to the running program. It returns why the
// chip starts again, or when EN has fallen.
func (l *bootCycle) start(why boot) boot {
	b := l.b
	l.banner(why, "0xc (SPI_FAST_FLASH_BOOT)")
	img, err := b.flash.readImage()
	var bad *imageError
	switch {
	case errors.As(err, &bad):
		// A real chip repeats this for ever, reset by its watchdog. One round shows what it does.
		for range 3 {
			l.say("%s\r\n", bad.text)
			b.busy(l.ctx, 100*time.Millisecond)
		}
		l.say("ets_main.c 333 \r\n")
		b.busy(l.ctx, 500*time.Millisecond)
		l.banner(bootTimer, "0xc (SPI_FAST_FLASH_BOOT)")
		l.say("%s\r\n", bad.text)
		l.stop(StateEmpty, Event{Kind: Empty, Text: bad.text})
		return boot{}
	case err != nil:
		return l.refuse("The virtual board's flash cannot be read: " + err.Error())
	}
	if !img.ours && !img.older && b.config.Emulator != nil {
		img = nil
		return l.program(b.config.Emulator, nil, why)
	}
	if text := img.refusal(b.config.Key); text != "" {
		return l.refuse(text)
	}
	if img.label.sandboxed() {
		if b.config.Sandbox == nil {
			return l.refuse("The program in flash runs in a sandbox, which this Studio does not have. Press Run to build it again.")
		}
	} else if may := b.config.MayRunNative; may != nil {
		if p := may(img.label.project); p != nil {
			return l.refuse(strings.TrimSpace(p.Text + " " + p.Help))
		}
	}
	b.mu.Lock()
	held := b.guilty
	b.guilty = "" // whoever resets the board wants it started
	b.mu.Unlock()
	if held == hex.EncodeToString(img.label.sum[:]) {
		return l.refuse(suspectText)
	}
	name, err := b.programFile(img)
	if err != nil {
		return l.refuse("The program cannot be started, because its file cannot be written: " + err.Error())
	}
	l.say("SPIWP:0xee\r\nmode:DIO, clock div:1\r\nload:0x%08x,len:0x%x\r\nload:0x%08x,len:0x%x\r\nentry 0x%08x\r\n",
		labelAddress, appSize+labelSize, programAddress, len(img.program), programAddress)
	command := []string{name}
	var limits *confine.Limits
	if img.label.sandboxed() {
		command = append(slices.Clone(b.config.Sandbox), name)
	} else if of := b.config.Limits; of != nil {
		these := of(img.label.project)
		limits = &these
	}
	b.mu.Lock()
	if l.currentLocked() {
		b.native, b.project = !img.label.sandboxed(), img.label.project
	}
	b.mu.Unlock()
	lives := b.suspect(img.label.sum)
	defer lives()
	defer time.AfterFunc(livedOn, lives).Stop()
	img = nil // megabytes that nobody needs while the program runs
	return l.program(command, limits, why)
}

// refuse tells in plain words why nothing is started, and waits for EN to fall.
func (l *bootCycle) refuse(text string) boot {
	l.say("\r\n%s\r\n", text)
	l.stop(StateEmpty, Event{Kind: Empty, Text: text})
	return boot{}
}

// stop ends in a state that only a reset leaves.
func (l *bootCycle) stop(s State, e Event) {
	l.set(s)
	if l.ctx.Err() == nil {
		l.b.events.add(e)
	}
	l.idle()
}

// keepPrograms is how many program files stay for the next start.
const keepPrograms = 8

var (
	filesLock sync.Mutex
	files     = map[string]os.FileInfo{} // checked in this process
)

// programFile writes the program to a file named by its hash and returns its name. A file that is there already is used again.
func (b *Board) programFile(img *image) (string, error) {
	filesLock.Lock()
	defer filesLock.Unlock()
	dir := b.config.RunDir
	if dir == "" {
		var err error
		if dir, err = privateDir(); err != nil {
			return "", err
		}
	} else if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	name := filepath.Join(dir, "program-"+hex.EncodeToString(img.label.sum[:16]))
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	if same(name, img.label.sum) {
		now := time.Now()
		os.Chtimes(name, now, now) // recently used
		if info, err := os.Lstat(name); err == nil {
			files[name] = info
		}
		return name, nil
	}
	f, err := os.CreateTemp(dir, "new-*")
	if err != nil {
		return "", err
	}
	_, err = f.Write(img.program)
	if err == nil && runtime.GOOS != "windows" {
		err = f.Chmod(0o700)
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		os.Remove(f.Name())
		return "", err
	}
	if info, err := os.Lstat(name); err == nil {
		files[name] = info
	}
	prune(dir, name)
	return name, nil
}

// same tells whether the file holds the program with that hash. What was
// checked once in this process and has not been touched since is not read again.
func same(name string, sum [sha256.Size]byte) bool {
	info, err := os.Lstat(name)
	if err != nil || !info.Mode().IsRegular() {
		return false
	}
	if old := files[name]; old != nil && os.SameFile(old, info) && old.Size() == info.Size() && old.ModTime().Equal(info.ModTime()) {
		return true
	}
	content, err := os.ReadFile(name)
	return err == nil && sha256.Sum256(content) == sum
}

// prune removes the programs that were not used for longest.
func prune(dir, keep string) {
	list, _ := filepath.Glob(filepath.Join(dir, "program-*"))
	type entry struct {
		name string
		used time.Time
	}
	var old []entry
	for _, name := range list {
		if info, err := os.Lstat(name); err == nil && name != keep {
			old = append(old, entry{name, info.ModTime()})
		}
	}
	sort.Slice(old, func(i, j int) bool { return old[i].used.After(old[j].used) })
	for i := keepPrograms - 1; i < len(old); i++ {
		if os.Remove(old[i].name) == nil { // one that runs stays on some systems
			delete(files, old[i].name)
		}
	}
	parts, _ := filepath.Glob(filepath.Join(dir, "new-*")) // of a Studio that was killed
	for _, name := range parts {
		if info, err := os.Lstat(name); err == nil && time.Since(info.ModTime()) > time.Hour {
			os.Remove(name)
		}
	}
}
