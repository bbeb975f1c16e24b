package gopls

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"

	"studioide/internal/compile"
)

// Messages of JSON-RPC 2.0 as LSP uses it.
type (
	request struct {
		Version string `json:"jsonrpc"`
		ID      int64  `json:"id"`
		Method  string `json:"method"`
		Params  any    `json:"params"`
	}
	notification struct {
		Version string `json:"jsonrpc"`
		Method  string `json:"method"`
		Params  any    `json:"params"`
	}
	response struct {
		Version string          `json:"jsonrpc"`
		ID      json.RawMessage `json:"id"`
		Result  any             `json:"result"`
	}
	failure struct {
		Version string          `json:"jsonrpc"`
		ID      json.RawMessage `json:"id"`
		Error   rpcError        `json:"error"`
	}
	rpcError struct {
		Code    int    `json:"code"`
		Message string `json:"message"`
	}
	incoming struct {
		ID     json.RawMessage `json:"id"`
		Method string          `json:"method"`
		Params json.RawMessage `json:"params"`
		Result json.RawMessage `json:"result"`
		Error  *rpcError       `json:"error"`
	}
)

// Codes of errors: of JSON-RPC, of LSP, and our own.
const (
	codeNoMethod  = -32601
	codeBadParams = -32602
	codeCancelled = -32800
	codeBusy      = -32001
	codeFailed    = -32803
)

func refusal(id json.RawMessage, code int, message string) failure {
	return failure{"2.0", id, rpcError{code, message}}
}

// requests are what a page may ask; all of them are about a place in a file, or a whole one.
var requests = map[string]bool{
	"textDocument/completion":     true,
	"textDocument/hover":          true,
	"textDocument/signatureHelp":  true,
	"textDocument/definition":     true,
	"textDocument/references":     true,
	"textDocument/prepareRename":  true,
	"textDocument/rename":         true,
	"textDocument/documentSymbol": true,
	"textDocument/foldingRange":   true,
	methodTidy:                    true,
}

// methodTidy asks for the edits that put a file's imports and its form right: {textDocument} → []textEdit.
const methodTidy = "studio/tidy"

// abilities are what the page is told that it may ask.
var abilities = map[string]any{
	"textDocumentSync":       map[string]any{"openClose": true, "change": 1}, // whole texts
	"completionProvider":     map[string]any{"triggerCharacters": []string{"."}},
	"hoverProvider":          true,
	"signatureHelpProvider":  map[string]any{"triggerCharacters": []string{"(", ","}},
	"definitionProvider":     true,
	"referencesProvider":     true,
	"renameProvider":         map[string]any{"prepareProvider": true},
	"documentSymbolProvider": true,
	"foldingRangeProvider":   true,
}

// settings of the server. Its own code actions, links, analyses for experts and news are left out: they are no help to who begins.
var settings = map[string]any{
	"diagnosticsDelay":   "100ms",
	"hoverKind":          "FullDocumentation",
	"linksInHover":       false,
	"usePlaceholders":    true,
	"completeUnimported": true,
	"staticcheck":        false,
	"vulncheck":          "Off",
	"semanticTokens":     false,
	"symbolScope":        "workspace",
	"codelenses":         map[string]bool{"generate": false, "tidy": false, "upgrade_dependency": false, "vendor": false, "regenerate_cgo": false, "test": false, "run_govulncheck": false, "vulncheck": false},
}

// initialize are the parameters with which the server begins.
func initialize(view *compile.View) any {
	plain := []string{"plaintext"}
	return map[string]any{
		"processId":             os.Getpid(),
		"clientInfo":            map[string]string{"name": "studio"},
		"rootUri":               fileURI(view.Root),
		"workspaceFolders":      []any{map[string]string{"uri": fileURI(view.Root), "name": "project"}},
		"initializationOptions": settings,
		"capabilities": map[string]any{
			"general":   map[string]any{"positionEncodings": []string{"utf-16"}},
			"workspace": map[string]any{"workspaceEdit": map[string]any{"documentChanges": false}},
			"textDocument": map[string]any{
				"completion": map[string]any{
					"contextSupport": true,
					"completionItem": map[string]any{"snippetSupport": true, "documentationFormat": plain},
					"insertTextMode": 1,
				},
				"hover": map[string]any{"contentFormat": plain},
				"signatureHelp": map[string]any{"contextSupport": true, "signatureInformation": map[string]any{
					"documentationFormat": plain, "activeParameterSupport": true, "parameterInformation": map[string]any{"labelOffsetSupport": true}}},
				"documentSymbol":     map[string]any{"hierarchicalDocumentSymbolSupport": true},
				"codeAction":         map[string]any{"codeActionLiteralSupport": map[string]any{"codeActionKind": map[string]any{"valueSet": []string{organizeImports}}}},
				"rename":             map[string]any{"prepareSupport": true},
				"foldingRange":       map[string]any{"lineFoldingOnly": true},
				"publishDiagnostics": map[string]any{"relatedInformation": true, "versionSupport": true},
			},
		},
	}
}

const organizeImports = "source.organizeImports"

// fromPage takes a message of the page. It reports whether it is one.
func (se *session) fromPage(b []byte) bool {
	var m incoming
	if json.Unmarshal(b, &m) != nil || m.Method == "" && m.ID == nil {
		return false
	}
	switch {
	case m.Method == "":
		return true // an answer: nothing was asked
	case m.Method == "initialize" && m.ID != nil:
		se.mu.Lock()
		defer se.mu.Unlock()
		se.asked = m.ID
		se.welcomeLocked()
	case m.Method == "shutdown" && m.ID != nil:
		se.send(response{"2.0", m.ID, nil})
	case m.ID != nil && requests[m.Method]:
		se.ask(m)
	case m.ID != nil:
		se.send(refusal(m.ID, codeNoMethod, "not here"))
	case m.Method == "textDocument/didOpen":
		var in struct {
			TextDocument struct {
				URI     string `json:"uri"`
				Version int    `json:"version"`
				Text    string `json:"text"`
			} `json:"textDocument"`
		}
		if json.Unmarshal(m.Params, &in) != nil {
			return false
		}
		se.didOpen(in.TextDocument.URI, in.TextDocument.Version, in.TextDocument.Text)
	case m.Method == "textDocument/didChange":
		var in struct {
			TextDocument struct {
				URI     string `json:"uri"`
				Version int    `json:"version"`
			} `json:"textDocument"`
			Changes []struct {
				Range *textRange `json:"range"`
				Text  string     `json:"text"`
			} `json:"contentChanges"`
		}
		if json.Unmarshal(m.Params, &in) != nil {
			return false
		}
		for _, c := range in.Changes {
			if c.Range != nil {
				return false // whole texts were agreed upon
			}
			se.didChange(in.TextDocument.URI, in.TextDocument.Version, c.Text)
		}
	case m.Method == "textDocument/didClose":
		var in struct {
			TextDocument struct {
				URI string `json:"uri"`
			} `json:"textDocument"`
		}
		if json.Unmarshal(m.Params, &in) != nil {
			return false
		}
		se.didClose(in.TextDocument.URI)
	case m.Method == "$/cancelRequest":
		var in struct {
			ID json.RawMessage `json:"id"`
		}
		if json.Unmarshal(m.Params, &in) != nil {
			return false
		}
		se.cancel(in.ID)
	}
	return true
}

// welcomeLocked answers the page's first request when the server is there.
func (se *session) welcomeLocked() {
	if se.ready && se.asked != nil {
		id := se.asked
		se.asked = nil
		go se.send(response{"2.0", id, map[string]any{"capabilities": abilities, "serverInfo": map[string]string{"name": "gopls"}}})
	}
}

func (se *session) cancel(id json.RawMessage) {
	se.mu.Lock()
	defer se.mu.Unlock()
	for n, c := range se.pending {
		if c.id != nil && bytes.Equal(c.id, id) {
			se.notify("$/cancelRequest", map[string]int64{"id": n})
		}
	}
}

func (se *session) didOpen(uri string, version int, text string) {
	name, ok := projectPath(uri)
	if !ok || len(text) > maxText {
		return
	}
	se.mu.Lock()
	defer se.mu.Unlock()
	if len(se.docs) >= maxDocuments && se.docs[name] == nil {
		return
	}
	d := &document{text: []byte(text), version: version}
	if old := se.docs[name]; old != nil && old.open {
		se.closeLocked(name, old)
	}
	se.docs[name] = d
	if se.ready {
		se.openLocked(name, d)
	}
}

func (se *session) didChange(uri string, version int, text string) {
	name, ok := projectPath(uri)
	se.mu.Lock()
	defer se.mu.Unlock()
	d := se.docs[name]
	if !ok || d == nil || len(text) > maxText {
		return
	}
	d.text, d.version = []byte(text), version
	if !se.ready {
		return
	}
	holds := se.view.Load().Holds(name, d.text)
	switch {
	case d.open && holds:
		se.notify("textDocument/didChange", map[string]any{
			"textDocument":   map[string]any{"uri": fileURI(se.view.Load().File(name)), "version": version},
			"contentChanges": []any{map[string]string{"text": string(compile.Undecided(d.text))}},
		})
	case d.open:
		se.closeLocked(name, d)
	default:
		se.openLocked(name, d)
	}
	se.judgeSoonLocked(judgeAfterChange)
}

func (se *session) didClose(uri string) {
	name, _ := projectPath(uri)
	se.mu.Lock()
	defer se.mu.Unlock()
	if d := se.docs[name]; d != nil {
		if d.open && se.ready {
			se.closeLocked(name, d)
		}
		delete(se.docs, name)
	}
}

// openLocked gives a text to the server, if it belongs to the program.
func (se *session) openLocked(name string, d *document) {
	view := se.view.Load()
	if d.open || !view.Holds(name, d.text) {
		return
	}
	file := view.File(name)
	if _, known := view.Path(file); !known {
		return // it is not in the workspace: new, and not on the disk yet, or of a folder that is no package
	}
	d.open = true
	se.notify("textDocument/didOpen", map[string]any{"textDocument": map[string]any{
		"uri": fileURI(file), "languageId": "go", "version": d.version, "text": string(compile.Undecided(d.text))}})
}

func (se *session) closeLocked(name string, d *document) {
	d.open = false
	delete(se.found, name)
	se.notify("textDocument/didClose", map[string]any{"textDocument": map[string]any{"uri": fileURI(se.view.Load().File(name))}})
}

// ask passes a request on.
func (se *session) ask(m incoming) {
	var params map[string]any
	if json.Unmarshal(m.Params, &params) != nil {
		se.send(refusal(m.ID, codeBadParams, "bad parameters"))
		return
	}
	doc, _ := params["textDocument"].(map[string]any)
	uri, _ := doc["uri"].(string)
	name, own := projectPath(uri)
	se.mu.Lock()
	d := se.docs[name]
	ok := se.ready && (!own || d != nil && d.open)
	se.mu.Unlock()
	view, file := se.view.Load(), ""
	if ok { // else there may be no view yet
		file, ok = fileOf(view, uri)
	}
	if !ok {
		se.send(response{"2.0", m.ID, nil})
		return
	}
	if m.Method == methodTidy {
		if !own {
			se.send(response{"2.0", m.ID, nil})
			return
		}
		se.tidy(m.ID, name, file)
		return
	}
	asked := map[string]any{"textDocument": map[string]string{"uri": fileURI(file)}} // nothing else of the page's gets there
	for _, key := range []string{"position", "context", "newName"} {
		if v, ok := params[key]; ok {
			asked[key] = v
		}
	}
	se.call(m.Method, asked, m.ID, func(result json.RawMessage, failed bool) {
		if failed {
			se.send(refusal(m.ID, codeFailed, "gopls could not do that"))
			return
		}
		answer, ok := toPage(view, m.Method, result)
		if !ok {
			se.send(refusal(m.ID, codeFailed, "it is not in the project alone"))
			return
		}
		se.send(response{"2.0", m.ID, answer})
	})
}

// fromServer takes a message of the server.
func (se *session) fromServer(b []byte) {
	var m incoming
	if json.Unmarshal(b, &m) != nil {
		return
	}
	switch {
	case m.Method == "textDocument/publishDiagnostics":
		se.publish(m.Params)
	case m.Method == "workspace/configuration" && m.ID != nil:
		var in struct {
			Items []json.RawMessage `json:"items"`
		}
		json.Unmarshal(m.Params, &in)
		list := make([]any, len(in.Items))
		for i := range list {
			list[i] = settings
		}
		se.tell(response{"2.0", m.ID, list})
	case m.Method == "workspace/applyEdit" && m.ID != nil:
		se.tell(response{"2.0", m.ID, map[string]bool{"applied": false}})
	case m.Method != "" && m.ID != nil: // it may register and ask what it wants: the page is not asked
		se.tell(response{"2.0", m.ID, nil})
	case m.Method == "" && m.ID != nil:
		var n int64
		if json.Unmarshal(m.ID, &n) != nil {
			return
		}
		se.mu.Lock()
		c, ok := se.pending[n]
		delete(se.pending, n)
		se.mu.Unlock()
		switch {
		case !ok:
		case m.Error != nil && m.Error.Code == codeCancelled && c.id != nil:
			se.send(refusal(c.id, codeCancelled, "cancelled"))
		default:
			c.then(m.Result, m.Error != nil)
		}
	}
}

// fileEvent is one of workspace/didChangeWatchedFiles.
type fileEvent struct {
	URI  string `json:"uri"`
	Type int    `json:"type"` // 1: made, 2: changed, 3: removed
}

// eventOf says what has become of a file below app/. Of one that is new gopls loads the package again, so what was there is told apart.
func (se *session) eventOf(view *compile.View, name string) fileEvent {
	file := filepath.Join(view.Root, filepath.FromSlash(name))
	e := fileEvent{fileURI(file), 2}
	if _, err := os.Stat(file); err != nil {
		e.Type = 3
		delete(se.there, name)
	} else if !se.there[name] {
		e.Type = 1
		se.there[name] = true
	}
	return e
}
