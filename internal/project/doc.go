// Package project keeps projects on disk: a folder with main.go, other Go
// files, www/ (what goes to the board's file store) and studio.json (title,
// board). The folder is the truth; people may edit it with other programs.
//
//	store, err := project.OpenStore(home.Projects, studio.Templates())
//	p, err := store.Create("led", "LED over WebSocket")
//	defer p.Close()
//	content, hash, err := p.Read("www/led.html")
//	hash, err = p.Write("www/led.html", content, hash) // file.conflict when somebody else was faster
//
// Promises:
//   - A file is old or new, never half, whatever kills Studio: content is
//     written to .studio/tmp, synced, and renamed into place.
//   - Nothing is destroyed at once: what is removed or overwritten by force goes to
//     .studio/trash (files) or .trash (projects), from where it can be brought back for
//     TrashDays, and before that a Snapshot is taken.
//   - Names are paths inside the project with forward slashes; every access
//     goes through os.Root, so neither ".." nor a symbolic link leads outside.
//     (The project's folder itself may be a link that the user has put into the store.)
//   - Below .studio no link is followed at all, and only regular files are read or removed.
//
// Errors are *problem.Problem. A Project and a Store may be used from several goroutines.
package project

// Limits of a project. They are checked before anything is written.
const (
	MaxFile      = 8 << 20   // bytes of one file
	MaxPath      = 95        // bytes of a path: what the boards' file stores hold, without the leading slash
	MaxDepth     = 8         // parts of a path
	MaxFiles     = 2000      // files of a project that are listed
	MaxSnapshots = 100       // snapshots kept; the oldest go first, see lasting
	MaxHistory   = 128 << 20 // bytes that all snapshots of a project may take

	TrashDays       = 30       // days after which what is in a trash goes for good
	MaxTrash        = 64 << 20 // bytes of a project's trash; the oldest go first
	MaxProjectTrash = 1 << 30  // bytes of the removed projects; the oldest go first

	MaxZip    = 32 << 20 // bytes of a zip that becomes a project
	MaxBundle = 64 << 20 // bytes of all files in it
	MaxLink   = 32 << 10 // bytes of a link that contains a project
)

// ours is the folder inside a project where Studio keeps its own things; never listed, never pushed.
const ours = ".studio"
