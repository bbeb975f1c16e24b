// Package bridge carries a browser's HTTP and WebSocket traffic to a board and
// lets Studio watch it.
//
// It has three parts, all of them on top of one Dialer, so that nothing in here
// knows whether the board is reached over the network or over the cable:
//
//   - Proxy gives the board its own origin on this computer
//     ("http://localhost:43117/"). Pages run unmodified; a small script that is
//     added on the way makes "ws://" + location.hostname work and reports what
//     the page prints and what goes wrong in it.
//   - Console is the message console: Studio's own WebSocket to the board.
//   - Log keeps what both have seen, bounded, and hands it on in batches.
//
// A typical use:
//
//	log := bridge.NewLog(bridge.LogConfig{Emit: func(m []api.Message) { events.Send(m) }})
//	proxy := bridge.NewProxy(bridge.Config{Dial: dial, Emit: log.Add})
//	if err := proxy.Listen(0); err != nil { … }
//	defer proxy.Close()
//	console := bridge.NewConsole(bridge.ConsoleConfig{Dial: dial, Emit: log.Add})
//	defer console.Stop()
//	err := console.Connect(ctx, "/ws", nil)
//
// The rule that everything here follows: the board is a slow and small peer,
// and the page may do anything. Whatever is kept is bounded, whoever watches
// never slows down what is watched, and bytes between page and board stay as
// they are, so that it is the board that enforces RFC 6455.
package bridge
