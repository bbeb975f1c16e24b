package board

import (
	"studio/board/chars"
	"studio/board/chip"
	"studio/board/crash"
	"studio/board/loop"
	"studio/board/sizes"
	"studio/board/store"
	"studio/link"
)

// service is the board's end of the device link: docs/link-protocol.md.
type service struct {
	pipe     link.Pipe
	onText   func([]byte)
	line     serialLine
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
}

// serialLine is what carries frames and text: the board's, or a test's.
type serialLine struct {
	read  func(p []byte) int // what has arrived
	ready func() bool        // a frame can be sent
	send  func(frame []byte)
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

func (l *service) init(s *server) {
	l.pipe.Init(link.Config{RxWindow: sizes.LinkWindow, TxBuffer: sizes.LinkBuffer, MaxBody: sizes.LinkBody, Wire: sizes.LinkWire})
	l.onText = s.gotText
	if l.line.read == nil {
		l.line = serialLine{chip.ReadSerial, chip.SerialReady, chip.SendSerial}
	}
	l.rx = make([]byte, 512)
	l.frame = make([]byte, link.FrameSize(sizes.LinkBody))
	l.reply = make([]byte, 0, sizes.LinkReply)
	l.block = make([]byte, sizes.Block)
}

// in takes what came over the serial line and serves it.
func (l *service) in(s *server) (busy bool) {
	for i := 0; i < 16; i++ {
		n := l.line.read(l.rx)
		if n == 0 {
			break
		}
		busy = true
		l.pipe.Input(l.rx[:n], s.Micros(), l.onText)
	}
	if l.pipe.Restarted() || !l.pipe.Open() {
		l.forget()
		s.net.UnwatchedLocked()
	}
	for {
		if l.job != noJob {
			l.work(&s.web.Files)
			return true
		}
		if l.leaving != 0 || !l.pipe.Open() || l.pipe.Room() < sizes.LinkReply && !l.pipe.Idle() {
			break
		}
		channel, payload, ok := l.pipe.Next()
		if channel, id, op, long := l.pipe.Oversized(); long {
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
			l.request(s, payload)
		} else if st := l.stream(channel); st != nil {
			st.record(payload)
		}
	}
	l.redial(s)
	if l.leaving != 0 && (l.pipe.Idle() || s.Now() >= l.leaveAt) {
		leaving := l.leaving
		l.leaving = 0
		loop.Without(&s.Loop, leave, leaving)
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
func (l *service) out(s *server) (busy bool) {
	for i := range l.streams {
		l.streams[i].settle()
	}
	for l.line.ready() {
		n := l.pipe.Output(l.frame, s.Micros())
		if n == 0 {
			break
		}
		l.line.send(l.frame[:n])
		busy = true
	}
	return busy
}

// idle is for how many milliseconds the link needs nothing.
func (l *service) idle(s *server) int64 {
	if l.leaving != 0 {
		return 1
	}
	wait := int64(60_000)
	for i := range l.dialing {
		if l.dialing[i].id != 0 {
			wait = 10
		}
	}
	if us, ok := l.pipe.Wait(s.Micros()); ok {
		wait = min(wait, int64(us+999)/1000)
	}
	return wait
}

// forget ends what belonged to a pipe that is no more. An open write stays:
// it can be taken up again.
func (l *service) forget() {
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

func (l *service) start(id, op byte) (w answer) {
	w.B = l.reply[:0:min(cap(l.reply), max(l.pipe.Room(), 3))]
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

func (l *service) send(w *answer) {
	if w.Full {
		w.status(link.StatusTooLong)
	}
	l.pipe.Send(link.ChannelCalls, w.B, nil)
}

// request serves one request.
func (l *service) request(s *server, payload []byte) {
	r := link.Reader{B: payload}
	id, op := r.U8(), r.U8()
	if r.Short || id == 0 {
		return
	}
	w := l.start(id, op)
	switch op {
	case link.OpHello:
		l.hello(s, &w)
	case link.OpPing:
		w.Bytes(r.B)
	case link.OpStatus:
		l.state(s, &w)
	case link.OpReset, link.OpBootloader:
		l.leaving, l.leaveAt = op, s.Now()+leaveAfter
	case link.OpDial:
		if !l.dial(s, id, &r, &w) {
			return // redial answers
		}
	case link.OpPins:
		for i := range pinStates {
			if p := Pin(i); pinStates[i].mode != pinUnused || p == LED || p == Button {
				putPin(&w, p)
			}
		}
	case link.OpWatch:
		l.watching = r.U8() != 0
		for i := range pinStates {
			pinStates[i].told = false
		}
	case link.OpRoot, link.OpList, link.OpRead, link.OpBlocks, link.OpOpen, link.OpWrite,
		link.OpCommit, link.OpDelete, link.OpFormat, link.OpAbort:
		if !s.web.Files.Kept() {
			w.status(link.StatusUnsupported)
			break
		}
		if !l.file(&s.web.Files, op, id, &r, &w) {
			return // the job answers
		}
	case link.OpNetStatus, link.OpNetScan, link.OpNetJoin, link.OpNetForget:
		status, err := s.net.RequestLocked(op, &r, &w.Writer)
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

// hello says what this board is.
func (l *service) hello(s *server, w *answer) {
	w.U8(link.Version)
	w.Str(targetBoard)
	w.Str("studio " + Version)
	w.Str(program)
	w.Str(build)
	w.U32(uint32(s.Now()))
	w.U8(s.lastEnd.Reset)
	w.U16(sizes.LinkWindow - 3)
	w.U8(sizes.Streams)
	w.U16(uint16(min(s.limits.MaxMessage, 0xFFFF)))
	w.U16(sizes.Block)
	maxFiles, capacity := 0, uint32(0)
	if s.web.Files.Kept() {
		maxFiles, capacity = s.web.Files.MaxFiles(), s.web.Files.Capacity()
	}
	w.U16(uint16(maxFiles))
	w.U32(capacity)
	w.Str(s.lastEnd.Why)
	held := uint8(0)
	if s.lastEnd.Held {
		held = 1
	}
	w.U8(held)
}

// state answers STATUS.
func (l *service) state(s *server, w *answer) {
	used, size := chip.Heap()
	w.U32(uint32(s.Now()))
	w.U32(used)
	w.U32(size)
	w.U8(uint8(min(s.web.ClientsLocked(), 255)))
	var filesUsed, filesFree uint32
	if s.web.Files.Kept() {
		filesUsed, filesFree = s.web.Files.Usage()
	}
	w.U32(filesUsed)
	w.U32(filesFree)
}

// putPin appends one entry of PINS.
func putPin(w *answer, p Pin) {
	w.U8(uint8(p))
	w.U8(pinStates[p].mode)
	w.U8(levelOf(p))
	switch p {
	case LED:
		w.Str("LED")
	case Button:
		w.Str("BOOT")
	default:
		name := [6]byte{'G', 'P', 'I', 'O', '0' + uint8(p)/10, '0' + uint8(p)%10}
		if p < 10 {
			name[4] = name[5]
			w.Str(chars.String(name[:5]))
		} else {
			w.Str(chars.String(name[:]))
		}
	}
}

// levelOf is the level at the pin, whatever it means to an LED; that of an
// unused one is not looked at.
func levelOf(p Pin) uint8 {
	st := &pinStates[p]
	if st.mode == pinInput && p.read() {
		return 1
	}
	if st.mode == pinInput {
		return 0
	}
	return st.shown()
}

// tellNetwork sends what is new of the network, as soon as there is room.
func (l *service) tellNetwork(s *server) (busy bool) {
	for l.pipe.Room() >= 2*sizes.LinkReply {
		event := s.net.EventLocked(l.reply[:0])
		if event == nil || !l.pipe.Send(link.ChannelCalls, event, nil) {
			break
		}
		s.net.ToldLocked(event[1])
		busy = true
	}
	return busy
}

// tellPin sends a PIN event; when there is no room it is tried again.
func (l *service) tellPin(s *server, p Pin, st *pinState) {
	event := [5]byte{0, link.EventPin, uint8(p), st.mode, st.shown()}
	if l.pipe.Room() < sizes.LinkReply+len(event) || !l.pipe.Send(link.ChannelCalls, event[:], nil) {
		return
	}
	st.told, st.toldMode, st.toldLevel, st.toldAt = true, st.mode, st.shown(), s.Now()
}
