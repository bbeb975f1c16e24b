// Tests of the page's pure parts. `go test ./ui/bundle` bundles and runs them with Node; the rest is tested in a browser.
import { Text } from '@codemirror/state'
import { isOtherProgram, pageOf } from './address'
import { newcomers } from './board/newcomers'
import { look } from './board/pictures'
import { brief, compare, type Line } from './editor/compare'
import { rowOf, sniff } from './editor/bytes'
import { declares, decode, encode, encodings } from './editor/encoding'
import { End } from './editor/end'
import { between, merge } from './editor/merging'
import { call, fromElsewhere, members, template } from './editor/propose'
import { firstTabs } from './editor/first'
import { importsFor, pagePieces, programPieces, scriptPieces } from './editor/snippets'
import { isJunk, place } from './files/incoming'
import { bytes, clock, duration, nameOf, part } from './format'
import type { OpenFiles } from './wire'
import { base64, dump, hex, readBase64, readHex, readSentBase64 } from './messages/bytes'
import { arrange, arrangeSplit, sizes } from './parts/arrange'
import { brief as shortly, isLong } from './run/text'
import { after, stepsOf, type List } from './steps/which'
import { bars, joinCode, strongest } from './wifi/signal'
import { asksForButton, isMistake, isOfBuild } from './codes'
import { count, own, say, sayProblem } from './words'
import { same } from './same'

// A problem is said from its code and its arguments, which are never words' own gaps; what is not known here is told as it came.
same(
  'how many has separators, and what is a name has none',
  [
    say('recording.count', { n: 12345 }),
    say('recording.foundOf', { found: 999, n: 1234567 }),
    say('go.place', { file: 'main.go', line: 12345 }),
    say('messages.cutTag', { n: '12345' }),
    count(-1000),
    count(12345.5),
  ],
  ['12,345 messages', '999 of 1,234,567 messages', 'main.go, line 12345', '12345, shown cut', '-1,000', '12345.5'],
)

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

// Text in older encodings is read by what it says of itself, and written again as the same bytes.
const latin1 = (s: string) => Uint8Array.from(s, (c) => c.charCodeAt(0))
const decoded = (s: string, path = 'www/a.html', as?: string) => {
  const d = decode(latin1(s), path, as)
  if (!d) return 'no text'
  const again = encode(d.content, d.encoding)
  const isBack = 'bytes' in again && String.fromCharCode(...again.bytes) === s
  return `${d.encoding}${d.exact ? '' : ', inexact'}${isBack === d.exact ? '' : ', and that is wrong'}: ${d.content}`
}
same('Latin-1', decoded('Z\xfcrich'), 'windows-1252: Zürich')
same('what it says', decoded('<meta charset="ISO-8859-15"><p>\xa4'), 'iso-8859-15: <meta charset="ISO-8859-15"><p>€')
same(
  'as older pages say it',
  decoded('<meta content="text/html; charset=windows-1251">\xcf\xf0'),
  'windows-1251: <meta content="text/html; charset=windows-1251">Пр',
)
same('says UTF-8 and is not', decoded('<meta charset="utf-8">\xe9'), 'windows-1252: <meta charset="utf-8">é')
same('says what nobody knows', decoded('<meta charset="klingon">\xe9'), 'windows-1252: <meta charset="klingon">é')
same('a style sheet', decoded('@charset "iso-8859-2"; a{content:"\xb1"}', 'www/a.css'), 'iso-8859-2: @charset "iso-8859-2"; a{content:"ą"}')
same('letters only, in what it says', decoded('<meta charset=iso-8859-15>'), 'iso-8859-15: <meta charset=iso-8859-15>')
same('a program says nothing of itself', decoded('// charset=iso-8859-15\n', 'main.go'), 'utf-8: // charset=iso-8859-15\n')
same('UTF-16', decoded('\xff\xfeA\0\xe4\0'), 'utf-16le: \ufeffAä')
same('UTF-16, the other way', decoded('\xfe\xff\0A\0\xe4'), 'utf-16be: \ufeffAä')
same('UTF-16 without a mark', decoded('<\0p\0>\0h\0i\0'), 'utf-16le: <p>hi')
same('half a letter too few', decoded('\xff\xfeA\0\xe4'), 'utf-16le, inexact: \ufeffA\ufffd')
same('UTF-8 with a mark', decoded('\xef\xbb\xbfa'), 'utf-8: \ufeffa')
same('Japanese', decoded('<meta charset=shift_jis>\x93\xfa\x96{\xb1'), 'shift_jis: <meta charset=shift_jis>日本ｱ')
same('Chinese', decoded('<meta charset=gb2312>\xc4\xe3\xba\xc3'), 'gbk: <meta charset=gb2312>你好')
same('Korean', decoded('<meta charset=euc-kr>\xbe\xc8'), 'euc-kr: <meta charset=euc-kr>안')
same('what has states can only be read', decoded('<meta charset=iso-2022-jp>\x1b$BF|\x1b(B').startsWith('iso-2022-jp, inexact'), true)
same('as it was before', decoded('\xcf', 'www/a.html', 'windows-1251'), 'windows-1251: П')
same('as it was before, letters only', decoded('abc', 'www/a.html', 'windows-1251'), 'windows-1251: abc')
same('UTF-8 now', decoded('\xc3\xa4', 'www/a.html', 'windows-1251'), 'utf-8: ä')
same(
  'no text',
  [decoded('\x89PNG\0\xff', 'www/a.png'), decoded('\x89PNG\0\xff'), decoded('a\0b', 'a.txt')],
  ['no text', 'no text', 'no text'],
)
for (const encoding of encodings.filter((e) => !e.startsWith('utf-'))) {
  const all = new TextDecoder(encoding).decode(Uint8Array.from({ length: 256 }, (_, i) => i))
  const own = [...new Set(all.replace(/\ufffd/g, ''))].join('')
  const written = encode(own, encoding)
  same(`${encoding} and back`, 'bytes' in written && new TextDecoder(encoding).decode(written.bytes), own)
}
same('what Latin-1 does not have', encode('a\r\nb\n→', 'windows-1252'), { char: '→', line: 3 })
same('what it calls its own encoding', declares('<meta charset="x-y">'), { from: 15, to: 18, name: 'x-y' })

// Bytes as people read them.
same('a row', rowOf(latin1('Hi\n\xff12345678'), 0, 16), {
  offset: '0000',
  hex: '48 69 0a ff 31 32 33 34  35 36 37 38',
  chars: 'Hi..12345678',
})
same('of a large file', rowOf(new Uint8Array(0x20000), 0x1fff8, 8).offset, '1fff8')
same('what it is', [sniff(latin1('\x89PNG\r\n\x1a\n')), sniff(latin1('RIFF1234WAVE')), sniff(latin1('hello'))], ['PNG', 'WAV', ''])

// Two editors side by side, each with what one needs, wherever that fits; else none.
const needs = { least: 608, good: 709 }
same(
  'side by side',
  [2560, 1920, 1680, 1500, 1280, 1240, 820, 400].map((w) => {
    const a = arrangeSplit(w, 900, {}, needs)
    const room = a && w - 16 - (a.size.side && a.size.side) - 8 - (a.mode === 'wide' ? a.size.files + 8 : 0)
    return a ? `${w} ${a.mode}${a.size.side ? '' : ', no side'}${room! >= 2 * needs.least ? '' : `: only ${room}`}` : `${w} none`
  }),
  ['2560 wide', '1920 wide', '1680 two', '1500 wide, no side', '1280 two, no side', '1240 two, no side', '820 none', '400 none'],
)

// Snippets bring the imports that are missing to where they belong.
const withImports = (text: string, wanted: string[]) => {
  const c = importsFor(text, wanted)
  return c ? text.slice(0, c.from) + c.insert + text.slice(c.from) : text
}
same('nothing is missing', withImports('package main\n\nimport "time"\n', ['time']), 'package main\n\nimport "time"\n')
same('no import yet', withImports('package main\n\nfunc main() {}\n', ['time']), 'package main\n\nimport "time"\n\nfunc main() {}\n')
same(
  'one line',
  withImports('package main\n\nimport "studio/board"\n', ['time', 'studio/board']),
  'package main\n\nimport "time"\nimport "studio/board"\n',
)
same(
  'a block',
  withImports('package main\n\nimport (\n\t"studio/board"\n)\n', ['time']),
  'package main\n\nimport (\n\t"time"\n\t"studio/board"\n)\n',
)
same(
  'a comment before',
  withImports('// import is a word\npackage main\n', ['time']),
  '// import is a word\npackage main\n\nimport "time"\n',
)
const plainPage = '<h1>Hi</h1>'
const openPage = '<script>\nconst line = new WebSocket("ws://x/ws");\n</script>'
same(
  'a page has one line to the board',
  pagePieces.map((p) =>
    [p.text(plainPage), p.text(openPage), p.text('const board = connect((t) => {});')].map((t) =>
      [/new WebSocket/.test(t), /\b(socket|line|board)\.(send|addEventListener)/.exec(t)?.[1]].join(' '),
    ),
  ),
  pagePieces.map(() => ['true socket', 'false line', 'false board']),
)
for (const p of [...programPieces, ...pagePieces, ...scriptPieces])
  same(`${p.label}: its fields`, /\$\{[^}]*$|^[^$]*$/.test(p.text(plainPage)), false)

// Two changes of one text, and how small parts leave a cursor where it is.
const textOf = (s: string) => Text.of(s.split('\n'))
const merged = (base: string, mine: string, theirs: string) => {
  const m = merge(textOf(base), textOf(mine), textOf(theirs))
  if (!m) return undefined
  const a = m.mine.apply(textOf(mine)).toString()
  const b = m.theirs.apply(textOf(theirs)).toString()
  return a === b ? a : `${a} or ${b}`
}
same('other lines', merged('a\nb\nc\nd\ne', 'A\nb\nc\nd\ne', 'a\nb\nc\nd\nE'), 'A\nb\nc\nd\nE')
same('lines more and less', merged('a\nb\nc\nd\ne\nf', 'a\nx\ny\nb\nc\nd\ne\nf', 'a\nb\nc\ne\nf'), 'a\nx\ny\nb\nc\ne\nf')
same('the same line', merged('a\nb\nc', 'a\nB\nc', 'a\nX\nc'), undefined)
same('the line beside it', merged('a\nb\nc', 'A\nb\nc', 'a\nB\nc'), undefined)
same('the same change, and another', merged('a\nb\nc\nd\ne', 'A\nb\nc\nd\ne', 'A\nb\nc\nd\nE'), 'A\nb\nc\nd\nE')
same('both at the end', merged('a\nb', 'a\nb\nmine', 'a\nb\ntheirs'), undefined)
same('one at the end', merged('a\nb\nc', 'A\nb\nc', 'a\nb\nc\nd'), 'A\nb\nc\nd')
same('nothing is left of it', merged('a\nb\nc\nd', '', 'a\nb\nc\nD'), undefined)
for (let n = 0; n < 300; n++) {
  // Whatever the changes are: what is merged has both, from either side.
  const random = (max: number) => Math.floor(Math.random() * max)
  const base = Array.from({ length: 12 }, (_, i) => `line ${i % 5}`)
  const edit = (by: string) => {
    const lines = [...base]
    for (let i = 0; i <= random(3); i++) lines.splice(random(lines.length), random(3), ...(random(2) ? [`${by} ${i}`] : []))
    return lines.join('\n')
  }
  const [mine, theirs] = [edit('mine'), edit('theirs')]
  const both = merged(base.join('\n'), mine, theirs)
  if (both?.includes(' or ')) same(`from either side: ${JSON.stringify([base, mine, theirs])}`, both, '')
  const has = (text: string, by: string) => (text.match(new RegExp(by, 'g')) ?? []).length
  if (both !== undefined)
    same(
      `all of both: ${JSON.stringify([mine, theirs])}`,
      [has(both, 'mine'), has(both, 'theirs')],
      [has(mine, 'mine'), has(theirs, 'theirs')],
    )
}
same('in small parts', between(textOf('a\nb\nc\nd\ne'), textOf('A\nb\nc\nd\nE')).mapPos(4, 1), 4)

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
for (const text of ['AAr/+w==', ' AAr/\n+w ', 'AAr_-w'])
  same(`readSentBase64 ${text}`, Array.from(readSentBase64(text) ?? []), [0, 10, 255, 251])
for (const text of ['%', 'A', 'AAr/+w=', 'LED on!']) same(`readSentBase64 ${text}`, readSentBase64(text), undefined)
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

same(
  'bytes',
  [bytes(0), bytes(1023), bytes(1536), bytes(20480), bytes(3 * 1024 * 1024), bytes(128 * 1024 * 1024)],
  ['0 B', '1,023 B', '1.5 KB', '20 KB', '3.0 MB', '128 MB'],
)
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

console.log('ok')

// The first steps are those of what is there now.
same(
  'steps of files',
  [
    ['main.go', 'www/led.html', 'studio.json'],
    ['main.go', 'www/led/index.html'],
    ['main.go', 'led.html', 'www/style.css'],
    ['www/led.html', 'sensor/sensor.go'],
    ['studio.json'],
  ].map((files) => stepsOf(files).join(' ')),
  ['connect run led page program', 'connect run use page program', 'connect run program', 'connect led page', 'connect'],
)
const withPage = stepsOf(['main.go', 'www/led.html'])
const withoutPage = stepsOf(['main.go'])
const unseen: List = { steps: [], praised: false }
const almost = after(unseen, withPage, ['connect', 'run', 'led', 'page'])
same('the step that is next', [almost.next, almost.praised], ['program', false])
const finished = after(almost, withPage, withPage)
same('the last step is done', [finished.next, finished.praised], [undefined, true])
same('it stays praised', after(finished, withPage, withPage).praised, true)
same('not at a later visit', after(unseen, withPage, withPage).praised, false)
same('the page has gone after the last step', after(finished, withoutPage, withPage).praised, false)
const begun = after(unseen, withPage, withoutPage)
same('what is left to do has gone', after(begun, withoutPage, withoutPage).praised, false)
same('the page is there again', after(after(begun, withoutPage, withoutPage), withPage, withoutPage).next, 'led')
same('begun again', after(finished, withPage, []), { steps: withPage, next: 'connect', praised: false })
same('a page comes', after(after(unseen, withoutPage, withoutPage), withPage, withPage).praised, false)
