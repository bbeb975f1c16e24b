package api

import "studioide/internal/problem"

// Failure is the answer to every request that fails.
type Failure struct {
	Error *problem.Problem `json:"error,omitempty"`
}

// Checks are what Studio needs on this computer.
type Checks struct {
	Checks []Check `json:"checks"`
}

// Check is one of them.
type Check struct {
	Name string `json:"name"`
	OK   bool   `json:"ok"`
	Need bool   `json:"need"` // false: only some boards or features need it
	Text string `json:"text"`
	Help string `json:"help,omitempty"`
}

// TrustedProjects are all that are trusted.
type TrustedProjects struct {
	Projects []TrustedProject `json:"projects"`
}

// FoundMistakes are those of one file.
type FoundMistakes struct {
	Problems []Diagnostic `json:"problems"`
}

// SavedStates are a project's, newest first.
type SavedStates struct {
	Snapshots []SavedState `json:"snapshots"`
}

// SavedState is a project's files as they were when a program was flashed.
type SavedState struct {
	ID    string      `json:"id"` // sorts by age
	Time  int64       `json:"time"`
	Label string      `json:"label"`
	Files []SavedFile `json:"files"`
}

// SavedFile is one file of a SavedState.
type SavedFile struct {
	Path   string `json:"path"`
	Size   int64  `json:"size"`
	Object string `json:"object"` // the whole SHA-256 of its content
}

// BoardFiles are the files on the board.
type BoardFiles struct {
	Files []BoardFile `json:"files"`
	Used  int64       `json:"used"` // bytes
	Size  int64       `json:"size"` // bytes there are for files
}

// BoardFile is one of them.
type BoardFile struct {
	Path string `json:"path"` // "/www/led.html"
	Size int64  `json:"size"`
	Hash string `json:"hash"`
}

// FoundNetworks are the networks that the board sees.
type FoundNetworks struct {
	Networks []WiFiNetwork `json:"networks"`
}

// Proof shows that what listens here knows the asker's token, see home.Proof.
type Proof struct {
	Proof string `json:"proof"`
}

// Challenge is what a browser that was let in before has to sign.
type Challenge struct {
	Nonce string `json:"nonce"`
}

// Address lets another browser in, once.
type Address struct {
	URL string `json:"url"`
}
