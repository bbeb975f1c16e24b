package home

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/gofrs/flock"

	"studioide/internal/compile"
	"studioide/internal/lazyregexp"
	"studioide/internal/project"
)

// Trust knows which projects' programs may run as this computer's own code. All
// others run in the virtual board's sandbox.
//
// It is kept in Studio's own folder, where no project writes, and names folders
// by what their maker cannot choose (see project.Identity): a copy of a trusted
// folder, or another one in its place, is not trusted. A trusted folder that was
// moved or renamed still is; so is one whose files have changed, by whatever
// hand: who trusts a project trusts those whom he lets write in it.
//
// Several Studios and commands may use it at the same time.
type Trust struct {
	file   string // trust.json
	builds string // folder of the builder's workspaces, for what earlier versions have run
}

// Trust of this home.
func (h Home) Trust() Trust {
	return Trust{file: filepath.Join(h.Config, "trust.json"), builds: filepath.Join(h.Cache, "build")}
}

// Trusted is a project that is trusted.
type Trusted struct {
	ID    string `json:"id"`    // 16 hex digits at random; what programs built from it are marked with
	Path  string `json:"path"`  // the folder, links followed
	How   How    `json:"how"`   // why it is trusted
	Since int64  `json:"since"` // Unix milliseconds

	Number uint64 `json:"number"` // these as in project.Identity
	Born   int64  `json:"born"`
	Mark   string `json:"mark"`
}

// Stamp is another one whenever what is trusted has changed, whoever has changed
// it. It opens nothing.
func (t Trust) Stamp() string {
	info, err := os.Lstat(t.file)
	if err != nil {
		return ""
	}
	return fmt.Sprint(info.ModTime().UnixNano(), " ", info.Size())
}

// How a project came to be trusted.
type How string

const (
	Made  How = "made"  // this Studio made it from a template
	Asked How = "asked" // its user has said so
	Kept  How = "kept"  // an earlier version, which asked nobody, has built and run it here
	Once  How = "once"  // for one start of a program that was built from it
)

// trustFile is trust.json.
type trustFile struct {
	Projects []Trusted `json:"projects"`
	// Before are the workspaces that were there when trust began to be asked:
	// what was built in them ran here all along. Each is taken up once.
	Before []string `json:"before"`
}

const (
	maxTrustFile = 4 << 20
	maxOnce      = 50 // the oldest of those that nobody used are forgotten
)

// Of says whether the project is trusted, and by which record.
func (t Trust) Of(p *project.Project) (Trusted, bool) {
	id, err := p.Identity()
	if err != nil {
		return Trusted{}, false
	}
	f, err := t.read()
	if err != nil {
		return Trusted{}, false
	}
	if i := f.find(id); i >= 0 {
		r := f.Projects[i]
		if r.Path != id.Path {
			r.Path = id.Path
			t.change(func(f *trustFile) {
				if i := f.find(id); i >= 0 {
					f.Projects[i].Path = id.Path
				}
			})
		}
		return r, true
	}
	if name := compile.WorkspaceName(p.Dir); slices.Contains(f.Before, name) {
		r, err := t.add(p, Kept, func(f *trustFile) bool {
			i := slices.Index(f.Before, name)
			if i >= 0 {
				f.Before = slices.Delete(f.Before, i, i+1)
			}
			return i >= 0
		})
		return r, err == nil && r.ID != ""
	}
	return Trusted{}, false
}

// Add trusts a project.
func (t Trust) Add(p *project.Project, how How) (Trusted, error) {
	return t.add(p, how, func(*trustFile) bool { return true })
}

func (t Trust) add(p *project.Project, how How, when func(*trustFile) bool) (Trusted, error) {
	id, err := p.Identity()
	if err != nil {
		return Trusted{}, err
	}
	if id.Mark == "" && how != Once {
		mark := randomHex(16)
		if p.SetMark(mark) == nil { // a folder that may not be written is known by the rest
			id.Mark = mark
		}
	}
	var r Trusted
	err = t.change(func(f *trustFile) {
		if r = (Trusted{}); !when(f) {
			return
		}
		r = Trusted{ID: randomHex(8), Path: id.Path, How: how, Since: time.Now().UnixMilli(), Number: id.Number, Born: id.Born, Mark: id.Mark}
		if how != Once {
			if i := f.find(id); i >= 0 { // it is said again
				r.ID = f.Projects[i].ID
			}
			f.Projects = slices.DeleteFunc(f.Projects, func(old Trusted) bool { return old.How != Once && (old.Path == id.Path || old.ID == r.ID) })
		} else if n := f.count(Once); n >= maxOnce {
			f.Projects = slices.Delete(f.Projects, f.first(Once), f.first(Once)+1)
		}
		f.Projects = append(f.Projects, r)
	})
	return r, err
}

// Remove takes trust back from the project in a folder, which may be gone. It says which it was.
func (t Trust) Remove(path string) (Trusted, error) {
	real := path
	if abs, err := filepath.Abs(path); err == nil {
		real = abs
		if r, err := filepath.EvalSymlinks(abs); err == nil {
			real = r
		}
	}
	gone, err := t.remove(func(r Trusted) bool { return r.Path == real }, compile.WorkspaceName(path))
	if err == nil && gone.ID == "" && gone.How == Kept {
		gone.Path = real
	}
	if err == nil && gone.Path == "" {
		err = errNotTrusted.With(real)
	}
	return gone, err
}

// RemoveID takes trust back from the project with that id; a path is none.
func (t Trust) RemoveID(id string) (Trusted, error) {
	gone, err := t.remove(func(r Trusted) bool { return r.ID == id }, "")
	if err == nil && gone.ID == "" {
		err = errNotTrustedID
	}
	return gone, err
}

// remove takes trust back from the projects that are meant, and from the one whose workspace earlier versions have left; "": none.
func (t Trust) remove(is func(Trusted) bool, workspace string) (gone Trusted, err error) {
	err = t.change(func(f *trustFile) {
		f.Projects = slices.DeleteFunc(f.Projects, func(r Trusted) bool {
			if r.How == Once || !is(r) {
				return false
			}
			gone = r
			return true
		})
		f.Before = slices.DeleteFunc(f.Before, func(name string) bool {
			if name != workspace {
				return false
			}
			if gone.ID == "" {
				gone = Trusted{How: Kept}
			}
			return true
		})
	})
	return gone, err
}

// List gives the trusted projects in order of their folders.
func (t Trust) List() ([]Trusted, error) {
	f, err := t.read()
	if err != nil {
		return nil, err
	}
	list := slices.DeleteFunc(f.Projects, func(r Trusted) bool { return r.How == Once })
	slices.SortFunc(list, func(a, b Trusted) int { return strings.Compare(a.Path, b.Path) })
	return list, nil
}

// MayStart says whether a program that was built from the project with that id
// may be started as this computer's own code. once: for this time only; it is used up now.
func (t Trust) MayStart(id string) (once, ok bool) {
	f, err := t.read()
	if err != nil || id == "" {
		return false, false
	}
	i := slices.IndexFunc(f.Projects, func(r Trusted) bool { return r.ID == id })
	if i < 0 {
		return false, false
	}
	if f.Projects[i].How != Once {
		return false, true
	}
	err = t.change(func(f *trustFile) {
		n := len(f.Projects)
		f.Projects = slices.DeleteFunc(f.Projects, func(r Trusted) bool { return r.ID == id })
		ok = len(f.Projects) < n // nobody else was faster
	})
	return true, ok && err == nil
}

// find is the index of the record that the folder has, or -1. A folder that was
// moved has its number, its time and its mark still.
func (f *trustFile) find(id project.Identity) int {
	return slices.IndexFunc(f.Projects, func(r Trusted) bool {
		if r.How == Once || r.Number != id.Number || r.Born != id.Born {
			return false
		}
		marked := r.Mark != "" && r.Mark == id.Mark
		if r.Path == id.Path {
			return r.Born != 0 || marked
		}
		return r.Born != 0 && marked
	})
}

func (f *trustFile) count(how How) (n int) {
	for _, r := range f.Projects {
		if r.How == how {
			n++
		}
	}
	return n
}

func (f *trustFile) first(how How) int {
	return slices.IndexFunc(f.Projects, func(r Trusted) bool { return r.How == how })
}

// read reads what is known. A damaged file trusts nobody. At the first time it
// is noted what earlier versions have built here.
func (t Trust) read() (trustFile, error) {
	f, err := t.load()
	if errors.Is(err, fs.ErrNotExist) {
		err = t.change(func(*trustFile) {})
		if err == nil {
			f, err = t.load()
		}
	}
	if errors.Is(err, errDamaged) {
		return trustFile{}, nil
	}
	if err != nil {
		return trustFile{}, noFolder(t.file, err)
	}
	return f, nil
}

var errDamaged = errors.New("not what Studio has written")

func (t Trust) load() (trustFile, error) {
	var f trustFile
	b, err := ReadPlain(t.file, maxTrustFile)
	if errors.Is(err, ErrNotPlain) {
		return f, errDamaged
	}
	if err != nil {
		return f, err
	}
	if json.Unmarshal(b, &f) != nil || slices.ContainsFunc(f.Projects, func(r Trusted) bool { return !trustID().MatchString(r.ID) || !filepath.IsAbs(r.Path) }) {
		return trustFile{}, errDamaged
	}
	return f, nil
}

var trustID = lazyregexp.New(`^[0-9a-f]{16}$`)

// change replaces the file in one step, while nobody else does. What is damaged is put aside.
func (t Trust) change(do func(*trustFile)) error {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	lock := flock.New(t.file + ".lock")
	if ok, err := lock.TryLockContext(ctx, 10*time.Millisecond); !ok {
		return noFolder(t.file, err)
	}
	defer lock.Unlock()
	f, err := t.load()
	switch {
	case errors.Is(err, fs.ErrNotExist):
		f.Before = t.built()
	case errors.Is(err, errDamaged):
		os.Rename(t.file, t.file+".damaged")
	case err != nil:
		return noFolder(t.file, err)
	}
	do(&f)
	if f.Projects == nil {
		f.Projects = []Trusted{}
	}
	if f.Before == nil {
		f.Before = []string{}
	}
	b, err := json.MarshalIndent(f, "", "  ")
	if err == nil {
		err = writeWhole(t.file, append(b, '\n')) // for this user only
	}
	if err != nil {
		return noFolder(t.file, err)
	}
	return nil
}

// built are the workspaces of programs that ran on this computer.
func (t Trust) built() []string {
	entries, err := os.ReadDir(t.builds)
	if err != nil {
		return nil
	}
	var names []string
	for _, e := range entries {
		if e.IsDir() && trustID().MatchString(e.Name()) { // those for real boards and for the sandbox have longer names
			names = append(names, e.Name())
		}
	}
	return names
}

func randomHex(n int) string {
	b := make([]byte, n)
	rand.Read(b)
	return hex.EncodeToString(b)
}
