package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
)

const manyMessages = 3_000_000

// benchMessages measures what a list of three million messages costs the tab that shows it.
func benchMessages() error {
	s, err := startStudio()
	if err != nil {
		return err
	}
	defer s.stop()
	lines, into := io.Pipe()
	go func() {
		b := bufio.NewWriterSize(into, 1<<20)
		for n := range manyMessages {
			fmt.Fprintf(b, `{"time":%d,"from":"console","conn":1,"kind":"received","data":"t=%d h=%d"}`+"\n", 1_700_000_000_000+n, n, n%97)
		}
		b.Flush()
		into.Close()
	}()
	r, err := http.NewRequest("POST", s.base+"/api/recordings/import?name=many.jsonl", lines)
	if err != nil {
		return err
	}
	r.Header.Set("Authorization", "Bearer "+s.token)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	body, _ := io.ReadAll(answer.Body)
	answer.Body.Close()
	if answer.StatusCode != http.StatusCreated {
		return fmt.Errorf("the import: %s", bytes.TrimSpace(body))
	}
	dir, err := browserFolder()
	if err != nil {
		return err
	}
	cmd := exec.Command("node", "messages-time.mjs", s.base, "many", fmt.Sprint(manyMessages))
	cmd.Dir, cmd.Stderr = dir, os.Stderr
	cmd.Env = append(os.Environ(), "STUDIO_TOKEN="+s.token)
	out, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("messages-time.mjs: %w", err)
	}
	var m struct{ Wheel, Bar, Search, Heap, Memory float64 }
	if err := json.Unmarshal(out, &m); err != nil {
		return err
	}
	row("3,000,000 messages: the tab's memory", fmt.Sprintf("%.0f MB", m.Memory), fmt.Sprintf("goal ≤ 400 MB; %.0f MB of it are the page's own objects", m.Heap))
	row("3,000,000 messages: scrolling by wheel", fmt.Sprintf("%.0f frames/s", m.Wheel), "goal ≥ 50")
	row("3,000,000 messages: scrolling by the bar", fmt.Sprintf("%.0f frames/s", m.Bar), "goal ≥ 50")
	row("3,000,000 messages: a search through all", fmt.Sprintf("%.1f s", m.Search/1000), "")
	return nil
}
