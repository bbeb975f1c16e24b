// Package link is the device link's wire code, shared by the board and by Studio. See docs/link-protocol.md.
package link
