package check

import "time"

var begun = time.Now()

func cpu() time.Duration { return time.Since(begun) }
