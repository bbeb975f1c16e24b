// Package parts is a folder of the project.
package parts

import "time"

const Pause = 10 * time.Millisecond
