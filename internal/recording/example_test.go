package recording_test

import (
	"context"
	"fmt"
	"log"
	"os"

	"studioide/internal/api"
	"studioide/internal/recording"
)

// What goes on is recorded, and read again.
func Example() {
	folder, err := os.MkdirTemp("", "recordings")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(folder)
	dir, err := os.OpenRoot(folder)
	if err != nil {
		log.Fatal(err)
	}
	store := recording.Store{Dir: dir}
	defer store.Close()

	w, err := store.Start(recording.Config{Name: "first try"})
	if err != nil {
		log.Fatal(err)
	}
	w.Add(api.Message{From: "console", Conn: 1, Kind: "sent", Data: "LEDon"}) // never waits
	w.Add(api.Message{From: "console", Conn: 1, Kind: "received", Data: "on"})
	about := w.Stop(recording.Stopped)

	r, err := store.Open(context.Background(), about.ID, nil)
	if err != nil {
		log.Fatal(err)
	}
	defer r.Close()
	err = r.All(context.Background(), func(m *api.Message) error {
		fmt.Println(m.Seq, m.Kind, m.Data)
		return nil
	})
	fmt.Println(about.Messages, err)
	// Output:
	// 1 sent LEDon
	// 2 received on
	// 2 <nil>
}
