package problem

// The problems that belong to no package in particular, or to several that may not import each other.
var (
	// Cancelled is what an action reports that the user stopped.
	Cancelled = Define("cancelled", Aborted, None)
	// ErrDiskFull is of every disk; who fills one up has a variant.
	ErrDiskFull = Define("disk.full", NoSpace, FreeDisk)
	// ErrNoProject is a folder without a project in it.
	ErrNoProject = Define1[string]("project.missing", NotFound, PickProject, "folder")

	errInternal = Define1[string]("internal", Broken, Restart, "what")
)
