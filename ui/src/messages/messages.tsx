// The messages: what goes over WebSockets between pages, this console and the board, in several views.
import { type ReadonlySignal, signal } from '@preact/signals'
import type { ComponentType } from 'preact'
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import { api } from '../api'
import { item, provide, word, type Command } from '../commands/table'
import { copy } from '../console/console'
import { clock } from '../format'
import { Icon } from '../parts/icons'
import { layout } from '../parts/layout'
import { MenuButton, type Item } from '../parts/menu'
import { unfold } from '../parts/split'
import { attempt, keep, show } from '../state'
import { count, say, type Word } from '../words'
import type { Message } from '../wire'
import { Details } from './details'
import { active, close as showLive, opened, rows } from './recorded'
import { Banner, own as recording, RecordButton } from './recording'
import { filter, forgetAll, held, isCut, list, markSeen, narrow, pause, paused, type Kind } from './log'
import { SendBox } from './send'
import { Table } from './table'
import { contentOf, from } from './told'
import './messages.css'

const $asHex = signal(false)
const $filtering = signal(false) // the filter is shown where it has a row of its own

// A View is one way to look at the messages. The list is the first; others are added by what brings them.
export interface View {
  id: string
  label: Word
  Panel: ComponentType<{ shown: boolean }>
  Tools?: ComponentType // in the row of the tabs, instead of the list's
  some?: ReadonlySignal<boolean> // there is something to look at in it: it is offered beside the menu
  seen?: ReadonlySignal<boolean> // and it has been looked at
  items?: () => Item[] // of the list's menu, about what this view shows
}

const views: View[] = []
const $view = signal('')

// addView adds a way to look at the messages, and the command that goes there.
export function addView(view: View): void {
  views.push(view)
  provide([
    {
      id: `messages.view ${view.id}`,
      group: 'messages',
      label: word(view.label),
      checked: () => $view.value === view.id,
      act: () => showView(view.id),
    },
  ])
}

// showView goes to a view; '' is the list.
export function showView(id: string): void {
  $view.value = id
  show('messages')
  keep({ below: 'messages' })
  unfold('below')
}

// The message whose details are shown, and of which recording it is; '' is what goes on. Their numbers are others.
const $chosen = signal<{ message: Message; of: string } | undefined>(undefined)

// showMessage goes to a message of what goes on.
export function showMessage(message: Message): void {
  showLive()
  $chosen.value = { message, of: '' }
  showView('')
}

// offers are the views that are worth a button of their own now.
const offers = () => views.filter((v) => v.some?.value && v.id !== $view.value)

function Views() {
  if (views.length === 0) return null
  const all = [{ id: '', label: 'messages.viewList' as Word }, ...views]
  const offered = offers()
  const isNew = offered.some((v) => !v.seen?.value)
  const dot = <i class="unsaved" role="img" aria-label={say('messages.viewNew')} />
  return (
    <>
      {!layout.value.tight &&
        offered.map((v) => (
          <button type="button" class="quiet" key={v.id} title={say('messages.viewNew')} onClick={() => ($view.value = v.id)}>
            {say(v.label)}
            {!v.seen?.value && dot}
          </button>
        ))}
      <MenuButton
        class="quiet"
        title={say('messages.view')}
        items={() => all.map((v) => ({ label: say(v.label), checked: $view.value === v.id, act: () => ($view.value = v.id) }))}
      >
        {say(all.find((v) => v.id === $view.value)!.label)}
        {layout.value.tight && isNew && dot}
        <i class="chev" />
      </MenuButton>
    </>
  )
}

export function Messages({ shown }: { shown: boolean }) {
  const recorded = opened.value
  const of = recorded?.id ?? ''
  const chosen = $chosen.value?.of === of ? $chosen.value.message : undefined
  const setChosen = (message: Message | undefined) => {
    $chosen.value = message && { message, of }
  }
  useEffect(() => {
    if (shown) markSeen()
  }, [shown, list.value])
  const Other = views.find((v) => v.id === $view.value)?.Panel
  if (Other) return <Other shown={shown} />
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
      <Banner />
      <Table key={recorded?.id} rows={rows.value} asHex={$asHex.value} chosen={chosen} choose={setChosen} />
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
} satisfies Record<string, Command>
provide([...ofKind, ...Object.values(own)])

// MessageTools stand in the row of the tabs: what is used often as buttons, the rest in a menu; where room is short, more of it.
// They stay in that row when a count comes to a tab.
export function MessageTools() {
  const { tight, roomy } = layout.value
  const few = tight || (!roomy && offers().length > 0)
  const { kind } = filter.value
  const recorded = !!opened.value
  const [pausing, clearing] = [item(own.pause), item(own.clear)]
  const items = (): Item[] => [
    ...ofKind.map((c) => item(c)),
    item(own.hex, { line: true }),
    ...(tight ? [{ label: say('messages.filterOpen'), act: () => ($filtering.value = true) }] : []),
    ...(few && !recorded ? [pausing] : []),
    ...(recorded ? [] : [item(own.copyAll, { line: true }), item(own.save, { hint: say('messages.saveHint') })]),
    ...(recorded ? [] : views.flatMap((v) => v.items?.() ?? [])),
    ...(tight && !active.value ? [item(recording.record, { line: true }), item(recording.list)] : [item(recording.list, { line: true })]),
    ...(recorded ? [item(recording.live)] : few ? [clearing] : []),
  ]
  const shownKind = kinds.find(([k]) => k === kind)
  const other = views.find((v) => v.id === $view.value)
  if (other)
    return (
      <>
        <Views />
        {other.Tools && <other.Tools />}
      </>
    )
  return (
    <>
      <Views />
      {!tight && <Filter />}
      {(!tight || active.value) && <RecordButton />}
      {!recorded && (!few || paused.value) && (
        <button type="button" class="quiet" aria-pressed={paused.value} onClick={pausing.act}>
          {pausing.label}
          {held.value > 0 && <span class="count">{count(held.value)}</span>}
        </button>
      )}
      {!few && !recorded && (
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

const asLine = (m: Message) => `${clock(m.time)}\t${from(m)}\t${contentOf(m, false)}`
