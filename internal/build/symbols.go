package build

import (
	"os"
	"path/filepath"
	"strings"

	"studioide/internal/build/explain"
	"studioide/internal/toolchain"
)

// symbols tells the explanations what a package offers: the runtime's from
// Studio itself, others from Go's own source. Only a failed build asks.
func (b *Builder) symbols(tool toolchain.Go) func(importPath string) explain.Package {
	known := map[string]explain.Package{}
	return func(importPath string) explain.Package {
		p, ok := known[importPath]
		if ok {
			return p
		}
		if dir, own := strings.CutPrefix(importPath, "studio/"); own {
			p = explain.ReadPackage(b.runtimeFS(), dir)
		} else if importPath == "machine" {
			p = explain.ReadPackage(b.runtimeFS(), "machine")
		} else if explain.IsStandard(importPath) && tool.Root != "" && !strings.Contains(importPath, "..") {
			p = explain.ReadPackage(os.DirFS(filepath.Join(tool.Root, "src")), importPath)
		}
		known[importPath] = p
		return p
	}
}
