// Package devlink is the board's end of the device link (docs/link-protocol.md):
// files, pins, network and streams to the web server, over the serial line that
// programs print to as well. Its wire code is package link; Studio's end is
// internal/devlink.
//
// The loop's lock guards everything; functions whose names end in Locked are
// called with it held.
package devlink
