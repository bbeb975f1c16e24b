// The line below the messages: Studio's own connection, what is sent by it, and what was sent lately.
import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import { api, late, refuse } from '../api'
import { item, provide, word, type Command } from '../commands/table'
import { Dialog, enter } from '../parts/dialog'
import { MenuButton } from '../parts/menu'
import { remember, SendLine } from '../parts/sendline'
import { attempt, openDialog } from '../state'
import { say, type Word } from '../words'
import type { Socket } from '../wire'
import { base64, readHex, readSentBase64 } from './bytes'
import { choose, chosen, connections, placeOf } from './connections'
import { fill, hasCount } from './frames'
import { recent } from './log'
import { named, sendNamed } from './sets'
import { closeMeaning } from './told'

const isOpen = () => chosen.peek().state === 'open'

// mayClose: another connection than the first is forgotten when it is closed, also one that waits for the board.
const mayClose = () => isOpen() || (chosen.peek().conn ?? 1) > 1

const own = {
  close: {
    id: 'messages.close',
    group: 'messages',
    label: word('socket.closeNormal'),
    offered: () => mayClose(),
    act: () => attempt(() => api.close(1000, '', chosen.peek().conn)),
  },
  closeWith: {
    id: 'messages.closeWith',
    group: 'messages',
    label: word('socket.closeOther'),
    offered: () => isOpen(),
    act: () => openDialog((end) => <CloseWith end={end} conn={chosen.peek().conn} />),
  },
  ping: {
    id: 'messages.ping',
    group: 'messages',
    label: word('socket.ping'),
    offered: () => isOpen(),
    act: () =>
      enter({
        title: say('socket.ping'),
        label: say('socket.pingLabel'),
        value: 'ping',
        hint: say('socket.pingHint'),
        confirm: say('tools.send'),
        done: (text) => api.ping(text, chosen.peek().conn),
      }),
  },
  another: {
    id: 'messages.another',
    group: 'messages',
    label: word('socket.another'),
    act: () =>
      attempt(async () => {
        const { Another } = await late(import('./another'))
        openDialog((end) => <Another end={end} />)
      }),
  },
} satisfies Record<string, Command>
const connecting = ['/ws', '/'].map(
  (path): Command => ({
    id: `messages.connect ${path}`,
    group: 'messages',
    label: () => say('socket.connectTo', { path }),
    offered: () => chosen.peek().conn === 1 && !isOpen(),
    act: () => attempt(() => api.connect(path)),
  }),
)
provide([...Object.values(own), ...connecting])

// inWords is how a connection is.
function inWords(s: Socket): string {
  const path = placeOf(s)
  if (s.state === 'open') return say(s.protocol ? 'socket.openWith' : 'socket.open', { path, protocol: s.protocol ?? '' })
  if (s.state === 'connecting') return say('socket.connecting')
  return s.code ? say('socket.closedWith', { code: s.code, reason: s.reason ? ` ${s.reason}` : '' }) : say('socket.closed')
}

// Which chooses the connection that is written to, where there are several.
function Which() {
  const all = connections.value
  if (all.length === 1) return null
  const now = chosen.value
  return (
    <MenuButton
      class="plain small which"
      label={say('socket.whichLabel', { n: now.conn!, path: placeOf(now) })}
      title={say('socket.which')}
      items={() =>
        all.map((s) => ({
          label: say('socket.whichItem', { n: s.conn!, path: placeOf(s) }),
          hint: s.state === 'open' ? '' : inWords(s),
          checked: s.conn === now.conn,
          act: () => choose(s.conn!),
        }))
      }
    >
      {now.conn} <span aria-hidden="true">▾</span>
    </MenuButton>
  )
}

function SocketState() {
  const s = chosen.value
  const open = s.state === 'open'
  const words = inWords(s)
  return (
    <span class="socket">
      <Which />
      <i class={`dot ${open ? 'ok' : s.state === 'connecting' ? 'warn' : ''}`} title={words} aria-hidden="true" />
      <span role="status" class={open ? 'when-open' : ''} title={words}>
        {words}
      </span>
      {open || s.conn !== 1 ? (
        <MenuButton
          class="plain small"
          title={say('socket.disconnectTitle')}
          items={() => [item(own.close), item(own.closeWith), item(own.ping, { line: true }), item(own.another, { line: true })]}
        >
          {say('socket.disconnect')}
        </MenuButton>
      ) : (
        <MenuButton
          class="plain small"
          title={say('socket.connectTitle')}
          items={() => [...connecting.map((c) => item(c)), item(own.another, { line: true })]}
        >
          {say('socket.connect')}
        </MenuButton>
      )}
    </span>
  )
}

function CloseWith({ end, conn }: { end: () => void; conn: number | undefined }) {
  const [code, setCode] = useState('1000')
  const [reason, setReason] = useState('')
  const submit = (e: Event) => {
    e.preventDefault()
    end()
    void attempt(() => api.close(Number(code), reason, conn))
  }
  return (
    <Dialog title={say('socket.closeTitle')} close={end}>
      <form onSubmit={submit}>
        <label class="field">
          <span>{say('socket.code')}</span>
          <input value={code} inputMode="numeric" pattern="[0-9]{4}" required autofocus onInput={(e) => setCode(e.currentTarget.value)} />
        </label>
        <p class="muted">{closeMeaning(Number(code)) || say('socket.codeHint')}</p>
        <label class="field">
          <span>{say('socket.reason')}</span>
          <input value={reason} maxLength={123} onInput={(e) => setReason(e.currentTarget.value)} />
        </label>
        <div class="row end">
          <button type="button" class="plain" onClick={end}>
            {say('dialog.cancel')}
          </button>
          <button type="submit" class="secondary">
            {say('socket.disconnect')}
          </button>
        </div>
      </form>
    </Dialog>
  )
}

let count = 0 // of the messages with {{n}} that were sent

// Forms are what the line's text may be: sent as it is, or bytes that are written as hex or as Base64.
type Form = 'text' | 'hex' | 'base64'
const forms: [Form, Word, Word][] = [
  ['text', 'messages.asText', 'messages.asTextItem'],
  ['hex', 'messages.asHex', 'messages.asHexItem'],
  ['base64', 'messages.asBase64', 'messages.asBase64Item'],
]

const placeholders: Record<Form, Word> = { text: 'messages.input', hex: 'messages.inputHex', base64: 'messages.inputBase64' }

export function SendBox() {
  const [form, setForm] = useState<Form>('text')
  const sendText = async (text: string, conn: number | undefined) => {
    await api.send(false, fill(text, { n: count + 1, now: () => new Date(), random: Math.random }), conn)
    if (hasCount(text)) count++
  }
  const send = (text: string) => {
    const { conn } = chosen.peek()
    if (form === 'text') return sendText(text, conn)
    const b = form === 'hex' ? readHex(text) : readSentBase64(text)
    if (!b) throw refuse(form === 'hex' ? 'messages.hex' : 'messages.base64')
    return api.send(true, base64(b), conn)
  }
  return (
    <SendLine
      id="messages"
      label={say('messages.input')}
      hint={form !== 'text' ? undefined : say('messages.inputHint', { number: '{{n}}', random: '{{rand 1 6}}', now: '{{now}}' })}
      placeholder={say(placeholders[form])}
      send={send}
      before={
        <>
          <SocketState />
          <MenuButton
            class="plain small"
            label={say('messages.asLabel', { form: say(forms.find(([f]) => f === form)![2]) })}
            title={say('messages.asTitle')}
            items={() => forms.map(([f, , label]) => ({ label: say(label), checked: f === form, act: () => setForm(f) }))}
          >
            {say(forms.find(([f]) => f === form)![1])}
          </MenuButton>
        </>
      }
    >
      <Chips />
    </SendLine>
  )
}

// Chips send the messages that have names, and what was sent lately once more. Those that there is no room for are not shown
// at all, rather than cut.
function Chips() {
  const box = useRef<HTMLSpanElement>(null)
  const own = named.value
  const texts = recent.value.filter((text) => !own.some((m) => !m.binary && m.data === text))
  useLayoutEffect(() => {
    const el = box.current
    if (!el) return
    const fit = () => {
      const end = el.getBoundingClientRect().right + 1
      for (const chip of el.children) (chip as HTMLElement).style.visibility = chip.getBoundingClientRect().right > end ? 'hidden' : ''
    }
    const observer = new ResizeObserver(fit)
    observer.observe(el)
    fit()
    return () => observer.disconnect()
  }, [[...own.map((m) => m.name), ...texts].join('\n')])
  if (own.length + texts.length === 0) return null
  return (
    <span class="chips" role="group" aria-label={say('messages.again')} ref={box}>
      {own.map((m) => (
        <button
          type="button"
          class="chip named"
          key={`${m.path} ${m.name}`}
          title={say('tests.sendTitle', { name: m.name, set: m.set, text: m.data.slice(0, 200) })}
          onClick={() => void sendNamed(m.path, m.name)}
        >
          {m.name}
        </button>
      ))}
      {texts.map((text) => (
        <button
          type="button"
          class="chip"
          key={text}
          title={say('messages.againTitle', { text })}
          onClick={() => {
            remember('messages', text)
            void attempt(() => api.send(false, text, chosen.peek().conn))
          }}
        >
          {text}
        </button>
      ))}
    </span>
  )
}
