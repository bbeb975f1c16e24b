// Tests of the page's pure parts. `go test ./ui/bundle` bundles and runs them with Node; the rest is tested in a browser.
import { isOtherProgram, pageOf } from './address'
import { newcomers } from './board/newcomers'
import { look } from './board/pictures'
import { brief, compare, type Line } from './editor/compare'
import { decode, isOldText } from './editor/encoding'
import { End } from './editor/end'
import { call, fromElsewhere, members, template } from './editor/propose'
import { firstTabs } from './editor/first'
import { isJunk, place } from './files/incoming'
import { bytes, clock, duration, nameOf, part } from './format'
import type { OpenFiles } from './wire'
import { base64, dump, hex, readBase64, readHex } from './messages/bytes'
import { arrange, sizes } from './parts/arrange'
import { brief as shortly, isLong } from './run/text'
import { bars, joinCode, strongest } from './wifi/signal'
import { asksForButton, isMistake, isOfBuild } from './codes'
import { own, sayProblem } from './words'

let failed = 0
function same(what: string, got: unknown, want: unknown): void {
  const [g, w] = [JSON.stringify(got), JSON.stringify(want)]
  if (g === w) return
  failed++
  console.error(`${what}: got ${g}, want ${w}`)
}

// A problem is said from its code and its arguments, which are never words' own gaps; what is not known here is told as it came.
const told = { class: 'busy' as const, step: 'close-other' as const, text: 'as Studio says it', help: 'its help' }
same('in the words of the code', sayProblem({ ...told, code: 'port.busy', variant: 'by', args: { program: '{port}<b>', port: 'COM3' } }), {
  text: '{port}<b> is using COM3.',
  help: 'Close that program or its connection to the board, then try again.',
})
same('with the help of the step', sayProblem({ ...told, code: 'port.busy' }), {
  text: 'Another program is using the port.',
  help: 'Close that program, then try again.',
})
same(
  'with the file before it',
  sayProblem({ ...told, code: 'port.busy', about: 'a.bin' }).text,
  'a.bin: Another program is using the port.',
)
same('of a newer Studio', sayProblem({ ...told, code: 'port.busy', variant: 'by-magic' }), { text: told.text, help: told.help })
same('of an older Studio', sayProblem({ code: 'port.busy', text: 'x', help: 'y' } as never), { text: 'x', help: 'y' })
same(
  'one and many',
  [own('upload.part', { n: 1, help: 'x' }).text, own('upload.part', { n: 2, help: 'x' }).text],
  ['1 file is in the project now.', '2 files are in the project now.'],
)
same(
  'what codes mean',
  [
    isOfBuild({ code: 'build.cache' }),
    isOfBuild({ code: 'board.busy' }),
    isOfBuild(undefined),
    isMistake({ code: 'program.held' }),
    isMistake({ code: 'build.cache' }),
    asksForButton({ code: 'flash.garbage' }),
    asksForButton({ code: 'flash.press-reset' }),
    asksForButton({ code: 'flash.empty' }),
  ],
  [true, false, false, true, false, 'boot', 'reset', ''],
)

// A comparison shows every line of both texts, in order, whatever they are.
const texts = ['', 'a', 'a\nb\nc', 'a\nx\nc', 'x\ny', 'a\nb\nc\nd\ne', 'c\nb\na', 'a\na\na', 'a\na']
for (const theirs of texts) {
  for (const mine of texts) {
    const lines = compare(theirs, mine)
    const side = (not: Line['kind']) =>
      lines
        .filter((l) => l.kind !== not)
        .map((l) => l.text)
        .join('\n')
    same(`theirs of ${JSON.stringify([theirs, mine])}`, side('mine'), theirs)
    same(`mine of ${JSON.stringify([theirs, mine])}`, side('theirs'), mine)
  }
}
same(
  'one changed line',
  compare('a\nb\nc', 'a\nx\nc').map((l) => l.kind),
  ['same', 'theirs', 'mine', 'same'],
)
same(
  'what differs within lines',
  compare('a\nlet x = 1;\nlet y\nb', 'a\nlet z = 1;\nlet yes\nb').map((l) => [l.text, ...l.changed.map((c) => l.text.slice(c.from, c.to))]),
  [['a'], ['let x = 1;', 'x'], ['let y'], ['let z = 1;', 'z'], ['let yes', 'es'], ['b']],
)
same(
  'a line after the last one',
  compare('a\nold\nb', 'a\nnew\nb\nc').map((l) => l.kind),
  ['same', 'theirs', 'mine', 'same', 'mine'],
)
same(
  'nothing is marked in a line that only one has',
  compare('a\nb', 'a\nnew\nb').map((l) => l.changed.length),
  [0, 0, 0],
)
const long = Array.from({ length: 3000 }, (_, i) => `line ${i}`)
same('large and different', compare(long.join('\n'), [...long].reverse().join('\n')).length, 6000)
same(
  'each tenth line of many',
  compare(long.join('\n'), long.map((l, i) => (i % 10 ? l : `${l} x`)).join('\n')).filter((l) => l.kind === 'same').length,
  2700,
)
same('gaps', brief(compare(long.join('\n'), long.map((l, i) => (i === 1500 ? 'x' : l)).join('\n'))).length, 1 + 3 + 2 + 3 + 1)
same('no difference', brief(compare('a\nb', 'a\nb')), [undefined])

// The editor has 60 columns or the whole width, whatever the window and whatever the user has made of the panels.
const editor = { least: 610, good: 711 }
const windows = Array.from({ length: 221 }, (_, i) => 360 + 10 * i)
for (const width of windows) {
  for (const height of [320, 480, 600, 768, 1024, 1440]) {
    for (const panels of [
      {},
      { files: 0 },
      { side: 0 },
      { files: 0, side: 0, below: 0 },
      { files: 900, side: 1500, below: 1300, board: 900 },
      { files: 1, side: 1, below: 1, board: 1 },
      { files: NaN, side: -5 },
    ] as Record<string, number>[]) {
      const a = arrange(width, height, panels, editor)
      const what = `${width} x ${height} with ${JSON.stringify(panels)}: ${JSON.stringify(a)}`
      const beside = { wide: a.size.files + 8 + a.size.side + 8, two: a.size.side + 8, stacked: 0, phone: 0 }[a.mode]
      if (beside > 0 && width - 16 - beside < editor.least) same(what, width - 16 - beside, editor.least)
      for (const [name, size] of Object.entries(a.size))
        if (!(size >= 0) || (size > 0 && size < Math.min(100, sizes[name as keyof typeof sizes].least)))
          same(`${name} in ${what}`, size, 'another size')
      if (a.mode !== 'phone' && height - 54 - 16 - 8 - a.size.below < 200)
        same(`height of the editor in ${what}`, height - a.size.below, 'more')
    }
  }
}
same(
  'modes',
  windows.filter((w) => w % 160 === 40).map((w) => arrange(w, 768, {}, editor).mode),
  ['phone', 'phone', 'phone', 'stacked', 'two', 'wide', 'wide', 'wide', 'wide', 'wide', 'wide', 'wide', 'wide', 'wide'],
)

same('where files go', place(['a.png', 'led.go', 'index.html'], ''), ['www/a.png', 'led.go', 'www/index.html'])
same('where a folder goes', place(['site/index.html', 'site/css/a.css', 'motor/motor.go', 'www/x/a.png'], ''), [
  'www/site/index.html',
  'www/site/css/a.css',
  'motor/motor.go',
  'www/x/a.png',
])
same('where a project goes', place(['my led/main.go', 'my led/www/led.html', 'my led/studio.json', 'my led/motor/motor.go', 'a.css'], ''), [
  'main.go',
  'www/led.html',
  '',
  'motor/motor.go',
  'www/a.css',
])
same(
  'where a folder that was dropped on a folder goes',
  [place(['a/b.png', 'c.go'], 'www/img'), place(['www/b.png'], 'www')],
  [['www/img/a/b.png', 'www/img/c.go'], ['www/b.png']],
)
same('junk', ['.git', '.DS_Store', 'node_modules', 'Thumbs.db', 'a.b', 'dist'].map(isJunk), [true, true, true, true, false, false])

const go = {
  board: [
    { name: 'LED', kind: 'variable', type: 'Pin' },
    { name: 'Client', kind: 'type' },
    { name: 'Pin', kind: 'type' },
    { name: 'High', kind: 'method', of: 'Pin' },
    { name: 'SendText', kind: 'method', of: 'Client' },
  ],
  machine: [
    { name: 'D1', kind: 'constant', type: 'Pin' },
    { name: 'Configure', kind: 'method', of: 'Pin' },
  ],
}
const program = 'lamp := machine.D1\nboard.OnText(func(from *board.Client, msg string) {})\nvar who *board.Client\nfree := board.Pin(4)'
same(
  'what can follow',
  ['board', 'board.LED', 'from', 'who', 'lamp', 'free', 'msg', 'board.Nothing', 'a.b.c'].map((c) =>
    members(go, c.split('.'), program).map((n) => n.name),
  ),
  [['LED', 'Client', 'Pin'], ['High'], ['SendText'], ['SendText'], ['Configure'], ['High'], [], [], []],
)
same(
  'a call',
  [
    call({ name: 'OnText', params: [['f', 'func(from *board.Client, msg string)']] }),
    call({ name: 'Set', params: [['on', 'bool']] }),
    call({ name: 'Serve' }),
  ],
  ['OnText(func(from *board.Client, msg string) {\n\t${}\n})', 'Set(${on})', 'Serve()'],
)
same(
  "gopls's snippets",
  [
    'OnText(${1:f func(from *board.Client, msg string)})',
    'Set(${1:on bool})',
    'Serve()',
    'Itoa(${1:i int})$0',
    'if ${1:cond} {\n\t$2\n}',
  ].map(template),
  ['OnText(func(from *board.Client, msg string) {\n\t${}\n})', 'Set(${on})', 'Serve()', 'Itoa(${i})${}', 'if ${cond} {\n\t${}\n}'],
)
const elsewhere = (typed: string, explicit = false) => fromElsewhere(typed, explicit).map((c) => `${c.label}: ${c.detail}`)
same('names of other tutorials', elsewhere('digitalWr'), ['digitalWrite: board.Pin(…).High()'])
same('with what is before the dot', elsewhere('Serial.println'), ['Serial.println: println(…)'])
same('few letters mean little', elsewhere('Pi'), [])
same('unless one asks', elsewhere('Pi', true), ['Pin: board.Pin(…)', 'pinMode: board.Pin(…).Input(…)'].reverse())

// Text in older encodings is found by what it says, and says UTF-8 afterwards.
const latin1 = (s: string) => Uint8Array.from(s, (c) => c.charCodeAt(0))
same('Latin-1', decode(latin1('Z\xfcrich')), 'Zürich')
same('Latin-1 that says so', decode(latin1('<meta charset="ISO-8859-1"><p>\xe9')), '<meta charset="utf-8"><p>é')
same(
  'as older pages say it',
  decode(latin1('<meta http-equiv=Content-Type content="text/html; charset=windows-1252">\xdf')),
  '<meta http-equiv=Content-Type content="text/html; charset=utf-8">ß',
)
same('Cyrillic', decode(latin1('<meta charset=windows-1251>\xcf\xf0')), '<meta charset=utf-8>Пр')
same('says UTF-8 and is not', decode(latin1('<meta charset="utf-8">\xe9')), '<meta charset="utf-8">é')
same('says what nobody knows', decode(latin1('<meta charset="klingon">\xe9')), '<meta charset="utf-8">é')
same('a style sheet', decode(latin1('@charset "iso-8859-1"; a{content:"\xe4"}')), '@charset "utf-8"; a{content:"ä"}')
same('UTF-16', decode(Uint8Array.of(0xff, 0xfe, 0x41, 0, 0xe4, 0)), 'Aä')
same('no text', [decode(latin1('\x89PNG\0\xff')) === undefined, isOldText('www/a.png'), isOldText('www/old.HTM')], [true, false, true])

same(
  'what is done, shortly',
  [
    'Building the program.',
    'Starting the program',
    'Waiting for the board. Unplug it.',
    'Trying TinyGo 0.41.1.',
    'Fetching TinyGo 0.41.1 from github.com.',
  ].map(shortly),
  [
    'Building the program',
    'Starting the program',
    'Waiting for the board',
    'Trying TinyGo 0.41.1',
    'Fetching TinyGo 0.41.1 from github.com',
  ],
)
same(
  'what is long',
  ['Building the program.', 'Fetching TinyGo 0.41.1 from github.com.', 'Waiting for the board. Unplug it.'].map(isLong),
  [false, false, true],
)

same(
  'programs of other projects',
  [
    ['', 'LED'],
    ['LED', ''],
    ['LED', 'LED'],
    ["a 'b'", 'a "b"'],
    ['LED', 'Blink'],
    ['x'.repeat(64), 'x'.repeat(70)],
  ].map(([program, title]) => isOtherProgram(program!, title!)),
  [false, false, false, false, true, false],
)

const usb = (name: string) => ({ name, title: '', vid: '2e8a' })
const line = { name: '/dev/ttyS0', title: '' }
same('boards at the start are no newcomers', newcomers([], [usb('a')]).length, 0)
same(
  'newcomers',
  newcomers([line, usb('a')], [line, usb('b'), usb('a'), { name: 'c', title: '' }]).map((p) => p.name),
  ['b'],
)

same('hex', hex(new Uint8Array([0, 10, 255])), '00 0a ff')
for (const text of ['00 0a ff', '000aff', '0x00, 0x0A, 0xFF', ' 00:0a:ff '])
  same(`readHex ${text}`, Array.from(readHex(text) ?? []), [0, 10, 255])
for (const text of ['0', 'zz', '1 2 3', 'LEDon']) same(`readHex ${text}`, readHex(text), undefined)
const all = Uint8Array.from({ length: 256 }, (_, i) => i)
same('base64', Array.from(readBase64(base64(all))), Array.from(all))
same('not base64', readBase64('%').length, 0)
same('dump', dump(new TextEncoder().encode('LEDon')), '0000  4c 45 44 6f 6e                                   LEDon')
same('dump rows', dump(all).split('\n').length, 16)

same('page', pageOf('www/led.html'), '/led.html')
same('start page', pageOf('www/index.html'), '/')
same('folder', pageOf('www/a b/index.html'), '/a%20b/')
same('on the board', pageOf('board:www/x.htm'), '/x.htm')
same('no page', [pageOf('main.go'), pageOf('www/style.css'), pageOf('index.html')], [undefined, undefined, undefined])

const project = (...paths: string[]): OpenFiles => ({
  name: 'p',
  title: '',
  dir: '',
  board: '',
  readOnly: false,
  trust: { trusted: true },
  files: paths.map((path) => ({ path, size: 1, hash: '', text: true })),
})
const fresh = { project: '', tabs: [], activeTab: '' }
same('first visit', firstTabs(project('main.go', 'www/led.html', 'www/style.css'), fresh), {
  tabs: ['main.go', 'www/led.html'],
  active: 'main.go',
})
same('kept tabs', firstTabs(project('main.go', 'www/a.html'), { project: 'p', tabs: ['www/a.html', 'gone.go'], activeTab: 'gone.go' }), {
  tabs: ['www/a.html'],
  active: 'www/a.html',
})
same('other project', firstTabs(project('main.go'), { project: 'q', tabs: ['main.go', 'x'], activeTab: 'x' }), {
  tabs: ['main.go'],
  active: 'main.go',
})
same('empty project', firstTabs(project(), fresh), { tabs: [], active: '' })

same('bytes', [bytes(0), bytes(1023), bytes(1536), bytes(20480), bytes(3 * 1024 * 1024)], ['0 B', '1023 B', '1.5 KB', '20 KB', '3.0 MB'])
same('part', [part(41 * 1024, 256 * 1024), part(3, 900)], ['41 of 256 KB', '3 of 900 B'])
same('duration', [duration(-5), duration(12_900), duration(185_000), duration(7_800_000)], ['0 s', '12 s', '3 min', '2 h 10 min'])
same('clock', clock(new Date(2026, 0, 2, 3, 4, 5, 6).getTime()), '03:04:05.006')
same('name', [nameOf('www/a/b.html'), nameOf('main.go')], ['b.html', 'main.go'])

const net = (ssid: string, rssi: number) => ({ ssid, rssi, secure: true, channel: 1 })
same(
  'networks',
  strongest([net('far', -80), net('', -20), net('near', -40), net('far', -70), net('far', -90)]).map((n) => [n.ssid, n.rssi]),
  [
    ['near', -40],
    ['far', -70],
  ],
)
same('signal', [-30, -60, -70, -90].map(bars), [4, 3, 2, 1])
same('join code', joinCode('Studio-1A2B'), 'WIFI:T:nopass;S:Studio-1A2B;;')
same('join code of a wild name', joinCode('a;b:"c\\'), 'WIFI:T:nopass;S:a\\;b\\:\\"c\\\\;;')

// Every pin of a board with a known layout is on its drawing once, and all its pads are on the drawing.
for (const [picture, id, chip, gpios] of [
  ['pico', 'picow', 'RP2040', [...Array(23).keys(), 26, 27, 28]],
  ['stick', 'xiaoesp32c3', 'ESP32-C3', [2, 3, 4, 5, 6, 7, 8, 9, 10, 20, 21]],
  ['devkit', 'virtual', 'ESP32-C3', [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 20, 21]],
] as const) {
  const pads = look(picture, id, chip)?.pads ?? []
  same(
    `pins of ${id}`,
    pads
      .map((p) => p.is)
      .filter((n) => typeof n === 'number')
      .sort((a, b) => a - b),
    gpios,
  )
  same(
    `pads of ${id} off the drawing`,
    pads.filter((p) => p.x < 0 || p.x > 320 || p.y < 0 || p.y > 122),
    [],
  )
}
same('no drawing', look('', '', ''), undefined)

// A connection ends all that is asked for then, however much was asked for before.
{
  const end = new End()
  const never = new Promise<string>(() => {})
  let answers = 0
  for (let i = 0; i < 20000; i++) if ((await end.before(Promise.resolve('x'), 60000)) === 'x') answers++
  same('answers in time', answers, 20000)
  const asked = [end.before(never, 60000), end.before(never, 60000)]
  end.come()
  same('what the end cuts off', await Promise.all(asked), [undefined, undefined])
  same('what takes too long', await end.before(never, 1), undefined)
  same('a failure', await end.before(Promise.reject(new Error('no')), 60000).catch((e: Error) => e.message), 'no')
  same(
    'what is left',
    Object.values(end).map((kept: Set<unknown>) => kept.size),
    [0],
  )
}

if (failed) throw new Error(`${failed} checks failed`)
console.log('ok')
