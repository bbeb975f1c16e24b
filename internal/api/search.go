package api

import "studioide/internal/problem"

// Query is what is looked for in texts, and what may take its place.
type Query struct {
	Text   string `json:"text"`
	Case   bool   `json:"case"`   // capital letters count
	Word   bool   `json:"word"`   // only where it is no part of a longer word
	Regexp bool   `json:"regexp"` // Text is a regular expression, as Go's regexp/syntax has them; \n finds ends of lines
	With   string `json:"with"`   // what comes in its place; of a regular expression $1, ${name}, $& are what was found, \n and \t are written so
}

// SearchFiles looks for something in files of the open project.
type SearchFiles struct {
	Change `json:"-"`
	Query  Query    `json:"query"`
	Paths  []string `json:"paths"`  // what is no text, too large or gone is left out
	Drafts []Draft  `json:"drafts"` // what the page has of some of them, which is newer
	Most   int      `json:"most"`   // places that are told; then it stops
}

// Draft is a text that may not be saved yet. Its lines end in \n.
type Draft struct {
	Path string `json:"path"`
	Text string `json:"text"`
}

// FoundPlaces are the places of one SearchFiles.
type FoundPlaces struct {
	Files   []FoundFile `json:"files"`   // those with places, in the order in which they were asked for
	Large   []string    `json:"large"`   // files that were too large to look into
	More    bool        `json:"more"`    // there are more than was asked for
	Stopped bool        `json:"stopped"` // it took too long
}

// FoundFile is a file with its places.
type FoundFile struct {
	Path   string  `json:"path"`
	Hash   string  `json:"hash"` // of the file's content; "" when a draft was looked into
	Places []Place `json:"places"`
}

// Place is a part of a text. Lines and columns count from 1, columns in UTF-16 units.
type Place struct {
	Line      int    `json:"line"`
	Column    int    `json:"column"`
	EndLine   int    `json:"endLine"`
	EndColumn int    `json:"endColumn"`
	Before    string `json:"before"` // what is before it in its line, and after it; long ones are cut
	Text      string `json:"text"`   // what was found; a long one is cut
	After     string `json:"after"`
	With      string `json:"with"` // what would take its place, whole
}

// ReplaceFiles replaces what is found in files of the open project. Nothing happens to a file that is not the one that
// was looked into.
type ReplaceFiles struct {
	Change `json:"-"`
	Query  Query         `json:"query"`
	Keep   bool          `json:"keep"` // the project as it is becomes an entry of the history first
	Files  []ReplaceFile `json:"files"`
}

// ReplaceFile is one of them.
type ReplaceFile struct {
	Path string `json:"path"`
	Hash string `json:"hash"` // FoundFile.Hash
}

// ReplacedFiles says what has become of each file.
type ReplacedFiles struct {
	Files []ReplacedFile `json:"files"`
}

// ReplacedFile is a file with its new content, or why it has none.
type ReplacedFile struct {
	Path    string           `json:"path"`
	Hash    string           `json:"hash"`
	Places  int              `json:"places"`
	Problem *problem.Problem `json:"problem,omitempty"`
}
