package board

// Version of the runtime.
const Version = "0.1.0"

// What this program is, as the builder says:
//
//	-ldflags "-X studio/board.program=NAME -X studio/board.build=ID -X studio/board.id=BOARD"
var (
	program string // the project's name
	build   string // the build id
	id      string // the board's name in the catalogue, when it is not the target's first one
)

func boardID() string {
	if id != "" {
		return id
	}
	return targetBoard
}
