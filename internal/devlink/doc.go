// Package devlink talks with a board over its port: it shows what the program
// prints, and speaks the device link with Studio's firmware on the same line.
//
//	conn := devlink.Start(p, console.Write)     // text flows from here on
//	hello, err := conn.Hello(ctx)            // link.no-answer: no Studio firmware there
//	reply, err := conn.Call(ctx, link.OpPing, nil)
//	page, err := conn.Dial(ctx)              // the board's web server, over the cable
//	p = conn.Release()                       // the port is free for flashing
//
// The rule that prevents deadlock: two goroutines own the port, one reads and
// one writes. Neither ever waits for the other or for a user of the link; users
// wait for them. What a board sends without being asked is bounded by the
// link's window and each stream's credit.
package devlink
