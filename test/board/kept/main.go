// Command kept keeps messages in every form that tutorials use, and tells them.
package main

import (
	"strconv"
	"strings"
	"time"

	"studio/board"
)

type reading struct {
	name string
	from *board.Client
}

var (
	last     string
	history  []string
	count    = map[string]int{}
	readings []reading
	folded   []string
	typed    []string
	paths    = map[*board.Client]string{}
	queue    = make(chan string, 100)
	said     []string // by the goroutine that reads queue
	byNumber = map[int]func() string{}
	first    *string
)

func main() {
	board.OnAccept(func(c *board.Client) {
		paths[c] = c.Path()
		c.Value = c.Path()
		if last != "" {
			c.SendText("last " + last) // a newcomer gets the last state
		}
	})
	board.OnLine(func(line string) {
		typed = append(typed, line)
		println("typed " + strings.Join(typed, ","))
	})
	board.OnText(func(c *board.Client, msg string) {
		switch msg {
		case "history":
			c.SendText(strings.Join(history, ","))
			return
		case "last":
			c.SendText(last)
			return
		case "first":
			c.SendText(*first)
			return
		case "count":
			var all []string
			for _, h := range history {
				name, _, _ := strings.Cut(h, " ")
				all = append(all, name+"="+strconv.Itoa(count[name]))
			}
			c.SendText(strings.Join(all, ","))
			return
		case "readings":
			var all []string
			for _, r := range readings {
				all = append(all, r.name)
			}
			c.SendText(strings.Join(all, ","))
			return
		case "folded":
			c.SendText(strings.Join(folded, ","))
			return
		case "queue":
			close(queue)
			for m := range queue {
				said = append(said, m)
			}
			c.SendText(strings.Join(said, ","))
			return
		case "later":
			var all []string
			for i := range history {
				all = append(all, byNumber[i]())
			}
			c.SendText(strings.Join(all, ","))
			return
		case "path":
			c.SendText(paths[c] + " " + c.Value.(string))
			return
		}
		name, _, _ := strings.Cut(msg, " ")
		count[name]++
		last = msg
		if first == nil {
			first = &msg
		}
		readings = append(readings, reading{name, c})
		folded = append(folded, board.Fold(msg))
		queue <- msg
		byNumber[len(history)] = func() string { return msg }
		history = append(history, msg)
		go func() {
			time.Sleep(20 * time.Millisecond)
			c.SendText("later " + msg)
		}()
	})
	board.Serve()
}
