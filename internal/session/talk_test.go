package session

import (
	"slices"
	"testing"

	"studioide/internal/api"
)

// A page's fixed address is the board's only when the board has it.
func TestHostsOfBoard(t *testing.T) {
	for _, test := range []struct {
		board api.Board
		want  []string
	}{
		{api.Board{}, nil},
		{api.Board{Address: "127.0.0.1:4711"}, nil}, // a virtual one
		{api.Board{WiFi: api.WiFi{State: "ap", Address: "192.168.4.1", AP: "Studio-1A2B", Name: "studio-1a2b.local"}}, []string{"192.168.4.1", "studio-1a2b.local"}},
		{api.Board{Address: "192.168.1.17:80", WiFi: api.WiFi{State: "joined", Address: "192.168.1.17"}}, []string{"192.168.1.17", "192.168.1.17"}},
	} {
		if got := hostsOf(test.board); !slices.Equal(got, test.want) {
			t.Errorf("%+v: %q", test.board, got)
		}
	}
}
