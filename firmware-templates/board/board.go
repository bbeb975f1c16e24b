package board

import (
	"studio/board/chars"
	"studio/board/loop"
	"time"
)

// Limits bound what the server keeps in memory. A zero field means its default.
// One that is higher than possible, also because a board has too little memory
// (each of its connections needs room for a message), is lowered when the server
// starts, which the console then says.
type Limits struct {
	MaxMessage int // longest WebSocket message that is taken, in bytes (256; at most 1 MB = 1048576)
	Clients    int // WebSocket clients at a time (32, on a microcontroller 6; at most 1000)
	Sockets    int // connections at a time, those for pages included (64, on a microcontroller 8; at most 1000)
	Line       int // longest line from the console, in bytes (256; at most 65536); what is longer arrives in pieces
	MaxRequest int // longest query, and longest body, of a request for OnRequest, in bytes (1024; at most 65536)
}

// Configure sets the limits. Call it before Serve or Start.
func Configure(l Limits) { std.configure(l) }

// OnText sets what is called for every text message. msg is an ordinary string,
// to be kept wherever the program likes.
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
func OnBinary(f func(from *Client, msg []byte)) {
	std.Lock()
	std.onBinary = f
	std.Unlock()
}

// OnAccept sets what is called when a page has opened its WebSocket.
func OnAccept(f func(who *Client)) {
	std.Lock()
	std.onAccept = f
	std.Unlock()
}

// OnClosed sets what is called when a WebSocket is gone, once for each that
// was accepted. Client.Code tells why.
func OnClosed(f func(who *Client)) {
	std.Lock()
	std.onClosed = f
	std.Unlock()
}

// OnLine sets what is called for every line that somebody types into the
// console, without its line end. line is an ordinary string.
func OnLine(f func(line string)) {
	std.Lock()
	std.onLine = f
	std.Unlock()
}

// Every has f called again and again, d after its last call began. When a call
// was late, the ones that were missed are left out.
func Every(d time.Duration, f func()) {
	std.Lock()
	std.every = append(std.every, timer{period: d, due: std.Now() + int64(d/time.Millisecond), f: f})
	std.Unlock()
	loop.Wake()
}

// Broadcast sends a text message to every client. One that is too slow to take
// it goes without it and keeps nobody waiting; see the package comment, Slow pages.
func Broadcast(msg string) { std.broadcast("", &outgoing{text: msg, opcode: opText}) }

// BroadcastBytes is Broadcast for a text that the program writes into a buffer
// of its own again and again, so that sending it costs no memory: it is copied
// only for a client that cannot take it at once. msg is not kept.
func BroadcastBytes(msg []byte) {
	std.broadcast("", &outgoing{text: chars.String(msg), opcode: opText, borrowed: true})
}

// Clients says how many WebSocket clients there are.
func Clients() int {
	std.Lock()
	defer std.Unlock()
	return std.clients
}

// Serve serves pages, WebSockets and the device link, and calls the callbacks.
// It never returns.
func Serve() {
	if !std.start() {
		select {} // Start was called before, and serves
	}
	std.run()
}

// Start does what Serve does, in the background, for programs with a loop of
// their own. On a microcontroller that loop has to pause now and then
// (time.Sleep), or nothing else gets a turn; 8 s without a pause end in a restart.
func Start() {
	if std.start() {
		go std.run()
	}
}
