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

// SendNamed sends a message of a set over the message console's connection.
type SendNamed struct {
	Path string `json:"path"` // of the set
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
