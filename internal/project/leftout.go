package project

import "studioide/internal/problem"

// Unfit is a file or folder that a project cannot have, and so no board gets.
type Unfit struct {
	Path string // below the project's folder
	Why  *problem.Problem
}

// LeftOut lists what lies in www/ and is no part of the project, because of its
// name, because it is no plain file, or because there are too many. Hidden files are left out without a word.
func (p *Project) LeftOut() []Unfit {
	p.mu.Lock()
	defer p.mu.Unlock()
	s, err := p.currentLocked()
	if err != nil {
		return nil
	}
	return s.LeftOut
}
