package board

// Version of the runtime.
const Version = "0.1.0"

// What this program is, as the builder says:
//
//	-ldflags "-X studio/board.program=NAME -X studio/board.build=ID"
//
// Which board it is for (targetBoard, its LED, where its files lie) stands in
// this_board.go, which the builder makes of Studio's catalogue of boards.
var (
	program string // the project's name
	build   string // the build id
)
