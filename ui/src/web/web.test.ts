// Tests of the help with web files that needs neither a browser nor TypeScript.
import { Asking, type Port } from './asking'
import type { Ask } from './answers'
import { hexOf, inDeclarations, recoloured } from './colour'
import { namesIn, together } from './names'
import { scriptsOf } from './pagescripts'
import { addressOf, fitting, resolve } from './paths'
import { lookupAt } from './script'
import { tagsIn } from './tags'
import { same } from '../same'

// Tags, as a browser reads them.
const tags = (page: string) => tagsIn(page).map((t) => [t.name, ...t.attributes.map((a) => `${a.name}=${a.value}@${a.valueFrom}`)])
same('attributes', tags(`<P ID="a" class='b c' hidden data-x=1>`), [['p', 'id=a@7', 'class=b c@17', 'hidden=@-1', 'data-x=1@36']])
same('what is in comments is none', tags('<!-- <b> --><i>'), [['i']])
same('what is in scripts is none', tags('<script>"<b>"</script ><i>'), [['script'], ['i']])
same('a script to the end', tagsIn('<script>let a</b>')[0]?.content, 'let a</b>')
same('a comment to the end', tags('<b><!-- <i>'), [['b']])
same('stray signs', tags('<b = "x" =y / z>'), [['b', '"x"=y@10', 'z=@-1']])
same('a tag that does not end', tags('<b class="x'), [['b', 'class=@-1', '"x=@-1']])
same('unquoted', tags('<a href=/x/y.html>'), [['a', 'href=/x/y.html@8']])
same('end tags and texts', tags('</b> a < b <1> <c/>'), [['c']])

// Names.
const names = (path: string, text: string) => {
  const n = namesIn(path, text)
  return { ids: [...n.ids], looked: [...n.looked], classes: [...n.classes], properties: [...n.properties] }
}
same(
  'of a page',
  names(
    'www/a.html',
    `<style>:root { --ink: #fff; } .card > #out:hover{color:#abc}</style><p id=out class="card big" style="--gap: 2px">` +
      `<label for="name">x</label><a href="#end">e</a><b onclick="el.classList.toggle('on')"></b>` +
      `<script>document.querySelector('#led .dot')</script>`,
  ),
  {
    ids: [['out', 'p']],
    looked: ['out', 'name', 'end', 'led'],
    classes: ['card', 'big', 'on', 'dot'],
    properties: [
      ['--ink', '#fff'],
      ['--gap', '2px'],
    ],
  },
)
same('of a style sheet', names('www/a.css', '/* .no{} */ a[href="x.y"] .yes { .in & { color: #fade } } @media (x) { #top { --w: 1 } }'), {
  ids: [],
  looked: ['top'],
  classes: ['yes', 'in'],
  properties: [['--w', '1']],
})
same(
  'of a script',
  names(
    'www/a.js',
    `getElementById("a"); e.id = 'made'; e.className = "x y"; e.innerHTML = '<p id="in" class="z">'; s.setProperty('--q', 1)`,
  ),
  {
    ids: [
      ['made', ''],
      ['in', ''],
    ],
    looked: ['a'],
    classes: ['x', 'y', 'z'],
    properties: [['--q', '']],
  },
)
same('together', [...together([namesIn('a.js', 'e.id="x"'), namesIn('a.html', '<p id=x>')]).ids], [['x', 'p']])
same('of what is neither', names('www/a.txt', '<p id=x>'), { ids: [], looked: [], classes: [], properties: [] })

// Addresses.
same(
  'where addresses lead',
  ['app.js', './app.js?v=1', '/app.js#x', '../app.js', 'a%20b.js', 'https://x.org/a.js', '//x/a.js', 'data:x', ''].map((a) =>
    resolve('www/sub/index.html', a),
  ),
  ['www/sub/app.js', 'www/sub/app.js', 'www/app.js', 'www/app.js', 'www/sub/a b.js', undefined, undefined, undefined, undefined],
)
same(
  'how files are written',
  [
    addressOf('www/app.js', 'www/index.html', false),
    addressOf('www/img/a b.png', 'www/index.html', false),
    addressOf('www/img/dot.png', 'www/sub/deep/x.html', false),
    addressOf('www/sub/y.html', 'www/sub/x.html', false),
    addressOf('www/img/dot.png', 'www/sub/x.html', true),
  ],
  ['app.js', 'img/a%20b.png', '../../img/dot.png', 'y.html', '/img/dot.png'],
)
const files = ['main.go', 'www/a.html', 'www/a.css', 'www/a.js', 'www/a.png']
same('which fit', [fitting(files, 'script'), fitting(files, 'img'), fitting(files, 'a').length], [['www/a.js'], ['www/a.png'], 4])

// What texts in scripts look up.
same(
  'lookups',
  [
    'document.getElementById("ou',
    'document.querySelector("#ou',
    "el.closest('.card .do",
    'x.classList.add("on", "o',
    'el.className = "a b',
    'import { x } from "./ap',
    'fetch("/da',
    'el.textContent = "he',
    'getElementById("a") + "b',
  ].map((l) => lookupAt(l)),
  [
    { of: 'id', written: 'ou' },
    { of: 'selector', written: '#ou' },
    { of: 'selector', written: '.do' },
    { of: 'class', written: 'o' },
    { of: 'class', written: 'b' },
    { of: 'module', written: './ap' },
    { of: 'file', written: '/da' },
    null,
    null,
  ],
)

// Colours: each is written as it was.
same(
  'values',
  [
    '#f00',
    '#F008',
    '#12ab56',
    '#12ab5680',
    'rgb(255, 0, 0)',
    'rgba(0 128 0 / 50%)',
    'rgb(100% 0% 0%)',
    'hsl(120, 100%, 25%)',
    'hsl(0.5turn 100% 50%)',
    '#12',
    'rgb(a,b,c)',
    'red',
  ].map(hexOf),
  ['#ff0000', '#ff0000', '#12ab56', '#12ab56', '#ff0000', '#008000', '#ff0000', '#008000', '#00ffff', null, null, null],
)
{
  const style = '"color: navy; background:#fff url(red.png) rgb(1, 2, 3); --my-red: x-red /* blue */; border: 1px solid"'
  same(
    'in a style attribute',
    inDeclarations(style).map(([a, b]) => style.slice(a, b)),
    ['navy', '#fff', 'rgb(1, 2, 3)', 'solid'],
  )
}
same(
  'written again',
  [
    '#f00',
    '#F008',
    '#12ab5680',
    'rgb(255, 0, 0)',
    'rgba(0, 128, 0, 0.5)',
    'rgb(0 128 0 / 50%)',
    'hsl(120, 100%, 25%)',
    'HSLA(1 2% 3% / .4)',
    'red',
  ].map((c) => recoloured(c, '#0080ff')),
  [
    '#0080ff',
    '#0080FF88',
    '#0080ff80',
    'rgb(0, 128, 255)',
    'rgba(0, 128, 255, 0.5)',
    'rgb(0 128 255 / 50%)',
    'hsl(210, 100%, 50%)',
    'HSLA(210 100% 50% / .4)',
    '#0080ff',
  ],
)
for (const c of ['#000000', '#ffffff', '#808080', '#3366cc', '#cc6633']) {
  const back = hexOf(recoloured('hsl(1, 2%, 3%)', c))!
  const off = [1, 3, 5].map((i) => Math.abs(Number.parseInt(back.slice(i, i + 2), 16) - Number.parseInt(c.slice(i, i + 2), 16)))
  if (Math.max(...off) > 3) same(`${c} as hsl and back`, back, c)
}

// Scripts of a page stand where they stand in it.
{
  const page =
    `<p id="a" onclick="say('x')">é</p>\n<script src="lib.js"></script>\n<script>\nlet one = 1\n</script>\n` +
    `<script type=module>\nimport './m.js'\n</script>\n` +
    `<script type="application/json">{"a": 1}</script>\n<div id=b></div><i id=b></i>`
  const s = scriptsOf('www/x.html', page)
  same('as long as the page', [s.classic.length, s.modules.length], [page.length, 1])
  for (const piece of ["say('x')", 'let one = 1']) same(piece, s.classic.indexOf(piece), page.indexOf(piece))
  same('a module', s.modules[0]!.text.indexOf("import './m.js'"), page.indexOf("import './m.js'"))
  same('no JSON', s.classic.includes('"a"'), false)
  same(
    'loads',
    [s.loads, s.whole, [...s.elements]],
    [
      [{ path: 'www/lib.js', module: false }],
      true,
      [
        ['a', 'p'],
        ['b', ''],
      ],
    ],
  )
  same('from elsewhere', scriptsOf('www/x.html', '<script src="https://x.org/y.js"></script>').whole, false)
  same(
    'on one line',
    scriptsOf('www/x.html', '<b onclick="f()">x</b><script>let b</script>').classic.replace(/ +/g, ' '),
    ' ;()=>{f()}; let b; ',
  )
}

// Questions to a worker that hangs or dies: nobody waits for ever, and it is started again with all texts.
{
  let now = 0
  let timers: { work: () => void; at: number; id: number }[] = []
  let ids = 0
  const clock = {
    now: () => now,
    later: (work: () => void, ms: number) => {
      timers.push({ work, at: now + ms, id: ++ids })
      return ids
    },
    forget: (id: unknown) => {
      timers = timers.filter((t) => t.id !== id)
    },
  }
  const pass = (ms: number) => {
    now += ms
    for (const t of timers.filter((t) => t.at <= now)) {
      clock.forget(t.id)
      t.work()
    }
  }
  const ports: (Port & { asked: Ask[]; ended: boolean })[] = []
  const asking = new Asking(() => {
    const port: (typeof ports)[number] = {
      asked: [],
      ended: false,
      postMessage: (a) => void port.asked.push(a),
      terminate: () => {
        port.ended = true
      },
      onmessage: null,
      onerror: null,
    }
    ports.push(port)
    return port
  }, clock)
  const texts = new Map([
    ['www/a.js', 'let a'],
    ['www/b.js', 'let b'],
  ])
  const ask = () => asking.ask({ texts: new Map(texts), whole: true }, 'marks', 'www/a.js')
  const reply = (p: number, n: number, value: unknown) => {
    const port = ports[p]!
    port.onmessage?.({ data: { id: port.asked[n]!.id, value } })
  }
  const one = ask()
  same('all texts first', ports[0]!.asked[0]!.texts, [...texts])
  reply(0, 0, [1])
  same('an answer', await one, [1])
  texts.set('www/a.js', 'let a2')
  texts.delete('www/b.js')
  const two = ask()
  same('then what is another one', ports[0]!.asked[1]!.texts, [
    ['www/a.js', 'let a2'],
    ['www/b.js', null],
  ])
  pass(10_000)
  same('it hangs', [await two, ports[0]!.ended, ports.length], [null, true, 1])
  same('not again at once', [await ask(), ports.length], [null, 1])
  pass(5_000)
  const three = ask()
  same('started again, with all texts', [ports.length, ports[1]!.asked[0]!.texts], [2, [['www/a.js', 'let a2']]])
  reply(0, 1, ['late'])
  reply(1, 0, [3])
  same('the old one says nothing any more', await three, [3])
  const four = ask()
  ports[1]!.onerror?.({})
  same('it dies', [await four, asking.ready], [null, false])
  for (let i = 0; i < 9; i++) {
    pass(60_000)
    const asked = ask()
    ports.at(-1)!.onerror?.({})
    await asked
  }
  same('one that never answers is given up', ports.length, 6)
}
