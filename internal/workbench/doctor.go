package workbench

import (
	"context"

	"studioide/internal/doctor"
)

// Doctor looks at this computer.
func (w *Workbench) Doctor(ctx context.Context) []doctor.Check {
	return doctor.Look(ctx, w.home, w.config.Projects)
}
