// Mirror is the program behind the tests with foreign clients: whatever comes goes back.
package main

import "studio/board"

func main() {
	board.Configure(board.Limits{MaxMessage: 64 << 10})
	board.OnText(func(from *board.Client, msg string) { from.SendText(msg) })
	board.OnBinary(func(from *board.Client, msg []byte) { from.SendBinary(msg) })
	board.Serve()
}
