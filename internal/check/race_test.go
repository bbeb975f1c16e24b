//go:build race

package check

import "time"

const limit = 5 * time.Second // the race detector is slow
