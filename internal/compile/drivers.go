package compile

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"studioide/internal/api"
	"studioide/internal/compile/explain"
	"studioide/internal/lazyregexp"
	"studioide/ui/src/words/say"
)

// networkDrivers drive chips that bring the internet: that, and the computer's
// own network below them, is package board's business.
var networkDrivers = []string{"comboat", "espat", "netdev", "netlink", "rtl8720dn", "w5500", "wifinina"}

// notDrivers are folders of the module that are no drivers for boards of ours.
var notDrivers = []string{"cmd", "examples", "hts221", "internal", "microbitmatrix", "p1am", "semihosting", "tester", "unoqmatrix"}

// notVirtual are drivers that the virtual board cannot run, and what they need.
var notVirtual = map[string]string{
	"microphone": "I2S",
}

// whyNoDriver says why a package of the drivers' modules cannot be imported; ok
// is false when it can.
func whyNoDriver(imported string, virtual bool) (text, help string, ok bool) {
	name, driver := strings.CutPrefix(imported, driversModule+"/")
	if !driver {
		return "", "", false
	}
	first, _, _ := strings.Cut(name, "/")
	switch {
	case slices.Contains(networkDrivers, first):
		return say.BuildTheDriverBringsNetworkIts(name), say.BuildUseImportStudioBoardAnd(), true
	case slices.Contains(notDrivers, first), strings.Contains("/"+name+"/", "/internal/"):
		return say.BuildIsNoDriverForBoards(imported), say.BuildTheDriversListedAtHttps(driversModule), true
	case virtual && notVirtual[name] != "":
		return say.BuildTheVirtualBoardCannotRun(name, notVirtual[name]), say.BuildChooseRealBoardForThis(), true
	}
	return "", "", false
}

var driverPlace = lazyregexp.New(`(?m)^.*[/\\](drivers|tinydraw|tinyfont)(?:@v[^/\\]+)?[/\\]([^\n:]*)[/\\][^/\\\n:]+\.go:\d+(?::\d+)?: (.+)$`)

// explainDriver says of a driver that does not compile for a board what it
// misses there, at the import that brings it. ok is false when it is not about one.
func (s selection) explainDriver(said, board string) (p api.Diagnostic, ok bool) {
	m := driverPlace().FindStringSubmatch(said)
	if m == nil {
		return p, false
	}
	driver := strings.ReplaceAll(m[2], `\`, "/")
	imported := "tinygo.org/x/" + m[1] + "/" + driver
	p = api.Diagnostic{Path: "main.go", Severity: api.SeverityError, Source: "go", Line: 1, Column: 1, EndLine: 1, EndColumn: 1}
	for _, name := range s.names {
		if path.Ext(name) != ".go" {
			continue
		}
		fset, file := parseImports(name, s.files[name])
		if file == nil {
			continue
		}
		for _, spec := range file.Imports {
			if is, err := strconv.Unquote(spec.Path.Value); err == nil && (is == imported || inDriverModules(is) && p.Line == 1) {
				p = explain.At(name, s.files[name], fset.PositionFor(spec.Path.Pos(), false).Offset, fset.PositionFor(spec.Path.End(), false).Offset)
			}
		}
	}
	p.Code, p.Raw = "build.driver", said
	p.Text = say.BuildTheDriverCannotBeBuilt(driver, board)
	p.Help = say.BuildChooseAnotherBoardOrAnother()
	if _, missing := undefinedName(m[3]); missing != "" {
		p.Text = say.BuildTheDriverCannotBeBuilt2(driver, board, missing)
	}
	return p, true
}
