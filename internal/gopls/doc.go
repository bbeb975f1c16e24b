// Package gopls has the Go team's language server help a page with a project's
// program while it is typed. The page speaks the Language Server Protocol
// (microsoft.github.io/language-server-protocol, version 3.17), one JSON-RPC
// message at a time; between it and the server stands this package:
//
//	s := &gopls.Server{Path: tools.Gopls, View: view, Tree: tree}
//	reason := s.Serve(ctx, page) // until the page or the server is gone, or idle for ten minutes
//
// There is one server process at a time, for the open project. It begins with a
// page's connection and ends with it; a page that comes later takes it over. A
// page connects again when it was told why its connection ended, and opens its
// files again: nothing else has to be kept for it.
//
// The page names files "studio:///project/main.go" and "studio:///lib/go/fmt/print.go";
// paths on this computer do not get to it, and it cannot name any. Only the
// methods in requests and notifications pass, with texts and answers of bounded
// size; the server cannot ask the page for anything. What the compiler's type
// checker finds is put into a build's words (compile.View) and sent as
//
//	studio/problems {"problems": […api.Diagnostic], "versions": {path: version of the text}}
package gopls
