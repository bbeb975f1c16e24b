//go:build !race

package check

import "time"

const (
	limit = 100 * time.Millisecond // of processor time
	size  = 200 << 10              // bytes
)
