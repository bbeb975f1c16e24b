// Package studio is what a board's program is made of: the runtime library
// (board), its wire code (link), the host stand-ins (host, machine) and the
// templates that new projects start from.
package studio
