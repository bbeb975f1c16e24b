// One message, whole.
import { useEffect, useState } from 'preact/hooks'
import { copy } from '../console/console'
import { bytes, clock } from '../format'
import { Icon } from '../parts/icons'
import { say } from '../words'
import type { Message } from '../wire'
import { dump, hex } from './bytes'
import { bytesOf, isContent, isCut } from './log'
import { whole as wholeOf } from './recorded'
import { contentOf, from } from './told'

// Details shows one message whole, as text and as bytes.
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
  const sentOrReceived = isContent(m) // all else is Studio's words, not bytes on a line
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
        <button type="button" class="quiet small" disabled={isCut(m) && !gone} onClick={() => void copy(m.binary ? hex(b) : m.data)}>
          {say('tools.copy')}
        </button>
        <button type="button" class="quiet icon" aria-label={say('dialog.close')} onClick={close}>
          <Icon name="close" />
        </button>
      </p>
      <div class="both" tabIndex={0}>
        {!m.binary && <pre>{sentOrReceived ? m.data : contentOf(m, false)}</pre>}
        {sentOrReceived && b.length > 0 && (
          <pre class="hex">
            {dump(b.subarray(0, m.binary ? b.length : 1024))}
            {isCut(m) ? '\n…' : !m.binary && b.length > 1024 ? `\n${say('messages.textAbove')}` : ''}
          </pre>
        )}
      </div>
    </div>
  )
}
