// A file that is no text, shown as what it is: a picture, a sound, or its bytes. Nothing here can change it.
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { boardPrefix } from '../address'
import { api, refusal } from '../api'
import { bytes as sizeOf, nameOf } from '../format'
import { project } from '../state'
import type { Problem } from '../wire'
import { say } from '../words'
import { docAt } from './documents'
import { kindOf, rowOf, sniff } from './bytes'
import './raw.css'

type How = 'picture' | 'sound' | 'bytes'

export function Raw({ path }: { path: string }) {
  const onBoard = path.startsWith(boardPrefix)
  const file = project.value?.files.find((f) => f.path === path)
  const kind = kindOf(path)
  const [how, setHow] = useState<How>(kind)
  const [pixels, setPixels] = useState<{ width: number; height: number } | undefined>()
  const [content, setContent] = useState<Uint8Array | undefined>()
  const [wrong, setWrong] = useState<Problem | undefined>()
  const hash = file?.hash ?? ''
  const [broken, setBroken] = useState<string | undefined>() // the content that no browser can show
  const isBroken = broken === hash
  useEffect(() => {
    setWrong(undefined)
    if (how !== 'bytes') return
    let isLast = true
    const reading = onBoard ? api.readBoardBytes(path.slice(boardPrefix.length)) : api.readFile(path).then((f) => f.bytes)
    reading.then(
      (bytes) => isLast && setContent(bytes),
      (err) => isLast && setWrong(refusal(err)),
    )
    return () => {
      isLast = false
    }
  }, [hash, how])
  const name = nameOf(path)
  const address = onBoard ? api.boardFileAddress(path.slice(boardPrefix.length)) : api.fileAddress(path, hash)
  const broke = () => {
    setBroken(hash)
    setHow('bytes')
  }
  const size = file ? sizeOf(file.size) : content ? sizeOf(content.length) : ''
  const type = content && how === 'bytes' ? sniff(content) : ''
  return (
    <div class="raw">
      <div class="row">
        <strong>{name}</strong>
        <span class="muted" role="status">
          {[pixels && how === 'picture' ? say('raw.pixels', pixels) : type, size].filter(Boolean).join(' · ')}
        </span>
        <span class="grow" />
        {kind !== 'bytes' && (
          <span class="row" role="group" aria-label={say('raw.how')}>
            {([kind, 'bytes'] as const).map((h) => (
              <button type="button" class="plain small" key={h} aria-pressed={how === h} onClick={() => setHow(h)}>
                {say(`raw.${h}`)}
              </button>
            ))}
          </span>
        )}
        <a class="plain small" href={address} download={name}>
          {say('files.download')}
        </a>
      </div>
      {isBroken && <p class="wrong-text">{say(kind === 'sound' ? 'raw.noSound' : 'raw.noPicture', { file: name })}</p>}
      {how === 'picture' && <Picture path={path} address={address} shown={setPixels} broke={broke} />}
      {how === 'sound' && (
        // A sound effect of a page has no words that captions could give.
        <audio controls src={address} aria-label={name} onError={broke} />
      )}
      {how === 'bytes' && content && <Bytes bytes={content} name={name} />}
      {wrong && (
        <p class="wrong-text" role="alert">
          {wrong.text} {wrong.help}
        </p>
      )}
      <p class="muted">{say(onBoard ? 'raw.onBoard' : 'raw.text', { file: name })}</p>
    </div>
  )
}

interface Shown {
  path: string
  address: string
  shown: (size: { width: number; height: number }) => void
  broke: () => void
}

// Picture shows one as an image, in which no script of it runs. An SVG that is being edited is shown as it is in the editor.
function Picture({ path, address, shown, broke }: Shown) {
  const doc = docAt(path)
  void doc?.unsaved.value
  const text = doc?.state.doc.toString()
  const [own, setOwn] = useState('')
  useLayoutEffect(() => {
    if (text === undefined) return
    const url = URL.createObjectURL(new Blob([text], { type: 'image/svg+xml' }))
    setOwn(url)
    return () => URL.revokeObjectURL(url)
  }, [text])
  const src = text === undefined ? address : own
  if (!src) return null
  return (
    <div class="picture" tabIndex={0} role="region" aria-label={path}>
      <img
        src={src}
        alt={nameOf(path)}
        onLoad={(e) => shown({ width: e.currentTarget.naturalWidth, height: e.currentTarget.naturalHeight })}
        onError={broke}
      />
    </div>
  )
}

const rowHeight = 20 // px, as the style sheet has it

// Bytes shows the rows that are in sight, of as many as there are.
function Bytes({ bytes, name }: { bytes: Uint8Array; name: string }) {
  const box = useRef<HTMLDivElement>(null)
  const [view, setView] = useState({ top: 0, height: 400, perRow: 16 })
  useLayoutEffect(() => {
    const el = box.current
    if (!el) return
    const look = () => setView({ top: el.scrollTop, height: el.clientHeight, perRow: el.clientWidth < 620 ? 8 : 16 })
    look()
    el.addEventListener('scroll', look, { passive: true })
    const sized = new ResizeObserver(look)
    sized.observe(el)
    return () => {
      el.removeEventListener('scroll', look)
      sized.disconnect()
    }
  }, [])
  const { perRow } = view
  const count = Math.ceil(bytes.length / perRow)
  const first = Math.max(0, Math.floor(view.top / rowHeight) - 8)
  const last = Math.min(count, Math.ceil((view.top + view.height) / rowHeight) + 8)
  const go = (e: Event) => {
    e.preventDefault()
    const said = String(new FormData(e.currentTarget as HTMLFormElement).get('place')).trim()
    const at = /^0x/i.test(said) || /[a-f]/i.test(said) ? Number.parseInt(said.replace(/^0x/i, ''), 16) : Number(said)
    if (said && Number.isFinite(at) && box.current)
      box.current.scrollTop = Math.floor(Math.max(0, Math.min(at, bytes.length - 1)) / perRow) * rowHeight
  }
  return (
    <>
      <form class="row" onSubmit={go}>
        <label>
          {say('raw.place')} <input name="place" size={10} placeholder="0x1a0" spellcheck={false} autocomplete="off" />
        </label>
        <button type="submit" class="plain small">
          {say('raw.go')}
        </button>
      </form>
      <div class="hex" ref={box} tabIndex={0} role="region" aria-label={say('raw.bytesOf', { file: name })}>
        <div
          role="table"
          aria-label={say('raw.bytesOf', { file: name })}
          aria-rowcount={count}
          style={{ height: `${count * rowHeight}px` }}
        >
          {Array.from({ length: Math.max(0, last - first) }, (_, i) => {
            const n = first + i
            const row = rowOf(bytes, n * perRow, perRow)
            return (
              <div role="row" key={n} aria-rowindex={n + 1} style={{ top: `${n * rowHeight}px` }}>
                <span role="rowheader" class="muted">
                  {row.offset}
                </span>
                <span role="cell">{row.hex}</span>
                <span role="cell" class="chars">
                  {row.chars}
                </span>
              </div>
            )
          })}
        </div>
      </div>
    </>
  )
}
