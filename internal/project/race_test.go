//go:build race

package project

const kills = 40 // starting a child is slow under the race detector
