package board

import (
	"studio/board/loop"
	"time"
)

// OnText sets what is called for every text message. msg is an ordinary string,
// to be kept wherever the program likes.
//
// Limits: a message may be as long as Limits.MaxMessage (256 bytes), a longer
// one closes its WebSocket. A text of up to 32 bytes that has come not long
// before takes no memory, another one its length. There is one such function;
// the one that is set last counts.
func OnText(f func(from *Client, msg string)) {
	std.Lock()
	std.onText, std.onTextBytes = f, nil
	std.Unlock()
}

// OnTextBytes sets what is called for every text message, in place of OnText,
// when a message must not take memory. msg is borrowed: it is valid until the
// callback returns, and the next message overwrites it. To keep it, copy it:
//
//	last = string(msg) // or, as bytes: last = append(last[:0], msg...)
//
// Limits: takes no memory, however many messages come. A message may be as long
// as Limits.MaxMessage (256 bytes).
func OnTextBytes(f func(from *Client, msg []byte)) {
	std.Lock()
	std.onText, std.onTextBytes = nil, f
	std.Unlock()
}

// OnBinary sets what is called for every binary message; without it they are
// ignored. msg is borrowed: it is valid until the callback returns, and the
// next message overwrites it. To keep it, copy it:
//
//	last = append(last[:0], msg...)
//
// Limits: takes no memory, however many messages come. A message may be as long
// as Limits.MaxMessage (256 bytes).
func OnBinary(f func(from *Client, msg []byte)) {
	std.Lock()
	std.onBinary = f
	std.Unlock()
}

// OnAccept sets what is called when a page has opened its WebSocket.
//
// Limits: there may be as many WebSockets at a time as Limits.Clients says (6 on
// a microcontroller); who comes then is answered 503 and not heard of here.
func OnAccept(f func(who *Client)) {
	std.Lock()
	std.onAccept = f
	std.Unlock()
}

// OnClosed sets what is called when a WebSocket is gone, once for each that
// was accepted. Client.Code tells why.
//
// Limits: a page that goes away without a word, such as a phone that leaves the
// network, is noticed within a minute, sooner when something is sent to it.
func OnClosed(f func(who *Client)) {
	std.Lock()
	std.onClosed = f
	std.Unlock()
}

// OnLine sets what is called for every line that somebody types into the
// console, without its line end. line is an ordinary string.
//
// Limits: a line may be as long as Limits.Line (256 bytes); what is longer comes
// in pieces.
func OnLine(f func(line string)) {
	std.Lock()
	std.onLine = f
	std.Unlock()
}

// Every has f called again and again, d after its last call began. When a call
// was late, the ones that were missed are left out.
//
// Limits: as many as there is memory for, each some 40 bytes. A millisecond is
// the shortest time. Callbacks are called one after the other: one that takes
// long makes all others late, and one that takes 8 s restarts the board.
func Every(d time.Duration, f func()) {
	std.Lock()
	std.every = append(std.every, newTimer(d, std.Now(), f))
	std.Unlock()
	loop.Wake()
}

// Broadcast sends a text message to every client. One that is too slow to take
// it goes without it and keeps nobody waiting; see the package comment, Slow pages.
//
// Limits: a text that a page cannot take at once waits in its queue and takes
// memory there; up to 16 texts and 8 KB for each page.
func Broadcast(msg string) { std.web.Broadcast("", msg) }

// BroadcastBytes is Broadcast for a text that the program writes into a buffer
// of its own again and again, so that sending it costs no memory: it is copied
// only for a client that cannot take it at once. msg is not kept.
//
// Limits: as Broadcast, and no memory as long as pages keep up.
func BroadcastBytes(msg []byte) { std.web.BroadcastBytes(msg) }

// Clients says how many WebSocket clients there are.
//
// Limits: costs next to nothing.
func Clients() int {
	std.Lock()
	defer std.Unlock()
	return std.web.ClientsLocked()
}

// Serve serves pages, WebSockets and the device link, and calls the callbacks.
// It never returns.
//
// Limits: takes the memory for all connections at once, so that none is missing
// later. What stands below it is never reached.
func Serve() {
	if !std.start() {
		select {} // Start was called before, and serves
	}
	std.run()
}

// Start does what Serve does, in the background, for programs with a loop of
// their own. On a microcontroller that loop has to pause now and then
// (time.Sleep), or nothing else gets a turn; 8 s without a pause end in a restart.
//
// Limits: on a microcontroller a goroutine of its own costs 8 KB of memory:
// prefer Serve with Every where that will do.
func Start() {
	if std.start() {
		go std.run()
	}
}
