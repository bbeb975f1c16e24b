package api

// What is asked of Studio: one type for each kind of request. A field with a json name is in the body, which is JSON and
// may hold nothing else. Others have one of these tags, and json:"-":
//
//	path:"name"      the part of the address that the route calls so; "*" is its rest, the path of a file
//	query:"offset"   after the question mark
//	header:"X-Name"  a header; with ",escaped" its value is percent-encoded
//	body:"raw"       the whole body as it came: a file's content

// Change says who changes a file, and in which project.
type Change struct {
	Client  string `header:"X-Studio-Client" json:"-"`          // Snapshot.ClientID of the page, so that it knows its own changes
	Project string `header:"X-Studio-Project,escaped" json:"-"` // the project that it is meant for, as a save may race a change of project; "" is the open one
}

// SettingsPart is any subset of Settings, as JSON.
type SettingsPart struct {
	Content []byte `body:"raw" json:"-"`
}

// Report is a mistake of the page itself, for the log.
type Report struct {
	Text string `json:"text"`
}

// NewProject is to be made from a template.
type NewProject struct {
	Template string `json:"template"`       // Template.ID
	Name     string `json:"name,omitempty"` // what Title is called by older callers
	Title    string `json:"title"`
	Program  string `json:"program,omitempty"` // main.go in place of the template's
}

// OneProject names a project.
type OneProject struct {
	Name string `path:"name" json:"-"`
}

// RenameProject gives a project another title.
type RenameProject struct {
	Name  string `path:"name" json:"-"`
	Title string `json:"title"`
}

// SetChart says how the numbers of the open project are shown.
type SetChart struct {
	Name   string `path:"name" json:"-"`
	Client string `header:"X-Studio-Client" json:"-"`
	Chart  Chart  `json:"chart"`
}

// TrustProject gives or takes back trust in a project.
type TrustProject struct {
	Name    string `path:"name" json:"-"`
	Trusted bool   `json:"trusted"`
}

// OneTrust names what is trusted.
type OneTrust struct {
	ID string `path:"id" json:"-"` // TrustedProject.ID
}

// OneFile names a file of the open project or of the board.
type OneFile struct {
	Path string `path:"*" json:"-"`
}

// WriteFile is a file of the project with its new content.
type WriteFile struct {
	Change      `json:"-"`
	Path        string `path:"*" json:"-"`
	IfMatch     string `header:"If-Match" json:"-"`        // the hash of the version that it replaces, in quotes, or *: whichever
	IfNoneMatch string `header:"If-None-Match" json:"-"`   // *: there must be none
	Typing      string `header:"X-Studio-Typing" json:"-"` // "1": the user is typing and more comes at once, so the board need not have this one
	Content     []byte `body:"raw" json:"-"`
}

// RemoveFile is a file of the project that is to go.
type RemoveFile struct {
	Change `json:"-"`
	Path   string `path:"*" json:"-"`
}

// RenameFile gives a file of the project another path.
type RenameFile struct {
	Change `json:"-"`
	From   string `json:"from"`
	To     string `json:"to"`
}

// CheckFile is a file as it stands in the editor, to be looked at for mistakes.
type CheckFile struct {
	Path    string `json:"path"`
	Content string `json:"content"`
}

// FetchLibrary asks for a file that a page loads from the internet to be put into www/.
type FetchLibrary struct {
	Path    string `json:"path"` // the page
	Address string `json:"address"`
}

// OneSavedState names a saved state of the project.
type OneSavedState struct {
	ID string `path:"id" json:"-"`
}

// RestoreSavedState brings back the files of a saved state.
type RestoreSavedState struct {
	Change `json:"-"`
	ID     string `path:"id" json:"-"`
	Path   string `json:"path,omitempty"` // this file alone; "": all, and what it has not goes to the trash
}

// RestoreTrashedFile brings back a file that was removed from the open project.
type RestoreTrashedFile struct {
	Change `json:"-"`
	ID     string `path:"id" json:"-"` // TrashedFile.ID
	Path   string `json:"path"`
}

// OneTrashedProject names a project that was removed.
type OneTrashedProject struct {
	ID string `path:"id" json:"-"`
}

// DuplicateProject makes a copy of a project.
type DuplicateProject struct {
	Name  string `path:"name" json:"-"`
	Title string `json:"title"`
}

// ImportProject is a zip, or a link that contains a project.
type ImportProject struct {
	Name    string `query:"name" json:"-"`  // of the file
	Title   string `query:"title" json:"-"` // of the project; "": its own
	Content []byte `body:"raw" json:"-"`
}

// OpenFolder is a folder on this computer that is no project of Studio's yet.
type OpenFolder struct {
	Folder string `json:"folder"`         // its whole path
	Copy   bool   `json:"copy,omitempty"` // make a project of a copy of it, with a program if it has none, instead of opening it where it is
}

// OneSavedFile names a file in a saved state.
type OneSavedFile struct {
	ID   string `path:"id" json:"-"`
	Path string `path:"*" json:"-"`
}

// Push sends www/ to the board.
type Push struct {
	Remove []string `json:"remove,omitempty"` // files that only the board has and that are to go
}

// Flash is an image to be written. One that Studio has built is written as it is, every other file is looked at first.
type Flash struct {
	Name    string `query:"name" json:"-"`   // of the file
	Build   string `query:"build" json:"-"`  // id of the build, of one that Studio has built
	Chip    string `query:"chip" json:"-"`   // "ESP32-C3": which it is for
	Offset  string `query:"offset" json:"-"` // in flash: "0x10000"; "" is where the file says
	Full    string `query:"full" json:"-"`   // "1": also what is the same
	Raw     string `query:"raw" json:"-"`    // "1": as it is
	Content []byte `body:"raw" json:"-"`
}

// Cancel ends an action.
type Cancel struct {
	ID string `json:"id"` // Progress.ID
}

// SelectPort chooses the board by its port.
type SelectPort struct {
	Port string `json:"port"`
}

// ChooseKind says which board is on the port.
type ChooseKind struct {
	ID string `json:"id"` // BoardKind.ID
}

// SetPin gives a pin of the virtual board a level, or with a value a voltage.
type SetPin struct {
	Pin   int  `json:"pin"`
	Level bool `json:"level,omitempty"`
	Value *int `json:"value,omitempty"` // as Pin.Value
}

// AllowDial lets the virtual board's program connect to an address, or not.
type AllowDial struct {
	Address string `json:"address"` // as in Board.Dials: a host and a port
	Allow   bool   `json:"allow"`
}

// SetFault makes the network to the board bad on purpose.
type SetFault struct {
	Kind string `json:"kind"` // as Board.Fault; "": as it was
}

// WriteBoardFile puts one file on the board, whatever the project has.
type WriteBoardFile struct {
	Path    string `path:"*" json:"-"`
	Content []byte `body:"raw" json:"-"`
}

// PushContent sends files that need not be the project's.
type PushContent struct {
	Files  []PushedFile `json:"files"`
	Remove []string     `json:"remove"`
}

// PushedFile is one of PushContent.
type PushedFile struct {
	Path    string `json:"path"`
	Content []byte `json:"content"` // base64
}

// FetchBoardFile copies a file that only the board has into the project.
type FetchBoardFile struct {
	Change  `json:"-"`
	Path    string `json:"path"`
	Replace bool   `json:"replace,omitempty"` // also one that the project has: that one is kept in its history
}

// JoinWiFi hands a network and its password to the board.
type JoinWiFi struct {
	SSID     string `json:"ssid"`
	Password string `json:"password"`
}

// WriteConsole types text at the board's console.
type WriteConsole struct {
	Text string `json:"text"`
}

// Connect opens the message console's own WebSocket.
type Connect struct {
	Path string `json:"path"` // "" is "/ws"
}

// OpenConnection opens another connection of the message console: to a path of the board, or to a server that the user has named.
type OpenConnection struct {
	Path      string   `json:"path"`
	URL       string   `json:"url,omitempty"`       // ws:// or wss://
	Confirmed bool     `json:"confirmed,omitempty"` // the user has said that Studio shall connect to URL
	Headers   []Header `json:"headers,omitempty"`
	Protocols []string `json:"protocols,omitempty"`
}

// Header is a line of a request's head.
type Header struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Disconnect closes it. One that is not the first is forgotten then.
type Disconnect struct {
	Conn   int    `json:"conn,omitempty"` // 0: the first
	Code   int    `json:"code"`           // 0 is 1000, a normal end
	Reason string `json:"reason"`
}

// Mark is set by hand among the messages: "now I pull the cable".
type Mark struct {
	Text string `json:"text"` // at most MaxMark bytes
}

// MaxMark is how long a mark's text may be.
const MaxMark = 200

// SendMessage sends one message by it.
type SendMessage struct {
	Conn   int    `json:"conn,omitempty"` // 0: the first
	Binary bool   `json:"binary"`         // Data is base64
	Data   string `json:"data"`
}

// SendPing sends a ping by it, which has to be answered with what it carries.
type SendPing struct {
	Conn   int    `json:"conn,omitempty"`
	Binary bool   `json:"binary,omitempty"` // Data is base64
	Data   string `json:"data"`             // at most 125 bytes
}

// OneMessage names a line of the message console.
type OneMessage struct {
	Seq string `path:"seq" json:"-"` // Message.Seq
}

// AskProof asks what listens here for a proof that it is the asker's Studio.
type AskProof struct {
	Nonce string `query:"nonce" json:"-"`
}

// Resume lets a browser in that was let in before.
type Resume struct {
	Key       []byte `json:"key"` // its public half, as WebCrypto exports it raw; base64
	Nonce     string `json:"nonce"`
	Signature []byte `json:"signature"` // base64
}

// RememberKey lets this browser in after Studio was started anew.
type RememberKey struct {
	Key []byte `json:"key"` // as in Resume
}
