package project

import (
	"bufio"
	"io/fs"
	"math/rand"
	"os"
	"os/exec"
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
