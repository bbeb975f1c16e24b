//go:build !race

package check

import "time"

const (
	limit = time.Second // of processor time: a guard against blow-ups; ordinary content takes a fiftieth
	size  = 200 << 10   // bytes
)
