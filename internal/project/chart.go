package project

import (
	"strings"
	"unicode/utf8"

	"studioide/internal/api"
)

// Bounds of what a project says about its chart: all of it has room in studio.json, which is read with every look at the
// folder.
const (
	maxChartSeries   = 64
	maxChartControls = 24
	maxChartText     = 80  // bytes of a name or a unit
	maxChartPattern  = 200 // bytes of what a control sends
)

// SetChart keeps in studio.json how the project's numbers are shown, and returns that file's hash.
func (p *Project) SetChart(c api.Chart) (hash string, err error) {
	if err := checkChart(&c); err != nil {
		return "", err
	}
	return p.setKeys(struct {
		Chart api.Chart `json:"chart"`
	}{c})
}

func checkChart(c *api.Chart) error {
	if len(c.Series) > maxChartSeries || len(c.Controls) > maxChartControls || c.Seconds < -1 || c.Seconds > 24*60*60 || c.Fixed && c.Low >= c.High {
		return errBadChart
	}
	for _, s := range c.Series {
		if s.Key == "" || !isShort(maxChartText*2, s.Key) || !isShort(maxChartText, s.Label, s.Unit) || s.Beside != "" && s.Beside != "gauge" && s.Beside != "lamp" {
			return errBadChart
		}
	}
	for _, it := range c.Controls {
		if it.Kind != "slider" && it.Kind != "switch" || !isShort(maxChartText, it.Label, it.On, it.Off) || !isShort(maxChartPattern, it.Pattern) ||
			!strings.Contains(it.Pattern, api.ChartValue) || it.Kind == "slider" && (it.Low >= it.High || it.Step < 0) {
			return errBadChart
		}
	}
	return nil
}

func isShort(most int, texts ...string) bool {
	for _, t := range texts {
		if len(t) > most || !utf8.ValidString(t) {
			return false
		}
	}
	return true
}
