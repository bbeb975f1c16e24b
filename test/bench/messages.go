package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
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
	if err := s.send("POST", "/api/recordings/import?name=many.jsonl", lines, nil); err != nil {
		return fmt.Errorf("the import: %w", err)
	}
	var m struct{ Wheel, Bar, Search, Heap, Memory float64 }
	if err := s.inBrowser(&m, "messages-time.mjs", s.base, "many", fmt.Sprint(manyMessages)); err != nil {
		return err
	}
	row("3,000,000 messages: the tab's memory", fmt.Sprintf("%.0f MB", m.Memory), fmt.Sprintf("goal ≤ 400 MB; %.0f MB of it are the page's own objects", m.Heap))
	row("3,000,000 messages: scrolling by wheel", fmt.Sprintf("%.0f frames/s", m.Wheel), "goal ≥ 50")
	row("3,000,000 messages: scrolling by the bar", fmt.Sprintf("%.0f frames/s", m.Bar), "goal ≥ 50")
	row("3,000,000 messages: a search through all", fmt.Sprintf("%.1f s", m.Search/1000), "")
	return nil
}

// inBrowser runs a script of the browser tests' folder, and reads what it prints.
func (s *studio) inBrowser(v any, script string, args ...string) error {
	dir, err := browserFolder()
	if err != nil {
		return err
	}
	cmd := exec.Command("node", append([]string{script}, args...)...)
	cmd.Dir, cmd.Stderr = dir, os.Stderr
	cmd.Env = append(os.Environ(), "STUDIO_TOKEN="+s.token)
	out, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("%s: %w", script, err)
	}
	return json.Unmarshal(out, v)
}

// floodProgram sends or prints as much as it is asked for, as fast as it can, or ten numbers a thousand times a second.
const floodProgram = `package main

import (
	"math"
	"strconv"
	"strings"
	"time"

	"studio/board"
)

func main() {
	board.OnText(func(from *board.Client, msg string) {
		what, count, _ := strings.Cut(msg, " ")
		n, _ := strconv.Atoi(count)
		switch what {
		case "messages":
			go func() {
				for i := 0; i < n; {
					if from.SendText("t=" + strconv.Itoa(i) + " h=" + strconv.Itoa(i%97) + now()) {
						i++
					} else {
						time.Sleep(time.Millisecond) // its queue is full
					}
				}
				done(from)
			}()
		case "lines":
			go func() {
				for i := 0; i < n; i++ {
					println("line " + strconv.Itoa(i) + " h=" + strconv.Itoa(i%97) + now())
				}
				done(from)
			}()
		case "numbers":
			go func() {
				began := time.Now()
				for i := 0; ; i++ {
					if wait := time.Duration(i)*time.Millisecond - time.Since(began); wait > 0 {
						time.Sleep(wait)
					}
					var b strings.Builder
					for s := range 10 {
						b.WriteString(string(rune('a'+s)) + "=" + strconv.FormatFloat(math.Sin(float64(i)/300+float64(s)), 'f', 3, 64) + " ")
					}
					from.SendText(b.String())
				}
			}()
		}
	})
	board.Serve()
}

func now() string { return " time=" + strconv.FormatInt(time.Now().UnixMilli(), 10) }

func done(c *board.Client) {
	for !c.SendText("done") {
		time.Sleep(time.Millisecond)
	}
}
`

// benchLive measures the page while the board sends, or prints, three million lines as fast as it can, and afterwards.
func benchLive() error {
	s, err := startStudio()
	if err != nil {
		return err
	}
	defer s.stop()
	if _, err := s.runProgram("Flood", floodProgram); err != nil {
		return err
	}
	for _, kind := range [][2]string{{"messages", "messages that come"}, {"lines", "printed lines"}} {
		what, name := kind[0], kind[1]
		if what == "messages" { // the rest is on the disk
			if err := s.do("POST", "/api/recordings/start", []byte("{}"), nil); err != nil {
				return err
			}
		}
		var m struct {
			During, Age, Oldest, Stop, Behind, Wheel, Seconds, Heap, Memory float64
			Said                                                            string
		}
		if err := s.inBrowser(&m, "live-time.mjs", s.base, fmt.Sprintf("%s %d", what, manyMessages), os.Getenv("SLOW")); err != nil {
			return err
		}
		title := fmt.Sprintf("%d %s", manyMessages, name)
		row(title+": they took", fmt.Sprintf("%.0f s", m.Seconds), fmt.Sprintf("%.0f a second", manyMessages/m.Seconds))
		row(title+": frames while they come", fmt.Sprintf("%.0f frames/s", m.During), "")
		row(title+": the newest that is shown then is", fmt.Sprintf("%.1f s old", m.Age), fmt.Sprintf("goal ≤ 1; %.1f at most", m.Oldest))
		if what == "lines" {
			row("from a click on Stop while they come to its end", fmt.Sprintf("%.1f s", m.Stop), "")
		}
		row(title+": the page shows the last", fmt.Sprintf("%.1f s later", m.Behind), "")
		row(title+": the tab's memory then", fmt.Sprintf("%.0f MB", m.Memory), fmt.Sprintf("goal ≤ 400 MB; %.0f MB of it are the page's own objects", m.Heap))
		row(title+": scrolling by wheel then", fmt.Sprintf("%.0f frames/s", m.Wheel), "goal ≥ 50")
		if m.Said == "" {
			return fmt.Errorf("the page does not say that older %s are gone", name)
		}
		if what == "messages" {
			var r struct{ Messages int64 }
			if err := s.do("POST", "/api/recordings/stop", []byte("{}"), &r); err != nil {
				return err
			}
			row(title+": recorded", fmt.Sprint(r.Messages), "goal: all")
		}
	}
	return nil
}

// benchPlot measures the chart while ten numbers come a thousand times a second.
func benchPlot() error {
	s, err := startStudio()
	if err != nil {
		return err
	}
	defer s.stop()
	if _, err := s.runProgram("Numbers", floodProgram); err != nil {
		return err
	}
	var m struct{ During, Values, Columns float64 }
	if err := s.inBrowser(&m, "live-time.mjs", s.base, "numbers"); err != nil {
		return err
	}
	row("chart of 10 series, 1,000 values a second each", fmt.Sprintf("%.0f frames/s", m.During), "goal ≥ 50")
	row("values that it has of each after 13 s", fmt.Sprintf("%.0f in %.0f columns", m.Values, m.Columns), "goal ≥ 12,000: none is left out")
	return nil
}
