// Package recording keeps what went over a project's WebSockets on the disk,
// while it goes on, and reads it again.
//
// A recording is a folder of .studio/recordings. Its parts are JSON Lines: each
// line is an api.Message, whole, numbered from 1 by its place. A part is called
// after the number of its first line ("0000000001.jsonl"). about.json says what
// people call the recording and how it ended; where that is not known, because
// Studio was killed, it is found out from the parts.
//
// The rules: whoever records never slows down what is recorded; a line is on the
// disk, as far as the operating system is concerned, well within a second; and a
// reader takes whole lines only, so a recording is valid however it ended.
// Everything in the folder may come from somebody else, with a project that was
// sent around: what is read is bounded and checked, and no link is followed.
package recording
