// Package link is the device link: how Studio and a board share one serial
// line with whatever the board's program prints. Both ends use this package,
// so it is written for the smaller of the two: nothing is allocated after
// Init, and nothing but the language itself is imported.
//
// It does no input or output and knows no clock. The owner of the line feeds
// what was received, sends what comes out, and tells the time in microseconds
// (any start, wraps freely):
//
//	var p link.Pipe
//	p.Init(link.Config{RxWindow: 8192, TxBuffer: 2048, MaxBody: 1024})
//	for {
//		p.Input(received, now, showText)
//		for channel, payload, ok := p.Next(); ok; channel, payload, ok = p.Next() {
//			serve(channel, payload) // calls p.Send, when p.Room allows
//		}
//		for n := p.Output(buf, now); n > 0; n = p.Output(buf, now) {
//			write(buf[:n])
//		}
//		us, ok := p.Wait(now) // sleep that long, or until something is received
//	}
//
// docs/link-protocol.md describes the bytes. A Pipe belongs to one goroutine
// at a time.
package link
