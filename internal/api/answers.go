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

// SavedStates are a project's history, newest first.
type SavedStates struct {
	Snapshots []SavedState `json:"snapshots"`
	Most      int          `json:"most"` // how many are kept
	Size      int64        `json:"size"` // bytes that they may take
}

// SavedState is a project's files as they were at one moment.
type SavedState struct {
	ID      string           `json:"id"` // sorts by age
	Time    int64            `json:"time"`
	Why     string           `json:"why"`             // "run", "work": the first change after an hour, "restore", "remove", "rename", "replace": before that; "": Label says it
	About   string           `json:"about,omitempty"` // of "run" the board, of "replace" what was replaced, of others the file; "" is the whole project
	Build   string           `json:"build,omitempty"` // of "run": the program's id, as in Board.BuildID
	Label   string           `json:"label,omitempty"`
	Files   int              `json:"files"`   // how many it has
	Changes []FileDifference `json:"changes"` // against the state before it; of many the first
	More    int              `json:"more"`    // how many there are beyond those
	First   bool             `json:"first"`   // there is none before it
}

// FileDifference is a file that is not the same in two states of a project.
type FileDifference struct {
	Path string `json:"path"`
	How  string `json:"how"` // "added", "changed", "removed": from the older state to the newer one
}

// ComparedState is a saved state and what has changed in the project since.
type ComparedState struct {
	ID      string           `json:"id"`
	Files   []SavedFile      `json:"files"`
	Changes []FileDifference `json:"changes"`
}

// SavedFile is one file of a saved state.
type SavedFile struct {
	Path   string `json:"path"`
	Size   int64  `json:"size"`
	Object string `json:"object"` // the whole SHA-256 of its content
}

// Trash is what was removed and can be brought back.
type Trash struct {
	Projects []TrashedProject `json:"projects"` // newest first
	Files    []TrashedFile    `json:"files"`    // of the open project, newest first
	Days     int              `json:"days"`     // after which they go for good
	Size     int64            `json:"size"`     // bytes of a project's trash, beyond which the oldest go
}

// TrashedProject is a project that was removed.
type TrashedProject struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	Time  int64  `json:"time"`
}

// TrashedFile is a file that was removed, or replaced by another version.
type TrashedFile struct {
	ID   string `json:"id"` // of the removal: several files may have gone at once
	Path string `json:"path"`
	Time int64  `json:"time"`
	Size int64  `json:"size"`
}

// Bundle is what a zip or a link holds, before a project is made of it.
type Bundle struct {
	Title   string       `json:"title"`
	Author  string       `json:"author,omitempty"` // who it says it is from; whoever made it may have written anything
	Pages   bool         `json:"pages"`            // it has no program, and gets one that serves its pages
	Files   []BundleFile `json:"files"`
	LeftOut []LeftOut    `json:"leftOut"` // what of it does not become part of the project
}

// BundleFile is a file that the project will have.
type BundleFile struct {
	Path string `json:"path"`
	Size int64  `json:"size"`
	Text string `json:"text,omitempty"` // of texts: the beginning
}

// LeftOut is a file or folder that a project cannot have.
type LeftOut struct {
	Path string           `json:"path"`
	Why  *problem.Problem `json:"why"`
}

// SharedLink is a link that contains a project.
type SharedLink struct {
	Fragment string `json:"fragment"` // "#project=…", to be put behind an address of Studio's page
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
