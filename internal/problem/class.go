package problem

import "net/http"

// Class is what kind of trouble a problem is. It alone decides with which HTTP status a request is answered, and with
// which exit code a command ends.
type Class string

const (
	BadUsage     Class = "bad-usage"    // what was asked for cannot be understood: an argument is missing or malformed
	Malformed    Class = "malformed"    // no request at all: not of HTTP's own form
	Unknown      Class = "unknown"      // a name that none of a fixed list has: a board, a template
	BadInput     Class = "bad-input"    // a name, file, program or value that cannot be accepted
	NotFound     Class = "not-found"    // there is no such thing, now
	NotReady     Class = "not-ready"    // something else has to be done first: plug in, connect, start
	Conflict     Class = "conflict"     // it would undo what somebody else has done
	Busy         Class = "busy"         // somebody else has it, or something is going on; later it will do
	TooLarge     Class = "too-large"    // more than is taken at a time
	Unsupported  Class = "unsupported"  // this board, system or program cannot do that
	Unauthorized Class = "unauthorized" // nobody has let this browser or program in
	Forbidden    Class = "forbidden"    // the system, or Studio, does not allow it
	Misdirected  Class = "misdirected"  // meant for another host
	NotAllowed   Class = "not-allowed"  // this address takes other methods
	NoSpace      Class = "no-space"     // a disk or a board is full
	TimedOut     Class = "timed-out"    // it took too long, and was given up
	Aborted      Class = "cancelled"    // the user has stopped it
	Unavailable  Class = "unavailable"  // a board, a tool or the internet does not answer, or not as it should
	Broken       Class = "broken"       // a fault of Studio or of this computer
)

// Status is the HTTP status of an answer. What lies at a board stays below 500: nothing is wrong with the server.
func (c Class) Status() int {
	switch c {
	case Malformed:
		return http.StatusBadRequest
	case NotFound, Unknown:
		return http.StatusNotFound
	case Conflict, Busy, Aborted:
		return http.StatusConflict
	case TooLarge:
		return http.StatusRequestEntityTooLarge
	case Unauthorized:
		return http.StatusUnauthorized
	case Forbidden:
		return http.StatusForbidden
	case Misdirected:
		return http.StatusMisdirectedRequest
	case NotAllowed:
		return http.StatusMethodNotAllowed
	case NoSpace:
		return http.StatusInsufficientStorage
	case TimedOut:
		return http.StatusRequestTimeout
	case Unavailable:
		return http.StatusFailedDependency
	case Broken:
		return http.StatusInternalServerError
	}
	return http.StatusUnprocessableEntity
}

// ExitCode is the command's: 2 for what was typed wrong, 1 for all others.
func (c Class) ExitCode() int {
	if c == BadUsage || c == Unknown {
		return 2
	}
	return 1
}
