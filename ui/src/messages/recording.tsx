// Recording: the button that begins and ends it, and what stands above the list of messages because of it.
import { useEffect, useState } from 'preact/hooks'
import { api, late } from '../api'
import { item, provide, word, type Command } from '../commands/table'
import { bytes, clock } from '../format'
import { Icon } from '../parts/icons'
import { MenuButton } from '../parts/menu'
import { attempt, project } from '../state'
import { say } from '../words'
import { filter } from './log'
import { active, chart, close, ended, forgetEnded, found, length, open, opened, replay, save, start, startedHere, stop } from './recorded'

// showRecordings loads the list of recordings when it is first looked at.
const showRecordings = () => attempt(async () => (await late(import('./recordings'))).showRecordings())

export const own = {
  record: {
    id: 'messages.record',
    group: 'messages',
    label: () => say(active.value ? 'recording.stop' : 'recording.start'),
    offered: () => !!project.peek(),
    act: () => attempt(() => (active.peek() ? stop() : start())),
  },
  list: {
    id: 'messages.recordings',
    group: 'messages',
    label: word('recording.list'),
    offered: () => !!project.peek(),
    act: () => void showRecordings(),
  },
  chart: {
    id: 'messages.chart',
    group: 'messages',
    label: word('recording.chart'),
    offered: () => !!opened.peek(),
    act: () => attempt(chart),
  },
  live: {
    id: 'messages.live',
    group: 'messages',
    label: word('recording.live'),
    offered: () => !!opened.peek(),
    act: close,
  },
} satisfies Record<string, Command>
provide(Object.values(own))

// RecordButton begins a recording; while one goes on it shows how long and how large it is, and ends it.
export function RecordButton() {
  const on = active.value
  const [, tick] = useState(0)
  useEffect(() => {
    if (!on) return
    const timer = setInterval(() => tick((n) => n + 1), 1000)
    return () => clearInterval(timer)
  }, [!!on])
  const record = item(own.record)
  return (
    <button
      type="button"
      class={`quiet record${on ? ' on' : ''}`}
      title={on ? say('recording.stopTitle', { size: bytes(on.size) }) : say('recording.startTitle')}
      disabled={!project.value}
      onClick={record.act}
    >
      <i class="reddot" aria-hidden="true" />
      {on ? say('recording.on', { length: length(Date.now() - startedHere.value) }) : say('recording.record')}
    </button>
  )
}

// Banner says what is recorded, what was, and which recording is shown in place of what goes on.
export function Banner() {
  return (
    <>
      <Replayed />
      <About />
    </>
  )
}

// Replayed says that a recording is being replayed, also to pages that have not begun it.
function Replayed() {
  const now = replay.value
  if (now?.state !== 'running') return null
  return (
    <div class="recbar" role="note">
      <span>{say('replay.going', { done: now.done, all: now.all })}</span>
      <button type="button" class="link" onClick={() => void attempt(() => api.cancelReplay())}>
        {say('dialog.cancel')}
      </button>
    </div>
  )
}

function About() {
  const shown = opened.value
  if (shown) return <Shown />
  const on = active.value
  const last = ended.value
  if (on)
    return (
      <div class="recbar" role="note">
        <span>{say('recording.since', { time: clock(startedHere.value).slice(0, 8) })}</span>
        <button type="button" class="link" onClick={() => open(on)}>
          {say('recording.showAll', { n: on.messages })}
        </button>
      </div>
    )
  if (last)
    return (
      <div class="recbar" role="note">
        <span>{say('recording.done', { n: last.messages, length: length(last.millis) })}</span>
        <button type="button" class="link" onClick={() => open(last)}>
          {say('recording.open')}
        </button>
        <button type="button" class="link" onClick={own.list.act}>
          {say('recording.list')}
        </button>
        <button type="button" class="quiet icon" aria-label={say('dialog.close')} onClick={forgetEnded}>
          <Icon name="close" />
        </button>
      </div>
    )
  return null
}

// Older says, above the first messages of the list, that there were others before them, and how to keep such ones.
export function Older({ n }: { n: number }) {
  const on = active.value
  return (
    <div class="recbar" role="note">
      <span>{say('messages.older', { n })}</span>
      {on ? (
        <button type="button" class="link" onClick={() => open(on)}>
          {say('messages.olderRecorded')}
        </button>
      ) : (
        project.value && (
          <button type="button" class="link" title={say('recording.startTitle')} onClick={own.record.act}>
            {say('messages.olderRecord')}
          </button>
        )
      )}
    </div>
  )
}

function Shown() {
  const [busy, setBusy] = useState(false)
  const r = opened.value!
  const { total, scanned, count, done } = found.value
  const { text, kind } = filter.value
  const searching = (text || kind) && !done
  return (
    <div class="recbar shown" role="note">
      <strong>{say('recording.shown', { name: r.name })}</strong>
      <span role="status">
        {text || kind ? say('recording.foundOf', { found: total, n: count }) : say('recording.count', { n: count })}
        {searching ? ` ${say('recording.searching', { percent: count ? Math.floor((100 * scanned) / count) : 0 })}` : ''}
      </span>
      <button
        type="button"
        class="link"
        disabled={busy}
        onClick={() => {
          setBusy(true)
          void own.chart.act().finally(() => setBusy(false))
        }}
      >
        {say('recording.chart')}
      </button>
      <button type="button" class="link" onClick={close}>
        {say('recording.live')}
      </button>
      <MenuButton
        class="quiet"
        title={say('recording.export')}
        right
        items={() => (['jsonl', 'csv', 'har'] as const).map((form) => ({ label: say(`recording.${form}`), act: () => save(r.id, form) }))}
      >
        {say('recording.export')}
      </MenuButton>
    </div>
  )
}
