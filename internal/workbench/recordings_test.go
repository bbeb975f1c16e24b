package workbench

import (
	"slices"
	"sync"
	"testing"

	"studioide/internal/api"
)

// A recording that is begun while the project changes is one of the project that is open then, not of the one before.
func TestRecordingsOfTheOpenProject(t *testing.T) {
	b := open(t)
	names := []string{must(b.Project()).Name, must(b.CreateProject("echo", "Second", "")).Name}
	var begins sync.WaitGroup
	quit := make(chan struct{})
	begins.Go(func() {
		for {
			select {
			case <-quit:
				return
			default:
				b.StartRecording("")
			}
		}
	})
	defer begins.Wait()
	defer close(quit)
	for round := range 20 {
		if err := b.OpenProject(names[round%2]); err != nil {
			t.Fatal(err)
		}
		begun := must(b.StartRecording(""))
		list := must(b.Recordings(t.Context())).Recordings
		if !slices.ContainsFunc(list, func(r api.Recording) bool { return r.ID == begun.ID && r.End == "" }) {
			t.Fatalf("round %d: %s is recorded, and the open project has %+v", round, begun.ID, list)
		}
	}
}
