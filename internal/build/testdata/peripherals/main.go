package main

import "studio/board"

func main() {
	pins()
	analog()
	duty()
	wires()
	sensors()
	board.Serve()
}
