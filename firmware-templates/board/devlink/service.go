package devlink

import (
	"studio/board/chip"
	"studio/board/crash"
	"studio/board/loop"
	"studio/board/netif"
	"studio/board/sizes"
	"studio/board/store"
	"studio/board/web"
	"studio/link"
)

// Hello is what a board says of itself.
type Hello struct {
	Board    string // its id in Studio's catalogue
	Firmware string // name and version of the runtime
	Program  string
	Build    string
	End      crash.End // of the program before this one
}

// Board is what the link asks the rest of the board for. All of it is called
// with the lock held.
type Board interface {
	HelloLocked() Hello
	// PinLocked says how a pin is, of Pins.
	PinLocked(n uint8) Pin
	// ConsoleLocked takes what came over the line and is no frame. It keeps nothing of p.
	ConsoleLocked(p []byte)
}

// Service is the board's end of the device link.
type Service struct {
	loop    *loop.Loop
	board   Board
	server  *web.Server
	network *netif.Network

	Pipe     link.Pipe
	gotText  func([]byte)
	Line     Line   // the chip's, unless it is set before Prepare
	rx       []byte // from the serial line
	frame    []byte // to the serial line
	reply    []byte // the reply that is being made
	block    []byte // one block of a file
	inflater link.Inflater
	sum      link.SHA256
	streams  [sizes.Streams]stream
	dialing  [4]dialing

	job     job
	jobID   byte
	source  store.File // of a copy
	from    uint32
	left    int
	leaving byte // OpReset or OpBootloader, when that was asked for
	leaveAt int64

	watching bool
	pins     [Pins]toldPin
}

// Line is what carries frames and text: the board's, or a test's.
type Line struct {
	Read  func(p []byte) int // what has arrived
	Ready func() bool        // a frame can be sent
	Send  func(frame []byte)
}

// job is a request that takes several steps, so that the link does not fall
// silent meanwhile. Requests behind it wait.
type job uint8

const (
	noJob job = iota
	jobCommit
	jobCopy
)

// leaveAfter is how long a restart waits for its reply to be acknowledged.
const leaveAfter = 100

// Init comes before everything else.
func (l *Service) Init(c *loop.Loop, b Board, server *web.Server, network *netif.Network) {
	l.loop, l.board, l.server, l.network = c, b, server, network
	l.gotText = b.ConsoleLocked
}

// Prepare allocates everything that has a fixed size.
func (l *Service) Prepare() {
	l.Pipe.Init(link.Config{RxWindow: sizes.LinkWindow, TxBuffer: sizes.LinkBuffer, MaxBody: sizes.LinkBody, Wire: sizes.LinkWire})
	if l.Line.Read == nil {
		l.Line = Line{chip.ReadSerial, chip.SerialReady, chip.SendSerial}
	}
	l.rx = make([]byte, 512)
	l.frame = make([]byte, link.FrameSize(sizes.LinkBody))
	l.reply = make([]byte, 0, sizes.LinkReply)
	l.block = make([]byte, sizes.Block)
}

// PumpLocked moves bytes between the serial line, the link and its streams. It
// calls nothing of the program's and may be called by anyone.
func (l *Service) PumpLocked() (busy bool) {
	busy = l.inLocked()
	return l.out() || busy
}

// TellLocked sends what is new of pins and network.
func (l *Service) TellLocked() (busy bool) {
	l.tellPinsLocked()
	busy = l.tellNetworkLocked()
	return l.out() || busy
}

// inLocked takes what came over the serial line and serves it.
func (l *Service) inLocked() (busy bool) {
	for i := 0; i < 16; i++ {
		n := l.Line.Read(l.rx)
		if n == 0 {
			break
		}
		busy = true
		l.Pipe.Input(l.rx[:n], l.loop.Micros(), l.gotText)
	}
	if l.Pipe.Restarted() || !l.Pipe.Open() {
		l.forget()
		l.network.UnwatchedLocked()
	}
	for {
		if l.job != noJob {
			l.work(&l.server.Files)
			return true
		}
		if l.leaving != 0 || !l.Pipe.Open() || l.Pipe.Room() < sizes.LinkReply && !l.Pipe.Idle() {
			break
		}
		channel, payload, ok := l.Pipe.Next()
		if channel, id, op, long := l.Pipe.Oversized(); long {
			if st := l.stream(channel); channel != link.ChannelCalls && st != nil {
				st.overrun() // no credit reaches that far
			} else if channel == link.ChannelCalls && id != 0 {
				w := l.start(id, op)
				w.status(link.StatusTooLong)
				l.send(&w)
			}
		}
		if !ok {
			break
		}
		busy = true
		if channel == link.ChannelCalls {
			l.requestLocked(payload)
		} else if st := l.stream(channel); st != nil {
			st.record(payload)
		}
	}
	l.redialLocked()
	if l.leaving != 0 && (l.Pipe.Idle() || l.loop.Now() >= l.leaveAt) {
		leaving := l.leaving
		l.leaving = 0
		loop.Without(l.loop, leave, leaving)
	}
	return busy
}

// leave ends the program.
func leave(op byte) {
	if op == link.OpReset {
		crash.Restart()
	} else {
		crash.Bootloader()
	}
}

// out sends what the link has to say.
func (l *Service) out() (busy bool) {
	for i := range l.streams {
		l.streams[i].settle()
	}
	for l.Line.Ready() {
		n := l.Pipe.Output(l.frame, l.loop.Micros())
		if n == 0 {
			break
		}
		l.Line.Send(l.frame[:n])
		busy = true
	}
	return busy
}

// IdleLocked is for how many milliseconds the link needs nothing.
func (l *Service) IdleLocked() int64 {
	if l.leaving != 0 {
		return 1
	}
	wait := l.pinsIdleLocked()
	for i := range l.dialing {
		if l.dialing[i].id != 0 {
			wait = 10
		}
	}
	if us, ok := l.Pipe.Wait(l.loop.Micros()); ok {
		wait = min(wait, int64(us+999)/1000)
	}
	return wait
}

// forget ends what belonged to a pipe that is no more. An open write stays:
// it can be taken up again.
func (l *Service) forget() {
	for i := range l.streams {
		l.streams[i].cut()
	}
	l.dialing = [len(l.dialing)]dialing{}
	l.job = noJob
	l.source.Close()
	l.watching = false
}

// answer is a reply that is being made.
type answer struct{ link.Writer }

func (l *Service) start(id, op byte) (w answer) {
	w.B = l.reply[:0:min(cap(l.reply), max(l.Pipe.Room(), 3))]
	w.U8(id)
	w.U8(op | link.Reply)
	w.U8(byte(link.StatusDone))
	return w
}

// status replaces everything but the head of the reply.
func (w *answer) status(st link.Status) {
	w.B = w.B[:3]
	w.B[2] = byte(st)
	w.Full = false
}

func (l *Service) send(w *answer) {
	if w.Full {
		w.status(link.StatusTooLong)
	}
	l.Pipe.Send(link.ChannelCalls, w.B, nil)
}

// requestLocked serves one request.
func (l *Service) requestLocked(payload []byte) {
	r := link.Reader{B: payload}
	id, op := r.U8(), r.U8()
	if r.Short || id == 0 {
		return
	}
	w := l.start(id, op)
	switch op {
	case link.OpHello:
		l.helloLocked(&w)
	case link.OpPing:
		w.Bytes(r.B)
	case link.OpStatus:
		l.stateLocked(&w)
	case link.OpReset, link.OpBootloader:
		l.leaving, l.leaveAt = op, l.loop.Now()+leaveAfter
	case link.OpDial:
		if !l.dialLocked(id, &r, &w) {
			return // redial answers
		}
	case link.OpPins:
		l.putPinsLocked(&w)
	case link.OpWatch:
		l.watch(r.U8() != 0)
	case link.OpRoot, link.OpList, link.OpRead, link.OpBlocks, link.OpOpen, link.OpWrite,
		link.OpCommit, link.OpDelete, link.OpFormat, link.OpAbort:
		if !l.server.Files.Kept() {
			w.status(link.StatusUnsupported)
			break
		}
		if !l.file(&l.server.Files, op, id, &r, &w) {
			return // the job answers
		}
	case link.OpNetStatus, link.OpNetScan, link.OpNetJoin, link.OpNetForget:
		status, err := l.network.RequestLocked(op, &r, &w.Writer)
		if err != nil {
			status = statusOf(err)
		}
		if status != link.StatusDone {
			w.status(status)
		}
	default:
		w.status(link.StatusUnsupported)
	}
	if r.Short {
		w.status(link.StatusBadArgument)
	}
	l.send(&w)
}

// helloLocked says what this board is.
func (l *Service) helloLocked(w *answer) {
	w.U8(link.Version)
	is := l.board.HelloLocked()
	w.Str(is.Board)
	w.Str(is.Firmware)
	w.Str(is.Program)
	w.Str(is.Build)
	w.U32(uint32(l.loop.Now()))
	w.U8(is.End.Reset)
	w.U16(sizes.LinkWindow - 3)
	w.U8(sizes.Streams)
	w.U16(uint16(min(l.server.LimitsLocked().MaxMessage, 0xFFFF)))
	w.U16(sizes.Block)
	maxFiles, capacity := 0, uint32(0)
	if l.server.Files.Kept() {
		maxFiles, capacity = l.server.Files.MaxFiles(), l.server.Files.Capacity()
	}
	w.U16(uint16(maxFiles))
	w.U32(capacity)
	w.Str(is.End.Why)
	held := uint8(0)
	if is.End.Held {
		held = 1
	}
	w.U8(held)
}

// stateLocked answers STATUS.
func (l *Service) stateLocked(w *answer) {
	used, size := chip.Heap()
	w.U32(uint32(l.loop.Now()))
	w.U32(used)
	w.U32(size)
	w.U8(uint8(min(l.server.ClientsLocked(), 255)))
	var filesUsed, filesFree uint32
	if l.server.Files.Kept() {
		filesUsed, filesFree = l.server.Files.Usage()
	}
	w.U32(filesUsed)
	w.U32(filesFree)
}

// tellNetworkLocked sends what is new of the network, as soon as there is room.
func (l *Service) tellNetworkLocked() (busy bool) {
	for l.Pipe.Room() >= 2*sizes.LinkReply {
		event := l.network.EventLocked(l.reply[:0])
		if event == nil || !l.Pipe.Send(link.ChannelCalls, event, nil) {
			break
		}
		l.network.ToldLocked(event[1])
		busy = true
	}
	return busy
}
