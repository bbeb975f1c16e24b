package board

import "studio/board/store"

// files is the board's file store as the web server sees it.
type files struct {
	*store.Store      // nil: this board has none
	builtIn      bool // it is part of the program
}

// openFile is a web file that is being sent. The zero value is none.
type openFile struct {
	store.File
	tag  [store.HashSize]byte
	kind string // Content-Type
}

func (f *openFile) hash() [store.HashSize]byte    { return f.tag }
func (f *openFile) size() uint32                  { return f.File.Size() }
func (f *openFile) read(p []byte, off uint32) int { return f.File.ReadAt(p, off) }
func (f *openFile) release()                      { f.File.Close() }

const (
	webRoot   = "/www"
	indexPage = "index.html"
)

// lookup finds what a request's path means. A folder means its index.html; the
// root also means its only page when there is just one, as in a project with
// nothing but led.html. redirect: it is a folder and lacks the slash at its end.
func (fs *files) lookup(path []byte) (file openFile, redirect, found bool) {
	var name [len(webRoot) + maxPath + 1 + len(indexPage)]byte
	if fs.Store == nil {
		return file, false, false
	}
	n := copy(name[:], webRoot)
	n += copy(name[n:], path)
	folder := name[n-1] == '/'
	if !folder {
		if file, found = fs.open(name[:n]); found {
			return file, false, true
		}
		name[n] = '/'
		n++
	}
	full := n + copy(name[n:], indexPage)
	file, found = fs.open(name[:full])
	if !folder && found {
		file.release()
		return openFile{}, true, false
	}
	if !found && n == len(webRoot)+1 {
		file, found = fs.onlyPage()
	}
	return file, false, found
}

func (fs *files) open(path []byte) (file openFile, found bool) {
	if len(path) > store.MaxPath {
		return file, false
	}
	if file.File, found = fs.Open(path); !found {
		return file, false
	}
	if !file.File.Hash(&file.tag) {
		file.release()
		return openFile{}, false
	}
	file.kind = contentType(path)
	return file, true
}

// onlyPage is the one .html file directly below the web root.
func (fs *files) onlyPage() (file openFile, found bool) {
	var info, page store.Info
	pages := 0
	for i := 0; i < fs.Count(); i++ {
		if !fs.At(i, &info) {
			continue
		}
		p := info.Path()
		if len(p) < len(webRoot)+1 || stringOf(p[:len(webRoot)+1]) != webRoot+"/" || !isPage(p[len(webRoot)+1:]) {
			continue
		}
		page = info
		pages++
	}
	if pages != 1 {
		return file, false
	}
	return fs.open(page.Path())
}

// isPage reports whether name is an HTML file and in no folder.
func isPage(name []byte) bool {
	for _, c := range name {
		if c == '/' {
			return false
		}
	}
	return len(name) > 5 && sameFolded(name[len(name)-5:], ".html") || len(name) > 4 && sameFolded(name[len(name)-4:], ".htm")
}
