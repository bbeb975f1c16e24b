package api

import "studioide/internal/problem"

// MessageSets are the project's sets of messages, in order of their paths.
type MessageSets struct {
	Sets []MessageSet `json:"sets"`
}

// MessageSet is one file of tests/: messages with names, and steps that are a test.
type MessageSet struct {
	Path     string           `json:"path"`
	Name     string           `json:"name"`
	Messages []NamedMessage   `json:"messages"`
	Steps    []TestedStep     `json:"steps"`             // all as "waiting"
	Problem  *problem.Problem `json:"problem,omitempty"` // why it cannot be read; then it has nothing else
}

// NamedMessage is a message that has a name, as it stands in its file: variables are filled when it is sent.
type NamedMessage struct {
	Name   string `json:"name"`
	Binary bool   `json:"binary"` // Data is base64
	Data   string `json:"data"`
}

// CheckSet reads a set that is not saved yet.
type CheckSet struct {
	Content string `json:"content"`
}

// SendNamed sends a message of a set over a connection of the message console.
type SendNamed struct {
	Conn int    `json:"conn,omitempty"` // as SendMessage.Conn
	Path string `json:"path"`           // of the set
	Name string `json:"name"`
}

// RunTests runs sets one after the other, each with connections of its own.
type RunTests struct {
	Paths []string `json:"paths"`
}

// States of a test run, of a set in it and of a step.
const (
	TestWaiting   = "waiting"
	TestRunning   = "running"
	TestPassed    = "passed"
	TestFailed    = "failed"
	TestCancelled = "cancelled"
)

// TestRun is a run of sets, as far as it has come.
type TestRun struct {
	ID    int         `json:"id"`
	State string      `json:"state"` // "running", "passed", "failed", "cancelled"
	Sets  []TestedSet `json:"sets"`
}

// TestedSet is what has become of one set.
type TestedSet struct {
	Path    string           `json:"path"`
	Name    string           `json:"name"`
	State   string           `json:"state"` // as TestRun.State, or "waiting"
	Millis  int64            `json:"millis"`
	Steps   []TestedStep     `json:"steps"`
	Problem *problem.Problem `json:"problem,omitempty"` // of the file, or of the step that failed
}

// TestedStep is what has become of one step.
type TestedStep struct {
	Line    int              `json:"line"` // in the file
	Depth   int              `json:"depth"`
	Text    string           `json:"text"`
	State   string           `json:"state"`
	Times   int              `json:"times"`  // how often it was done
	Rounds  int              `json:"rounds"` // of a loop: how often it will be
	Millis  int64            `json:"millis"` // the longest of them
	Problem *problem.Problem `json:"problem,omitempty"`
}

// StartLoad starts pretend pages: clients that connect to the selected board, send, and wait for an answer.
type StartLoad struct {
	Clients int    `json:"clients"`
	Rounds  int    `json:"rounds"` // messages that each sends
	Think   int    `json:"think"`  // ms between an answer and the next message
	Within  int    `json:"within"` // ms in which an answer has to come
	Path    string `json:"path"`   // of the WebSocket: "/ws"
	Page    string `json:"page"`   // fetched before: "/"; "": none
	Text    string `json:"text"`   // what is sent; {{n}} is the client's number
	Expect  string `json:"expect"` // as a test's "expect"; "": any message is an answer
	Turns   bool   `json:"turns"`  // those for which the board has no room wait for their turn
}

// Load is a run of pretend pages, as far as it has come. Times are in milliseconds.
type Load struct {
	ID           int              `json:"id"`
	State        string           `json:"state"` // "running", "passed": all were answered, "failed", "cancelled"
	Clients      int              `json:"clients"`
	Open         int              `json:"open"`      // connected now
	Connected    int              `json:"connected"` // so far
	AtMost       int              `json:"atMost"`    // how many the board takes at a time; 0: all so far
	Refused      int              `json:"refused"`   // could not connect
	FirstRefused int              `json:"firstRefused"`
	Lost         int              `json:"lost"` // were disconnected, or waited in vain
	Pages        int              `json:"pages"`
	PageBytes    int64            `json:"pageBytes"`
	Sent         int              `json:"sent"`
	Received     int              `json:"received"` // messages of all kinds
	Answered     int              `json:"answered"`
	Missing      int              `json:"missing"` // answers that did not come in time
	P50          float64          `json:"p50"`
	P99          float64          `json:"p99"`
	Worst        float64          `json:"worst"`
	Millis       int64            `json:"millis"`
	Reasons      []LoadReason     `json:"reasons"` // why clients were refused or lost
	Verdict      string           `json:"verdict"` // at the end: the answer in words
	Problem      *problem.Problem `json:"problem,omitempty"`
}

// LoadReason is why something did not work, and how often.
type LoadReason struct {
	Text  string `json:"text"`
	Count int    `json:"count"`
}
