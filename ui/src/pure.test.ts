// Tests of the page's pure parts. `go test ./ui/bundle` bundles and runs them with Node; the rest is tested in a browser.
import { pageOf } from './address'
import { brief, compare, type Line } from './editor/compare'
import { firstTabs } from './editor/first'
import { bytes, clock, duration, nameOf, part } from './format'
import type { OpenFiles } from './message'
import { base64, dump, hex, readBase64, readHex } from './messages/bytes'

let failed = 0
function same(what: string, got: unknown, want: unknown): void {
  const [g, w] = [JSON.stringify(got), JSON.stringify(want)]
  if (g === w) return
  failed++
  console.error(`${what}: got ${g}, want ${w}`)
}

// A comparison shows every line of both texts, in order, whatever they are.
const texts = ['', 'a', 'a\nb\nc', 'a\nx\nc', 'x\ny', 'a\nb\nc\nd\ne', 'c\nb\na', 'a\na\na', 'a\na']
for (const theirs of texts) {
  for (const mine of texts) {
    const lines = compare(theirs, mine)
    const side = (not: Line['kind']) => lines.filter((l) => l.kind !== not).map((l) => l.text).join('\n')
    same(`theirs of ${JSON.stringify([theirs, mine])}`, side('mine'), theirs)
    same(`mine of ${JSON.stringify([theirs, mine])}`, side('theirs'), mine)
  }
}
same('one changed line', compare('a\nb\nc', 'a\nx\nc').map((l) => l.kind), ['same', 'theirs', 'mine', 'same'])
const long = Array.from({ length: 3000 }, (_, i) => `line ${i}`)
same('large and different', compare(long.join('\n'), [...long].reverse().join('\n')).length, 6000)
same('gaps', brief(compare(long.join('\n'), long.map((l, i) => (i === 1500 ? 'x' : l)).join('\n'))).length, 1 + 3 + 2 + 3 + 1)
same('no difference', brief(compare('a\nb', 'a\nb')), [undefined])

same('hex', hex(new Uint8Array([0, 10, 255])), '00 0a ff')
for (const text of ['00 0a ff', '000aff', '0x00, 0x0A, 0xFF', ' 00:0a:ff ']) same(`readHex ${text}`, Array.from(readHex(text) ?? []), [0, 10, 255])
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

const project = (...paths: string[]): OpenFiles => ({ name: 'p', title: '', dir: '', board: '', readOnly: false, files: paths.map((path) => ({ path, size: 1, hash: '', text: true })) })
const fresh = { project: '', tabs: [], activeTab: '' }
same('first visit', firstTabs(project('main.go', 'www/led.html', 'www/style.css'), fresh), { tabs: ['main.go', 'www/led.html'], active: 'main.go' })
same('kept tabs', firstTabs(project('main.go', 'www/a.html'), { project: 'p', tabs: ['www/a.html', 'gone.go'], activeTab: 'gone.go' }), { tabs: ['www/a.html'], active: 'www/a.html' })
same('other project', firstTabs(project('main.go'), { project: 'q', tabs: ['main.go', 'x'], activeTab: 'x' }), { tabs: ['main.go'], active: 'main.go' })
same('empty project', firstTabs(project(), fresh), { tabs: [], active: '' })

same('bytes', [bytes(0), bytes(1023), bytes(1536), bytes(20480), bytes(3 * 1024 * 1024)], ['0 B', '1023 B', '1.5 KB', '20 KB', '3.0 MB'])
same('part', [part(41 * 1024, 256 * 1024), part(3, 900)], ['41 of 256 KB', '3 of 900 B'])
same('duration', [duration(-5), duration(12_900), duration(185_000), duration(7_800_000)], ['0 s', '12 s', '3 min', '2 h 10 min'])
same('clock', clock(new Date(2026, 0, 2, 3, 4, 5, 6).getTime()), '03:04:05.006')
same('name', [nameOf('www/a/b.html'), nameOf('main.go')], ['b.html', 'main.go'])

if (failed) throw new Error(`${failed} checks failed`)
console.log('ok')
