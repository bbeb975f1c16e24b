// The message console: what goes over WebSockets between pages, this console and the board.
import { signal } from '@preact/signals'
import { useLayoutEffect, useEffect, useRef, useState } from 'preact/hooks'
import { api, refuse } from '../api'
import { item, provide, word, type Command } from '../commands/table'
import { copy } from '../console/console'
import { jump } from '../editor/tabs'
import { bytes, clock, nameOf } from '../format'
import type { Message } from '../wire'
import { Dialog } from '../parts/dialog'
import { Icon } from '../parts/icons'
import { layout } from '../parts/layout'
import { MenuButton, type Item } from '../parts/menu'
import { remember, SendLine } from '../parts/sendline'
import { attempt, board, openDialog, socket } from '../state'
import { say, type Word } from '../words'
import { base64, dump, hex, readHex } from './bytes'
import { bytesOf, filter, forgetAll, held, isCut, list, markSeen, narrow, pause, paused, recent, textOf, total, type Kind } from './log'
import './messages.css'

const rowHeight = 27

const $asHex = signal(false)
const $filtering = signal(false) // the filter is shown where it has a row of its own

export function Messages({ shown }: { shown: boolean }) {
  const [chosen, setChosen] = useState<Message | undefined>()
  useEffect(() => {
    if (shown) markSeen()
  }, [shown, list.value])
  return (
    <div class="messages">
      {layout.value.tight && ($filtering.value || filter.value.text) && (
        <div class="narrow">
          <Filter first />
          <button
            type="button"
            class="quiet icon"
            aria-label={say('messages.filterEnd')}
            title={say('messages.filterEnd')}
            onClick={endFilter}
          >
            <Icon name="close" />
          </button>
        </div>
      )}
      <Table asHex={$asHex.value} chosen={chosen} choose={setChosen} />
      {chosen && <Details message={chosen} close={() => setChosen(undefined)} />}
      <SendBox />
    </div>
  )
}

function endFilter(): void {
  narrow({ text: '' })
  $filtering.value = false
}

function Filter({ first }: { first?: boolean }) {
  const input = useRef<HTMLInputElement>(null)
  useLayoutEffect(() => {
    if (first) input.current?.focus()
  }, [])
  return (
    <input
      ref={input}
      class="filter"
      type="search"
      aria-label={say('messages.filter')}
      placeholder={say('messages.filter')}
      value={filter.value.text}
      onInput={(e) => narrow({ text: e.currentTarget.value })}
      onKeyDown={(e) => {
        if (e.key === 'Escape') endFilter()
      }}
    />
  )
}

const kinds: [Kind, Word][] = [
  ['', 'messages.all'],
  ['console', 'messages.fromConsole'],
  ['page', 'messages.fromPage'],
  ['log', 'messages.logs'],
]

const ofKind = kinds.map(([k, w]): Command => {
  const label = word(w)
  const more = () => say('command.only', { what: label() })
  const checked = () => filter.value.kind === k
  return { id: `messages.kind ${k}`, group: 'messages', label, more, checked, act: () => narrow({ kind: k }) }
})
const own = {
  pause: {
    id: 'messages.pause',
    group: 'messages',
    label: () => say(paused.value ? 'tools.resume' : 'tools.pause'),
    act: () => pause(!paused.peek()),
  },
  clear: {
    id: 'messages.clear',
    group: 'messages',
    label: word('tools.clear'),
    act: () =>
      attempt(async () => {
        await api.messagesClear()
        forgetAll()
      }),
  },
  hex: {
    id: 'messages.hex',
    group: 'messages',
    label: word('messages.hex'),
    on: () => $asHex.value,
    act: () => ($asHex.value = !$asHex.value),
  },
  copyAll: { id: 'messages.copy', group: 'messages', label: word('tools.copyAll'), act: () => attempt(copyAll) },
  save: { id: 'messages.save', group: 'messages', label: word('messages.save'), act: () => save() },
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
provide([...ofKind, ...Object.values(own), ...connecting])

// MessageTools stand in the row of the tabs: what is used often as buttons, the rest in a menu; all of it there where room is short.
export function MessageTools() {
  const { tight } = layout.value
  const { kind } = filter.value
  const [pausing, clearing] = [item(own.pause), item(own.clear)]
  const items = (): Item[] => [
    ...ofKind.map((c) => item(c)),
    item(own.hex, { line: true }),
    ...(tight ? [{ label: say('messages.filterOpen'), act: () => ($filtering.value = true) }, pausing] : []),
    item(own.copyAll, { line: true }),
    item(own.save, { hint: say('messages.saveHint') }),
    ...(tight ? [clearing] : []),
  ]
  const shownKind = kinds.find(([k]) => k === kind)
  return (
    <>
      {!tight && <Filter />}
      {(!tight || paused.value) && (
        <button type="button" class="quiet" aria-pressed={paused.value} onClick={pausing.act}>
          {pausing.label}
          {held.value > 0 && <span class="count">{held.value}</span>}
        </button>
      )}
      {!tight && (
        <button type="button" class="quiet" onClick={clearing.act}>
          {clearing.label}
        </button>
      )}
      <MenuButton
        class={`quiet more${kind || $asHex.value ? ' on' : ''}`}
        label={say('messages.more')}
        title={say('messages.more')}
        right
        items={items}
      >
        {kind && shownKind && !tight && say(shownKind[1])}
        <Icon name="more" />
      </MenuButton>
    </>
  )
}

function save(): void {
  const a = document.createElement('a')
  a.href = api.messagesAddress
  a.download = 'messages.jsonl'
  a.click()
}

// copyAll copies what is listed, whole.
async function copyAll(): Promise<void> {
  const whole = list.value.some(isCut) ? new Map((await api.allMessages()).map((m) => [m.seq, m])) : undefined
  await copy(list.value.map((m) => asLine((isCut(m) && whole?.get(m.seq)) || m)).join('\n'))
}

const asLine = (m: Message) => `${clock(m.time)}\t${say(direction(m)[0])}\t${contentOf(m, false)}`

// direction is the word and the class of a line's second column.
function direction(m: Message): [Word, string] {
  const page = m.from === 'page'
  switch (m.kind) {
    case 'sent':
      return [page ? 'dir.pageToBoard' : 'dir.toBoard', 'to']
    case 'received':
      return [page ? 'dir.boardToPage' : 'dir.fromBoard', 'from']
    case 'open':
      return [page ? 'dir.pageOpen' : 'dir.open', 'sys']
    case 'close':
      return [page ? 'dir.pageClosed' : 'dir.closed', 'sys']
    case 'error':
      return [page ? 'dir.pageError' : 'dir.error', 'bad']
    default:
      return m.level === 'error' ? ['dir.logError', 'bad'] : ['dir.log', 'log']
  }
}

// whose says whose connection a line is about.
function whose(m: Message): string | undefined {
  if (m.kind === 'log') return undefined
  return say(m.from === 'page' ? 'dir.pageTitle' : 'dir.studioTitle')
}

function contentOf(m: Message, asHex: boolean): string {
  switch (m.kind) {
    case 'open':
      return m.data || say('messages.opened')
    case 'close':
      return say('messages.closed', { code: m.code ?? '', reason: m.data ? ` – ${m.data}` : '', meaning: closeMeaning(m.code) })
    case 'error':
      return m.data || say('messages.failed', { code: m.code ?? '' })
    default:
      return asHex && !m.binary && m.kind !== 'log' ? hex(bytesOf(m).subarray(0, 512)) : textOf(m)
  }
}

const meanings: Record<number, Word> = {
  1000: 'close.1000',
  1001: 'close.1001',
  1002: 'close.1002',
  1003: 'close.1003',
  1005: 'close.1005',
  1006: 'close.1006',
  1007: 'close.1007',
  1008: 'close.1008',
  1009: 'close.1009',
  1011: 'close.1011',
  1013: 'close.1013',
}

function closeMeaning(code: number | undefined): string {
  const word = code === undefined ? undefined : meanings[code]
  return word ? say(word) : ''
}

// Table draws only the rows that can be seen, so that 10 000 of them are no slower than 20.
function Table({ asHex, chosen, choose }: { asHex: boolean; chosen: Message | undefined; choose: (m: Message | undefined) => void }) {
  const box = useRef<HTMLDivElement>(null)
  const [top, setTop] = useState(0)
  const [height, setHeight] = useState(240)
  const [stick, setStick] = useState(true) // at the end, and staying there
  const items = list.value
  const [stop, setStop] = useState<number | undefined>() // the row that Tab goes to
  const { tight } = layout.value

  useLayoutEffect(() => {
    const el = box.current
    if (!el) return
    const observer = new ResizeObserver(() => setHeight(el.clientHeight))
    observer.observe(el)
    setHeight(el.clientHeight)
    return () => observer.disconnect()
  }, [])
  useLayoutEffect(() => {
    const el = box.current
    if (el && stick && el.clientHeight > 0) {
      el.scrollTop = el.scrollHeight
      setTop(el.scrollTop)
    }
  }, [items, height, stick])

  const first = Math.max(0, Math.floor(top / rowHeight) - 6)
  const last = Math.min(items.length, Math.ceil((top + height) / rowHeight) + 6)
  const stopIndex = stop === undefined ? -1 : items.findIndex((m) => m.seq === stop)
  const tabStop = stopIndex >= first && stopIndex < last ? stopIndex : Math.max(first, last - 1)

  const focusRow = (i: number) => {
    const el = box.current
    if (!el || i < 0 || i >= items.length) return
    if (i * rowHeight < el.scrollTop) el.scrollTop = i * rowHeight
    if ((i + 1) * rowHeight > el.scrollTop + el.clientHeight) el.scrollTop = (i + 1) * rowHeight - el.clientHeight
    setTop(el.scrollTop)
    setStop(items[i]!.seq)
    requestAnimationFrame(() => el.querySelector<HTMLElement>(`[aria-rowindex="${i + 1}"]`)?.focus({ preventScroll: true }))
  }
  const keys = (e: KeyboardEvent) => {
    const at = Number((e.target as HTMLElement).getAttribute('aria-rowindex')) - 1
    if (at < 0) return
    const page = Math.max(1, Math.floor(height / rowHeight) - 1)
    const to: Record<string, number> = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      PageDown: Math.min(items.length - 1, at + page),
      PageUp: Math.max(0, at - page),
      Home: 0,
      End: items.length - 1,
    }
    if (e.key in to) {
      e.preventDefault()
      focusRow(to[e.key]!)
    } else if (e.key === 'Enter' || e.key === ' ') {
      e.preventDefault()
      choose(items[at])
    } else if (e.key === 'Escape') choose(undefined)
  }

  return (
    <div
      class="msgs"
      ref={box}
      role={items.length ? 'grid' : 'region'}
      aria-label={say('messages.list')}
      aria-rowcount={items.length || undefined}
      aria-readonly={items.length ? true : undefined}
      onKeyDown={keys}
      onScroll={(e) => {
        const el = e.currentTarget
        setTop(el.scrollTop)
        setStick(el.scrollHeight - el.scrollTop - el.clientHeight < rowHeight)
      }}
    >
      {items.length === 0 && <Nothing />}
      <div role="presentation" style={{ height: `${items.length * rowHeight}px`, position: 'relative' }}>
        <div role={items.length ? 'rowgroup' : undefined} style={{ transform: `translateY(${first * rowHeight}px)` }}>
          {items.slice(first, last).map((m, k) => {
            const i = first + k
            const [word, look] = direction(m)
            const on = chosen?.seq === m.seq
            return (
              <div
                key={m.seq}
                role="row"
                class={`msg${on ? ' sel' : ''}`}
                aria-rowindex={i + 1}
                aria-selected={on}
                tabIndex={i === tabStop ? 0 : -1}
                onFocus={() => setStop(m.seq)}
                onClick={(e) => {
                  if (!(e.target as HTMLElement).closest('.link')) choose(on ? undefined : m)
                }}
              >
                <span role="gridcell" class="t" title={tight ? clock(m.time) : undefined}>
                  {tight ? clock(m.time).slice(0, 8) : clock(m.time)}
                </span>
                <span role="gridcell" class={`dir ${look}`} title={whose(m)}>
                  {say(word)}
                  {m.from === 'page' && m.conn > 1 ? ` ${m.conn}` : ''}
                </span>
                <span role="gridcell" class="c">
                  {m.kind === 'open' || m.kind === 'close' ? (
                    <span title={contentOf(m, asHex)}>{contentOf(m, asHex)}</span>
                  ) : (
                    <code title={contentOf(m, asHex).slice(0, 600)}>{contentOf(m, asHex).slice(0, 600)}</code>
                  )}
                  {isCut(m) && <span class="tag">{say('messages.cutTag', { n: bytes(m.size) })}</span>}
                  {(m.count ?? 0) > 1 && <span class="tag">{say('messages.times', { n: m.count! })}</span>}
                  {m.binary && <span class="tag">{say('messages.binary', { n: m.size })}</span>}
                  {m.kind === 'received' && m.millis >= 0 && <span class="muted">{say('messages.millis', { n: m.millis })}</span>}
                  {m.kind === 'log' && m.path && (
                    <button
                      type="button"
                      class="link"
                      tabIndex={on || i === tabStop ? 0 : -1}
                      onClick={() => void jump(m.path!, m.line ?? 1, m.column ?? 1)}
                    >
                      {nameOf(m.path)}
                      {m.line ? `:${m.line}` : ''}
                    </button>
                  )}
                </span>
              </div>
            )
          })}
        </div>
      </div>
    </div>
  )
}

function Nothing() {
  const some = total.value > 0
  return (
    <p class="hint">
      {some ? say('messages.noneFound') : board.value.state === 'running' ? say('messages.none') : say('messages.noneYet')}
    </p>
  )
}

// Details shows one message whole, as text and as bytes.
function Details({ message, close }: { message: Message; close: () => void }) {
  const [whole, setWhole] = useState<Message | undefined>()
  const [gone, setGone] = useState(false) // Studio no longer has all of it
  useEffect(() => {
    let wanted = true
    setWhole(undefined)
    setGone(false)
    if (isCut(message)) {
      api.message(message.seq).then(
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
  const sentOrReceived = m.kind === 'sent' || m.kind === 'received' // all else is Studio's words, not bytes on a line
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
        <strong>{clock(m.time)}</strong> {say(direction(m)[0])}
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

function SendBox() {
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
