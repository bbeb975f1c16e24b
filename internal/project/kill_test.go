package project

import (
	"bufio"
	"bytes"
	"fmt"
	"io/fs"
	"math/rand"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func saveForEver(dir string) {
	p, err := OpenDir(dir)
	if err != nil {
		panic(err)
	}
	_, hash, err := p.Read("www/led.html")
	if err != nil {
		panic(err)
	}
	os.Stdout.WriteString("saving\n")
	for n := rand.Intn(1000); ; n++ {
		if hash, err = p.Write("www/led.html", version(n), hash); err != nil {
			panic(err)
		}
		os.Stdout.WriteString("saved\n")
		if n%10 == 0 {
			if _, err := p.Snapshot(Reason{Why: WhyRun}); err != nil {
				panic(err)
			}
		}
	}
}

// A program that is killed while it saves leaves each file whole and, once the project is opened again, nothing else.
func TestKillDuringSave(t *testing.T) {
	rounds := kills
	if testing.Short() {
		rounds = 20
	}
	p := testProject(t)
	if _, err := p.Write("www/led.html", version(0), Always); err != nil {
		t.Fatal(err)
	}
	stray, changed, last := 0, 0, ""
	took := 8 * time.Millisecond // a save, on this computer and as busy as it is
	for round := range rounds {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), "PROJECT_TEST_SAVE_LOOP="+p.Dir)
		cmd.Stderr = os.Stderr
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		said := bufio.NewReader(out)
		if _, err := said.ReadString('\n'); err != nil {
			t.Fatalf("child ended before saving: %v", err)
		}
		if round%2 == 1 {
			began := time.Now()
			if _, err := said.ReadString('\n'); err != nil {
				t.Fatalf("child ended while saving: %v", err)
			}
			took = time.Since(began)
		}
		time.Sleep(time.Duration(rand.Int63n(int64(took) + 1))) // anywhere in a save
		cmd.Process.Kill()
		cmd.Wait()

		if entries, _ := fs.ReadDir(p.root.FS(), tmpDir); len(entries) > 0 {
			stray++
		}
		again, err := OpenDir(p.Dir)
		if err != nil {
			t.Fatal(err)
		}
		content, hash, err := again.Read("www/led.html")
		if err != nil {
			t.Fatal(err)
		}
		if err := whole(content); err != nil {
			t.Fatalf("round %d: %v", round, err)
		}
		if hash != last {
			changed++
		}
		last = hash
		if entries, _ := fs.ReadDir(again.root.FS(), tmpDir); len(entries) > 0 {
			t.Fatalf("round %d: %d temporary files left after opening", round, len(entries))
		}
		list, err := again.Snapshots()
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range list {
			for _, f := range s.Files {
				if _, err := again.object(f); err != nil {
					t.Fatalf("round %d: snapshot %s: %v", round, s.ID, err)
				}
			}
		}
		again.Close()
	}
	t.Logf("%d kills: %d left a temporary file, the content moved on in %d", rounds, stray, changed)
	if changed < rounds/10 || stray == 0 {
		t.Errorf("the kills missed the saves: %d strays, %d changes", stray, changed)
	}
}

// restoreForEver brings two versions of a project back, in turn.
func restoreForEver(dir string) {
	ids := strings.Split(os.Getenv("PROJECT_TEST_SNAPSHOTS"), " ")
	p, err := OpenDir(dir)
	if err != nil {
		panic(err)
	}
	for n := rand.Intn(2); ; n++ {
		os.Stdout.WriteString("restoring\n")
		if _, err := p.Restore(ids[n%2]); err != nil {
			panic(err)
		}
	}
}

// killed runs this test binary as a child until it has said some lines, and a moment of at most span longer.
func killed(t *testing.T, span time.Duration, lines int, env ...string) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), env...)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	said := bufio.NewReader(out)
	for range lines {
		if _, err := said.ReadString('\n'); err != nil {
			t.Fatalf("the child has ended by itself: %v", err)
		}
	}
	time.Sleep(time.Duration(rand.Int63n(int64(span) + 1)))
	cmd.Process.Kill()
	cmd.Wait()
}

// A program that is killed while it brings a version back leaves, once the project is opened again, that version or the
// one before: nothing in between, and nothing is missing in the history.
func TestKillDuringRestore(t *testing.T) {
	p := testProject(t)
	const files = 12
	var ids, states []string
	for v := range 2 {
		for i := range files {
			if _, err := p.Write(fmt.Sprintf("www/%d.html", i), version(100*v+i), Always); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := p.Write(fmt.Sprintf("www/only%d.html", v), version(v), Always); err != nil {
			t.Fatal(err)
		}
		s, err := p.Snapshot(Reason{Why: WhyRun, About: fmt.Sprint(v)})
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, s.ID)
		states = append(states, contentsOf(t, p))
		if err := p.Remove(fmt.Sprintf("www/only%d.html", v)); err != nil {
			t.Fatal(err)
		}
	}
	began := time.Now()
	if _, err := p.Restore(ids[0]); err != nil {
		t.Fatal(err)
	}
	took := time.Since(began) + time.Millisecond // on this computer, as busy as it is
	half, seen := 0, map[string]bool{}
	rounds := 30
	for round := range rounds {
		killed(t, took, 1+round%2, "PROJECT_TEST_RESTORE_LOOP="+p.Dir, "PROJECT_TEST_SNAPSHOTS="+strings.Join(ids, " "))
		if _, err := os.Stat(filepath.Join(p.Dir, filepath.FromSlash(restoring))); err == nil {
			half++
		}
		again, err := OpenDir(p.Dir)
		if err != nil {
			t.Fatal(err)
		}
		now := contentsOf(t, again)
		if !slices.Contains(states, now) {
			t.Fatalf("round %d: the project is neither version", round)
		}
		seen[now] = true
		for _, id := range ids {
			if _, _, err := again.Compare(id); err != nil {
				t.Fatalf("round %d: %v", round, err)
			}
		}
		if entries, _ := fs.ReadDir(again.root.FS(), tmpDir); len(entries) > 0 {
			t.Fatalf("round %d: %d temporary files left after opening", round, len(entries))
		}
		again.Close()
	}
	t.Logf("%d kills: %d in the middle of a restore, %d versions", rounds, half, len(seen))
	if half < rounds/10 || len(seen) < 2 {
		t.Errorf("the kills missed the restores: %d of %d", half, rounds)
	}
}

// contentsOf is all of a project's files as one text.
func contentsOf(t *testing.T, p *Project) string {
	t.Helper()
	list, err := p.List()
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, f := range list {
		fmt.Fprintln(&all, f.Path, f.Hash)
	}
	return all.String()
}

// A restore that was interrupted long ago is none any more: the user has gone on with what was there.
func TestOldRestore(t *testing.T) {
	p := testProject(t)
	s, err := p.Snapshot(Reason{Why: WhyRun})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		id   string
		age  time.Duration
		want string
	}{{s.ID, 25 * time.Hour, "mine"}, {"garbage", 0, "mine"}, {s.ID, 0, "<!DOCTYPE html>\n<title>LED</title>\n"}} {
		write(t, p, "www/led.html", "mine")
		name := filepath.Join(p.Dir, filepath.FromSlash(restoring))
		if err := os.WriteFile(name, []byte(c.id), 0o644); err != nil {
			t.Fatal(err)
		}
		then := time.Now().Add(-c.age)
		os.Chtimes(name, then, then)
		again, err := OpenDir(p.Dir)
		if err != nil {
			t.Fatal(err)
		}
		if got := read(t, again, "www/led.html"); got != c.want {
			t.Errorf("%s, %v ago: %.20q", c.id, c.age, got)
		}
		if _, err := os.Stat(name); err == nil {
			t.Errorf("%s, %v ago: the mark is still there", c.id, c.age)
		}
		again.Close()
	}
}

const bundled = 20 // files of the bundle in these tests

func importForEver(dir string) {
	s, err := OpenStore(dir, testTemplates)
	if err != nil {
		panic(err)
	}
	b := &Bundle{Title: "From elsewhere", Files: []BundleFile{{"main.go", []byte("package main\n")}}}
	for i := range bundled {
		b.Files = append(b.Files, BundleFile{fmt.Sprintf("www/%d.html", i), version(i)})
	}
	for {
		os.Stdout.WriteString("importing\n")
		p, err := s.Import(b, "")
		if err != nil {
			panic(err)
		}
		p.Close()
	}
}

// A program that is killed while it imports a project leaves it whole or not at all.
func TestKillDuringImport(t *testing.T) {
	s := testStore(t)
	made, stray := 0, 0
	span := 20 * time.Millisecond
	for round := range 30 {
		began := time.Now()
		killed(t, span, 1+2*(round%2), "PROJECT_TEST_IMPORT_LOOP="+s.Dir)
		if round%2 == 1 {
			span = max(span, time.Since(began)/4)
		}
		list, err := s.List()
		if err != nil {
			t.Fatal(err)
		}
		for _, entry := range list {
			p, err := s.Open(entry.Name)
			if err != nil {
				t.Fatal(err)
			}
			for i := range bundled {
				if content, _, err := p.Read(fmt.Sprintf("www/%d.html", i)); err != nil || !bytes.Equal(content, version(i)) {
					t.Fatalf("round %d: %s is not whole: %d, %v", round, entry.Name, i, err)
				}
			}
			p.Close()
			made++
			os.RemoveAll(filepath.Join(s.Dir, entry.Name))
		}
		halves, _ := filepath.Glob(filepath.Join(s.Dir, halfMade+"*"))
		for _, name := range halves {
			stray++
			then := time.Now().Add(-time.Hour)
			os.Chtimes(name, then, then)
		}
		if again, err := OpenStore(s.Dir, testTemplates); err != nil {
			t.Fatal(err)
		} else {
			again.Close()
		}
		if left, _ := os.ReadDir(s.Dir); len(left) > 0 {
			t.Fatalf("round %d: left over: %v", round, left)
		}
	}
	t.Logf("%d projects were made, %d were interrupted", made, stray)
	if made == 0 || stray == 0 {
		t.Errorf("the kills missed: %d made, %d interrupted", made, stray)
	}
}
