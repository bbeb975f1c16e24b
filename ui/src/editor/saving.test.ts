// Tests of saving and of conflicts, against a server and a clock that the test owns. `go test ./ui/bundle` runs them with Node.
import { history, isolateHistory, undo } from '@codemirror/commands'
import { Refusal } from '../api'
import { Doc } from './document'
import type { Kept } from './kept'
import { overwrite, Saving } from './saving'
import { take } from './written'
import { fail, same } from '../same'

const gone = () => new Refusal('studio.gone', 'Studio is not running.', '', 0, 'gone')
const hashOf = (text: string) => `#${text}`

// Page is a server with files, a browser's store, and a clock that moves when it is told to.
class Page {
  files = new Map<string, string>([['main.go', 'one']])
  kept = new Map<string, Kept>()
  told: string[] = []
  savedPaths: string[] = []
  closed: string[] = []
  writes = 0
  encodings: string[] = [] // of each write
  moves: string[] = []
  renames = new Map<string, string>() // where files have gone
  typing: boolean[] = [] // of each write: it came in the middle of typing
  under = 0 // writes under way
  most = 0
  current = 'led'
  fault: (() => Error | undefined) | undefined // of the next request
  answer: Promise<void> | undefined // writes are answered after it
  lost = false // the next answer is lost on its way
  meanwhile: (() => void) | undefined // happens while the next write is under way
  private due: { at: number; n: number; work: () => void }[] = []
  private now = 0
  private timers = 0
  readonly docs = new Map<string, Doc>()
  readonly saving = new Saving({
    write: async (path, text, encoding, hash, typing) => {
      this.encodings.push(encoding)
      this.writes++
      this.typing.push(typing)
      this.most = Math.max(this.most, ++this.under)
      await Promise.resolve()
      const happens = this.meanwhile
      this.meanwhile = undefined
      happens?.()
      this.under--
      this.fail()
      const have = this.files.get(path)
      if (hash !== overwrite && hash !== (have === undefined ? '' : hashOf(have)))
        throw new Refusal('file.conflict', 'Somebody else changed it.', '', 409)
      this.files.set(path, text)
      await this.answer
      if (this.lost) {
        this.lost = false
        throw gone()
      }
      return { hash: hashOf(text) }
    },
    read: async (path) => {
      await Promise.resolve()
      this.fail()
      const text = this.files.get(path)
      if (text === undefined) throw new Refusal('file.missing', 'There is no such file.', '', 404)
      return { text, hash: hashOf(text) }
    },
    project: () => this.current,
    isOpen: (doc) => this.docs.get(doc.path) === doc,
    keep: (k) => this.kept.set(k.path, k),
    drop: (_, path) => this.kept.delete(path),
    announce: (text) => this.told.push(text),
    saved: (path) => this.savedPaths.push(path),
    changed: () => undefined,
    close: (path) => {
      this.closed.push(path)
      this.docs.delete(path)
    },
    movedTo: (doc) => this.renames.get(doc.path),
    moved: (doc, to) => {
      this.moves.push(`${doc.path} → ${to}`)
      this.docs.delete(doc.path)
    },
    noText: (path) => {
      this.closed.push(path)
    },
    later: (work, ms) => {
      this.due.push({ at: this.now + ms, n: ++this.timers, work })
      return this.timers
    },
    forget: (timer) => (this.due = this.due.filter((d) => d.n !== timer)),
    now: () => this.now,
  })

  private fail(): void {
    const err = this.fault?.()
    if (err) throw err
  }

  open(path = 'main.go', readOnly = false): Doc {
    const text = this.files.get(path) ?? ''
    const doc = new Doc({ path, text, hash: this.files.has(path) ? hashOf(text) : '', project: 'led', readOnly }, history(), (d) =>
      this.saving.edited(d),
    )
    this.docs.set(path, doc)
    return doc
  }

  // settle lets everything under way get to its end.
  async settle(): Promise<void> {
    for (let i = 0; i < 50; i++) await Promise.resolve()
  }

  // pass lets time go by.
  async pass(ms: number): Promise<void> {
    const end = this.now + ms
    for (;;) {
      await this.settle()
      const next = this.due.filter((d) => d.at <= end).sort((a, b) => a.at - b.at || a.n - b.n)[0]
      if (!next) break
      this.due = this.due.filter((d) => d !== next)
      this.now = next.at
      next.work()
    }
    this.now = end
    await this.settle()
  }

  get waiting(): number {
    return this.due.length
  }
}

const type = (doc: Doc, text: string) => doc.change({ changes: { from: doc.state.doc.length, insert: text } })

const cases: Record<string, () => Promise<void>> = {
  'typing is saved once it pauses': async () => {
    const p = new Page()
    const doc = p.open()
    for (const c of ' two') {
      type(doc, c)
      await p.pass(150)
    }
    same('while typing', [p.writes, doc.unsaved.peek()], [0, true])
    await p.pass(400)
    same('after it', [p.files.get('main.go'), doc.unsaved.peek(), doc.hash], ['one two', false, '#one two'])
    same('told to listeners', p.savedPaths, ['main.go'])
    await p.pass(60_000)
    same('in the middle, and when it was the end', p.typing, [true, false])
    same('and at rest', [p.writes, p.waiting], [2, 0])
  },
  'what is undone needs no saving': async () => {
    const p = new Page()
    const doc = p.open()
    p.saving.restore(doc, 'one?', '#one')
    p.saving.keep(doc)
    doc.replace(take('one'))
    await p.pass(1000)
    same('writes', [p.writes, doc.unsaved.peek(), p.kept.size], [0, false, 0])
  },
  'edits while a save is under way follow it, never beside it': async () => {
    const p = new Page()
    const doc = p.open()
    p.meanwhile = () => {
      type(doc, '3')
      void p.saving.save(doc)
    }
    type(doc, '2')
    await Promise.all([p.saving.save(doc), p.saving.save(doc)])
    await p.pass(1000)
    same('saved', [p.files.get('main.go'), p.writes, p.most, doc.unsaved.peek()], ['one23', 3, 1, false])
  },
  'Studio is gone: the edits are kept, and saved when it is back': async () => {
    const p = new Page()
    const doc = p.open()
    p.fault = gone
    type(doc, '!')
    await p.pass(400)
    same(
      'kept',
      [p.kept.get('main.go'), doc.failed.peek()?.code, p.told],
      [{ project: 'led', path: 'main.go', hash: '#one', text: 'one!' }, 'studio.gone', []],
    )
    p.fault = undefined
    await p.pass(2000)
    same('saved', [p.files.get('main.go'), p.kept.size, doc.failed.peek(), doc.unsaved.peek()], ['one!', 0, undefined, false])
  },
  'the server says no: it is said, and tried again': async () => {
    const p = new Page()
    const doc = p.open()
    p.fault = () => new Refusal('disk.full', 'The disk is full.', 'Make room.', 507)
    type(doc, '!')
    await p.pass(400 + 5999)
    same('once', [p.writes, p.told], [1, ['The disk is full. Make room.']])
    p.fault = undefined
    await p.pass(1)
    same('again', [p.writes, p.files.get('main.go')], [2, 'one!'])
  },
  'an answer lost on its way is no conflict': async () => {
    const p = new Page()
    const doc = p.open()
    p.lost = true
    type(doc, '!')
    await p.pass(400 + 2000)
    same('all is well', [doc.conflict.peek(), doc.unsaved.peek(), doc.hash, p.kept.size], [undefined, false, '#one!', 0])
  },
  'an answer lost on its way, and more was typed meanwhile: no conflict either': async () => {
    for (const told of [false, true]) {
      const p = new Page()
      const doc = p.open()
      p.lost = true
      type(doc, '!')
      await p.pass(400)
      p.fault = gone
      for (const c of '?!') {
        type(doc, c)
        await p.pass(400)
      }
      same('on the disk, and typed', [p.files.get('main.go'), doc.text], ['one!', 'one!?!'])
      p.fault = undefined
      if (told) await p.saving.outside(doc, { hash: '#one!' })
      await p.pass(6000)
      same('all is well', [doc.conflict.peek(), p.files.get('main.go'), doc.hash, p.kept.size], [undefined, 'one!?!', '#one!?!', 0])
      p.files.set('main.go', 'one!')
      type(doc, '.')
      await p.pass(400)
      same('what was answered since is somebody else’s', doc.conflict.peek(), { theirs: 'one!', hash: '#one!' })
    }
  },
  'an answer that a kill cut off is no conflict for the next visit': async () => {
    const p = new Page()
    const doc = p.open()
    let answer = () => {}
    p.answer = new Promise((done) => (answer = done))
    type(doc, '!')
    await p.pass(400)
    type(doc, '?')
    await p.pass(700)
    const kept = p.kept.get('main.go')
    same('kept', [p.files.get('main.go'), kept?.text, kept?.hash, kept?.sent], ['one!', 'one!?', '#one', 'one!'])
    answer()
    for (const [there, conflict] of [
      ['one!', undefined],
      ['theirs', { theirs: 'theirs', hash: '#theirs' }],
    ] as const) {
      const next = new Page()
      next.files.set('main.go', there)
      const again = next.open()
      next.saving.restore(again, kept?.text ?? '', kept?.hash ?? '', kept?.sent)
      await next.pass(400)
      same(`onto ${there}`, [again.conflict.peek(), next.files.get('main.go')], [conflict, conflict ? there : 'one!?'])
    }
  },
  'somebody else saved: nothing is overwritten, the user decides': async () => {
    const p = new Page()
    const doc = p.open()
    p.files.set('main.go', 'theirs')
    type(doc, '!')
    await p.pass(400)
    same(
      'asked',
      [doc.conflict.peek(), p.files.get('main.go'), p.kept.get('main.go')?.text],
      [{ theirs: 'theirs', hash: '#theirs' }, 'theirs', 'one!'],
    )
    type(doc, '!')
    await p.pass(60_000)
    same('nothing happens by itself', [p.writes, p.files.get('main.go')], [1, 'theirs'])
  },
  mine: async () => {
    const p = new Page()
    const doc = p.open()
    p.files.set('main.go', 'theirs')
    type(doc, '!')
    await p.pass(400)
    p.files.set('main.go', 'theirs again') // still while the user thinks
    p.saving.keepMine(doc)
    await p.pass(0)
    same(
      'saved',
      [p.files.get('main.go'), doc.conflict.peek(), doc.unsaved.peek(), doc.hash, p.told.length],
      ['one!', undefined, false, '#one!', 1],
    )
  },
  theirs: async () => {
    const p = new Page()
    const doc = p.open()
    p.files.set('main.go', 'theirs')
    type(doc, '!')
    await p.pass(400)
    p.saving.takeTheirs(doc)
    await p.pass(60_000)
    same('taken', [doc.text, doc.hash, doc.unsaved.peek(), p.writes, p.kept.size], ['theirs', '#theirs', false, 1, 0])
  },
  'somebody else removed the file': async () => {
    const p = new Page()
    const doc = p.open()
    p.files.delete('main.go')
    type(doc, '!')
    await p.pass(1000)
    same('asked', [doc.conflict.peek(), p.kept.get('main.go')?.text], [{ hash: '' }, 'one!'])
    p.saving.keepMine(doc)
    await p.pass(0)
    same('mine', [p.files.get('main.go'), doc.hash, doc.unsaved.peek()], ['one!', '#one!', false])
  },
  'removed by a page of Studio’s: without edits its tab closes, else the user decides': async () => {
    for (const edits of [false, true]) {
      const p = new Page()
      const doc = p.open()
      if (edits) type(doc, '!')
      p.files.delete('main.go')
      void p.saving.outside(doc, { hash: '', client: 'another' })
      await p.pass(10_000)
      same(`edits: ${edits}`, [p.closed, doc.conflict.peek()], edits ? [[], { hash: '' }] : [['main.go'], undefined])
    }
  },
  'removed by another program: its text stays, edited or not': async () => {
    const p = new Page()
    const doc = p.open()
    p.files.delete('main.go')
    void p.saving.outside(doc, { hash: '' })
    await p.pass(60_000)
    same('there', [p.closed, doc.text, doc.unsaved.peek(), doc.conflict.peek()], [[], 'one', true, { hash: '' }])
    same('and in the browser', p.kept.get('main.go')?.text, 'one')
    p.files.set('main.go', 'one\ntwo') // it is back, as another text
    await p.saving.outside(doc, { hash: '#one\ntwo' })
    await p.pass(60_000)
    same('back', [doc.text, doc.unsaved.peek(), doc.conflict.peek(), p.writes], ['one\ntwo', false, undefined, 0])
  },
  'a program that saves by removing and writing anew is no reason to ask': async () => {
    const p = new Page()
    const doc = p.open()
    p.files.delete('main.go')
    void p.saving.outside(doc, { hash: '' })
    await p.pass(100)
    p.files.set('main.go', 'two')
    void p.saving.outside(doc, { hash: '#two' })
    await p.pass(60_000)
    same('followed', [p.closed, doc.text, doc.conflict.peek(), doc.unsaved.peek()], [[], 'two', undefined, false])
  },
  'renamed by somebody else: the editor goes with it': async () => {
    const p = new Page()
    const doc = p.open()
    p.files.delete('main.go')
    p.renames.set('main.go', 'led.go')
    void p.saving.outside(doc, { hash: '' })
    await p.pass(10_000)
    same('gone there', [p.moves, p.closed, p.writes], [['main.go → led.go'], [], 0])
  },
  'removed, and the user lets it go': async () => {
    const p = new Page()
    const doc = p.open()
    type(doc, '!')
    p.files.delete('main.go')
    void p.saving.outside(doc, { hash: '' })
    await p.pass(10_000)
    same('asked', doc.conflict.peek(), { hash: '' })
    p.saving.takeTheirs(doc)
    await p.pass(60_000)
    same('closed', [p.closed, p.files.has('main.go')], [['main.go'], false])
  },
  'changed outside in other lines than here: both are in the text, and one undo takes theirs out': async () => {
    const lines = ['one', 'two', 'three', 'four', 'five', 'six']
    const p = new Page()
    p.files.set('main.go', lines.join('\n'))
    const doc = p.open()
    doc.change({ changes: { from: 3, insert: ' mine' }, selection: { anchor: 8 } })
    const theirs = lines.map((l) => (l === 'five' ? 'FIVE' : l)).join('\n')
    p.files.set('main.go', theirs)
    await p.saving.outside(doc, { hash: `#${theirs}` })
    same('merged', [doc.text, doc.conflict.peek(), doc.merged.peek()], ['one mine\ntwo\nthree\nfour\nFIVE\nsix', undefined, 1])
    same('the cursor stays', doc.state.selection.main.head, 8)
    same('told', p.told.length, 1)
    await p.pass(1000)
    same('saved', [p.files.get('main.go'), doc.unsaved.peek()], ['one mine\ntwo\nthree\nfour\nFIVE\nsix', false])
    undo({ state: doc.state, dispatch: (tr) => doc.took([tr]) })
    same('undone', doc.text, 'one mine\ntwo\nthree\nfour\nfive\nsix')
    same('nothing is merged any more', doc.merged.peek(), 0)
    await p.pass(1000)
    same('and saved', p.files.get('main.go'), 'one mine\ntwo\nthree\nfour\nfive\nsix')
  },
  'a save that meets another change in other lines: merged, nothing is lost': async () => {
    const p = new Page()
    p.files.set('main.go', 'a\r\nb\r\nc\r\nd\r\n')
    const doc = p.open()
    p.files.set('main.go', 'A\r\nb\r\nc\r\nd\r\n')
    doc.change({ changes: { from: doc.state.doc.length, insert: 'e' } })
    await p.pass(2000)
    same('both', [p.files.get('main.go'), doc.unsaved.peek(), doc.conflict.peek()], ['A\r\nb\r\nc\r\nd\r\ne', false, undefined])
  },
  'changed outside in the next line: the user decides, and the question follows what the file becomes': async () => {
    const p = new Page()
    p.files.set('main.go', 'a\nb\nc')
    const doc = p.open()
    doc.change({ changes: { from: 1, insert: '!' } })
    p.files.set('main.go', 'a\nB\nc')
    await p.saving.outside(doc, { hash: '#a\nB\nc' })
    same('asked', doc.conflict.peek()?.theirs, 'a\nB\nc')
    p.files.set('main.go', 'a\nb\nc') // changed back
    await p.saving.outside(doc, { hash: '#a\nb\nc' })
    await p.pass(1000)
    same('no question any more', [doc.conflict.peek(), p.files.get('main.go')], [undefined, 'a!\nb\nc'])
  },
  'changed outside, no edits here: the editor follows, and can undo it': async () => {
    const p = new Page()
    const doc = p.open()
    p.files.set('main.go', 'one\ntwo')
    await p.saving.outside(doc, { hash: '#one\ntwo' })
    await p.pass(60_000)
    same('followed', [doc.text, doc.hash, doc.unsaved.peek(), p.writes], ['one\ntwo', '#one\ntwo', false, 0])
  },
  'changed outside, the same edits here: no question': async () => {
    const p = new Page()
    const doc = p.open()
    type(doc, '!')
    p.files.set('main.go', 'one!')
    await p.saving.outside(doc, { hash: '#one!' })
    same('no question', [doc.conflict.peek(), doc.unsaved.peek(), doc.hash], [undefined, false, '#one!'])
  },
  'changed outside, other edits here: the user decides': async () => {
    const p = new Page()
    const doc = p.open()
    type(doc, '!')
    p.files.set('main.go', 'two')
    await p.saving.outside(doc, { hash: '#two' })
    same('asked', [doc.conflict.peek(), doc.text], [{ theirs: 'two', hash: '#two' }, 'one!'])
  },
  'the news of our own save is no news': async () => {
    const p = new Page()
    const doc = p.open()
    type(doc, '!')
    let answer = () => {}
    p.answer = new Promise((done) => (answer = done))
    const save = p.saving.save(doc)
    type(doc, '?')
    await p.settle()
    const news = p.saving.outside(doc, { hash: '#one!' }) // arrives before the answer
    await p.settle()
    same('no question meanwhile', doc.conflict.peek(), undefined)
    answer()
    await Promise.all([save, news])
    same('nothing', [doc.conflict.peek(), doc.unsaved.peek(), doc.hash], [undefined, false, '#one!?'])
  },
  'changed and changed back: just saved again': async () => {
    const p = new Page()
    const doc = p.open()
    let n = 0
    p.fault = () => (n++ === 0 ? new Refusal('file.conflict', 'Somebody else changed it.', '', 409) : undefined)
    type(doc, '!')
    await p.pass(400)
    same('saved', [p.files.get('main.go'), p.writes, doc.conflict.peek()], ['one!', 2, undefined])
  },
  'the other content cannot be read: told, kept and tried again': async () => {
    const p = new Page()
    const doc = p.open()
    p.files.set('main.go', 'theirs')
    let n = 0
    p.fault = () => (++n === 2 ? gone() : undefined) // the write is refused, then the reading fails
    type(doc, '!')
    await p.pass(400)
    same('not known', [doc.conflict.peek(), doc.failed.peek()?.code, p.kept.size], [undefined, 'studio.gone', 1])
    await p.pass(2000)
    same('then it is', doc.conflict.peek(), { theirs: 'theirs', hash: '#theirs' })
  },
  'another project is open: the edits wait for theirs': async () => {
    const p = new Page()
    const doc = p.open()
    type(doc, '!')
    p.current = 'other'
    await p.pass(60_000)
    same('kept', [p.writes, p.kept.get('main.go')?.text, p.kept.get('main.go')?.project], [0, 'one!', 'led'])
  },
  'a closed document is not saved': async () => {
    const p = new Page()
    const doc = p.open()
    type(doc, '!')
    p.docs.delete('main.go')
    await p.pass(60_000)
    same('writes', p.writes, 0)
  },
  'typing without a pause is saved all the same': async () => {
    const page = new Page()
    const doc = page.open()
    let oldest = 0 // ms that the first letter that the server does not have has waited
    let text = ''
    for (let i = 0; i < 200; i++) {
      text += String(i % 10)
      doc.change({ changes: { from: doc.state.doc.length, insert: String(i % 10) } })
      await page.pass(50)
      const there = (page.files.get('main.go') ?? '').length - 'one'.length
      oldest = Math.max(oldest, (text.length - there) * 50)
    }
    same('waited at most', oldest <= 750, true)
    same('saves in 10 s', page.writes <= 16, true)
    same('said to be in the middle of typing', page.typing.every(Boolean), true)
    await page.pass(400)
    same('all', page.files.get('main.go'), `one${text}`)
    page.typing = []
    doc.change({ changes: { from: 0, insert: 'x' } })
    await page.pass(400)
    same('after a pause', page.typing, [false])
  },

  'what is typed while nobody answers is kept within a second': async () => {
    for (const hangs of [false, true]) {
      const page = new Page()
      const doc = page.open()
      let answered = () => {}
      if (hangs) page.answer = new Promise((done) => (answered = done))
      else page.fault = gone
      let oldest = 0
      for (let i = 0; i < 100; i++) {
        doc.change({ changes: { from: doc.state.doc.length, insert: 'x' } })
        await page.pass(50)
        const kept = Math.max(page.kept.get('main.go')?.text.length ?? 0, (page.files.get('main.go') ?? '').length)
        oldest = Math.max(oldest, (doc.text.length - kept) * 50)
      }
      same(`${hangs ? 'hangs' : 'gone'}: waited at most`, oldest <= 750, true)
      answered()
      page.fault = undefined
      await page.pass(8000)
      same('all', page.files.get('main.go'), doc.text)
      same('nothing is kept any more', page.kept.size, 0)
    }
  },

  'edits of an earlier visit come back': async () => {
    const p = new Page()
    const doc = p.open()
    p.saving.restore(doc, 'one!', '#one')
    await p.pass(400)
    same('saved', [p.files.get('main.go'), doc.conflict.peek()], ['one!', undefined])
    const other = new Page()
    other.files.set('main.go', 'theirs')
    const second = other.open()
    other.saving.restore(second, 'one!', '#one')
    await other.pass(60_000)
    same(
      'onto another content: the user decides',
      [second.text, second.conflict.peek(), other.writes],
      ['one!', { theirs: 'theirs', hash: '#theirs' }, 0],
    )
    other.kept.set('main.go', { project: 'led', path: 'main.go', hash: '', text: 'theirs' })
    const third = other.open()
    other.saving.restore(third, 'theirs', '')
    same('nothing to bring back', [third.unsaved.peek(), other.kept.size], [false, 0])
  },
  'a file that cannot be written is never saved': async () => {
    const p = new Page()
    const doc = p.open('main.go', true)
    type(doc, '!')
    await p.pass(60_000)
    same('writes', [p.writes, doc.unsaved.peek()], [0, false])
  },
  'line ends of the file stay': async () => {
    const p = new Page()
    p.files.set('main.go', 'a\r\nb\r\n')
    const doc = p.open()
    type(doc, 'c\r\n')
    await p.pass(400)
    same('saved', p.files.get('main.go'), 'a\r\nb\r\nc\r\n')
    same('no byte of it in the editor', doc.state.doc.toString(), 'a\nb\nc\n')
  },
  'mixed line ends stay, line by line, also what is deleted and undone': async () => {
    for (const content of ['a\nb\r\nc\nd\re\n', '\ufeffa\r\nb\r\nc\nd', 'a', '', '\r\n\n\r\n', '\ufeff']) {
      const p = new Page()
      p.files.set('main.go', content)
      const doc = p.open()
      same('as it is', [doc.text, doc.dirty], [content, false])
      doc.change({ changes: { from: 0, insert: 'x' } })
      await p.pass(400)
      const bom = content.startsWith('\ufeff') ? '\ufeff' : ''
      same('saved', p.files.get('main.go'), `${bom}x${content.slice(bom.length)}`)
      const before = doc.text
      doc.change({ changes: { from: 0, to: doc.state.doc.length }, annotations: isolateHistory.of('full') })
      same('all is gone', doc.text, bom)
      undo({ state: doc.state, dispatch: (tr) => doc.took([tr]) })
      same('all is back', doc.text, before)
    }
  },
  'another encoding and other line ends are saved, also when no letter has changed': async () => {
    const p = new Page()
    p.files.set('main.go', 'a\nb\r\nc\n')
    const doc = p.open()
    doc.restyle({ eol: '\r\n' })
    await p.pass(400)
    same('all lines', [p.files.get('main.go'), doc.unsaved.peek()], ['a\r\nb\r\nc\r\n', false])
    doc.restyle({ encoding: 'windows-1252' })
    await p.pass(400)
    same('in it', [p.encodings.at(-1), doc.unsaved.peek()], ['windows-1252', false])
    doc.restyle({ bom: true })
    await p.pass(400)
    same('with a mark', p.files.get('main.go'), '\ufeffa\r\nb\r\nc\r\n')
  },
  'a draft that is what the disk has asks nothing': async () => {
    for (const content of ['one', 'one\r\ntwo\n', '\ufeffone']) {
      const p = new Page()
      p.files.set('main.go', content)
      p.kept.set('main.go', { project: 'led', path: 'main.go', hash: '#older', text: content })
      const doc = p.open()
      p.saving.restore(doc, content, '#older')
      await p.pass(60_000)
      same('nothing', [doc.conflict.peek(), doc.unsaved.peek(), p.writes, p.kept.size], [undefined, false, 0, 0])
    }
  },
}

for (const [what, run] of Object.entries(cases)) {
  try {
    await run()
  } catch (err) {
    fail(`${what}: ${String(err)}`)
  }
}
console.log(`${Object.keys(cases).length} cases`)
