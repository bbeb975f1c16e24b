package web

import (
	"studio/board/chars"
	"studio/board/sizes"
	"studio/board/store"
)

// Files is the board's file store as the web server sees it.
type Files struct {
	*store.Store      // nil: this board has none
	builtIn      bool // it is part of the program
}

// Mount opens the file store, if there is one; flash may be nil.
func (fs *Files) Mount(flash store.Flash) {
	if flash != nil {
		fs.Store, _ = store.Mount(flash, sizes.Files)
		_, fs.builtIn = flash.(store.ROM)
	}
}

// Kept reports whether the board has a file store that can change. One that is
// part of the program only serves pages.
func (fs *Files) Kept() bool { return fs.Store != nil && !fs.builtIn }

// openFile is a web file that is being sent. The zero value is none.
type openFile struct {
	store.File
	tag    [store.HashSize]byte
	kind   string // Content-Type, without a charset
	packed bool   // with gzip, and to be unpacked by the browser
}

func (f *openFile) hash() [store.HashSize]byte    { return f.tag }
func (f *openFile) size() uint32                  { return f.File.Size() }
func (f *openFile) read(p []byte, off uint32) int { return f.File.ReadAt(p, off) }
func (f *openFile) release()                      { f.File.Close() }

const (
	webRoot = "/www"
	packed  = ".gz"
)

// indexPages are what a folder can mean, the first one that is there.
var indexPages = [...]string{"index.html", "index.htm"}

// fileName is room for the path of any file that a request can ask for.
type fileName [len(webRoot) + maxPath + 1 + len("index.html") + len(packed)]byte

// lookup finds what a request's path means. A folder means its index.html or
// index.htm; the root also means its only page when there is just one, as in a
// project with nothing but led.html. Instead of each file, or beside it, there
// may be one packed with gzip, with .gz at the end of its name: it is taken
// when the browser can unpack it (gzip), or when there is no other. redirect:
// it is a folder and lacks the slash at its end.
func (fs *Files) lookup(path []byte, gzip bool) (file openFile, redirect, found bool) {
	if fs.Store == nil {
		return file, false, false
	}
	var name fileName
	n := copy(name[:], webRoot)
	n += copy(name[n:], path)
	folder := name[n-1] == '/'
	if !folder {
		if file, found = fs.openAny(&name, n, gzip); found {
			return file, false, true
		}
		name[n] = '/'
		n++
	}
	for _, index := range indexPages {
		if file, found = fs.openAny(&name, n+copy(name[n:], index), gzip); found {
			break
		}
	}
	if !folder && found {
		file.release()
		return openFile{}, true, false
	}
	if !found && n == len(webRoot)+1 {
		file, found = fs.onlyPage(gzip)
	}
	return file, false, found
}

// openAny opens the file of that name, plain or packed.
func (fs *Files) openAny(name *fileName, n int, gzip bool) (file openFile, found bool) {
	if !gzip {
		if file, found = fs.open(name[:n]); found {
			return file, true
		}
	}
	if file, found = fs.open(name[:n+copy(name[n:], packed)]); found {
		file.kind, file.packed = contentType(name[:n]), true
		return file, true
	}
	if gzip {
		return fs.open(name[:n])
	}
	return file, false
}

// open opens one file. A name that is spelled otherwise, with accents as
// letters of their own as Macs write them, is the same name.
func (fs *Files) open(path []byte) (file openFile, found bool) {
	if len(path) > store.MaxPath {
		return file, false
	}
	if file.File, found = fs.Open(path); !found && !chars.IsASCII(path) {
		file.File, found = fs.openComposed(path)
	}
	if !found {
		return file, false
	}
	if !file.File.Hash(&file.tag) {
		file.release()
		return openFile{}, false
	}
	file.kind = contentType(path)
	return file, true
}

// openComposed looks for a file whose name is the same once accents are one
// with their letters.
func (fs *Files) openComposed(path []byte) (store.File, bool) {
	var wanted, name [store.MaxPath]byte
	w := chars.Compose(wanted[:], path)
	var info store.Info
	for i := 0; fs.At(i, &info); i++ {
		if p := info.Path(); !chars.IsASCII(p) && chars.String(name[:chars.Compose(name[:], p)]) == chars.String(wanted[:w]) {
			return fs.OpenAt(i)
		}
	}
	return store.File{}, false
}

// onlyPage is the one HTML file directly below the web root.
func (fs *Files) onlyPage(gzip bool) (file openFile, found bool) {
	var info store.Info
	var page fileName
	n, pages := 0, 0
	for i := 0; fs.At(i, &info); i++ {
		p := info.Path()
		if len(p) < len(webRoot)+1 || chars.String(p[:len(webRoot)+1]) != webRoot+"/" {
			continue
		}
		if end := len(p) - len(packed); chars.String(p[end:]) == packed {
			p = p[:end]
		}
		if !isPage(p[len(webRoot)+1:]) || chars.String(p) == chars.String(page[:n]) {
			continue
		}
		n = copy(page[:], p)
		pages++
	}
	if pages != 1 {
		return file, false
	}
	return fs.openAny(&page, n, gzip)
}

// isPage reports whether name is an HTML file and in no folder.
func isPage(name []byte) bool {
	for _, c := range name {
		if c == '/' {
			return false
		}
	}
	return len(name) > 5 && chars.SameFolded(name[len(name)-5:], ".html") || len(name) > 4 && chars.SameFolded(name[len(name)-4:], ".htm")
}
