package main

const (
	server  = "internal/server"
	project = "internal/project"
	bridge  = "internal/bridge"
	confine = "internal/confine"
	term    = "internal/terminal"
	compile = "internal/compile"
	home    = "internal/home"
	virtual = "internal/virtual"
	guard   = server + "/guard.go"
	codes   = server + "/sessions.go"
	names   = project + "/name.go"
	origin  = bridge + "/origin.go"
	forward = bridge + "/forward.go"
	cookies = bridge + "/cookies.go"
	seccomp = confine + "/seccomp_linux.go"
	filter  = term + "/filter.go"
	escapes = compile + "/escapes.go"
	trust   = home + "/trust.go"
	unpack  = "internal/toolchain/unpack.go"
	attacks = "test/attacks"
	lan     = "internal/lan"
	dials   = "internal/outgoing/outgoing.go"
)

// mutants are the defences of docs/security.md, one edit each.
var mutants = []mutant{
	// The door.
	{"door: Host is looked at", guard, "if host := hostName(r.Host); host != g.host {", "if host := hostName(r.Host); host == \"\" {", server, "TestGuard"},
	{"door: a program's token is compared", guard, "return g.token != \"\" && subtle", "return g.token != \"\" || subtle", server, "TestGuard"},
	{"door: nobody without a session", guard, "if !known {\n\t\t\treturn g.shut(c)\n\t\t}\n\t\tif !g.ownOrigin", "if !known && r.Method == \"\" {\n\t\t\treturn g.shut(c)\n\t\t}\n\t\tif !g.ownOrigin", server, "TestGuard"},
	{"door: Origin is compared", guard, "return ok && hostName(host) == g.host", "return ok || hostName(host) == g.host", server, "TestGuard"},
	{"door: Origin is compared whole", guard, "hostName(host) == g.host\n", "strings.HasPrefix(hostName(host), g.host)\n", server, "TestGuard"},
	{"door: a change names its origin", guard, "if !isRead(r) || r.Header.Get(\"Upgrade\") != \"\" {", "if r.Header.Get(\"Upgrade\") != \"\" {", server, "TestGuard"},
	{"door: a WebSocket names its origin", guard, "if !isRead(r) || r.Header.Get(\"Upgrade\") != \"\" {", "if !isRead(r) {", server, "TestGuard"},
	{"door: what a browser says of another site's GET", guard, "return site == \"\" || site", "return true || site", server, "TestGuard"},
	{"door: the public requests name their origin", guard, "if isPublic(r) {\n\t\t\tif !g.ownOrigin(r) {", "if isPublic(r) {\n\t\t\tif r.Method == \"\" {", server, "TestGuard"},
	{"door: connections of other users", server + "/peer_linux.go", "return inode == 0 || uid != 0 && uid != os.Geteuid()", "return inode == 0 && uid == -1", server, "TestConnectionsOfAnotherUser"},
	{"door: the cookie is for no script", guard, "HttpOnly: true, ", "", server, "TestGuard"},
	{"door: the cookie is for no other site", guard, ", SameSite: http.SameSiteStrictMode", "", server, "TestGuard"},
	{"door: nothing is answered before the guard", server + "/server.go", "DisableGeneralOptionsHandler: true,", "DisableGeneralOptionsHandler: false,", attacks, "TestRebinding"},
	// Codes and sessions.
	{"codes: each is good once", codes, "ok := s.codes.take(code, s.now())", "ok := s.codes.find(code, s.now()) >= 0", server, "TestCode"},
	{"codes: each is good for a minute", codes, "if l.life > 0 {", "if l.life < 0 {", server, "TestCode"},
	{"codes: a look does not use one", guard, "code != \"\" && r.Method == http.MethodGet &&", "code != \"\" &&", server, "TestCode"},
	{"codes: there are so many at most", codes, "l.list = l.list[max(0, len(l.list)-l.most):]", "l.list = l.list[:len(l.list):len(l.list)]", server, "TestCode"},
	{"codes: a question is answered once", codes, "fresh := s.nonces.take(nonce, now)", "fresh := s.nonces.find(nonce, now) >= 0", server, "TestKnownBrowserComesInAgain"},
	{"codes: the signature is checked", codes, "known) || !isSigned(key, signedText(s.host, nonce), signature) {", "known) {", server, "TestKnownBrowserComesInAgain"},
	{"codes: only browsers that were in", codes, "|| !slices.ContainsFunc(s.remembered.Browsers(now), known) ||", "|| !known(home.Browser{Key: key, Host: s.host}) ||", server, "TestKnownBrowserComesInAgain"},
	{"codes: the command line wants a proof", "internal/client/client.go", "&& hmac.Equal([]byte(v.Proof), []byte(home.Proof(c.token, u.Host, nonce)))", "&& hmac.Equal([]byte(home.Proof(c.token, u.Host, nonce)), []byte(home.Proof(c.token, u.Host, nonce)))", "internal/client", "TestFind"},
	// Bodies that take for ever.
	{"bodies: one that stands still ends", "internal/httpbody/limit.go", "b.connection.SetReadDeadline(until)\n", "_ = until\n", "internal/httpbody", "TestBodyThatStops"},
	// Names, links, locks.
	{"names: hidden ones", names, "case strings.HasPrefix(part, \".\"):", "case strings.HasPrefix(part, \"\\x00.\"):", project, "TestCheckPath"},
	{"names: devices of Windows", names, "if reserved(part) {", "if reserved(part + \"x\") {", project, "TestCheckPath"},
	{"names: what cannot be seen", names, "|| unicode.Is(unicode.Cf, r) ||", "||", project, "TestCheckPath"},
	{"names: what Windows does not take", names, "strings.ContainsRune(`<>:\"|?*\\`, r)", "strings.ContainsRune(`<`, r)", project, "TestCheckPath"},
	{"names: dots at the end", names, "case strings.HasSuffix(part, \".\"):", "case strings.HasSuffix(part, \"\\x00\"):", project, "TestCheckPath"},
	{"names: a length that boards can keep", names, "case len(path) > MaxPath:", "case len(path) > 100*MaxPath:", project, "TestCheckPath"},
	{"names: links to what is Studio's", project + "/hidden.go", "if rel != \".\" && CheckPath(", "if rel == \"\" && CheckPath(", project, "TestLinksToStudioAreNotFollowed"},
	{"names: what is below .studio is no link", project + "/atomic.go", "root.Lstat(dir[:i]); err != nil || !info.IsDir() {", "root.Stat(dir[:i]); err != nil || !info.IsDir() {", project, "TestLinksBelowStudioAreNotFollowed"},
	{"names: pipes are not waited for", project + "/place.go", "if !info.Mode().IsRegular() {\n\t\treturn nil, errKind.With(at.name)", "if info.Mode().IsDir() {\n\t\treturn nil, errKind.With(at.name)", project, "TestPipesInPlaceOfFiles|TestNoPipeIsWaitedFor"},
	{"names: kept versions name only the project's", project + "/snapshot.go", "if CheckPath(f.Path) != nil || seen[f.Path] || len(f.Object) != 64 || strings.Trim(f.Object, \"0123456789abcdef\") != \"\" ||", "if len(f.Object) < 2 ||", attacks, "TestForgedSnapshots"},
	{"locks: a folder of projects has one Studio", project + "/claim.go", "if !ok {\n\t\tlock.Close()\n\t\treturn s.inUse()", "if !ok && owner.PID < 0 {\n\t\tlock.Close()\n\t\treturn s.inUse()", project, "TestClaim"},
	// The bridge.
	{"bridge: Host is looked at", bridge + "/proxy.go", "if !p.ownHost(r.Host) {", "if r.Host == \"\" {", bridge, "TestHostIsChecked"},
	{"bridge: pages of elsewhere", origin, "if (site == \"cross-site\" || site == \"same-site\") && (mode", "if site == \"\" && (mode", bridge, "TestForeignPagesAreRefused"},
	{"bridge: Origin is looked at", origin, "return ok && p.ownHost(host)", "return ok || p.ownHost(host)", bridge, "TestForeignPagesAreRefused|TestForeignSocketsAreRefused"},
	{"bridge: Studio's cookie stays here", cookies, "(mark != \"\" || !isStudioCookie(name))", "(mark != \"\" || name != \"\")", bridge, "TestCookiesAndHostNames|TestCookiesOfAnOwner"},
	{"bridge: cookies of each project for itself", cookies, "own, ok := strings.CutPrefix(part, mark)", "own, ok := strings.TrimPrefix(part, mark), true", bridge, "TestCookiesOfAnOwner"},
	{"bridge: no cookie for all of the host's names", cookies, "if !strings.EqualFold(strings.TrimSpace(name), \"Domain\") {", "if name != \"\" {", attacks, "TestBridge"},
	{"bridge: no orders to the browser", forward, "h.Del(\"Strict-Transport-Security\")", "h.Del(\"X-Strict-Transport-Security\")", attacks, "TestBridge"},
	{"bridge: no other protocol", forward, "h.Del(\"Upgrade\") // only", "h.Del(\"X-Upgrade\") // only", attacks, "TestBridge"},
	{"page: no service worker outlives it", bridge + "/proxy.go", "if r.Header.Get(\"Service-Worker\") != \"\" {", "if r.Header.Get(\"Service-Worker\") == \"none\" {", bridge, "TestNoServiceWorkers"},
	{"page: only Studio may frame it", forward, "if page && len(p.c.Framers) > 0 &&", "if page && len(p.c.Framers) < 0 &&", attacks, "TestBridge"},
	{"page: the console's numbers are clamped", filter, "int64(min(number, limit))", "int64(max(number, 0))", term, "TestFilter"},
	{"page: an open string swallows nothing", filter, "case r < 0x20, len(f.str) >= maxString:", "case r < 0x20:", term, "TestFilterOpenString|TestFilter"},
	{"page: the scrollback is not emptied", filter, "case 'J', 'K':\n\t\tmost, limit = 1, 2", "case 'J', 'K':\n\t\tmost, limit = 1, 3", term, "TestFilter"},
	// Other devices.
	{"devices: nobody without the code", lan + "/door.go", "if d == nil {\n\t\ts.ask", "if d == nil && r.Method == \"\" {\n\t\ts.ask", lan, "TestWithoutTheCode"},
	{"devices: Host is looked at", lan + "/door.go", "if !s.isOwn(r.Host) {", "if r.Host == \"\" {", lan, "TestHosts"},
	{"devices: a page of elsewhere types no code", lan + "/door.go", "len(origins) != 1 || origins[0] != \"https://\"+r.Host", "len(origins) > 9", lan, "TestCodeGivesACookie"},
	{"devices: the board does not see the way in", lan + "/door.go", "\thideCookies(r.Header)\n", "", lan, "TestCookiesStay"},
	{"devices: guesses of one are limited", lan + "/code.go", "if now.Sub(t.last) < wrongWait {", "if now.Sub(t.last) < 0 {", lan, "TestWrongCodesOfADevice"},
	{"devices: guesses of all are limited", lan + "/code.go", "return l.wrong >= wrongOfAll", "return l.wrong < 0", lan, "TestWrongCodesOfAll"},
	{"devices: the end cuts sockets off", lan + "/server.go", "\t\ts.conns.end() //", "\t\t//", lan, "TestSocketsAndTheEnd"},
	{"devices: an address of the device itself is no origin", bridge + "/outside.go", "case p.ownOrigin(from):", "case from == \"\":", bridge, "TestOutsideOrigins"},
	{"devices: another project ends it", "internal/workbench/projects.go", "\tw.CloseToLAN() //", "\t//", server, "TestOtherDevicesDoNotReachStudio"},
	// Libraries of the internet.
	{"library: nothing of this network", "internal/library/guard.go", "|| a.IsPrivate() || a.IsLoopback() ||", "|| a.IsLoopback() ||", "internal/library", "TestGuard"},
	{"library: nothing of this computer", "internal/library/guard.go", "if err != nil || !public(a.Addr()) {", "if err != nil || !a.IsValid() {", "internal/library", "TestGuard"},
	{"library: no way from https to http", "internal/library/fetch.go", "if before[len(before)-1].URL.Scheme == \"https\" && r.URL.Scheme", "if before[0].URL.Scheme == \"\" && r.URL.Scheme", "internal/library", "TestFetchStaysSecure"},
	// Trust and limits.
	{"trust: taken back by an id alone", "internal/workbench/trust.go", "Trust().RemoveID(id)", "Trust().Remove(id)", server, "TestTrustIsTakenBackByID"},
	{"trust: a folder is known by its number", trust, "r.Number != id.Number || r.Born != id.Born {", "r.Born < 0 {", home, "TestTrustIsOfOneFolder"},
	{"trust: for one start is for one", trust, "if f.Projects[i].How != Once {\n\t\treturn false, true", "if f.Projects[i].How != \"\" {\n\t\treturn false, true", home, "TestTrustForOneStart"},
	{"trust: an image is signed", virtual + "/image.go", "if len(key) == 0 || !hmac.Equal(want[labelSigned:][:sha256.Size], i.label.mac[:]) ||", "if len(key) == 0 || !hmac.Equal(nil, nil) ||", virtual, "TestForeignImagesAreNotRun"},
	{"limits: system calls", seccomp, "a.add(answer, denied, 0, 0)\n\treturn a\n", "a.add(answer, allow, 0, 0)\n\treturn a\n", confine, "TestWalls"},
	{"limits: no other program", seccomp, "a.only(low(3+i), denied, uint32(word))\n\t\t\ta.only(high(3+i), denied, uint32(word>>32))", "_, _ = i, word", confine, "TestWalls|TestNothingElseIsExecuted"},
	{"limits: no processes", seccomp, "a.add(anyBit, unix.CLONE_THREAD, 1, 0)\n\t\ta.add(answer, denied, 0, 0)\n", "", confine, "TestWalls"},
	{"limits: signals", seccomp, "a.only(low(0), denied, self)\n\t\t\ta.add(answer, allow, 0, 0)\n\t\t})\n\t}\n\ta.call(unix.SYS_PRLIMIT64", "a.add(answer, allow, 0, 0)\n\t\t})\n\t}\n\ta.call(unix.SYS_PRLIMIT64", confine, "TestWalls"},
	{"limits: kinds of sockets", seccomp, "a.only(low(0), refuse(unix.EAFNOSUPPORT), unix.AF_INET, unix.AF_INET6)", "a.add(loadWord, low(0), 0, 0)", confine, "TestWalls"},
	{"limits: memory", confine + "/stage_linux.go", "set(unix.RLIMIT_DATA, l.Memory)", "set(unix.RLIMIT_DATA, 0)", confine, "TestMemory"},
	// Connections that a program opens.
	{"dials: the user is asked", dials, "if !may {\n", "if !may && address == \"\" {\n", "internal/outgoing", "TestNothingIsAllowedByItself"},
	{"dials: what nobody has asked for", dials, "!known && i < 0 {", "!known && address == \"\" {", "internal/outgoing", "TestNothingIsAllowedByItself"},
	{"dials: another project ends them", dials, "d.cutLocked(func(string) bool { return true })", "d.cutLocked(func(string) bool { return false })", "internal/outgoing", "TestNothingIsAllowedByItself"},
	{"dials: Studio's own ports", dials, "ours && here(ip)", "ours && !here(ip)", "internal/outgoing", "TestStudiosOwnPorts"},
	{"dials: the chip's own port", virtual + "/control.go", "l.b.config.Own(listener)", "_ = listener", virtual, "TestProgramDials"},
	// Builds.
	{"builds: packages that no board has", escapes, "if name == a || strings", "if name != a || strings", compile, "TestEscapes"},
	{"builds: orders to the compiler", escapes, "if !strings.HasPrefix(lit, d) {", "if !strings.HasPrefix(lit, d+\"x\") {", compile, "TestEscapes"},
	{"builds: the names of package os", escapes, "osNames[x.Name] && !allowedOS[sel.Sel.Name]", "osNames[x.Name] && sel.Sel.Name == \"\"", compile, "TestEscapes"},
	{"builds: other languages", escapes, "case !allowNative:\n\t\t\t\tp := explain.At(name, content, 0, 0)", "case name == \"\":\n\t\t\t\tp := explain.At(name, content, 0, 0)", compile, "TestEscapes"},
	{"builds: links", compile + "/sources.go", "if !e.Type().IsRegular() {", "if e.Type().IsDir() {", compile, "TestEscapes"},
	{"builds: the user's Go settings", "internal/toolchain/go.go", "\"GOFLAGS=\", \"GOENV=off\"", "\"GOFLAGS=\" + os.Getenv(\"GOFLAGS\"), \"GOENV=off\"", compile, "TestEnvironmentIsClean"},
	{"builds: archives stay in their folder", unpack, "top != \"tinygo\" || path.Clean(name) != name ||", "top == \"\" || path.Clean(name) == \"\" ||", "internal/toolchain", "TestEscapes"},
	{"builds: archives' links stay there", unpack, "if path.IsAbs(to) || !filepath.IsLocal(", "if path.IsAbs(name) && !filepath.IsLocal(", "internal/toolchain", "TestEscapes"},
}
