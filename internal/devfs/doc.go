// Package devfs reaches the files on a board: list, read, write, remove, and
// Push, which brings a folder of web files over with as few bytes as possible.
//
//	fs := devfs.New(conn, hello)
//	r, err := devfs.Push(ctx, fs, local, devfs.Options{})
//	// r.Sent were written and verified, r.Extra are only on the board
//
// A file on a board is the old one or the new one, never half of each: the
// board puts the new one in place after it has read it back from flash and
// found the right hash.
package devfs
