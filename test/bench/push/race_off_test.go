//go:build !race

package push

const raceDetector = false
