package board

import "studio/board/web"

// EventStream is a path at which pages listen; see Events.
type EventStream struct{ events *web.Events }

// Events lets pages listen at a path, by new EventSource("/events"): the program
// sends texts, and the page only hears. It connects again by itself. What a
// WebSocket does besides is that the page can answer.
//
//	events := board.Events("/events")
//	board.Every(time.Second, func() { events.Send("tick") })
//
// Limits: pages that listen and WebSockets share what Limits.Clients allows (6 on
// a microcontroller); who comes then is answered 503. A page that is gone
// without a word is noticed within half a minute.
func Events(path string) *EventStream { return &EventStream{std.web.Events(path)} }

// Send sends a text to all pages that listen: event.data in their onmessage.
// False: it was left out for at least one of them, which has not taken the
// ones before, or for all, since it is too long.
//
// Limits: no memory, and nobody waits. Some 900 bytes (on boards with 32 KB of
// memory 400); event.data has a line break where text has one.
func (e *EventStream) Send(text string) bool { return e.events.Send(text) }

// Listeners says how many pages listen.
//
// Limits: costs next to nothing.
func (e *EventStream) Listeners() int { return e.events.Listeners() }
