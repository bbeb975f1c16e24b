package web

// Transport is one connection as the server sees it: a TCP connection, or a
// stream of the device link. No method waits. The server calls them one at a
// time, with its lock held. What implements it refers to larger things of its own
// without their type (unsafe.Pointer): whatever is put into an interface is
// described in the program to its last field, with all that it points to, and
// costs kilobytes.
type Transport interface {
	// Read takes bytes that have arrived. 0 and true: none for now. False: the
	// other side sends no more, or the connection is lost.
	Read(p []byte) (n int, open bool)
	// Write takes as many bytes as fit for now. False: the connection is lost.
	Write(p []byte) (n int, open bool)
	// Finish says that nothing will be written any more, after what has been.
	Finish()
	// Close ends the connection in both directions, at once.
	Close()
}
