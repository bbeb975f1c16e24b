package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"studioide/internal/api"
	"studioide/internal/wstest"
)

// echoProgram gives back what comes, to as many clients as a program can allow.
const echoProgram = `package main

import "studio/board"

func main() {
	board.Configure(board.Limits{Clients: 1024, Sockets: 1024})
	board.OnText(func(from *board.Client, msg string) { from.SendText(msg) })
	board.Serve()
}
`

// runProgram makes a project of a program, runs it on the virtual board, and gives the address of the board's server.
func (s *studio) runProgram(title, program string) (address string, err error) {
	var p api.Project
	body, err := api.Marshal(api.NewProject{Template: "echo", Title: title, Program: program})
	if err != nil {
		return "", err
	}
	if err := s.do(http.MethodPost, "/api/projects", body, &p); err != nil {
		return "", err
	}
	if err := s.do(http.MethodPost, "/api/projects/"+p.Name+"/open", nil, nil); err != nil {
		return "", err
	}
	if err := s.flashAgain(); err != nil {
		return "", err
	}
	n, err := s.state()
	if err != nil {
		return "", err
	}
	if n.Board.Address == "" {
		return "", fmt.Errorf("the board has no address: %s", n.Board.Text)
	}
	return n.Board.Address, nil
}

// asBareEcho makes this program the least that gorilla/websocket needs for an echo, when startBareEcho has started it.
func asBareEcho() bool {
	if len(os.Args) != 2 || os.Args[1] != "bare-echo" {
		return false
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Println(err)
		return true
	}
	fmt.Println(l.Addr())
	var up websocket.Upgrader
	go http.Serve(l, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, err := up.Upgrade(w, r, nil)
		if err != nil {
			return
		}
		defer c.Close()
		for {
			kind, m, err := c.ReadMessage()
			if err != nil || c.WriteMessage(kind, m) != nil {
				return
			}
		}
	}))
	os.Stdin.Read(make([]byte, 1)) // until whoever has started it ends
	return true
}

// startBareEcho starts it as a process of its own, as a board's program is one.
func startBareEcho() (address string, stop func(), err error) {
	self, err := os.Executable()
	if err != nil {
		return "", nil, err
	}
	cmd := exec.Command(self, "bare-echo")
	in, err := cmd.StdinPipe()
	if err != nil {
		return "", nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return "", nil, err
	}
	if err := cmd.Start(); err != nil {
		return "", nil, err
	}
	stop = func() { in.Close(); cmd.Wait() }
	line, err := bufio.NewReader(out).ReadString('\n')
	if _, _, wrong := net.SplitHostPort(strings.TrimSpace(line)); err != nil || wrong != nil {
		stop()
		return "", nil, fmt.Errorf("the bare echo said %q", line)
	}
	return strings.TrimSpace(line), stop, nil
}

// echoes has all clients send n messages each and wait for the answers, and returns messages a second and the times, sorted.
func echoes(clients []*websocket.Conn, n int) (perSecond float64, times []time.Duration, err error) {
	var wg sync.WaitGroup
	taken, failed := make([][]time.Duration, len(clients)), make([]error, len(clients))
	text := []byte("LED on, please")
	begin := time.Now()
	for i, c := range clients {
		wg.Go(func() {
			for range n {
				at := time.Now()
				if failed[i] = c.WriteMessage(websocket.TextMessage, text); failed[i] != nil {
					return
				}
				if _, _, failed[i] = c.ReadMessage(); failed[i] != nil {
					return
				}
				taken[i] = append(taken[i], time.Since(at))
			}
		})
	}
	wg.Wait()
	perSecond = float64(n*len(clients)) / time.Since(begin).Seconds()
	times = slices.Concat(taken...)
	slices.Sort(times)
	return perSecond, times, errors.Join(failed...)
}

// benchEcho measures what a program on the virtual board answers, next to a bare echo, in turns.
func benchEcho() error {
	s, err := startStudio()
	if err != nil {
		return err
	}
	defer s.stop()
	board, err := s.runProgram("Echo", echoProgram)
	if err != nil {
		return err
	}
	bare, stop, err := startBareEcho()
	if err != nil {
		return err
	}
	defer stop()
	for _, clients := range []int{1, 8} {
		var speed, p50, p99 [2][]float64 // of the board, of the bare echo
		var conns [2][]*websocket.Conn
		for i, address := range []string{board, bare} {
			for range clients {
				c, _, err := websocket.DefaultDialer.Dial("ws://"+address+"/ws", nil)
				if err != nil {
					return err
				}
				defer c.Close()
				conns[i] = append(conns[i], c)
			}
		}
		for round := range rounds + 1 {
			for i := range conns {
				perSecond, times, err := echoes(conns[i], 4000/clients)
				if err != nil {
					return err
				}
				if round > 0 { // the first one warms up
					speed[i] = append(speed[i], perSecond)
					p50[i] = append(p50[i], float64(times[len(times)/2])/1e6)
					p99[i] = append(p99[i], float64(times[len(times)*99/100])/1e6)
				}
			}
		}
		name, goal := "1 client", ""
		if clients > 1 {
			name, goal = fmt.Sprintf("%d clients", clients), "goal ≤ 1 ms"
		}
		row(name+": echoes by the virtual board / bare", fmt.Sprintf("%.2f (%.0f / %.0f a second)", median(speed[0])/median(speed[1]), median(speed[0]), median(speed[1])), "goal ≥ 0.5")
		row(name+": half are back within, board / bare", fmt.Sprintf("%.3f / %.3f ms", median(p50[0]), median(p50[1])), "")
		row(name+": 99 % are back within, board / bare", fmt.Sprintf("%.3f / %.3f ms", median(p99[0]), median(p99[1])), goal)
	}
	return nil
}

// benchPretend lets a thousand pretend pages use the virtual board at once, and then a bare echo, each three times a message.
func benchPretend() error {
	s, err := startStudio()
	if err != nil {
		return err
	}
	defer s.stop()
	if _, err := s.runProgram("Echo", echoProgram); err != nil {
		return err
	}
	bare, stop, err := startBareEcho()
	if err != nil {
		return err
	}
	defer stop()
	what := api.StartLoad{Clients: wstest.MostClients, Rounds: 3, Think: 100, Within: 10_000, Path: "/ws", Text: "LEDon {{n}}"}
	reference, err := wstest.RunLoad(context.Background(), what, wstest.LoadConfig{Dial: func(ctx context.Context) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "tcp", bare)
	}})
	if err != nil {
		return err
	}
	body, err := api.Marshal(what)
	if err != nil {
		return err
	}
	if err := s.do(http.MethodPost, "/api/load", body, nil); err != nil {
		return err
	}
	now := api.Load{State: api.TestRunning}
	for now.State == api.TestRunning {
		time.Sleep(50 * time.Millisecond)
		n, err := s.state()
		if err != nil {
			return err
		}
		if n.Load != nil {
			now = *n.Load
		}
	}
	row("1,000 pretend pages at once, 3 messages each: answered", fmt.Sprintf("%d of %d", now.Answered, what.Clients*what.Rounds), "goal: all; "+now.Verdict)
	for _, r := range now.Reasons {
		row("", fmt.Sprint(r.Count), r.Text)
	}
	row("it took, board / bare echo", fmt.Sprintf("%.1f / %.1f s", float64(now.Millis)/1000, float64(reference.Millis)/1000), "0.2 s of it is thinking")
	row("half are back within, board / bare", fmt.Sprintf("%.0f / %.0f ms", now.P50, reference.P50), "")
	row("99 % are back within, board / bare", fmt.Sprintf("%.0f / %.0f ms", now.P99, reference.P99), "")
	row("the slowest, board / bare", fmt.Sprintf("%.0f / %.0f ms", now.Worst, reference.Worst), "")
	return nil
}
