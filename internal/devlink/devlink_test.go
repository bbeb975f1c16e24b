package devlink_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand"
	"net"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"studio/link"
	"studioide/internal/devfs/devfstest"
	"studioide/internal/devlink"
	"studioide/internal/port"
	"studioide/internal/port/porttest"
	"studioide/internal/problem"
)

// rig is a connection and a board at the two ends of a line.
type rig struct {
	t     *testing.T
	conn  *devlink.Conn
	board *devfstest.Board
	host  *porttest.End
	far   *porttest.End
	mu    sync.Mutex
	text  []byte
}

func (r *rig) shown() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return string(r.text)
}

func start(t *testing.T, o porttest.Options, c devfstest.BoardConfig) *rig {
	r := &rig{t: t}
	r.host, r.far = porttest.Pair(o)
	r.board = devfstest.StartBoard(r.far, c)
	r.conn = devlink.Start(r.host, func(b []byte) {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.text = append(r.text, b...)
	})
	return r
}

func (r *rig) close() {
	r.conn.Release()
	r.host.Unplug()
	r.board.Stop()
}

func (r *rig) greet() devlink.Hello {
	r.t.Helper()
	h, err := r.conn.Hello(context.Background())
	if err != nil {
		r.t.Fatal(err)
	}
	return h
}

func code(err error) string {
	var p *problem.Problem
	if errors.As(err, &p) {
		return p.Code
	}
	if err == nil {
		return "none"
	}
	return err.Error()
}

// inTime runs a test with a virtual clock.
func inTime(t *testing.T, c devfstest.BoardConfig, test func(t *testing.T, r *rig)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		r := start(t, porttest.Options{Timing: true}, c)
		defer r.close()
		test(t, r)
	})
}

func TestTextAndLinkShareTheLine(t *testing.T) {
	inTime(t, devfstest.BoardConfig{}, func(t *testing.T, r *rig) {
		r.board.Print("booting\r\n")
		time.Sleep(time.Second)
		if n := r.host.Sent(); n != 0 {
			t.Fatalf("%d bytes sent before anybody asked", n)
		}
		if h := r.greet(); h.Board != "test" || h.Program != "led" || h.MaxRecord != 8189 || h.FilesCap != 4<<20 {
			t.Fatalf("%+v", h)
		}
		var want strings.Builder
		want.WriteString("booting\r\n")
		for range 20 {
			r.board.Print("tick ✓\n")
			want.WriteString("tick ✓\n")
			if b, err := r.conn.Call(context.Background(), link.OpPing, []byte("\x00ping\x00")); err != nil || string(b) != "\x00ping\x00" {
				t.Fatalf("%q, %v", b, err)
			}
		}
		if err := r.conn.WriteText(context.Background(), []byte("typed\n")); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		time.Sleep(100 * time.Millisecond)
		if got := r.shown(); got != want.String() {
			t.Fatalf("shown %q", got)
		}
		if got := r.board.Typed(); got != "typed\n" {
			t.Fatalf("typed %q", got)
		}
		if err := r.conn.WriteText(context.Background(), []byte{0}); code(err) != "text.zero" {
			t.Fatal(err)
		}
	})
}

func TestCallsAreQuickAndManyAtATime(t *testing.T) {
	inTime(t, devfstest.BoardConfig{}, func(t *testing.T, r *rig) {
		r.greet()
		time.Sleep(time.Second)
		begin := time.Now()
		if _, err := r.conn.Call(context.Background(), link.OpPing, nil); err != nil {
			t.Fatal(err)
		}
		// 17 bytes there and 18 back are 3 ms of line time.
		if took := time.Since(begin); took > 8*time.Millisecond {
			t.Fatalf("a call took %v", took)
		}
		var wg sync.WaitGroup
		for i := range 600 { // more than there are ids
			wg.Go(func() {
				want := []byte{byte(i), byte(i >> 8), 0}
				if b, err := r.conn.Call(context.Background(), link.OpPing, want); err != nil || !bytes.Equal(b, want) {
					t.Errorf("%d: %q, %v", i, b, err)
				}
			})
		}
		wg.Wait()
	})
}

func TestStatusesAreProblems(t *testing.T) {
	inTime(t, devfstest.BoardConfig{}, func(t *testing.T, r *rig) {
		r.greet()
		_, err := r.conn.Call(context.Background(), 0x7e, nil)
		if code(err) != "board.unsupported" || !devlink.HasStatus(err, link.StatusUnsupported) {
			t.Fatal(err)
		}
		_, err = r.conn.Call(context.Background(), link.OpPing, make([]byte, 20_000))
		if !devlink.HasStatus(err, link.StatusTooLong) {
			t.Fatal(err)
		}
	})
}

func TestNobodyThere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		host, far := porttest.Pair(porttest.Options{})
		conn := devlink.Start(host, nil)
		go io.Copy(io.Discard, far)
		begin := time.Now()
		_, err := conn.Hello(context.Background())
		if code(err) != "link.no-answer" || time.Since(begin) > 3*time.Second {
			t.Fatalf("%v after %v", err, time.Since(begin))
		}
		if _, err := conn.Call(context.Background(), link.OpPing, nil); code(err) != "link.no-answer" {
			t.Fatal(err)
		}
		sent := host.Sent()
		time.Sleep(time.Minute)
		if more := host.Sent() - sent; more > 20 {
			t.Fatalf("%d bytes sent to a board that speaks no link", more)
		}
		if p := conn.Release(); p != port.Port(host) {
			t.Fatal("port not given back")
		}
		host.Unplug()
	})
}

func TestBoardRestarts(t *testing.T) {
	inTime(t, devfstest.BoardConfig{}, func(t *testing.T, r *rig) {
		r.greet()
		stream, err := r.conn.Dial(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		r.board.Hang()
		pending := r.conn.Go(link.OpPing, []byte("x"))
		time.Sleep(100 * time.Millisecond)
		begin := time.Now()
		r.board.Restart()
		if _, err := pending.Wait(context.Background()); code(err) != "link.restarted" {
			t.Fatal(err)
		}
		if took := time.Since(begin); took > 1500*time.Millisecond {
			t.Fatalf("noticed after %v", took)
		}
		if _, err := stream.Read(make([]byte, 1)); code(err) != "link.restarted" {
			t.Fatal(err)
		}
		<-r.conn.Down()
		r.greet()
		if _, err := r.conn.Call(context.Background(), link.OpPing, nil); err != nil {
			t.Fatal(err)
		}
	})
}

func TestIdleRestartIsNoticed(t *testing.T) {
	inTime(t, devfstest.BoardConfig{}, func(t *testing.T, r *rig) {
		r.greet()
		time.Sleep(time.Minute)
		down := r.conn.Down()
		r.board.Restart()
		select {
		case <-down:
		case <-time.After(8 * time.Second): // an idle link asks every 7 s; while somebody looks, a question every 2 s finds it out sooner
			t.Fatal("not noticed")
		}
	})
}

// Whoever asks a board how it is, as a session does while a page looks, knows
// of a restart right after the question.
func TestRestartIsNoticedByTheNextQuestion(t *testing.T) {
	inTime(t, devfstest.BoardConfig{}, func(t *testing.T, r *rig) {
		const every = 1800 * time.Millisecond // the session's
		r.greet()
		for i := range 12 {
			down := r.conn.Down()
			asked := time.NewTicker(every)
			stop := make(chan struct{})
			go func() {
				for {
					select {
					case <-stop:
						return
					case <-asked.C:
						r.conn.Call(context.Background(), link.OpPing, nil)
					}
				}
			}()
			time.Sleep(10*every + time.Duration(i)*every/12)
			r.board.Restart()
			restarted := time.Now()
			<-down
			if late := time.Since(restarted); late > 2*time.Second {
				t.Errorf("noticed after %v", late)
			}
			asked.Stop()
			close(stop)
			r.greet()
		}
	})
}

func TestProgramLoopsForEver(t *testing.T) {
	inTime(t, devfstest.BoardConfig{}, func(t *testing.T, r *rig) {
		r.greet()
		stream, err := r.conn.Dial(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		r.board.Hang()
		begin := time.Now()
		if _, err := r.conn.Call(context.Background(), link.OpPing, nil); code(err) != "link.no-answer" {
			t.Fatal(err)
		}
		if took := time.Since(begin); took > 5*time.Second {
			t.Fatalf("gave up after %v", took)
		}
		if _, err := stream.Write(make([]byte, 100)); code(err) != "link.no-answer" {
			t.Fatal(err)
		}
		short, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		if _, err := r.conn.Hello(short); code(err) != "link.no-answer" {
			t.Fatal(err)
		}
		begin = time.Now()
		if r.conn.Release() == nil || time.Since(begin) > time.Second {
			t.Fatalf("release took %v", time.Since(begin))
		}
	})
}

func TestCancelledCallLeavesTheLinkAlone(t *testing.T) {
	inTime(t, devfstest.BoardConfig{}, func(t *testing.T, r *rig) {
		r.greet()
		ctx, cancel := context.WithCancel(context.Background())
		p := r.conn.Go(link.OpPing, make([]byte, 1000))
		cancel()
		if _, err := p.Wait(ctx); code(err) != "cancelled" {
			t.Fatal(err)
		}
		if b, err := r.conn.Call(context.Background(), link.OpPing, []byte("y")); err != nil || string(b) != "y" {
			t.Fatalf("%q, %v", b, err)
		}
	})
}

func TestPortGone(t *testing.T) {
	inTime(t, devfstest.BoardConfig{}, func(t *testing.T, r *rig) {
		r.greet()
		r.board.Hang()
		pending := r.conn.Go(link.OpPing, nil)
		r.host.Unplug()
		if _, err := pending.Wait(context.Background()); code(err) != "port.gone" {
			t.Fatal(err)
		}
		<-r.conn.Done()
		if err := r.conn.Err(); code(err) != "port.gone" || !errors.Is(err, port.ErrGone) {
			t.Fatal(err)
		}
		if r.conn.Release() != nil {
			t.Fatal("a port that is gone was given back")
		}
		if _, err := r.conn.Hello(context.Background()); code(err) != "port.gone" {
			t.Fatal(err)
		}
		if err := r.conn.WriteText(context.Background(), []byte("x")); code(err) != "port.gone" {
			t.Fatal(err)
		}
	})
}

// lastWords is a port whose board has said something and gone, which the writer notices first.
type lastWords struct {
	port.Port
	text   []byte
	failed chan struct{}
}

func (l *lastWords) Write([]byte) (int, error) {
	close(l.failed)
	return 0, port.ErrGone
}

func (l *lastWords) Read(b []byte) (n int, err error) {
	<-l.failed
	if n = copy(b, l.text); n == 0 {
		return 0, port.ErrGone
	}
	l.text = l.text[n:]
	time.Sleep(time.Second) // the writer has told meanwhile
	return n, nil
}

func (l *lastWords) SetReadDeadline(time.Time) error { return nil }

func TestLastWords(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var said []byte
		conn := devlink.Start(&lastWords{text: []byte("panic: out of tea\r\n"), failed: make(chan struct{})}, func(b []byte) { said = append(said, b...) })
		if _, err := conn.Hello(t.Context()); code(err) != "port.gone" {
			t.Fatal(err)
		}
		<-conn.Done()
		if string(said) != "panic: out of tea\r\n" {
			t.Fatalf("%q", said)
		}
	})
}

func TestReleaseGivesTheLineBackToText(t *testing.T) {
	inTime(t, devfstest.BoardConfig{}, func(t *testing.T, r *rig) {
		r.greet()
		pending := r.conn.Go(link.OpPing, nil)
		p := r.conn.Release()
		if _, err := pending.Wait(context.Background()); code(err) != "link.released" {
			t.Fatal(err)
		}
		time.Sleep(time.Second)
		_ = p.Discard()
		r.board.Print("plain")
		time.Sleep(15 * time.Second)
		b := make([]byte, 100)
		n, err := p.Read(b)
		if err != nil || string(b[:n]) != "plain" {
			t.Fatalf("%q, %v", b[:n], err)
		}
		again := devlink.Start(p, nil)
		if _, err := again.Hello(context.Background()); err != nil {
			t.Fatal(err)
		}
		again.Release()
	})
}

func TestEvents(t *testing.T) {
	inTime(t, devfstest.BoardConfig{}, func(t *testing.T, r *rig) {
		r.greet()
		got := make(chan []byte, 10)
		stop := r.conn.Watch(link.EventPin, func(b []byte) { got <- b })
		r.board.Event(link.EventPin, []byte{8, 2, 1})
		if b := <-got; !bytes.Equal(b, []byte{8, 2, 1}) {
			t.Fatalf("%v", b)
		}
		stop()
		r.board.Event(link.EventPin, []byte{8, 2, 0})
		time.Sleep(time.Second)
		if len(got) != 0 {
			t.Fatal("told after stop")
		}
	})
}

// garbage is what a program prints when it prints its memory: frames' delimiters included.
func garbage(n int) []byte {
	b := make([]byte, n)
	rand.New(rand.NewSource(3)).Read(b)
	return b
}

func TestFloodOfGarbageKeepsMemoryAndLinkInBounds(t *testing.T) {
	r := start(t, porttest.Options{}, devfstest.BoardConfig{})
	defer r.close()
	r.conn.Release()
	shown := 0
	r.conn = devlink.Start(r.host, func(b []byte) {
		if len(b) > 40<<10 {
			t.Errorf("a piece of %d bytes", len(b))
		}
		shown += len(b)
	})
	r.greet()
	piece := garbage(64 << 10)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	for range 400 { // 26 MB
		r.board.Print(string(piece))
	}
	if _, err := r.conn.Call(context.Background(), link.OpPing, nil); err != nil {
		t.Fatalf("after the flood: %v", err)
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 4<<20 {
		t.Fatalf("%d bytes more in memory", grown)
	}
	if shown < 1<<20 {
		t.Fatalf("only %d bytes shown", shown)
	}
}

func TestStreamIsAConnection(t *testing.T) {
	inTime(t, devfstest.BoardConfig{}, func(t *testing.T, r *rig) {
		r.greet()
		ctx := context.Background()
		var wg sync.WaitGroup
		for i := range 8 { // twice as many as there are channels
			wg.Go(func() {
				conn, err := r.conn.Dial(ctx)
				if err != nil {
					t.Errorf("dial %d: %v", i, err)
					return
				}
				want := garbage(20_000 + i)
				go func() {
					if n, err := conn.Write(want); err != nil || n != len(want) {
						t.Errorf("wrote %d, %v", n, err)
					}
					conn.(interface{ CloseWrite() error }).CloseWrite()
				}()
				if got, err := io.ReadAll(conn); err != nil || !bytes.Equal(got, want) {
					t.Errorf("stream %d: %d bytes, %v", i, len(got), err)
				}
				conn.Close()
				if _, err := conn.Read(nil); !errors.Is(err, net.ErrClosed) {
					t.Errorf("after close: %v", err)
				}
			})
		}
		wg.Wait()
	})
}

func TestStreamDeadlines(t *testing.T) {
	inTime(t, devfstest.BoardConfig{}, func(t *testing.T, r *rig) {
		r.greet()
		conn, err := r.conn.Dial(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		begin := time.Now()
		conn.SetReadDeadline(begin.Add(5 * time.Second))
		if _, err := conn.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) || time.Since(begin) != 5*time.Second {
			t.Fatalf("%v after %v", err, time.Since(begin))
		}
		go func() {
			time.Sleep(time.Second)
			conn.SetReadDeadline(time.Now()) // also reaches a Read that waits
		}()
		conn.SetReadDeadline(time.Time{})
		if _, err := conn.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Fatal(err)
		}
		conn.SetDeadline(time.Time{})
		conn.Write([]byte("still alive"))
		b := make([]byte, 20)
		if n, err := conn.Read(b); err != nil || string(b[:n]) != "still alive" {
			t.Fatalf("%q, %v", b[:n], err)
		}
		conn.Close()
	})
}

func TestClosedStreamFreesItsChannel(t *testing.T) {
	inTime(t, devfstest.BoardConfig{Streams: 1}, func(t *testing.T, r *rig) {
		r.greet()
		for range 20 {
			conn, err := r.conn.Dial(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			conn.Write([]byte("left unread"))
			conn.Close()
		}
	})
}

func TestPageIsNotHeldUpByFiles(t *testing.T) {
	inTime(t, devfstest.BoardConfig{}, func(t *testing.T, r *rig) {
		r.greet()
		noise := garbage(200_000)
		open := append([]byte{2, '/', 'f'}, 0, 0, 0, 0)
		link.PutU32(open[3:], uint32(len(noise)))
		r.conn.Go(link.OpOpen, open, make([]byte, 16))
		for at := 0; at+4096 <= len(noise); at += 4096 {
			head := make([]byte, 7)
			link.PutU32(head, uint32(at))
			link.PutU16(head[5:], 4096)
			r.conn.Go(link.OpWrite, head, noise[at:at+4096])
		}
		time.Sleep(3 * time.Second)
		begin := time.Now()
		if _, err := r.conn.Call(context.Background(), link.OpPing, nil); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(begin); took > 900*time.Millisecond {
			t.Fatalf("a call took %v next to a push", took)
		} else {
			t.Logf("a call took %v next to a push", took)
		}
	})
}
