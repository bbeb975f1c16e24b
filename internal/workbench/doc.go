// Package workbench is what lies on the table: the open project, the selected
// board, the settings, and the action under way. It knows no HTTP; the server
// turns requests into its methods and its events into lines of the event socket.
//
//	w, err := workbench.Open(workbench.Config{Home: h, Projects: dir, Log: log})
//	defer w.Close()
//	progress, err := w.Run()
//
// Methods may be called from any goroutine. Actions (Run, Stop, Reset, Push,
// Format) run one at a time in goroutines of their own and report by events.
package workbench
