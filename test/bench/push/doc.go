// Package push measures the device link: how much of a serial line's rate a
// push of files gets. The line is simulated with exact byte times and the
// clock is virtual, so the numbers do not depend on the machine.
//
//	go test ./test/bench/push -v
//
// A missed goal fails the test.
package push
