// Tests of the language service for scripts, over small projects: what is marked and what is not, and what is told.
import type { Mark } from './answers'
import { Service } from './service'
import { same } from '../same'

const service = new Service()
let before: string[] = []

// project makes the files those of a project.
function project(files: Record<string, string>, whole = true): void {
  const gone = before.filter((p) => !(p in files)).map((p): [string, null] => [p, null])
  before = Object.keys(files)
  service.update([...gone, ...Object.entries(files)], whole)
}

const said = (text: string, m: Mark) => `${m.kind} ${text.slice(m.from, m.to)}${m.near ? ` → ${m.near}` : ''}`

// marks checks what is marked in the first of the files.
function marks(what: string, files: Record<string, string>, want: string[]): Mark[] {
  project(files)
  const [path, text] = Object.entries(files)[0]!
  const found = service.marks(path)
  same(
    what,
    found.map((m) => said(text, m)),
    want,
  )
  return found
}

const head = '<!DOCTYPE html>\n<p id="output"></p>\n<input id="slider" type="range">\n<button id="led-button">x</button>\n'
const page = (script: string, more = '') => `${head}${more}\n<script>\n${script}\n</script>\n`
const inPage = (what: string, script: string, want: string[], more = '') => marks(what, { 'www/index.html': page(script, more) }, want)

// Nothing is said about programs that work.
for (const good of [
  // The board's own template, more or less.
  `var websocket = new WebSocket("ws://" + location.hostname + "/ws")
websocket.onopen = function (evt) { writeToScreen("CONNECTED") }
websocket.onmessage = (evt) => { document.getElementById("output").innerHTML = evt.data }
function writeToScreen(s) { var pre = document.createElement("p"); pre.innerHTML = s; output.appendChild(pre) }
function say(text) { websocket.send(text) }`,
  // Values of other types than the browser says.
  `let slider2 = document.getElementById("slider"); slider2.value = 5; document.title = 7; slider2.disabled = "yes"
slider2.style.width = 50; output.textContent = 42; setTimeout("alert(1)", 100)`,
  // Elements of other kinds than HTMLElement.
  `document.querySelector(".canvas").getContext("2d"); document.querySelector("#x").value; document.getElementById("other").checked = true
for (const e of document.querySelectorAll("input")) e.value = ""
document.addEventListener("click", (e) => { e.target.classList.add("x"); e.target.value;
if (e.target.matches("b")) e.target.dataset.x = 1 })`,
  // Properties of one's own.
  `let el = document.getElementById("output"); el.count = 0; el.count++; window.myState = { on: false }; myState.on = true; myState.off = 3
const state = {}; state.led = 1; function Led() { this.on = false }
Led.prototype.toggle = function () { this.on = !this.on }; new Led().toggle()`,
  // Names that are the browser's.
  `let name = "x"; name.length; const status = document.getElementById("output"); status.textContent = "ok";
function stop() { stop2() } function stop2() {} stop()
let event = { x: 1 }; event.x; const top2 = 1; function print(text) { output.append(text) } print("a");
class Option { a() { return 1 } } let close = 5; close++`,
  // Names that are made by being used.
  `counter = 0; counter += 1; function f() { total = counter } f(); console.log(total); for (i = 0; i < 3; i++) console.log(i)`,
  // Asked for before.
  `if (typeof Chart !== "undefined") new Chart(); if ("gauge" in window) gauge.set(1); let f = window.later; f && f()`,
  // null, narrowing, and what comes later.
  `let ws = null; function connect() { ws = new WebSocket("ws://x"); ws.onclose = connect } connect(); ws.send("a");
let timer; timer = setInterval(() => {}, 5); clearInterval(timer)
let on = false; function flip() { on = true } flip(); if (on === true) { on.x } let mode = "off"; flip();
if (mode === "on") mode = 5; let list = []; list.push(1); list[0].foo; let map = {}; map["a"].b`,
  `async function load() { const r = await fetch("/x"); const j = await r.json(); j.foo.bar; return j.list.map((x) => x.y) }
load().then((x) => x.z).catch(console.error)
try { load() } catch (e) { e.message; e.code }`,
  `class Pin { #n = 0; constructor(n) { this.n = n; this.#n = n } get level() { return this.#n }
static of(n) { return new Pin(n) } } Pin.of(1).level; Pin.count = 1; Pin.count++
function f(a, b) { return arguments.length } f(1, 2, 3); function g(a, b = 2, ...c) {} g(); g(1, 2, 3, 4);
const h = (a) => a; h(); [1].map(parseInt); new Date().getTime(); new Promise((ok) => setTimeout(ok, 5))`,
  `const canvas = document.createElement("canvas"); const c = canvas.getContext("2d"); c.fillStyle = "red";
c.fillRect(0, 0, 1, 1); const d = new Uint8Array(4); d[0] = 1; d.length
localStorage.x = 1; sessionStorage["y"] = 2; navigator.vibrate?.(5); window.foo?.bar; history.pushState({}, "", "/");
location = "/x"; window.location = "/y"; document.location.href = "/z"`,
  `"use strict"; const { a, b: { c } = {}, ...rest } = { a: 1 }; let [x, y = 2] = [1];
label: for (const k in { a }) { if (k) continue label; break } switch (x) { case 1: { let z = y; z } default: }
delete rest.a; void 0; y ||= 1; y ??= 2; x = c ?? rest`,
  `let x = 5; if (typeof x === "string") x.length; if (typeof x == "number") x = "five"; let s = "a" * 2; s = "5" - 1;
x == "5"; [] + {}; +"3"; !!x`,
])
  inPage('a good page', good, [])

// Each mistake where it is, with what was meant.
inPage('a function that is called otherwise', 'function sayHello() {}\nsayHelo()', ['unknownName sayHelo → sayHello'])
inPage('a name that there is not', 'console.log(zzyzx)', ['unknownName zzyzx'])
inPage('a name of a library', '$("#output").hide()', ['unknownName $'])
inPage('a method', 'let ws = new WebSocket("ws://x"); ws.sned("x")', ['unknownProperty sned → send'])
inPage('a method of a text', '"x".toUppercase()', ['unknownProperty toUppercase → toUpperCase'])
inPage('a property of a list', 'let l = [1]; l.lenght', ['unknownProperty lenght → length'])
inPage('a property of an element, given a value', 'document.getElementById("output").textContnet = "x"', [
  'unknownProperty textContnet → textContent',
])
inPage('a property that comes later', 'fetch("/x").json()', ['later json'])
inPage('no function', 'let x = 5; x()', ['notCallable x'])
inPage('a property that is called', 'document.title()', ['notCallable title'])
inPage('a class without new', 'let ws = WebSocket("ws://x")', ['needsNew WebSocket("ws://x")'])
inPage('new without a class', 'let x = 5; new x()', ['notMakeable x'])
inPage('too few', 'new WebSocket("ws://x").send()', ['arguments send'])
inPage('too many', 'function f(a) {} f(1, 2)', ['arguments 2'])
inPage('what can only be read', 'let ws = new WebSocket("ws://x"); ws.readyState = 1', ['readOnly readyState'])
inPage('a constant', 'const a = 1; function f() { a = 2 }', ['constant a'])
inPage('too early', 'console.log(b)\nlet b = 1', ['early b'])
inPage('an impossible type', 'let x; if (typeof x === "int") x = 1', ['typeof typeof x === "int"'])
inPage('in an attribute', 'function sayHello() {}', ['unknownName sayHelo → sayHello'], `<b onclick="sayHelo()">x</b>`)
inPage(
  'a handler may use what comes below it',
  'let ready = 1; function go(x, y) {}',
  [],
  '<b onclick="go(ready); return false">x</b><i onclick="go(this.value, event)">x</i>',
)
inPage('the shape is told by others', 'let = ;\nzzyzx', [])

{
  const [m] = marks('the fix', { 'www/index.html': page('function sayHello() {}\nsayHelo()') }, ['unknownName sayHelo → sayHello'])
  same('changes the name', [m?.fix?.text, m && m.fix!.to - m.fix!.from], ['sayHello', 7])
}

// Scripts share their names with their page and its other scripts; a script that nobody loads may be used anywhere.
const two = (app: string, more: Record<string, string> = {}) => ({
  'www/app.js': app,
  'www/index.html': '<p id="out"></p><script src="first.js"></script><script src="app.js"></script><script>let inline = 1</script>',
  'www/first.js': 'function first(a) {}\nconst shared = 1',
  ...more,
})
marks('names of other scripts', two('first(shared)\nsetTimeout(() => inline)\nout.textContent = "x"'), [])
marks(
  'not of other pages, but who knows',
  two('second()', { 'www/other.html': '<script>function second() {}</script><script src="app.js"></script>' }),
  [],
)
marks('nowhere', two('second()'), ['unknownName second'])
marks('twice', two('let shared = 2'), ['twice shared'])
marks('a constant of another script', two('shared = 2'), ['constant shared'])
marks('a script that no page loads', { 'www/lone.js': 'whatever()\nlet l = []\nl.psuh(1)' }, ['unknownProperty psuh → push'])
marks(
  'with a library from elsewhere',
  { 'www/index.html': `<script src="https://cdn.example/chart.js"></script>${page('new Chart()')}` },
  [],
)
marks('with a script that is missing', { 'www/index.html': `<script src="gone.js"></script>${page('gone()')}` }, [])
marks('with scripts that come later', { 'www/index.html': page('let s = document.createElement("script"); s.src = "x.js"; x()') }, [])
project({ 'www/index.html': page('zzyzx()') }, false)
same('of a project that was not read whole', service.marks('www/index.html'), [])

// Modules.
const modules = (app: string) => ({
  'www/app.js': app,
  'www/index.html': '<script type="module">import { start } from "./app.js"; start()</script>',
  'www/led.js': 'export function led(on) {}\nexport let pin = 1\nfunction inner() {}',
})
marks('a module', modules('import { led } from "./led.js"\nexport function start() { led(true) }'), [])
marks('a name that it does not export', modules('import { lde } from "./led.js"\nlde()\nexport function start() {}'), [
  'noExport lde → led',
])
marks('a file that there is not', modules('import { led } from "./lde.js"\nled()'), ['noModule "./lde.js"'])
marks('names of modules are their own', modules('inner()\nexport {}'), ['unknownName inner'])
{
  project(modules('import { led } from "./new.js"\nled()'))
  const missing = service.marks('www/app.js').map((m) => m.kind)
  project({ ...modules('import { led } from "./new.js"\nled()'), 'www/new.js': 'export function led() {}' })
  same('a file that comes', [missing, service.marks('www/app.js')], [['noModule'], []])
}

// What comes next.
const at = (path: string, text: string, behind: string) =>
  service.proposals(path, text.indexOf(behind) + behind.length)?.proposals.map((p) => p.name) ?? []
{
  const text = page(
    'let ws = new WebSocket("ws://x")\nfunction sayHello(who) {}\ndocument.;\nws.s;\nslider.va;\n' +
      'document.getElementById("slider").va;\nws.addEventListener("me");\nsay;\nlet x = { led: 1 }; x.',
    '<b onclick="say">x</b>',
  )
  project({ 'www/index.html': text })
  const has = (behind: string, ...names: string[]) => {
    const all = at('www/index.html', text, behind)
    for (const name of names) same(`${behind} proposes ${name}`, all.includes(name), true)
    return all
  }
  const ofDocument = has('\ndocument.', 'getElementById', 'querySelector', 'title')
  same('and nothing that it lacks', ofDocument.includes('send') || ofDocument.includes('sayHello'), false)
  has('\nws.', 'send', 'close', 'readyState')
  has('slider.va', 'value', 'valueAsNumber')
  has('getElementById("slider").va', 'value')
  has('addEventListener("me', 'message', 'open')
  has('\nsay', 'sayHello', 'document', 'WebSocket', 'slider', 'output')
  has('x = { led: 1 }; x.', 'led')
  has('onclick="say', 'sayHello')
  const d = service.details('www/index.html', text.indexOf('\nws.') + 4, 'send')
  same(
    'with its documentation',
    [d?.head.startsWith('(method) WebSocket.send('), /enqueues|transmit/.test(d?.text ?? ''), d?.link],
    [true, true, 'https://developer.mozilla.org/docs/Web/API/WebSocket/send'],
  )
  same('without marks', /[*`\]]/.test(d?.text ?? '*'), false)
  const h = service.hover('www/index.html', text.indexOf('sayHello') + 2)
  same('what a name is', h?.head, 'function sayHello(who: any): void')
}
{
  const text = page('let ws = new WebSocket("ws://x")\nws.send(')
  project({ 'www/index.html': text })
  const s = service.signature('www/index.html', text.indexOf('ws.send(') + 8)
  same('arguments', [s?.label.startsWith('send(data: '), s?.label.slice(s.from, s.to).startsWith('data: ')], [true, true])
}
{
  const files = two('first(shared)\ndocument.getElementById("out").title\nout.title\nlet own = 1\nown')
  project(files)
  const app = files['www/app.js']!
  const go = (what: string) => service.definition('www/app.js', app.lastIndexOf(what) + 1)
  same(
    'where it comes from',
    [go('first'), go('own')],
    [
      { path: 'www/first.js', line: 1, column: 10 },
      { path: 'www/app.js', line: 4, column: 5 },
    ],
  )
  same(
    'an element',
    [go('"out"'), go('out.title')],
    [
      { path: 'www/index.html', line: 1, column: 8 },
      { path: 'www/index.html', line: 1, column: 8 },
    ],
  )
  same('not in the browser', [service.definition('www/app.js', app.indexOf('getElementById'))], [null])
}

// Nonsense is no reason to stop.
for (const text of [
  '',
  '<',
  '<script>',
  '<script>\u0000',
  '<script>(((((',
  '<b onclick="',
  '<script type=module>import',
  `${'<script>{</script>'.repeat(50)}`,
  '\ud800<script>\udc00.',
]) {
  project({ 'www/x.html': text, 'www/x.js': text })
  for (const path of ['www/x.html', 'www/x.js', 'www/none.js']) {
    service.marks(path)
    for (const pos of [0, text.length, text.length + 9]) {
      service.proposals(path, pos)
      service.hover(path, pos)
      service.signature(path, pos)
      service.definition(path, pos)
    }
  }
}
