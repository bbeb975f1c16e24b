//go:build !race

package devfs_test

const raceDetector = false
