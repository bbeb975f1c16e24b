// One message, whole.
import { signal } from '@preact/signals'
import { useEffect, useMemo, useState } from 'preact/hooks'
import { late } from '../api'
import { copy } from '../console/console'
import { bytes, clock } from '../format'
import { Icon } from '../parts/icons'
import { attempt, openDialog } from '../state'
import { say, type Word } from '../words'
import type { Message } from '../wire'
import { base64, dump, hex } from './bytes'
import { readJSON } from './json'
import { bytesOf, isContent, isCut } from './log'
import { whole as wholeOf } from './recorded'
import { contentOf, from } from './told'

// Looks are the ways to look at what went over a connection; the first is its text and its bytes.
type Look = '' | 'json' | 'numbers' | 'base64' | 'frame'

const lookWords: Record<Look, Word> = {
  '': 'inspect.plain',
  json: 'inspect.json',
  numbers: 'inspect.numbers',
  base64: 'inspect.base64',
  frame: 'inspect.frame',
}

const $look = signal<Look>('') // stays from message to message
const $inspect = signal<typeof import('./inspect') | undefined>(undefined)

async function playSlowly(m: Message): Promise<void> {
  await attempt(async () => {
    const { Slowly } = await late(import('./slowlydialog'))
    openDialog((end) => <Slowly message={m} end={end} />)
  })
}

// Details shows one message whole: as text and as bytes, and in other ways that are chosen.
export function Details({ message, close }: { message: Message; close: () => void }) {
  const [whole, setWhole] = useState<Message | undefined>()
  const [gone, setGone] = useState(false) // Studio no longer has all of it
  useEffect(() => {
    let wanted = true
    setWhole(undefined)
    setGone(false)
    if (isCut(message)) {
      wholeOf(message).then(
        (m) => wanted && setWhole(m),
        () => wanted && setGone(true),
      )
    }
    return () => {
      wanted = false
    }
  }, [message.seq])
  const m = whole?.seq === message.seq ? whole : message
  const b = bytesOf(m)
  const parsed = useMemo(() => (m.binary || isCut(m) || !isContent(m) ? undefined : readJSON(m.data)), [m])
  const needed = !!m.handshake || m.kind === 'close' || $look.value !== ''
  const inspect = $inspect.value
  useEffect(() => {
    if (needed && !inspect) void attempt(async () => ($inspect.value = await late(import('./inspect'))))
  }, [needed])
  const sentOrReceived = isContent(m) // all else is Studio's words, not bytes on a line
  const looks: Look[] = ['', ...(parsed ? ['json' as const] : []), 'numbers', 'base64', 'frame']
  const look = sentOrReceived && looks.includes($look.value) ? $look.value : ''
  return (
    <div
      class="details"
      role="region"
      aria-label={say('messages.details')}
      onKeyDown={(e) => {
        if (e.key === 'Escape') close()
      }}
    >
      <p>
        <strong>{clock(m.time)}</strong> {from(m)}
        {sentOrReceived && `, ${bytes(m.size)}`}
        {isCut(m) && <span class="muted">{say(gone ? 'messages.cutGone' : 'messages.cut', { n: bytes(b.length) })}</span>}
        <span class="grow" />
        {m.kind === 'sent' && (
          <button type="button" class="quiet small" onClick={() => void playSlowly(m)}>
            {say('slowly.open')}
          </button>
        )}
        <button
          type="button"
          class="quiet small"
          disabled={isCut(m) && !gone}
          onClick={() => void copy(look === 'base64' ? base64(b) : m.binary ? hex(b) : m.data)}
        >
          {say('tools.copy')}
        </button>
        <button type="button" class="quiet icon" aria-label={say('dialog.close')} onClick={close}>
          <Icon name="close" />
        </button>
      </p>
      {sentOrReceived && (
        <div class="looks" role="group" aria-label={say('inspect.looks')}>
          {looks.map((l) => (
            <button key={l} type="button" class="quiet small" aria-pressed={l === look} onClick={() => ($look.value = l)}>
              {say(lookWords[l])}
            </button>
          ))}
        </div>
      )}
      <div class="both" tabIndex={0}>
        {inspect && look === 'json' && parsed && <inspect.JSONView key={m.seq} value={parsed} />}
        {inspect && look === 'numbers' && <inspect.Numbers content={b} />}
        {inspect && look === 'base64' && <inspect.Base64View content={b} />}
        {inspect && look === 'frame' && <inspect.FrameView key={m.seq} message={m} content={b} />}
        {!m.binary && look === '' && <pre>{sentOrReceived ? m.data : contentOf(m, false)}</pre>}
        {inspect && m.handshake && <inspect.HandshakeView handshake={m.handshake} fromPage={m.from === 'page'} />}
        {inspect && m.kind === 'close' && <inspect.ClosingView closing={m.closing ?? []} ended={m.time} fromPage={m.from === 'page'} />}
        {sentOrReceived && look === '' && b.length > 0 && (
          <pre class="hex">
            {dump(b.subarray(0, m.binary ? b.length : 1024))}
            {isCut(m) ? '\n…' : !m.binary && b.length > 1024 ? `\n${say('messages.textAbove')}` : ''}
          </pre>
        )}
      </div>
    </div>
  )
}
