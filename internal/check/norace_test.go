//go:build !race

package check

import "time"

const limit = 100 * time.Millisecond // what a file of 200 KB may take
