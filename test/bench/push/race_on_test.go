//go:build race

package push

// raceDetector: everything takes twenty times as long.
const raceDetector = true
