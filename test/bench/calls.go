package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"slices"
)

// benchCalls measures what the script that Studio adds to the board's pages
// costs their calls: a page with it and one without, in turns.
func benchCalls() error {
	s, err := startStudio()
	if err != nil {
		return err
	}
	defer s.stop()
	if _, err := s.run(); err != nil {
		return err
	}
	now, err := s.state()
	if err != nil {
		return err
	}
	dir, err := browserFolder()
	if err != nil {
		return err
	}
	cmd := exec.Command("node", "calls-time.mjs", now.Board.PageURL+"led.html", fmt.Sprint(3))
	cmd.Dir, cmd.Stderr = dir, os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("calls-time.mjs: %w", err)
	}
	var pairs [][2]map[string]float64 // with the script and without: microseconds by what was done
	if err := json.Unmarshal(out, &pairs); err != nil {
		return err
	}
	for _, what := range slices.Sorted(maps.Keys(pairs[0][0])) {
		var with, without, ratios []float64
		for _, p := range pairs {
			with, without, ratios = append(with, p[0][what]), append(without, p[1][what]), append(ratios, p[0][what]/p[1][what])
		}
		row(what+", with the script / without", fmt.Sprintf("%.2f (%.0f / %.0f µs)", median(ratios), median(with), median(without)), "goal ≤ 1.1")
	}
	return nil
}
