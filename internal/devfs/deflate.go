package devfs

import (
	"bytes"
	"sync"

	"github.com/klauspost/compress/flate"

	"studio/link"
)

// packer deflates chunks, each on its own with the link's dictionary before it.
type packer struct {
	out bytes.Buffer
	w   *flate.Writer
}

var packers = sync.Pool{New: func() any {
	p := new(packer)
	p.w, _ = flate.NewWriterDict(&p.out, flate.BestCompression, []byte(link.Dictionary)) // fails for wrong levels only
	return p
}}

// pack gives the shorter of chunk itself and its deflated form, and the encoding.
func pack(chunk []byte) (encoding byte, data []byte) {
	p := packers.Get().(*packer)
	defer packers.Put(p)
	p.out.Reset()
	p.w.Reset(&p.out)
	if _, err := p.w.Write(chunk); err != nil || p.w.Close() != nil || p.out.Len() >= len(chunk) {
		return link.EncodingRaw, chunk
	}
	return link.EncodingDeflate, bytes.Clone(p.out.Bytes())
}
