// How the text in the editor is written to its file: its encoding, byte order mark and line ends. Shown beside the tabs,
// and changed there.
import { isOutside } from '../address'
import { api, refuse } from '../api'
import { nameOf } from '../format'
import { Dialog } from '../parts/dialog'
import { MenuButton, type Item } from '../parts/menu'
import { announce, attempt, openDialog } from '../state'
import { say } from '../words'
import type { Doc, Style } from './document'
import { save } from './documents'
import { declares, encode, encodings } from './encoding'
import { drop, open, reopen } from './tabs'
import { shown } from './view'
import type { Eol } from './written'

// nameOfEncoding is what people call an encoding.
export function nameOfEncoding(encoding: string): string {
  return encoding.replace(/^(utf|windows|iso|koi8|ibm|shift|euc|gbk|big5)/, (s) =>
    s === 'windows' || s === 'shift' ? s[0]!.toUpperCase() + s.slice(1) : s.toUpperCase(),
  )
}

const eols: [Eol, string][] = [
  ['\n', 'LF'],
  ['\r\n', 'CRLF'],
  ['\r', 'CR'],
]

const nameOfEol = (eol: Eol) => eols.find(([e]) => e === eol)![1]

// StyleMenu is quiet where everything is as usual.
export function StyleMenu() {
  const doc = shown.value
  if (!doc || isOutside(doc.path)) return null
  const style = doc.style.value
  void doc.cursorLine.value // the text may have lost its last odd line end
  const isMixed = doc.written.odd.size > 0
  const isUsual = style.encoding === 'utf-8' && !style.bom && style.eol === '\n' && !isMixed
  const eol = isMixed ? say('style.mixed', { eol: nameOfEol(style.eol) }) : nameOfEol(style.eol)
  const text = `${nameOfEncoding(style.encoding)}${style.bom ? ` ${say('style.bom')}` : ''} ${eol}`
  const items = (): Item[] => {
    const write = (label: string, encoding: string, bom: boolean): Item => ({
      label,
      checked: style.encoding === encoding && style.bom === bom,
      act: () => writeAs(doc, encoding, bom),
    })
    const own = style.encoding
    const shownOnes: Item[] = [
      write('UTF-8', 'utf-8', false),
      write(`UTF-8 ${say('style.bom')}`, 'utf-8', true),
      ...(own === 'utf-8' || (own === 'utf-16le' && style.bom) ? [] : [write(nameOfEncoding(own), own, style.bom)]),
      write('UTF-16LE', 'utf-16le', true),
      ...eols
        .filter(([e]) => e !== '\r' || style.eol === '\r')
        .map(([e, name], i) => ({
          label: say('style.lines', { eol: name }),
          checked: style.eol === e && !isMixed,
          line: i === 0,
          act: () => {
            doc.restyle({ eol: e })
            announce(say('style.changed', { file: nameOf(doc.path), style: name }))
          },
        })),
    ]
    return [...(doc.readOnly ? [] : shownOnes), { label: say('style.read'), line: true, act: () => askEncoding(doc) }]
  }
  return (
    <MenuButton
      class={`quiet style${isUsual ? ' usual' : ''}`}
      label={say('style.menu', { style: text })}
      title={say('style.title')}
      items={items}
      right
    >
      {text}
    </MenuButton>
  )
}

// writeAs has a text written in another encoding from now on. What it says of its own encoding says that, too.
export function writeAs(doc: Doc, encoding: string, bom = false): void {
  const style: Partial<Style> = { encoding, bom }
  const said = declares(doc.state.doc.sliceString(0, 1024))
  if (said && said.name.toLowerCase() !== encoding)
    doc.change({ changes: { from: said.from, to: said.to, insert: encoding.startsWith('utf-16') ? 'utf-16' : encoding } })
  doc.restyle(style)
  void save(doc)
  announce(say('style.changed', { file: nameOf(doc.path), style: nameOfEncoding(encoding) }))
}

// rewrite makes UTF-8 of a file that could not be written as it was. What was there goes to the trash.
export async function rewrite(doc: Doc): Promise<void> {
  const said = declares(doc.text)
  const content = said ? `${doc.text.slice(0, said.from)}utf-8${doc.text.slice(said.to)}` : doc.text
  const written = encode(content, 'utf-8')
  if (!('bytes' in written)) throw refuse('file.no-text', 'refused', 0, { file: nameOf(doc.path) })
  await api.writeFile(doc.path, written.bytes, '*')
  announce(say('style.madeUTF8', { file: nameOf(doc.path) }))
  drop(doc.path)
  await open(doc.path)
}

// askEncoding reads a file again in an encoding that the user knows better.
function askEncoding(doc: Doc): void {
  openDialog((close) => <ReadAs doc={doc} close={close} />)
}

function ReadAs({ doc, close }: { doc: Doc; close: () => void }) {
  const submit = (e: Event) => {
    e.preventDefault()
    const encoding = String(new FormData(e.currentTarget as HTMLFormElement).get('encoding'))
    close()
    void attempt(() => reopen(doc, encoding))
  }
  return (
    <Dialog title={say('style.readTitle', { file: nameOf(doc.path) })} close={close}>
      <form class="read-as" onSubmit={submit}>
        <p>{say('style.readText')}</p>
        <label>
          {say('style.encoding')}{' '}
          <select name="encoding" value={doc.style.peek().encoding} autofocus>
            {encodings.map((e) => (
              <option value={e} key={e}>
                {nameOfEncoding(e)}
              </option>
            ))}
          </select>
        </label>
        <div class="row end">
          <button type="button" class="plain" onClick={close}>
            {say('dialog.cancel')}
          </button>
          <button type="submit" class="secondary">
            {say('style.readIt')}
          </button>
        </div>
      </form>
    </Dialog>
  )
}
