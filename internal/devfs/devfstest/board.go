// Package devfstest has what tests of board files need: a board in memory that
// speaks the device link, a fake file system with faults, and the suite that
// every devfs.FS passes.
package devfstest

import (
	"encoding/hex"
	"io"
	"sort"
	"sync"
	"time"

	"studio/link"
	"studioide/internal/devfs"
)

// BoardConfig sizes a Board. Zero fields get the values in brackets.
type BoardConfig struct {
	Window    int           // [8192]
	TxBuffer  int           // [4096]
	MaxBody   int           // [1024]
	Wire      int           // [0, no limit]
	BlockSize int           // [4096]
	Capacity  int           // bytes of files [4 MB]
	Streams   int           // [4]
	WiFi      *WiFi         // [none]
	FlashTime time.Duration // that writing a block takes [0]; nothing else happens meanwhile
}

// Board is the far end of a serial line: Studio's firmware in a few lines,
// with a map for a flash and an echo server for a page.
type Board struct {
	line   io.ReadWriter
	config BoardConfig
	begin  time.Time
	in     chan []byte
	do     chan func()
	stop   chan struct{}
	gone   sync.WaitGroup

	pipe    link.Pipe
	z       link.Inflater
	hung    bool
	why     string
	held    bool
	files   map[string][]byte
	partial *partial
	writing bool
	echo    map[byte]*echo
	calls   map[byte]int
	failing map[byte][]link.Status
	typed   []byte
	out     []byte
}

// partial is a file being written.
type partial struct {
	path string
	size int
	hash string
	have []byte
}

// echo is one connection to the echo server.
type echo struct {
	credit int
	data   []byte
	owed   int
	ended  bool
}

// StartBoard runs a board on its end of a line until the line ends or Stop is called.
func StartBoard(line io.ReadWriter, c BoardConfig) *Board {
	preset := func(v *int, to int) {
		if *v == 0 {
			*v = to
		}
	}
	preset(&c.Window, 8192)
	preset(&c.TxBuffer, 4096)
	preset(&c.MaxBody, 1024)
	preset(&c.BlockSize, 4096)
	preset(&c.Capacity, 4<<20)
	preset(&c.Streams, 4)
	b := &Board{
		line: line, config: c, in: make(chan []byte, 4), do: make(chan func()), stop: make(chan struct{}),
		files: map[string][]byte{}, calls: map[byte]int{}, failing: map[byte][]link.Status{}, out: make([]byte, link.FrameSize(c.MaxBody)+256),
	}
	b.boot()
	b.gone.Add(2)
	go b.read()
	go b.run()
	return b
}

// boot forgets everything but the files.
func (b *Board) boot() {
	b.begin = time.Now()
	b.pipe.Init(link.Config{RxWindow: b.config.Window, TxBuffer: b.config.TxBuffer, MaxBody: b.config.MaxBody, Wire: b.config.Wire})
	b.partial, b.writing, b.echo, b.hung = nil, false, map[byte]*echo{}, false
}

func (b *Board) now() uint32 { return uint32(time.Since(b.begin).Microseconds()) }

func (b *Board) read() {
	defer b.gone.Done()
	for {
		buf := make([]byte, 512)
		n, err := b.line.Read(buf)
		if err != nil {
			return
		}
		select {
		case b.in <- buf[:n]:
		case <-b.stop:
			return
		}
	}
}

func (b *Board) run() {
	defer b.gone.Done()
	for {
		for n := b.pipe.Output(b.out, b.now()); n > 0 && !b.hung; n = b.pipe.Output(b.out, b.now()) {
			if _, err := b.line.Write(b.out[:n]); err != nil {
				return
			}
		}
		var timer <-chan time.Time
		if us, ok := b.pipe.Wait(b.now()); ok && !b.hung {
			timer = time.After(time.Duration(us) * time.Microsecond)
		}
		select {
		case p := <-b.in:
			if !b.hung {
				b.pipe.Input(p, b.now(), func(t []byte) { b.typed = append(b.typed, t...) })
			}
		case f := <-b.do:
			f()
		case <-timer:
		case <-b.stop:
			return
		}
		if b.pipe.Restarted() {
			b.echo = map[byte]*echo{}
		}
		b.serve()
	}
}

// serve answers as long as there is room for answers.
func (b *Board) serve() {
	for b.pipe.Room() > 600 && !b.hung {
		channel, p, ok := b.pipe.Next()
		if !ok {
			break
		}
		switch {
		case channel != link.ChannelCalls:
			b.onStream(channel, p)
		case len(p) >= 2 && p[0] != 0:
			id, op := p[0], p[1]
			status, result := b.request(op, p[2:])
			b.pipe.Send(link.ChannelCalls, []byte{id, op | link.Reply, byte(status)}, result)
		}
	}
	b.echoBack()
}

// Do runs f on the board's only goroutine and waits for it.
func (b *Board) Do(f func()) {
	done := make(chan struct{})
	select {
	case b.do <- func() { f(); close(done) }:
		<-done
	case <-b.stop:
	}
}

// Stop ends the board. The line has to be closed first, or by the other end.
func (b *Board) Stop() {
	close(b.stop)
	b.gone.Wait()
}

// Restart is a press of the reset button.
func (b *Board) Restart() { b.Do(b.boot) }

// End makes the program end and start again as a microcontroller's does: the new
// one says why, and held that it is not run any more. It hangs until Serve.
func (b *Board) End(why string, held bool) {
	b.Do(func() {
		b.boot()
		b.why, b.held, b.hung = why, held, true
	})
}

// Serve makes a program that hangs answer, with all its memory.
func (b *Board) Serve() { b.Do(func() { b.hung = false }) }

// Hang makes the program loop for ever, until Restart.
func (b *Board) Hang() { b.Do(func() { b.hung = true }) }

// Print is what the program prints.
func (b *Board) Print(s string) { b.Do(func() { _, _ = b.line.Write([]byte(s)) }) }

// Event sends an event to Studio.
func (b *Board) Event(op byte, body []byte) {
	b.Do(func() { b.pipe.Send(link.ChannelCalls, []byte{0, op}, body) })
}

// Typed is the text that came for the program.
func (b *Board) Typed() (s string) {
	b.Do(func() { s = string(b.typed) })
	return s
}

// Calls is how many requests op were answered.
func (b *Board) Calls(op byte) (n int) {
	b.Do(func() { n = b.calls[op] })
	return n
}

// Fail makes the next requests op fail with these statuses, one each, without doing anything.
func (b *Board) Fail(op byte, statuses ...link.Status) {
	b.Do(func() { b.failing[op] = statuses })
}

// Files is a copy of what is stored.
func (b *Board) Files() map[string][]byte {
	files := map[string][]byte{}
	b.Do(func() {
		for path, content := range b.files {
			files[path] = append([]byte{}, content...)
		}
	})
	return files
}

// Put stores a file behind Studio's back.
func (b *Board) Put(path string, content []byte) { b.Do(func() { b.files[path] = content }) }

func (b *Board) request(op byte, args []byte) (link.Status, []byte) {
	b.calls[op]++
	if list := b.failing[op]; len(list) > 0 {
		b.failing[op] = list[1:]
		return list[0], nil
	}
	r := link.Reader{B: args}
	w := link.Writer{B: make([]byte, 0, min(b.pipe.Room()-3, 1500))}
	status := b.perform(op, &r, &w)
	return status, w.B
}

func (b *Board) perform(op byte, r *link.Reader, w *link.Writer) link.Status {
	switch op {
	case link.OpHello:
		w.U8(link.Version)
		w.Str("test")
		w.Str("devfstest")
		w.Str("led")
		w.Str("b1")
		w.U32(uint32(time.Since(b.begin).Milliseconds()))
		w.U8(link.ResetPower)
		w.U16(uint16(b.config.Window - 3))
		w.U8(byte(b.config.Streams))
		w.U16(256)
		w.U16(uint16(b.config.BlockSize))
		w.U16(200)
		w.U32(uint32(b.config.Capacity))
		w.Str(b.why)
		w.U8(map[bool]byte{true: 1}[b.held])
	case link.OpPing:
		w.Bytes(r.B)
	case link.OpStatus:
		w.U32(uint32(time.Since(b.begin).Milliseconds()))
		w.U32(1000)
		w.U32(2000)
		w.U8(byte(len(b.echo)))
		w.U32(uint32(b.used()))
		w.U32(uint32(b.config.Capacity - b.used()))
	case link.OpDial:
		return b.dial(r, w)
	case link.OpNetStatus, link.OpNetScan, link.OpNetJoin, link.OpNetForget:
		return b.network(op, r, w)
	default:
		return b.file(op, r, w)
	}
	return link.StatusDone
}

func (b *Board) used() (n int) {
	for _, content := range b.files {
		n += len(content)
	}
	return n
}

func (b *Board) list() []devfs.File {
	var files []devfs.File
	for path, content := range b.files {
		files = append(files, devfs.File{Path: path, Size: int64(len(content)), Hash: devfs.Hash(content)})
	}
	sort.Slice(files, func(i, j int) bool { return files[i].Path < files[j].Path })
	return files
}

func unhex(s string) []byte {
	b, _ := hex.DecodeString(s)
	return b
}

// file is the service of section Files.
func (b *Board) file(op byte, r *link.Reader, w *link.Writer) link.Status {
	switch op {
	case link.OpRoot:
		files := b.list()
		w.Bytes(unhex(devfs.RootHash(files)))
		w.U16(uint16(len(files)))
	case link.OpList:
		files := b.list()
		from := int(r.U16())
		w.U16(uint16(len(files)))
		for _, f := range files[min(from, len(files)):] {
			if w.Room() < 1+len(f.Path)+4+link.HashSize {
				break
			}
			w.Str(f.Path)
			w.U32(uint32(f.Size))
			w.Bytes(unhex(f.Hash))
		}
	case link.OpRead:
		content, ok := b.files[string(r.Str())]
		offset, count := int(r.U32()), int(r.U16())
		if !ok {
			return link.StatusNotFound
		}
		content = content[min(offset, len(content)):]
		w.Bytes(content[:min(count, len(content), w.Room())])
	case link.OpBlocks:
		content, ok := b.files[string(r.Str())]
		if !ok {
			return link.StatusNotFound
		}
		size := b.config.BlockSize
		for at := int(r.U16()) * size; at < len(content) && w.Room() >= link.WeakSize+link.StrongSize; at += size {
			blk := content[at:min(at+size, len(content))]
			w.U32(link.Adler32(1, blk))
			w.Bytes(unhex(devfs.Hash(blk))[:link.StrongSize])
		}
	case link.OpOpen:
		path, size, hash := string(r.Str()), int(r.U32()), hex.EncodeToString(r.Bytes(link.HashSize))
		switch {
		case r.Short || devfs.CheckPath(path) != nil:
			return link.StatusBadArgument
		case b.used()-len(b.files[path])+size > b.config.Capacity:
			return link.StatusNoSpace
		}
		if p := b.partial; p == nil || p.path != path || p.size != size || p.hash != hash {
			b.partial = &partial{path: path, size: size, hash: hash}
		}
		b.writing = true
		w.U32(uint32(len(b.partial.have)))
	case link.OpWrite:
		return b.write(r, w)
	case link.OpCommit:
		return b.commit(w)
	case link.OpDelete:
		delete(b.files, string(r.Str()))
	case link.OpFormat:
		b.files, b.partial, b.writing = map[string][]byte{}, nil, false
	case link.OpAbort:
		b.partial, b.writing = nil, false
	default:
		return link.StatusUnsupported
	}
	return link.StatusDone
}

func (b *Board) write(r *link.Reader, w *link.Writer) link.Status {
	offset, encoding, raw := int(r.U32()), r.U8(), int(r.U16())
	p := b.partial
	switch {
	case !b.writing:
		return link.StatusBadArgument
	case offset != len(p.have):
		w.U32(uint32(len(p.have)))
		return link.StatusBadOffset
	case offset+raw > p.size:
		return link.StatusTooLong
	}
	block := make([]byte, raw)
	switch encoding {
	case link.EncodingRaw:
		if len(r.B) != raw || raw > b.config.BlockSize {
			return link.StatusBadArgument
		}
		copy(block, r.B)
	case link.EncodingDeflate:
		if n, ok := b.z.Inflate(block, r.B, link.Dictionary); !ok || n != raw || raw > b.config.BlockSize {
			return link.StatusBadArgument
		}
	case link.EncodingCopy:
		from, old := int(r.U32()), b.files[p.path]
		if r.Short || from+raw > len(old) {
			return link.StatusBadArgument
		}
		copy(block, old[from:])
	default:
		return link.StatusUnsupported
	}
	if b.config.FlashTime > 0 {
		time.Sleep(b.config.FlashTime * time.Duration(raw) / time.Duration(b.config.BlockSize))
	}
	p.have = append(p.have, block...)
	w.U32(uint32(len(p.have)))
	return link.StatusDone
}

func (b *Board) commit(w *link.Writer) link.Status {
	p := b.partial
	switch {
	case !b.writing:
		return link.StatusBadArgument
	case len(p.have) != p.size:
		w.U32(uint32(len(p.have)))
		return link.StatusBadOffset
	}
	b.partial, b.writing = nil, false
	if devfs.Hash(p.have) != p.hash {
		return link.StatusBadHash
	}
	b.files[p.path] = p.have
	w.Bytes(unhex(p.hash))
	return link.StatusDone
}

const echoCredit = 2048

func (b *Board) dial(r *link.Reader, w *link.Writer) link.Status {
	channel, _, credit := r.U8(), r.U16(), r.U16()
	if r.Short || channel == 0 {
		return link.StatusBadArgument
	}
	if int(channel) > b.config.Streams {
		return link.StatusRefused
	}
	b.echo[channel] = &echo{credit: int(credit)}
	w.U16(echoCredit)
	return link.StatusDone
}

func (b *Board) onStream(channel byte, p []byte) {
	e := b.echo[channel]
	if e == nil || len(p) == 0 {
		return
	}
	switch p[0] {
	case link.StreamData:
		e.data = append(e.data, p[1:]...)
	case link.StreamCredit:
		e.credit += int(link.GetU16(p[1:]))
	case link.StreamEnd:
		e.ended = true
	case link.StreamAbort:
		delete(b.echo, channel)
	}
}

// echoBack sends what the echo server has to say, as far as there is room.
func (b *Board) echoBack() {
	for channel := byte(1); int(channel) <= b.config.Streams; channel++ {
		e := b.echo[channel]
		if e == nil {
			continue
		}
		if n := min(len(e.data), e.credit, b.pipe.Room()-8, 512); n > 0 {
			b.pipe.Send(channel, []byte{link.StreamData}, e.data[:n])
			e.data = e.data[n:]
			e.credit -= n
			e.owed += n
		}
		if e.owed >= echoCredit/2 && b.pipe.Room() > 8 {
			b.pipe.Send(channel, []byte{link.StreamCredit, byte(e.owed), byte(e.owed >> 8)}, nil)
			e.owed = 0
		}
		if e.ended && len(e.data) == 0 && b.pipe.Room() > 8 {
			b.pipe.Send(channel, []byte{link.StreamEnd}, nil)
			delete(b.echo, channel)
		}
	}
}
