// Package image looks at a file before it is written to a board: whether it is a
// program, a whole one, and one for that board. Everything that flashes files
// that Studio has not built itself asks here first, the page's server and the
// command line alike, before the board is touched.
//
//	program, err := image.Open(image.File{Name: "firmware.bin", Content: b}, boards)
//	if err != nil { return err } // a *problem.Problem: what the file is, and what was expected
//	session.Flash(ctx, session.Program{Parts: program.Parts, Chip: program.Chip, …})
package image
