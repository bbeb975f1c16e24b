// Package netif is the board's network interface: the computer's TCP for the
// virtual board, Wi-Fi with an IP stack of its own (build tag wifi; docs/wifi.md)
// for boards that have a radio, and nothing for others, whose pages and
// WebSockets go over the device link. It gives the connections that come to the
// web server.
//
// The loop's lock guards everything; functions whose names end in Locked are
// called with it held.
package netif
