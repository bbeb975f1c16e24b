// What there is to see of a message besides its text: as JSON, numbers and Base64, the bits of its frame, and of a
// connection how it came to be and how it ended. Loaded when the first message is looked at.
import { useState } from 'preact/hooks'
import { clock } from '../format'
import { say } from '../words'
import type { CloseFrame, Handshake, Message } from '../wire'
import { base64, hex, readBase64 } from './bytes'
import { bits, frames, numbersOf, numberTypes, unmask, type Frame, type NumberType } from './frames'
import { searchJSON, type Value } from './json'
import { closeMeaning } from './told'

const most = 200 // entries of an object or a list that are drawn at first

// JSONView shows an object or list folded, and finds places in it.
export function JSONView({ value }: { value: Value }) {
  const [text, setText] = useState('')
  const found = text ? searchJSON(value, text) : []
  return (
    <div class="json">
      <input
        type="search"
        class="filter"
        aria-label={say('inspect.find')}
        placeholder={say('inspect.find')}
        value={text}
        onInput={(e) => setText(e.currentTarget.value)}
      />
      {text ? (
        <>
          <p class="muted" role="status">
            {say('inspect.found', { n: found.length })}
          </p>
          <ul>
            {found.map((f) => (
              <li key={f.path}>
                <b>{f.path}</b>: <code>{f.value}</code>
              </li>
            ))}
          </ul>
        </>
      ) : (
        <Branch value={value} open />
      )}
    </div>
  )
}

function Branch({ value, name, open }: { value: Value; name?: string; open?: boolean }) {
  const [unfolded, setUnfolded] = useState(!!open)
  const [shown, setShown] = useState(most)
  const { entries } = value
  if (!entries)
    return (
      <div class="leaf">
        {name !== undefined && <b>{name}</b>}
        {name !== undefined && ': '}
        <code>{value.text}</code>
      </div>
    )
  return (
    <details open={unfolded} onToggle={(e) => setUnfolded(e.currentTarget.open)}>
      <summary>
        {name !== undefined && <b>{name} </b>}
        <span class="muted">{value.text}</span>
      </summary>
      {unfolded && (
        <div class="inside">
          {entries.slice(0, shown).map(([k, v], at) => (
            <Branch key={at} name={k} value={v} open={entries.length <= 20 && (v.entries?.length ?? 21) <= 20} />
          ))}
          {entries.length > shown && (
            <button type="button" class="quiet small" onClick={() => setShown(shown + 10 * most)}>
              {say('inspect.more', { n: entries.length - shown })}
            </button>
          )}
        </div>
      )}
    </details>
  )
}

// Numbers shows bytes as numbers of a type that is chosen.
export function Numbers({ content }: { content: Uint8Array }) {
  const [type, setType] = useState<NumberType>('u8')
  const [little, setLittle] = useState(true)
  const all = numbersOf(content, type, little)
  const width = Number(type.slice(1)) / 8
  const rest = content.length - all.length * width
  return (
    <div>
      <p class="choose">
        <label>
          {say('inspect.type')}{' '}
          <select value={type} onChange={(e) => setType(e.currentTarget.value as NumberType)}>
            {numberTypes.map((t) => (
              <option key={t} value={t}>
                {say(t[0] === 'u' ? 'inspect.unsigned' : t[0] === 'i' ? 'inspect.signed' : 'inspect.float', { n: Number(t.slice(1)) })}
              </option>
            ))}
          </select>
        </label>
        {width > 1 && (
          <label>
            {say('inspect.order')}{' '}
            <select value={String(little)} onChange={(e) => setLittle(e.currentTarget.value === 'true')}>
              <option value="true">{say('inspect.little')}</option>
              <option value="false">{say('inspect.big')}</option>
            </select>
          </label>
        )}
      </p>
      <pre>{all.join('  ')}</pre>
      {rest > 0 && <p class="muted">{say('inspect.rest', { n: rest })}</p>}
    </div>
  )
}

export function Base64View({ content }: { content: Uint8Array }) {
  return <pre>{base64(content)}</pre>
}

const opcodes = {
  0: 'frame.op0',
  1: 'frame.op1',
  2: 'frame.op2',
  8: 'frame.op8',
  9: 'frame.op9',
  10: 'frame.op10',
} as const

const opcodeWords = (op: number) => (op in opcodes ? say(opcodes[op as keyof typeof opcodes]) : say('frame.opOther'))

// FrameView shows the bits of the frames that a message came in.
export function FrameView({ message: m, content }: { message: Message; content: Uint8Array }) {
  const all = frames(readBase64(m.head ?? ''))
  const [chosen, setChosen] = useState(0)
  const f = all[chosen] ?? all[0]
  if (!f) return <p class="muted">{say('frame.none')}</p>
  const before = all.slice(0, all.indexOf(f)).reduce((n, x) => n + x.length, 0)
  return (
    <div class="bits">
      {(m.frames ?? 1) > 1 && (
        <p class="choose">
          <label>
            {say('frame.several', { n: m.frames! })}{' '}
            <select value={String(chosen)} onChange={(e) => setChosen(Number(e.currentTarget.value))}>
              {all.map((x, i) => (
                <option key={String(i)} value={String(i)}>
                  {say('frame.one', { n: i + 1, name: opcodeWords(x.opcode), count: x.length })}
                </option>
              ))}
            </select>
          </label>
        </p>
      )}
      <Bits frame={f} />
      <Mask frame={f} content={content.subarray(before)} />
    </div>
  )
}

function Bits({ frame: f }: { frame: Frame }) {
  const length = f.short < 126 ? say('frame.lengthShort') : say(f.short === 126 ? 'frame.length16' : 'frame.length64')
  const rows: [string, string, string][] = [
    ['FIN', bits(f.fin ? 1 : 0, 1), say(f.fin ? 'frame.fin' : 'frame.notFin')],
    ['RSV1–3', bits(f.rsv, 3), say(f.rsv ? 'frame.rsvSet' : 'frame.rsv')],
    ['opcode', bits(f.opcode, 4), opcodeWords(f.opcode)],
    ['MASK', bits(f.masked ? 1 : 0, 1), say(f.masked ? 'frame.masked' : 'frame.notMasked')],
    [say('frame.length'), bits(f.short, 7), `${f.short}: ${length}`],
  ]
  if (f.extended.length) rows.push([say('frame.extended'), hex(f.extended), say('frame.bytes', { n: f.length })])
  if (f.masked) rows.push([say('frame.mask'), hex(f.mask), say('frame.maskAbout')])
  return (
    <table>
      <caption>{say('frame.head', { hex: hex(f.head), n: f.head.length })}</caption>
      <thead>
        <tr>
          <th scope="col">{say('frame.field')}</th>
          <th scope="col">{say('frame.value')}</th>
          <th scope="col">{say('frame.means')}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(([name, value, about]) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td>
              <code>{value}</code>
            </td>
            <td>{about}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function Mask({ frame, content }: { frame: Frame; content: Uint8Array }) {
  const steps = unmask(frame, content)
  if (steps.length === 0) return null
  const byte = (x: number) => hex(Uint8Array.of(x))
  const letter = (x: number) => (x > 32 && x < 127 ? String.fromCharCode(x) : '·')
  return (
    <table>
      <caption>{say('frame.unmask', { n: steps.length })}</caption>
      <thead>
        <tr>
          <th scope="col">{say('frame.onTheLine')}</th>
          <th scope="col">{say('frame.xor')}</th>
          <th scope="col">{say('frame.plain')}</th>
        </tr>
      </thead>
      <tbody>
        {steps.map((s, i) => (
          <tr key={String(i)}>
            <td>
              <code>
                {byte(s.sent)} {bits(s.sent, 8)}
              </code>
            </td>
            <td>
              <code>
                {byte(s.mask)} {bits(s.mask, 8)}
              </code>
            </td>
            <td>
              <code>
                {byte(s.plain)} {bits(s.plain, 8)} {letter(s.plain)}
              </code>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

const guid = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'

// HandshakeView shows a handshake step by step, with its real values.
export function HandshakeView({ handshake: h, fromPage }: { handshake: Handshake; fromPage: boolean }) {
  const fits = h.got !== undefined && h.got === h.accept
  return (
    <ol class="theatre">
      <li>
        <strong>{say(fromPage ? 'theatre.pageAsks' : 'theatre.studioAsks')}</strong> {say('theatre.askAbout')}
        <pre>{h.request.trimEnd()}</pre>
      </li>
      <li>
        <strong>{say('theatre.answer')}</strong> {say(h.answer ? 'theatre.answerAbout' : 'theatre.noAnswer')}
        {h.answer && <pre>{h.answer.trimEnd()}</pre>}
      </li>
      {h.key && h.accept && (
        <li>
          <strong>{say('theatre.proof')}</strong> {say('theatre.proofAbout')}
          <dl>
            <dt>{say('theatre.join')}</dt>
            <dd>
              <code>
                <mark>{h.key}</mark>
                {guid}
              </code>
            </dd>
            <dt>{say('theatre.sum')}</dt>
            <dd>
              <code>{h.sum}</code>
            </dd>
            <dt>{say('theatre.base64')}</dt>
            <dd>
              <code>{h.accept}</code>
            </dd>
            <dt>{say('theatre.got')}</dt>
            <dd>
              {h.got ? <code>{h.got}</code> : say('theatre.gotNothing')} {h.got && say(fits ? 'theatre.fits' : 'theatre.differs')}
            </dd>
          </dl>
        </li>
      )}
      {fits && <li>{say('theatre.open')}</li>}
    </ol>
  )
}

// ClosingView shows who said goodbye, and when.
export function ClosingView({ closing, ended, fromPage }: { closing: CloseFrame[]; ended: number; fromPage: boolean }) {
  const names = { page: say('theatre.page'), studio: say('theatre.studio'), board: say('theatre.board') } as const
  const name = (by: string) => names[by as keyof typeof names]
  const sides = [fromPage ? 'page' : 'studio', 'board']
  const silent = sides.filter((s) => !closing.some((c) => c.by === s))
  return (
    <ol class="theatre">
      {closing.map((c, i) => (
        <li key={c.by}>
          <strong>{clock(c.time)}</strong>{' '}
          {say(i === 0 ? 'theatre.closes' : 'theatre.answersClose', { name: name(c.by), code: c.code, meaning: closeMeaning(c.code) })}
          {c.reason && <q>{c.reason}</q>}
        </li>
      ))}
      {silent.map((s) => (
        <li key={s}>{say('theatre.noClose', { name: name(s) })}</li>
      ))}
      <li>
        <strong>{clock(ended)}</strong> {say('theatre.gone')}
      </li>
    </ol>
  )
}
