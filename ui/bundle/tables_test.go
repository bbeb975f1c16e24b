package main

import (
	"os"
	"strings"
	"testing"
)

func TestWithoutWindow(t *testing.T) {
	const dom = "/// <reference no-default-lib=\"true\"/>\n\n/** A socket. */\ninterface WebSocket {\n    /** its name */\n    name: string;\n}\n\n" +
		"/** Makes one. */\ndeclare var WebSocket: {\n    new(): WebSocket;\n};\n\n/**\n * The window's name.\n */\n/** @deprecated */\ndeclare const name: void;\n" +
		"/** Stops. */\ndeclare function stop(): void;\ntype A = 1;\n"
	rest, window := withoutWindow(dom)
	if want := "/**\n * The window's name.\n */\n/** @deprecated */\ndeclare const name: void;\n/** Stops. */\ndeclare function stop(): void;\n"; window != want {
		t.Errorf("the window's names are\n%s", window)
	}
	if len(rest)+len(window) != len(dom) || strings.Contains(rest, "name: void") || !strings.Contains(rest, "/** Makes one. */\ndeclare var WebSocket") || !strings.Contains(rest, "    /** its name */\n") {
		t.Errorf("the rest is\n%s", rest)
	}
}

// The real declarations: nothing is lost, and what scripts name their own things by is in the file of its own.
func TestLibraries(t *testing.T) {
	const folder = "../node_modules/typescript-js/lib"
	dom, err := os.ReadFile(folder + "/lib.dom.d.ts")
	if err != nil {
		t.Skip("NOT TESTED: the page's libraries are missing; run `npm ci` in ui/ first")
	}
	libs, err := libraries(folder)
	if err != nil {
		t.Fatal(err)
	}
	if len(libs["lib.dom.d.ts"])+len(libs["window.d.ts"]) != len(dom) || libs["lib.es5.d.ts"] == "" || libs["lib.es2024.promise.d.ts"] == "" {
		t.Errorf("%d files", len(libs))
	}
	for _, wanted := range []string{"declare const name: void;", "declare function stop(): void;", "declare var event: ", "declare function fetch("} {
		if !strings.Contains(libs["window.d.ts"], wanted) || strings.Contains(libs["lib.dom.d.ts"], "\n"+wanted) {
			t.Errorf("%q is not where it belongs", wanted)
		}
	}
}
