package project

import (
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"

	"studioide/ui/src/words/say"
)

// A folder of projects is worked on by one Studio at a time: two would save over
// each other's files. It holds a lock on .studio/lock in that folder, which ends
// with its process; who it is stands in .studio/owner.json, which is read only
// while the lock is held. Network drives lock for all computers, where they do at all.

// Owner says who works on a folder of projects, for people.
type Owner struct {
	PID     int       `json:"pid"`
	Host    string    `json:"host"` // the computer
	Address string    `json:"address"`
	Since   time.Time `json:"since"`
}

const (
	claimLock  = ours + "/lock"
	claimOwner = ours + "/owner.json"
)

// Claim makes this process the one that works on the store, until Close. The
// error is a *problem.Problem when another one does. A folder that cannot be
// written, or whose drive knows no locks, cannot be claimed: then it returns
// ErrNoClaim, with the cause, and the store can be used all the same.
func (s *Store) Claim(owner Owner) error {
	if err := makeOwn(s.root, ours); err != nil {
		return ErrNoClaim.Because(err)
	}
	for _, name := range []string{claimLock, claimOwner} { // no link is followed, no pipe waited for
		if info, err := s.root.Lstat(name); err == nil && !info.Mode().IsRegular() {
			if err := s.root.Rename(name, name+".moved-"+randomName()[:6]); err != nil {
				return ErrNoClaim.Because(err)
			}
		}
	}
	lock := flock.New(filepath.Join(s.Dir, filepath.FromSlash(claimLock)), flock.SetPermissions(0o644))
	ok, err := lock.TryLock()
	if err != nil {
		lock.Close()
		return ErrNoClaim.Because(err)
	}
	if !ok {
		lock.Close()
		return s.inUse()
	}
	s.claim = lock
	b, err := json.Marshal(owner)
	if err == nil {
		s.root.Remove(claimOwner)
		err = writeSynced(s.root, claimOwner, append(b, '\n'))
	}
	if err != nil {
		return ErrNoClaim.Because(err) // it is locked; only who has it will not be known
	}
	return nil
}

// ErrNoClaim says that nobody will notice another Studio in the same folder.

func (s *Store) inUse() error {
	who := ""
	if f, err := s.root.Open(claimOwner); err == nil {
		var o Owner
		if json.NewDecoder(io.LimitReader(f, 64<<10)).Decode(&o) == nil && o.PID > 0 {
			host, err := os.Hostname()
			switch elsewhere := err != nil || host != o.Host; {
			case elsewhere && o.Address != "":
				who = say.ProjectProcessOnAt(o.PID, shown(o.Host), shown(o.Address))
			case elsewhere:
				who = say.ProjectProcessOn(o.PID, shown(o.Host))
			case o.Address != "":
				who = say.ProjectProcessAt(o.PID, shown(o.Address))
			default:
				who = say.ProjectProcess(o.PID)
			}
			who = " (" + who + ")"
		}
		f.Close()
	}
	return errFolderInUse.With(who, s.Dir)
}

// release lets go of the claim.
func (s *Store) release() {
	if s.claim == nil {
		return
	}
	s.root.Remove(claimOwner) // it says nothing without the lock
	s.claim.Close()
	s.claim = nil
}
