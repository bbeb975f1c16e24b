//go:build race

package devfs_test

// raceDetector: everything takes twenty times as long.
const raceDetector = true
