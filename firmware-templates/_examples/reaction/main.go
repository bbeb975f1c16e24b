// Reaction game: wait until the LED lights, then press BOOT, or the
// page's button. Who presses too early has lost.
package main

import (
	"strconv"
	"time"

	"studio/board"
)

var (
	waiting bool      // for the LED
	lights  time.Time // when it does, or did
	lit     bool
	best    time.Duration
)

func main() {
	board.LED.Low() // dark at first

	board.OnAccept(func(who *board.Client) {
		who.SendText("Press Start")
	})

	board.OnText(func(from *board.Client, msg string) {
		switch board.Fold(msg) {
		case "start":
			start()
		case "press":
			press()
		}
	})

	board.Button.OnChange(func(level bool) {
		if pressed := !level; pressed {
			press()
		}
	})

	board.Every(5*time.Millisecond, func() {
		if waiting && time.Now().After(lights) {
			waiting = false
			lit = true
			lights = time.Now()
			board.LED.High()
			board.Broadcast("Now!")
		}
	})

	board.Serve()
}

// start lets the LED light in one to four seconds. The time of the
// moment is random enough for a game.
func start() {
	board.LED.Low()
	waiting, lit = true, false
	random := time.Duration(time.Now().UnixNano()/1000%3000) * time.Millisecond
	lights = time.Now().Add(time.Second + random)
	board.Broadcast("Wait for the LED ...")
}

func press() {
	took := time.Since(lights)
	switch {
	case waiting:
		waiting = false
		board.Broadcast("Too early!")
	case lit:
		lit = false
		board.LED.Low()
		text := strconv.Itoa(int(took.Milliseconds())) + " ms"
		if best == 0 || took < best {
			best = took
			text += ": the best so far"
		}
		board.Broadcast(text)
	}
}
