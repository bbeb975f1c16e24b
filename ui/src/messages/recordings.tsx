// The list of recordings: open, rename, give away, remove and take back, and bring one from elsewhere.
import { useEffect, useRef, useState } from 'preact/hooks'
import { api, refusal } from '../api'
import { bytes, when } from '../format'
import { Dialog, enter, Wrong } from '../parts/dialog'
import { MenuButton } from '../parts/menu'
import { announce, openDialog } from '../state'
import type { Problem, Recording, Recordings } from '../wire'
import { say, type Word } from '../words'
import { showComparison, showReplay } from './replay'
import { active, close as closeOpened, length, open, opened, save } from './recorded'

export const showRecordings = () => openDialog((close) => <List close={close} />)

const ends: Record<string, Word> = {
  '': 'recording.endRunning',
  closed: 'recording.endClosed',
  broken: 'recording.endBroken',
  full: 'recording.endFull',
  failed: 'recording.endFailed',
  imported: 'recording.endImported',
  replayed: 'recording.endReplayed',
}

function about(r: Recording): string {
  const end = ends[r.end]
  const parts = [when(r.started), length(r.millis), say('recording.count', { n: r.messages }), bytes(r.size), ...(end ? [say(end)] : [])]
  if (r.first > 1) parts.push(say('recording.oldestGone', { n: r.first - 1 }))
  return parts.join(' · ')
}

function List({ close }: { close: () => void }) {
  const [all, setAll] = useState<Recordings | undefined>()
  const [removed, setRemoved] = useState<Recording | undefined>()
  const [busy, setBusy] = useState(false)
  const [wrong, setWrong] = useState<Problem | undefined>()
  const file = useRef<HTMLInputElement>(null)
  const load = () => api.recordings().then(setAll, (err) => setWrong(refusal(err)))
  useEffect(() => void load(), [])
  const act = async (work: () => Promise<unknown>, told: string) => {
    setBusy(true)
    try {
      await work()
      setWrong(undefined)
      announce(told)
    } catch (err) {
      setWrong(refusal(err))
    }
    setBusy(false)
    await load()
  }
  const remove = (r: Recording) =>
    act(
      async () => {
        await api.removeRecording(r.id)
        if (opened.peek()?.id === r.id) closeOpened()
        setRemoved(r)
      },
      say('recording.removed', { name: r.name }),
    )
  const bring = async () => {
    const from = file.current?.files?.[0]
    if (file.current) file.current.value = ''
    if (!from) return
    await act(() => api.importRecording(from.name, from), say('recording.imported', { name: from.name }))
  }
  const rename = (r: Recording) =>
    enter({
      title: say('recording.renameTitle'),
      label: say('recording.name'),
      value: r.name,
      confirm: say('recording.rename'),
      done: async (name) => {
        await api.renameRecording(r.id, name)
        setTimeout(showRecordings)
      },
    })
  return (
    <Dialog title={say('recording.list')} close={close} wide reading>
      <p class="muted">{all && say('recording.text', { n: all.most })}</p>
      {removed && (
        <p class="row" role="status">
          {say('recording.removed', { name: removed.name })}
          <button
            type="button"
            class="plain"
            onClick={() =>
              void act(
                async () => {
                  await api.restoreRecording(removed.id)
                  setRemoved(undefined)
                },
                say('recording.back', { name: removed.name }),
              )
            }
          >
            {say('recording.undo')}
          </button>
        </p>
      )}
      {all?.recordings.length === 0 && <p>{say('recording.none')}</p>}
      <ul class="earlier recordings">
        {all?.recordings.map((r) => (
          <li key={r.id}>
            <span class="path">
              <strong>{r.name}</strong> <span class="muted">{about(r)}</span>
            </span>
            <span class="row">
              <button
                type="button"
                class="secondary"
                aria-label={say('recording.openLabel', { name: r.name })}
                onClick={() => {
                  close()
                  open(r)
                }}
              >
                {say('recording.open')}
              </button>
              <MenuButton
                class="plain"
                label={say('recording.moreLabel', { name: r.name })}
                title={say('recording.moreLabel', { name: r.name })}
                right
                items={() => [
                  { label: say('replay.open'), act: () => showReplay(r) },
                  ...(r.of ? [{ label: say('replay.compare'), act: () => showComparison(r.of, r) }] : []),
                  { label: say('recording.jsonl'), line: true, act: () => save(r.id, 'jsonl') },
                  { label: say('recording.csv'), act: () => save(r.id, 'csv') },
                  { label: say('recording.har'), act: () => save(r.id, 'har') },
                  { label: say('recording.renameMore'), act: () => rename(r), line: true },
                  ...(active.value?.id === r.id ? [] : [{ label: say('recording.remove'), act: () => void remove(r) }]),
                ]}
              >
                {say('recording.more')}
              </MenuButton>
            </span>
          </li>
        ))}
      </ul>
      <Wrong problem={wrong} />
      <div class="row end">
        <input
          ref={file}
          type="file"
          hidden
          accept=".jsonl,.ndjson,.har,.json"
          aria-hidden="true"
          tabIndex={-1}
          onChange={() => void bring()}
        />
        <button type="button" class="plain" onClick={close}>
          {say('dialog.close')}
        </button>
        <button type="button" class="plain" disabled={busy} onClick={() => file.current?.click()}>
          {say(busy ? 'recording.importing' : 'recording.import')}
        </button>
      </div>
    </Dialog>
  )
}
