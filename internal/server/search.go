package server

import (
	"context"

	"studioide/internal/api"
)

func (h handlers) search(ctx context.Context, in api.SearchFiles) (api.FoundPlaces, error) {
	return h.Workbench.Search(ctx, in)
}

func (h handlers) replace(ctx context.Context, in api.ReplaceFiles) (api.ReplacedFiles, error) {
	return h.Workbench.Replace(ctx, in)
}
