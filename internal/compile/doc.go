// Package compile makes programs of projects: with the computer's own Go for the
// virtual board, with TinyGo for real ones, in a workspace per project and board
// that keeps its path, so that the compilers' caches work.
//
//	b := compile.New(home.Cache)
//	result, err := b.Build(ctx, compile.Request{Dir: p.Dir, Program: p.Meta().Title, Board: board, Pack: pack})
//	if errors.Is(err, compile.ErrFailed) { show(result.Problems) } // in plain words, with places
//
// A workspace is the runtime's module with copies of the project's Go files in
// app/, whose names no compiler takes for conditions (copies.go):
//
//	CACHE/build/HASH/  go.mod host.mod board/ link/ host/ machine/ app/  the module
//	                   .studio/{runtime, built, program, lock, tmp/}   what is known about it
//
// For a real board it also holds board/this_board.go, made of the catalogue, and,
// for boards with Wi-Fi, the libraries that log, without that. Programs that
// import drivers have their modules in go.mod; for the virtual board host.mod and
// a copy of the drivers that it can run (libraries.go).
//
// Sources are checked before anything is compiled: packages that no board has,
// cgo, assembler and linker tricks are refused unless the user allows them for
// the project (Request.AllowNative).
package compile
