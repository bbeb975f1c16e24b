// The line below the messages: Studio's own connection, what is sent by it, and what was sent lately.
import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import { api, refuse } from '../api'
import { item, provide, word, type Command } from '../commands/table'
import { Dialog } from '../parts/dialog'
import { MenuButton } from '../parts/menu'
import { remember, SendLine } from '../parts/sendline'
import { attempt, openDialog, socket } from '../state'
import { say } from '../words'
import { base64, readHex } from './bytes'
import { recent } from './log'
import { closeMeaning } from './told'

const own = {
  close: {
    id: 'messages.close',
    group: 'messages',
    label: word('socket.closeNormal'),
    offered: () => socket.peek().state === 'open',
    act: () => attempt(() => api.close(1000, '')),
  },
  closeWith: {
    id: 'messages.closeWith',
    group: 'messages',
    label: word('socket.closeOther'),
    offered: () => socket.peek().state === 'open',
    act: () => openDialog((end) => <CloseWith end={end} />),
  },
} satisfies Record<string, Command>
const connecting = ['/ws', '/'].map(
  (path): Command => ({
    id: `messages.connect ${path}`,
    group: 'messages',
    label: () => say('socket.connectTo', { path }),
    offered: () => socket.peek().state !== 'open',
    act: () => attempt(() => api.connect(path)),
  }),
)
provide([...Object.values(own), ...connecting])

function SocketState() {
  const s = socket.value
  const open = s.state === 'open'
  const words = open
    ? say('socket.open', { path: s.path })
    : s.state === 'connecting'
      ? say('socket.connecting')
      : s.code
        ? say('socket.closedWith', { code: s.code, reason: s.reason ? ` ${s.reason}` : '' })
        : say('socket.closed')
  return (
    <span class="socket">
      <i class={`dot ${open ? 'ok' : s.state === 'connecting' ? 'warn' : ''}`} title={words} aria-hidden="true" />
      <span role="status" class={open ? 'when-open' : ''} title={words}>
        {words}
      </span>
      {open ? (
        <MenuButton class="plain small" title={say('socket.disconnectTitle')} items={() => [item(own.close), item(own.closeWith)]}>
          {say('socket.disconnect')}
        </MenuButton>
      ) : (
        <MenuButton class="plain small" title={say('socket.connectTitle')} items={() => connecting.map((c) => item(c))}>
          {say('socket.connect')}
        </MenuButton>
      )}
    </span>
  )
}

function CloseWith({ end }: { end: () => void }) {
  const [code, setCode] = useState('1000')
  const [reason, setReason] = useState('')
  const submit = (e: Event) => {
    e.preventDefault()
    end()
    void attempt(() => api.close(Number(code), reason))
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

export function SendBox() {
  const [binary, setBinary] = useState(false)
  const send = async (text: string, asBytes: boolean) => {
    if (!asBytes) return api.send(false, text)
    const b = readHex(text)
    if (!b) throw refuse('messages.hex')
    return api.send(true, base64(b))
  }
  return (
    <SendLine
      id="messages"
      label={say('messages.input')}
      placeholder={say(binary ? 'messages.inputHex' : 'messages.input')}
      send={(text) => send(text, binary)}
      before={
        <>
          <SocketState />
          <button
            type="button"
            class="plain small"
            aria-pressed={binary}
            title={say('messages.asBytesTitle')}
            onClick={() => setBinary(!binary)}
          >
            {say(binary ? 'messages.asBytes' : 'messages.asText')}
          </button>
        </>
      }
    >
      <Chips />
    </SendLine>
  )
}

// Chips send what was sent lately once more. Those that there is no room for are not shown at all, rather than cut.
function Chips() {
  const box = useRef<HTMLSpanElement>(null)
  const texts = recent.value
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
  }, [texts.join('\n')])
  if (texts.length === 0) return null
  return (
    <span class="chips" role="group" aria-label={say('messages.again')} ref={box}>
      {texts.map((text) => (
        <button
          type="button"
          class="chip"
          key={text}
          title={say('messages.againTitle', { text })}
          onClick={() => {
            remember('messages', text)
            void attempt(() => api.send(false, text))
          }}
        >
          {text}
        </button>
      ))}
    </span>
  )
}
