//go:build !race

package project

const kills = 200
