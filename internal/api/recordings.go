package api

import "studioide/internal/problem"

// Recordings are those of the open project, newest first.
type Recordings struct {
	Recordings []Recording `json:"recordings"`
	Most       int         `json:"most"` // that a project keeps
	Days       int         `json:"days"` // a removed one can be brought back for
}

// StartRecording begins a recording of all messages.
type StartRecording struct {
	Name string `json:"name,omitempty"` // "": the time
}

// OneRecording names a recording.
type OneRecording struct {
	ID string `path:"id" json:"-"`
}

// RenameRecording gives a recording another name.
type RenameRecording struct {
	ID   string `path:"id" json:"-"`
	Name string `json:"name"`
}

// AskRecorded asks for some messages of a recording. The same filter is looked for once: the first answers may not know
// all that it lets through yet.
type AskRecorded struct {
	ID   string `path:"id" json:"-"`
	From int64  `json:"from"` // place among those that the filter lets through; 0 is the first, -1: the last N
	N    int    `json:"n"`    // at most 500
	Text string `json:"text"` // anywhere in what the list shows, of any case
	Kind string `json:"kind"` // "", "console", "page" or "log"
}

// RecordedMessages are some messages of a recording, with their numbers in it; long ones are cut as in events.
type RecordedMessages struct {
	Messages []Message `json:"messages"`
	From     int64     `json:"from"`    // place of the first of them
	Total    int64     `json:"total"`   // that the filter lets through
	Scanned  int64     `json:"scanned"` // messages that were looked at for that
	Count    int64     `json:"count"`   // messages of the recording
	Done     bool      `json:"done"`    // all that is there was looked at
}

// OneRecorded names a message of a recording.
type OneRecorded struct {
	ID  string `path:"id" json:"-"`
	Seq string `path:"seq" json:"-"`
}

// ExportRecording asks for a recording as a file.
type ExportRecording struct {
	ID   string `path:"id" json:"-"`
	Form string `path:"form" json:"-"` // "jsonl", "csv" or "har"
}

// ImportRecording brings JSON Lines or a HAR, as the request's body.
type ImportRecording struct {
	Name string `query:"name" json:"-"` // of the file
}

// ReplayRecording sends a recording's messages to the selected board once more.
type ReplayRecording struct {
	ID    string  `path:"id" json:"-"`
	Speed float64 `json:"speed"` // 1: the original timing, 2: twice as fast, …; 0: as fast as answers come
}

// Replay is the one under way, or the last one.
type Replay struct {
	Of      string           `json:"of"` // the recording that is sent
	Done    int64            `json:"done"`
	All     int64            `json:"all"`               // messages to be sent
	State   string           `json:"state"`             // "running", "done", "failed", "cancelled"
	ID      string           `json:"id"`                // the recording of what comes back; "" when nothing has come back
	Problem *problem.Problem `json:"problem,omitempty"` // why it failed
}

// CompareRecordings asks how two runs differ.
type CompareRecordings struct {
	A       string `json:"a"`
	B       string `json:"b"`
	Order   bool   `json:"order"`   // answers to one message may come in any order
	Numbers bool   `json:"numbers"` // any number is as good as any other
	Times   bool   `json:"times"`   // the same for times of day and dates
	All     bool   `json:"all"`     // also those that are the same
}

// ComparedRecordings is how two runs differ.
type ComparedRecordings struct {
	Exchanges []ComparedExchange `json:"exchanges"` // at most 500
	Differ    int                `json:"differ"`    // of all
	Total     int                `json:"total"`
	Cut       bool               `json:"cut"` // a run has more messages than are compared
}

// ComparedExchange is a message and what came until the next one, in both runs. Long texts are cut.
type ComparedExchange struct {
	Conn    int       `json:"conn"`  // the first connection is 1
	SentA   []Message `json:"sentA"` // one or none
	SentB   []Message `json:"sentB"`
	A       []Message `json:"a"`
	B       []Message `json:"b"`
	Differs bool      `json:"differs"`
}
