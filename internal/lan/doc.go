// Package lan opens the board's page, and nothing else, to other devices of the
// local network: over TLS, so that a tablet's browser gives the page what it
// gives secure ones alone (camera, motion sensors, clipboard), and the page can
// talk to a board that knows no TLS.
//
//	s, err := lan.Start(lan.Config{Store: home, Page: serve})
//	fmt.Println(s.State().Addresses, s.State().Code)
//	defer s.Close()
//
// A request goes through these checks, in this order: the connection is one of a
// bounded number; TLS; Host is one of the addresses that the user is shown (DNS
// rebinding); the cookie is that of a device that has typed the code. Whoever
// fails the last one sees the page that asks for the code, whatever was asked
// for. Origin is checked by bridge.Proxy, as it is for the preview.
//
// Studio's own page, API and files are on another listener, of which this one
// knows nothing.
package lan
