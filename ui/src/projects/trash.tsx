// What was removed, from this project and of projects, and can be brought back.
import type { ComponentChildren } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { api, refusal } from '../api'
import { saveAll } from '../editor/documents'
import { bytes, when } from '../format'
import { confirm, Dialog, Wrong } from '../parts/dialog'
import { announce, attempt, openDialog } from '../state'
import type { Problem, Trash } from '../wire'
import { say } from '../words'

export const showTrash = () => openDialog((close) => <TrashList close={close} />)

// clear asks before what cannot be taken back, and shows what is left.
async function clear(trash: Trash): Promise<void> {
  const yes = await confirm({
    title: say('trash.clearTitle'),
    text: say('trash.clearText', { projects: trash.projects.length, files: trash.files.length }),
    confirm: say('trash.clearConfirm'),
    danger: true,
  })
  if (yes) await attempt(() => api.clearTrash().then(() => announce(say('trash.none'))))
  showTrash()
}

function TrashList({ close }: { close: () => void }) {
  const [trash, setTrash] = useState<Trash | undefined>()
  const [wrong, setWrong] = useState<Problem | undefined>()
  const load = () => api.trash().then(setTrash, (err) => setWrong(refusal(err)))
  useEffect(() => void load(), [])
  const act = async (work: () => Promise<unknown>, told: string) => {
    try {
      await saveAll()
      await work()
      setWrong(undefined)
      announce(told)
    } catch (err) {
      setWrong(refusal(err))
    }
    await load()
  }
  const entry = (key: string, name: string, about: string, work: () => Promise<unknown>): ComponentChildren => (
    <li key={key}>
      <span class="path">
        {name} <span class="muted">{about}</span>
      </span>
      <button
        type="button"
        class="plain"
        aria-label={say('trash.backLabel', { name, about })}
        onClick={() => void act(work, say('trash.done', { name }))}
      >
        {say('history.back')}
      </button>
    </li>
  )
  return (
    <Dialog title={say('trash.title')} close={close} wide reading>
      <p class="muted">{trash && say('trash.text', { days: trash.days, size: bytes(trash.size) })}</p>
      {trash?.projects.length === 0 && trash.files.length === 0 && <p>{say('trash.none')}</p>}
      {trash && trash.projects.length > 0 && (
        <>
          <h3>{say('trash.projects')}</h3>
          <ul class="earlier">{trash.projects.map((t) => entry(t.id, t.title, when(t.time), () => api.restoreTrashedProject(t.id)))}</ul>
        </>
      )}
      {trash && trash.files.length > 0 && (
        <>
          <h3>{say('trash.files')}</h3>
          <ul class="earlier">
            {trash.files.map((t) =>
              entry(`${t.id}/${t.path}`, t.path, `${when(t.time)}, ${bytes(t.size)}`, () => api.restoreTrashedFile(t.id, t.path)),
            )}
          </ul>
        </>
      )}
      <Wrong problem={wrong} />
      <div class="row end">
        {trash && trash.projects.length + trash.files.length > 0 && (
          <button type="button" class="danger" onClick={() => void clear(trash)}>
            {say('trash.clear')}
          </button>
        )}
        <span class="grow" />
        <button type="button" class={trash && trash.projects.length + trash.files.length > 0 ? 'plain' : 'secondary'} onClick={close}>
          {say('dialog.close')}
        </button>
      </div>
    </Dialog>
  )
}
