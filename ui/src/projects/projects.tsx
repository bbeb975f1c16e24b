// The project menu: open another, make one from a template, rename, go back to an earlier version, remove.
import { useEffect, useState } from 'preact/hooks'
import { api, refusal } from '../api'
import { saveAll } from '../editor/documents'
import { when } from '../format'
import type { Problem, SavedState } from '../wire'
import { confirm, Dialog, enter } from '../parts/dialog'
import { MenuButton, type Item } from '../parts/menu'
import { announce, attempt, openDialog, project, projects, templates } from '../state'
import { say } from '../words'
import { askTrust, showTrusted, takeBack } from './trust'

export function ProjectMenu() {
  const p = project.value
  const items = (): Item[] => [
    ...projects.value.map((o) => ({
      label: o.gone ? say('project.gone', { title: o.name }) : o.title || o.name,
      checked: o.name === p?.name,
      act: () => void openOther(o.name),
    })),
    { label: say('project.new'), line: true, act: askNewProject },
    ...(p
      ? [
          { label: say('project.rename'), act: () => rename(p.name, p.title) },
          { label: say('project.earlier'), act: () => openDialog((close) => <Earlier close={close} />) },
          p.trust.trusted
            ? { label: say('trust.back'), line: true, act: () => void takeBack(p) }
            : { label: say('trust.menu'), line: true, act: () => askTrust(p) },
          { label: say('trust.list'), act: showTrusted },
          { label: say('project.remove'), danger: true, line: true, act: () => void remove(p.name, p.title) },
        ]
      : []),
  ]
  return (
    <MenuButton
      class="pick"
      title={say('project.menu')}
      items={items}
      about={() =>
        p?.dir ? (
          <p class="about muted">
            {say('project.folder')} <code>{p.dir}</code>
          </p>
        ) : null
      }
    >
      <span class="hint">{say('project.project')}</span>
      <span class="chosen" title={p ? p.title || p.name : undefined}>
        {p ? p.title || p.name : say('project.none')}
      </span>
      <i class="chev" />
    </MenuButton>
  )
}

export const askNewProject = () => openDialog((close) => <NewProject close={close} />)

export async function openOther(name: string): Promise<void> {
  if (name === project.peek()?.name) return
  await saveAll()
  await attempt(() => api.openProject(name))
}

function rename(name: string, title: string): void {
  enter({
    title: say('project.renameTitle'),
    label: say('project.title'),
    value: title,
    confirm: say('project.renameConfirm'),
    done: async (to) => {
      await api.renameProject(name, to)
      announce(say('project.renamed', { title: to }))
    },
  })
}

async function remove(name: string, title: string): Promise<void> {
  if (
    !(await confirm({
      title: say('project.removeTitle', { title }),
      text: say('project.removeText'),
      confirm: say('project.removeConfirm'),
      danger: true,
    }))
  )
    return
  await saveAll()
  await attempt(async () => {
    await api.removeProject(name)
    announce(say('project.removed', { title }))
  })
}

export function NewProject({ close }: { close: () => void }) {
  const [template, setTemplate] = useState(templates.value[0]?.id ?? '')
  const [title, setTitle] = useState('')
  const [wrong, setWrong] = useState<Problem | undefined>()
  const [busy, setBusy] = useState(false)
  const chosen = templates.value.find((t) => t.id === template)
  const submit = async (e: Event) => {
    e.preventDefault()
    if (busy) return
    setBusy(true)
    try {
      await saveAll()
      const made = await api.newProject(template, title.trim() || chosen?.title || template)
      announce(say('project.made', { title: made?.title ?? title }))
      close()
    } catch (err) {
      setWrong(refusal(err))
      setBusy(false)
    }
  }
  return (
    <Dialog title={say('project.newTitle')} close={close}>
      <form onSubmit={submit}>
        <fieldset class="choices">
          <legend>{say('project.template')}</legend>
          {templates.value.map((t, i) => (
            <label class={`choice${t.id === template ? ' on' : ''}`}>
              <input
                type="radio"
                name="template"
                value={t.id}
                checked={t.id === template}
                autofocus={i === 0}
                onChange={() => setTemplate(t.id)}
              />
              <span>
                <strong>{t.title}</strong>
                <span class="muted">{t.about}</span>
              </span>
            </label>
          ))}
        </fieldset>
        <label class="field">
          <span>{say('project.title')}</span>
          <input
            value={title}
            placeholder={chosen?.title}
            autocomplete="off"
            maxLength={80}
            onInput={(e) => setTitle(e.currentTarget.value)}
          />
        </label>
        <p class="wrong-text" role="alert">
          {wrong && (
            <>
              <strong>{wrong.text}</strong> {wrong.help}
            </>
          )}
        </p>
        <div class="row end">
          <button type="button" class="plain" onClick={close}>
            {say('dialog.cancel')}
          </button>
          <button type="submit" class="secondary" disabled={!template || busy}>
            {say('project.newConfirm')}
          </button>
        </div>
      </form>
    </Dialog>
  )
}

function Earlier({ close }: { close: () => void }) {
  const [list, setList] = useState<SavedState[] | undefined>()
  const [wrong, setWrong] = useState<Problem | undefined>()
  useEffect(() => {
    api.snapshots().then(
      (r) => setList(r.snapshots),
      (err) => setWrong(refusal(err)),
    )
  }, [])
  const restore = async (s: SavedState) => {
    try {
      await saveAll()
      await api.restoreSnapshot(s.id)
      announce(say('project.restored', { time: when(s.time) }))
      close()
    } catch (err) {
      setWrong(refusal(err))
    }
  }
  return (
    <Dialog title={say('project.earlierTitle')} close={close}>
      <p class="muted">{say('project.earlierText')}</p>
      {list?.length === 0 && <p>{say('project.earlierNone')}</p>}
      <ul class="earlier">
        {list?.map((s) => (
          <li>
            <span>
              <strong>{when(s.time)}</strong> <span class="muted">{s.label}</span>
            </span>
            <button
              type="button"
              class="plain"
              onClick={() => void restore(s)}
              aria-label={say('project.restoreLabel', { time: when(s.time) })}
            >
              {say('project.restore')}
            </button>
          </li>
        ))}
      </ul>
      <p class="wrong-text" role="alert">
        {wrong && (
          <>
            <strong>{wrong.text}</strong> {wrong.help}
          </>
        )}
      </p>
      <div class="row end">
        <button type="button" class="plain" onClick={close}>
          {say('dialog.close')}
        </button>
      </div>
    </Dialog>
  )
}
