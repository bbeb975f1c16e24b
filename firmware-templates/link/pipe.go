package link

// Config of a Pipe. Zero fields get the defaults in brackets.
type Config struct {
	Host      bool   // Studio's end: it opens the pipe
	Nonce     uint32 // host: names this pipe; another one than last time
	RxWindow  int    // bytes received and not yet used up that are kept [4096], at most 32767
	TxBuffer  int    // bytes sent and not yet acknowledged that are kept [2048], at most 32767
	MaxBody   int    // longest frame body in either direction [1024], 64…16384
	Wire      int    // board: bytes that may be on their way to it, 0: any number
	MaxRecord int    // longest payload of a record that is taken [RxWindow - 3]; longer ones are dropped, see Oversized
}

// Timing, in microseconds.
const (
	ackDelay     = 4_000     // how long an acknowledgement may wait for a second frame
	synFirst     = 100_000   // until SYN is sent again
	synLongest   = 1_000_000 // … at most
	probeInitial = 100_000   // until unacknowledged data is asked after, before a round trip was measured
	probeLeast   = 8_000
	probeLongest = 1_000_000
	keepAlive    = 1_000_000  // host: how long nothing is heard before it asks, unless SetKeepAlive says something else
	giveUp       = 10_000_000 // board: how long nothing is heard before it goes back to text
)

const (
	historyLen = 64 // sent frames remembered; a power of two
	smallest   = 16 // shortest payload a frame is cut to on a bad line
	dataHead   = 5  // bytes of a DATA body before its payload
	perFrame   = dataHead + crcSize + 3
	ackFrame   = 8 + historyLen/8 + crcSize + 3
	ackBytes   = 512 // received that make an acknowledgement due

	acksRepeated = 8  // ACKs after a damaged frame that are sent twice
	wireSpare    = 64 // of a wire limit: kept for frames that carry no data
)

// Pipe is one end of the link. Make it ready with Init.
type Pipe struct {
	config Config
	split  Splitter

	opened      bool
	restarted   bool
	broken      bool // the other end closed
	nonce       uint32
	epoch       byte
	helloOwed   bool // owed: SYN or WELCOME
	byeOwed     bool
	byeEpoch    byte
	synAt       uint32
	synInterval uint32
	receivedAt  uint32
	keepAlive   uint32

	receiver
	sender
}

// Init allocates everything the pipe will ever need. A host starts opening at
// once; a board waits.
func (p *Pipe) Init(c Config) {
	c.RxWindow = within(c.RxWindow, 4096, 64, 32767)
	c.TxBuffer = within(c.TxBuffer, 2048, 64, 32767)
	c.MaxBody = within(c.MaxBody, 1024, 64, 16384)
	c.Wire = within(c.Wire, 0, 0, 65535)
	c.MaxRecord = within(c.MaxRecord, c.RxWindow-3, 1, c.RxWindow-3)
	*p = Pipe{config: c, keepAlive: keepAlive}
	p.split.Init(c.MaxBody)
	p.rx = make([]byte, c.RxWindow)
	p.tx = make([]byte, c.TxBuffer)
	if c.Host {
		p.Start(c.Nonce, 0)
	}
}

func within(v, preset, least, most int) int {
	if v == 0 {
		v = preset
	}
	return min(max(v, least), most)
}

// Start opens the pipe anew from the host's end; what was under way is forgotten.
func (p *Pipe) Start(nonce, nowUS uint32) {
	p.reset(nonce)
	p.opened, p.helloOwed, p.broken, p.byeOwed = false, true, false, false
	p.synAt, p.synInterval = nowUS, synFirst
	p.receivedAt = nowUS
}

// reset empties both directions.
func (p *Pipe) reset(nonce uint32) {
	p.nonce, p.epoch = nonce, byte(nonce)
	p.receiver.reset()
	p.sender.reset()
}

// Open tells whether both ends agreed and records can pass.
func (p *Pipe) Open() bool { return p.opened }

// Epoch names the present pipe: it changes with every SYN that opened a new one.
func (p *Pipe) Epoch() uint32 { return p.nonce }

// Restarted tells once that a new pipe was opened: streams and unfinished
// requests of the one before are void.
func (p *Pipe) Restarted() bool {
	r := p.restarted
	p.restarted = false
	return r
}

// Broken tells that the other end closed the pipe or forgot it (it restarted).
func (p *Pipe) Broken() bool { return p.broken }

// Bye closes the pipe; Output tells the other end once.
func (p *Pipe) Bye() {
	if p.opened || p.config.Host && p.helloOwed {
		p.byeOwed, p.byeEpoch = true, p.epoch
	}
	p.opened, p.helloOwed = false, false
	p.reset(p.nonce)
}

// Silence is for how many microseconds no valid frame was received since the pipe was started.
func (p *Pipe) Silence(nowUS uint32) uint32 { return nowUS - p.receivedAt }

// Input takes bytes from the line. Everything that is no frame goes to text in
// order; its argument is valid during the call only. The record that Next gave
// is void afterwards.
func (p *Pipe) Input(b []byte, nowUS uint32, text func([]byte)) {
	p.release()
	for {
		rest, event, data := p.split.Next(b)
		switch event {
		case EventNone:
			return
		case EventText:
			if text != nil {
				text(data)
			}
		case EventFrame:
			p.frame(data, nowUS)
		case EventDamage:
			if p.opened && data[0] != kindAck { // else every damaged ACK would call for another
				p.damaged, p.ackNow = true, true
				p.repeatAcks = acksRepeated
			}
		}
		b = rest
	}
}

// frame handles the body of a good frame. Unknown kinds are ignored, unknown
// fields at the end too.
func (p *Pipe) frame(body []byte, now uint32) {
	r := Reader{B: body}
	kind := r.U8()
	switch kind {
	case kindSyn:
		if !p.config.Host {
			p.gotSyn(&r, now)
		}
		return
	case kindWelcome:
		if p.config.Host {
			p.gotWelcome(&r, now)
		}
		return
	}
	epoch := r.U8()
	if r.Short {
		return
	}
	if !p.opened || epoch != p.epoch {
		if kind == kindData && !p.config.Host {
			p.byeOwed, p.byeEpoch = true, epoch // it speaks to who was here before the last restart
		}
		return
	}
	p.receivedAt = now
	switch kind {
	case kindData:
		serial, offset := r.U8(), r.U16()
		if !r.Short {
			p.gotData(serial, offset, r.B, now)
		}
	case kindAck:
		p.gotAck(&r, now)
	case kindBye:
		p.opened, p.broken = false, true
	}
}

func (p *Pipe) gotSyn(r *Reader, now uint32) {
	version, nonce, window, maxBody := r.U8(), r.U32(), r.U16(), r.U16()
	if r.Short || version == 0 {
		return
	}
	p.helloOwed = true
	if p.opened && nonce == p.nonce {
		return
	}
	p.reset(nonce)
	p.opened, p.restarted, p.broken, p.byeOwed = true, true, false, false
	p.receivedAt = now
	p.peer(window, maxBody, 0, p.config.MaxBody)
}

func (p *Pipe) gotWelcome(r *Reader, now uint32) {
	version, nonce, window, maxBody, wire := r.U8(), r.U32(), r.U16(), r.U16(), r.U16()
	if r.Short || version == 0 || p.opened || !p.helloOwed || nonce != p.nonce {
		return
	}
	p.opened, p.restarted, p.helloOwed = true, true, false
	p.receivedAt = now
	p.probeAt = now + p.keepAlive
	p.peer(window, maxBody, int(wire), p.config.MaxBody)
}

// Output writes the next whole frames for the line into dst and returns their
// length; 0 means that there is nothing to send now. dst must have room for
// FrameSize(Config.MaxBody) bytes.
func (p *Pipe) Output(dst []byte, nowUS uint32) int {
	n := 0
	if p.byeOwed && len(dst) >= FrameSize(2) {
		p.byeOwed = false
		n += p.byeFrame(dst)
	}
	if p.helloOwed && len(dst)-n >= FrameSize(12) {
		n += p.hello(dst[n:], nowUS)
	}
	if p.opened && !p.config.Host && p.Silence(nowUS) >= giveUp {
		p.opened, p.broken = false, true
	}
	if !p.opened {
		return n
	}
	for {
		k := p.ackOut(dst[n:], nowUS)
		k += p.dataOut(dst[n+k:], nowUS)
		if k == 0 {
			return n
		}
		n += k
	}
}

func (p *Pipe) byeFrame(dst []byte) int {
	var f framer
	f.open(dst)
	f.u8(kindBye)
	f.u8(p.byeEpoch)
	return f.close()
}

// hello writes SYN when it is due, or the WELCOME that is owed.
func (p *Pipe) hello(dst []byte, now uint32) int {
	var f framer
	f.open(dst)
	if p.config.Host {
		if !isDue(now, p.synAt) {
			return 0
		}
		p.synAt = now + p.synInterval
		p.synInterval = min(p.synInterval*3/2, synLongest)
		f.u8(kindSyn)
	} else {
		p.helloOwed = false
		f.u8(kindWelcome)
	}
	f.u8(Version)
	f.u32(p.nonce)
	f.u16(uint16(len(p.rx)))
	f.u16(uint16(p.config.MaxBody))
	if !p.config.Host {
		f.u16(uint16(p.config.Wire))
	}
	return f.close()
}

// SetKeepAlive changes after how many microseconds of silence a host asks whether the board is still there: a second at
// first. It has to stay below the 10 seconds after which the board gives up.
func (p *Pipe) SetKeepAlive(us, nowUS uint32) {
	p.keepAlive = us
	if p.held == 0 && int32(p.probeAt-nowUS) > int32(us) {
		p.probeAt = nowUS + us
	}
}

// Wait is how many microseconds from now Output has something to do even if
// nothing is received; ok is false when there is no such time.
func (p *Pipe) Wait(nowUS uint32) (us uint32, ok bool) {
	if p.byeOwed || p.helloOwed && !p.config.Host {
		return 0, true
	}
	at, ok := p.synAt, p.helloOwed
	if p.opened {
		if p.ackNow && p.mayWire(ackFrame) || p.hasData() {
			return 0, true
		}
		at, ok = p.probeAt, p.probing()
		if !ok {
			at, ok = p.receivedAt+giveUp, true
		}
		if p.ackOwed > 0 && !p.ackNow && int32(p.ackAt-at) < 0 {
			at = p.ackAt
		}
	}
	if !ok {
		return 0, false
	}
	if isDue(nowUS, at) {
		return 0, true
	}
	return at - nowUS, true
}

// isDue tells whether now is at or after at; both wrap.
func isDue(now, at uint32) bool { return int32(now-at) >= 0 }
