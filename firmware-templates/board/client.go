package board

import (
	"studio/board/web"
	"unsafe"
)

// Client is one WebSocket connection: a page that is open somewhere. It stays
// valid after the connection is gone; sending then does nothing.
type Client struct {
	peer web.Peer // comes first: see clientOf

	Value any // for the program's own use

	onText func(*Client, string) // of OnSocket; nil: the program's OnText
}

// Close codes, RFC 6455 section 7.4.1.
const (
	CloseNormal      = web.CloseNormal      // 1000
	CloseGoingAway   = web.CloseGoingAway   // 1001
	CloseProtocol    = web.CloseProtocol    // 1002: the other side broke the protocol
	CloseUnsupported = web.CloseUnsupported // 1003
	CloseNoCode      = web.CloseNoCode      // 1005: never sent: the close frame named no code
	CloseLost        = web.CloseLost        // 1006: never sent: the connection ended without a close frame
	CloseNotUTF8     = web.CloseNotUTF8     // 1007
	ClosePolicy      = web.ClosePolicy      // 1008
	CloseTooLong     = web.CloseTooLong     // 1009
	CloseError       = web.CloseError       // 1011
)

const _ = -unsafe.Offsetof(Client{}.peer) // is 0, or this is no constant

// clientOf is the client that a WebSocket of ours is the beginning of.
func clientOf(p *web.Peer) *Client { return (*Client)(unsafe.Pointer(p)) }

// ID is a number that no other client has had since the board started.
//
// Limits: costs nothing; numbers are not used again until the board restarts.
func (c *Client) ID() int { return c.peer.ID }

// Path is what the page asked for: "/", "/ws" or a path of OnSocket.
//
// Limits: costs nothing.
func (c *Client) Path() string { return c.peer.Path }

// Protocol is the subprotocol that page and program have agreed on, one of
// those of Protocols; "": none.
//
// Limits: costs nothing.
func (c *Client) Protocol() string { return c.peer.Protocol }

// Code is why the connection ended, for OnClosed: a code of RFC 6455 section
// 7.4.1, such as CloseNormal (1000), CloseNoCode (1005: the page gave none) or
// CloseLost (1006: it just went away). Before that it is 0.
//
// Limits: costs nothing.
func (c *Client) Code() int { return c.peer.Code() }

// Dropped is how many messages to this client were left out, because it did
// not take the ones before in time. See the package comment, Slow pages.
//
// Limits: costs nothing; it only grows.
func (c *Client) Dropped() int { return c.peer.Dropped() }

// SendText sends a text message, or puts it into the client's queue. False: it
// was left out, since the client is gone or too slow; see the package comment,
// Slow pages.
//
// Limits: no memory while the page takes it at once; else it waits in the page's
// queue (16 texts, 8 KB). Any length that the board has memory for.
func (c *Client) SendText(msg string) bool { return c.peer.SendText(msg) }

// SendBinary sends a binary message; else as SendText. msg is not kept.
//
// Limits: as SendText.
func (c *Client) SendBinary(msg []byte) bool { return c.peer.SendBinary(msg) }

// Close closes the connection with a code (1000 is the usual one, 3000 to 4999
// are the program's own) and a reason of at most 123 bytes, which may be empty,
// after what has been sent before. OnClosed follows once the page has answered,
// or has not within two seconds.
//
// Limits: the reason may have 123 bytes.
func (c *Client) Close(code int, reason string) { c.peer.Close(code, reason) }
