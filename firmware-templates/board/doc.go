// Package board is what a Studio program is written against: the board's LED
// and pins, the pages below www/, and a WebSocket server for those pages.
//
//	package main
//
//	import "studio/board"
//
//	func main() {
//		board.OnText(func(from *board.Client, msg string) {
//			if board.Fold(msg) == "ledon" {
//				board.LED.High()
//			}
//			from.SendText("Reply for " + msg)
//		})
//		board.Serve()
//	}
//
// The same source runs on every board and on the virtual one. Small files with
// build tags (serial_*.go, net_*.go, flash_*.go, pin_*.go, watchdog_*.go) hold what differs.
//
// # What runs when
//
// One goroutine, the one that Serve runs on (or that Start has started), calls
// every callback, one at a time, so that callbacks need no locks among each
// other. While a callback runs nothing else is served: keep it short, and use
// [Every] instead of a loop with a pause.
//
// Client.SendText, Client.SendBinary, Client.Close, Broadcast and the pin
// methods may be called from any goroutine.
//
// On a microcontroller a watchdog looks after this goroutine: a callback that
// does not return within 8 s ends in a restart, as a panic anywhere does. The
// next program tells why, on the console and over the link. After three ends
// within 10 s of the start each, the board does not run the program but only
// serves link and pages, so that it stays within reach; a reset tries again.
//
// # Messages are borrowed
//
// The msg that OnText, OnBinary and OnLine hand over lies in the buffer that
// it was received into, so that a message costs no memory. It is valid until
// the callback returns. Using it there, also as part of a new string
// ("Reply for " + msg), is fine; to keep it longer, copy it:
//
//	last = strings.Clone(msg) // or: last = string([]byte(msg))
//
// # Limits
//
// [Limits] says what there are limits for and [Configure] changes them. A
// message that is too long closes its connection with code 1009, a connection
// too many is answered 503.
package board
