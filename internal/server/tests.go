package server

import (
	"context"

	"studioide/internal/api"
)

func (h handlers) sets(context.Context, nothing) (api.MessageSets, error) {
	return h.Workbench.Sets()
}

func (h handlers) checkSet(_ context.Context, in api.CheckSet) (api.MessageSet, error) {
	return h.Workbench.CheckSet(in), nil
}

func (h handlers) sendNamed(_ context.Context, in api.SendNamed) error {
	return h.Workbench.SendNamed(in)
}

func (h handlers) runTests(_ context.Context, in api.RunTests) (api.TestRun, error) {
	return h.Workbench.RunTests(in)
}

func (h handlers) cancelTests(context.Context, nothing) error {
	return h.Workbench.CancelTests()
}

func (h handlers) startLoad(_ context.Context, in api.StartLoad) (api.Load, error) {
	return h.Workbench.StartLoad(in)
}

func (h handlers) cancelLoad(context.Context, nothing) error {
	return h.Workbench.CancelLoad()
}
