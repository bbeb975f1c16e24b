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
// The same source runs on every board and on the virtual one; what differs is
// in package board/chip.
//
// # Requests and sockets of the program's own
//
// [OnRequest] answers what a page asks for by fetch, a link or a form,
// [OnSocket] takes the messages of WebSockets on a path of their own, and
// [Protocols] names the subprotocols that a page may ask for:
//
//	board.OnRequest("/led", func(r *board.Request) {
//		board.LED.Set(r.Value("state") == "on") // /led?state=on
//		r.SendJSON(board.JSON("state", r.Value("state")))
//	})
//
// [Events] is for pages that only listen, by EventSource. [Dial] is the other
// way round: the program is the client, of another board or any WebSocket server.
//
// What is asked for and has neither a callback nor a file is answered 404 or
// 405, with a sentence that says what is missing. A program without them does
// not carry their code.
//
// # Web files
//
// A folder means its index.html or index.htm. Beside app.js, or instead of it,
// there may be app.js.gz: browsers get that one and unpack it. Text is called
// UTF-8 when it is; an older page's own <meta charset> counts. Parts of a file
// (Range) can be asked for, and names are the same whether an accent in them is
// a character of its own, as Macs write it, or not.
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
// # Messages and memory
//
// The strings that OnText, OnLine and Fold give are ordinary ones: keep them,
// put them into a list or a map, hand them to a goroutine. A short one that has
// come not long before takes no memory again; what nobody keeps is collected.
//
// The []byte that OnBinary and OnTextBytes give is borrowed: it lies in the
// buffer that it was received into, and takes no memory at all. It is valid
// until the callback returns. To keep it, copy it, as these functions show.
//
// # Slow pages
//
// A message that a page cannot take at once waits in a queue of its own: 16 of
// them, 8 KB together (on the virtual board 256 and 1 MB; on boards with 32 KB
// of memory 8 and 2 KB), and an empty queue takes one of any length. When the
// queue is full,
//
//   - SendText and Broadcast wait while the page takes bytes, if there is
//     nobody else: no other page, no Every, no OnChange;
//   - otherwise all sending in a callback waits 30 ms at most, and an eighth of
//     the time altogether. Then the message is left out for that page: SendText
//     returns false and Client.Dropped counts. Until that page has taken all
//     that is queued, it is not waited for again.
//
// So one page that sleeps never keeps the others waiting for more than 50 ms.
// One that takes nothing for 5 s is lost (OnClosed, CloseLost). What must not
// get lost is best sent as one message instead of many.
//
// # Limits
//
// [Limits] says what there are limits for and [Configure] changes them. A
// message that is too long closes its connection with code 1009, a connection
// too many is answered 503 when within a second no other one has ended, a
// request's body or query that is too long 413 or 414. A path may have 256
// bytes, with its query 4096, and all headers of a request 8192 (431).
package board
