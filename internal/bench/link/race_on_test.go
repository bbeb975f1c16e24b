//go:build race

package link

// raceDetector: everything takes twenty times as long.
const raceDetector = true
