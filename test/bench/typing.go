package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"studioide/internal/toolchain"
)

// benchTyping measures what who types in a program waits for, and what it costs. It builds gopls if it is not there.
func benchTyping() error {
	cache, err := os.UserCacheDir()
	if err != nil {
		return err
	}
	gopls, err := goplsPath(filepath.Join(cache, "studio"))
	if err != nil {
		return err
	}
	dir, err := browserFolder()
	if err != nil {
		return err
	}
	cmd := exec.Command("node", "gopls-time.mjs", fmt.Sprint(2*rounds+1))
	cmd.Dir, cmd.Stderr = dir, os.Stderr
	cmd.Env = append(os.Environ(), "STUDIO_GOPLS="+gopls)
	out, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("gopls-time.mjs: %w", err)
	}
	var m struct {
		First, Cold, Memory float64
		Sign                bool // while gopls starts, the page says so
		Own, Warm, Marks    []float64
	}
	if err := json.Unmarshal(out, &m); err != nil {
		return err
	}
	coming := "which the page tells meanwhile"
	if !m.Sign {
		coming = "WHICH THE PAGE DOES NOT TELL"
	}
	row("board. → list, the editor's own, without gopls", fmt.Sprintf("%.0f ms", median(m.Own)), "goal ≤ 50 ms")
	row("board. → list, the editor's own, while gopls starts", fmt.Sprintf("%.0f ms", m.First), "")
	row("board. → gopls's list, where gopls has never run", fmt.Sprintf("%.0f ms", m.Cold), "goal ≤ 5000 ms, "+coming)
	row("board. → gopls's list, later", fmt.Sprintf("%.0f ms", median(m.Warm)), "goal ≤ 100 ms")
	row("last key → mark", fmt.Sprintf("%.0f ms", median(m.Marks)), "goal ≤ 1000 ms")
	row("gopls's memory with the LED project", fmt.Sprintf("%.0f MB", m.Memory), "goal ≤ 300 MB")
	return nil
}

func goplsPath(cache string) (string, error) {
	tools := toolchain.New(cache)
	path, err := tools.Gopls(context.Background())
	if err == nil {
		return path, nil
	}
	return tools.InstallGopls(context.Background(), func(string, string, int64, int64) {})
}
