// Package server is Studio's HTTP face: routes, the checks at the door, the
// event socket, the page. It is the only user of echo; everything it does is a
// method of workbench.Workbench.
//
// The door (see Guard): Studio compiles and runs code for whoever can talk to
// it, so every request's Host must be one of ours (DNS rebinding), every request
// needs the session cookie or the bearer token, and every one that changes
// something, WebSockets included, must come from our own origin.
package server
