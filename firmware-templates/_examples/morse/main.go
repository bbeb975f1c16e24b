// Morse: the LED blinks what is typed into the page.
//
// A dot is short, a dash three times as long. Between two signs is
// one dot's pause, between letters three, between words seven.
package main

import (
	"time"

	"studio/board"
)

const dot = 150 * time.Millisecond

var signs = map[byte]string{
	'a': ".-", 'b': "-...", 'c': "-.-.", 'd': "-..", 'e': ".", 'f': "..-.",
	'g': "--.", 'h': "....", 'i': "..", 'j': ".---", 'k': "-.-", 'l': ".-..",
	'm': "--", 'n': "-.", 'o': "---", 'p': ".--.", 'q': "--.-", 'r': ".-.",
	's': "...", 't': "-", 'u': "..-", 'v': "...-", 'w': ".--", 'x': "-..-",
	'y': "-.--", 'z': "--..",
	'0': "-----", '1': ".----", '2': "..---", '3': "...--", '4': "....-",
	'5': ".....", '6': "-....", '7': "--...", '8': "---..", '9': "----.",
}

// What is still to be shown, one letter for each dot's time: x is
// light, a space is dark.
var light string

func main() {
	board.LED.Low() // dark at first

	board.OnText(func(from *board.Client, msg string) {
		code, times := encode(board.Fold(msg))
		light = times
		board.Broadcast(code)
	})

	board.Every(dot, func() {
		if light == "" {
			return
		}
		board.LED.Set(light[0] == 'x')
		light = light[1:]
		if light == "" {
			board.Broadcast("done")
		}
	})

	board.Serve()
}

// encode gives the signs, to be read, and the times, to be shown.
func encode(text string) (code, times string) {
	for i := range len(text) {
		sign, ok := signs[text[i]]
		if !ok { // a space between words, or what has no sign
			code += "/ "
			times += "    "
			continue
		}
		code += sign + " "
		for _, s := range sign {
			if s == '-' {
				times += "xxx "
			} else {
				times += "x "
			}
		}
		times += "  "
	}
	return code, times
}
