//go:build !tinygo

package board

const targetBoard = "virtual"
