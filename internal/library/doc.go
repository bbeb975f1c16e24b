// Package library fetches files that a page loads from the internet, so that
// the board itself can have them.
//
// It asks only servers on the internet: every address is looked at after its
// name was resolved, that of redirects too, and loopback, private and other
// special ones are refused, so that a project cannot make Studio ask the
// computers of the network that it runs in. What comes is bounded in size and
// checked for its kind and, where the page gives one, its integrity.
//
//	files, err := library.Fetcher{}.Fetch(ctx, library.Wanted{Address: "https://cdn.example/look.css", Kind: "style"}, report)
package library
