package project

import (
	"path"
	"path/filepath"
	"strings"
)

// checkHidden refuses a name that leads to what CheckPath would refuse, by a
// link inside of the project: www/x → ../.studio makes www/x/id no file of the
// user's. Links that lead out are the os.Root's to refuse, and so are those that
// lead nowhere. last: the name's last part counts as well; who moves or removes
// it means the link itself.
func (p *Project) checkHidden(name string, last bool) error {
	at := ""
	parts := strings.Split(name, "/")
	for i, part := range parts {
		at = path.Join(at, part)
		info, err := p.root.Lstat(at)
		if err != nil || i == len(parts)-1 && !last {
			return nil // what is not there is no link
		}
		if !isLink(info.Mode()) {
			continue
		}
		base, err := filepath.EvalSymlinks(p.Dir)
		if err != nil {
			return nil
		}
		real, err := filepath.EvalSymlinks(filepath.Join(p.Dir, filepath.FromSlash(at)))
		if err != nil {
			return nil
		}
		rel, err := filepath.Rel(base, real)
		if err != nil || !filepath.IsLocal(rel) {
			return nil
		}
		if rel != "." && CheckPath(filepath.ToSlash(rel)) != nil {
			return errBadLink.With(shown(name))
		}
		at = filepath.ToSlash(rel)
	}
	return nil
}
