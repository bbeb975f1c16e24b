// Package reference makes the reference of package board for the editor: from
// its doc comments and the examples in its example_test.go, grouped as somebody
// reads it who writes a first program.
//
//	r, err := reference.Of("firmware-templates/board")
//
// A doc comment begins with a sentence that says what a name is. A paragraph
// that begins with "Limits:" says what it costs or how far it goes. Examples are
// Go's own (package testing): ExampleOnText belongs to OnText,
// ExamplePin_High to the method High of Pin, and Example_println to println,
// one of the names of Go itself that board's programs need (goNames).
package reference
