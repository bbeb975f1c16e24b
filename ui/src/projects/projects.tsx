// The project menu: open another, make one from a template or of what comes from elsewhere, rename, copy, send, go back to
// what it was, remove.
import { useState } from 'preact/hooks'
import { api, late, refusal } from '../api'
import { saveAll } from '../editor/documents'
import type { OpenFiles, Problem, Project, Template } from '../wire'
import { item, provide, word, type Command } from '../commands/table'
import { confirm, Dialog, enter, Wrong } from '../parts/dialog'
import { MenuButton, type Item } from '../parts/menu'
import { announce, attempt, openDialog, project, projects, templates } from '../state'
import { say } from '../words'
import { askTrust, showTrusted, takeBack } from './trust'

const titleOf = (p: Project) => p.title || p.name

// twin tells that another project has the same title, as a copied folder has: then its folder's name tells it apart.
export const twin = (p: Project) => projects.value.some((q) => q.name !== p.name && titleOf(q) === titleOf(p))

export function ProjectMenu() {
  const p = project.value
  const items = (): Item[] => [
    ...projects.value.map((o) => ({
      id: `project ${o.name}`,
      label: o.gone ? say('project.gone', { title: o.name }) : titleOf(o),
      hint: twin(o) ? o.name : undefined,
      checked: o.name === p?.name,
      act: () => void openOther(o.name),
    })),
    item(own.make, { line: true }),
    item(own.bring),
    ...(p
      ? [
          item(own.rename),
          item(own.duplicate),
          item(own.zip),
          item(own.share),
          item(own.history, { line: true }),
          item(p.trust.trusted ? own.distrust : own.trust, { line: true }),
          item(own.trusted),
          item(own.trash, { line: true }),
          item(own.remove),
        ]
      : [item(own.trash, { line: true })]),
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

// withProject makes an action of what is done to the open project.
const withProject = (work: (p: OpenFiles) => unknown) => ({
  offered: () => !!project.peek(),
  act: () => {
    const p = project.peek()
    if (p) void work(p)
  },
})

const own = {
  make: { id: 'project.new', group: 'project', label: word('project.new'), act: () => askNewProject() },
  bring: { id: 'project.bring', group: 'project', label: word('project.bring'), act: () => bring() },
  rename: { id: 'project.rename', group: 'project', label: word('project.rename'), ...withProject((p) => rename(p.name, p.title)) },
  duplicate: {
    id: 'project.duplicate',
    group: 'project',
    label: word('project.duplicate'),
    ...withProject((p) => duplicate(p.name, p.title)),
  },
  zip: { id: 'project.zip', group: 'project', label: word('project.zip'), ...withProject((p) => downloadZip(p.name)) },
  share: { id: 'project.share', group: 'project', label: word('project.share'), ...withProject((p) => share(p.name, p.title)) },
  history: { id: 'project.history', group: 'project', label: word('project.earlier'), ...withProject(() => showHistory()) },
  trust: {
    id: 'project.trust',
    group: 'project',
    label: word('trust.menu'),
    ...withProject(askTrust),
    offered: () => project.peek()?.trust.trusted === false,
  },
  distrust: {
    id: 'project.distrust',
    group: 'project',
    label: word('trust.back'),
    ...withProject(takeBack),
    offered: () => !!project.peek()?.trust.trusted,
  },
  trusted: { id: 'project.trusted', group: 'project', label: word('trust.list'), act: showTrusted },
  trash: { id: 'project.trash', group: 'project', label: word('project.trash'), act: () => showTrash() },
  remove: {
    id: 'project.remove',
    group: 'project',
    label: word('project.remove'),
    danger: true,
    ...withProject((p) => remove(p.name, p.title)),
  },
} satisfies Record<string, Command>
provide(Object.values(own))
provide(() =>
  projects
    .peek()
    .filter((o) => o.name !== project.peek()?.name && !o.gone)
    .map((o) => ({
      id: `project.open ${o.name}`,
      group: 'project',
      label: () => say('project.openOther', { title: o.title || o.name }),
      act: () => openOther(o.name),
    })),
)

export const askNewProject = () => openDialog((close) => <NewProject close={close} />)

export async function openOther(name: string): Promise<void> {
  if (name === project.peek()?.name) return
  await saveAll()
  await attempt(() => api.openProject(name))
}

// showHistory, showTrash and others are rarely needed: they come when they are asked for.
export const showHistory = () => attempt(async () => (await late(import('./history'))).showHistory())
export const showTrash = () => attempt(async () => (await late(import('./trash'))).showTrash())
export const bring = (link?: string, zip?: File) => attempt(async () => (await late(import('./bring'))).bring(link, zip))
const share = (name: string, title: string) =>
  attempt(async () => {
    await saveAll()
    await (await late(import('./share'))).share(name, title)
  })

// startLinks shows what is in the project that the page's address contains, if it does. The address forgets it: a page that
// is loaded anew asks nothing again.
export function startLinks(): void {
  const look = () => {
    const { hash } = location
    if (!hash.startsWith('#project=')) return
    history.replaceState(null, '', location.pathname + location.search)
    void bring(hash)
  }
  window.addEventListener('hashchange', look)
  look()
}

function duplicate(name: string, title: string): void {
  enter({
    title: say('project.duplicateTitle', { title }),
    label: say('project.title'),
    value: say('project.copyOf', { title }),
    hint: say('project.duplicateText'),
    confirm: say('project.duplicateConfirm'),
    done: async (to) => {
      await saveAll()
      const made = await api.duplicateProject(name, to)
      announce(say('project.made', { title: made.title }))
    },
  })
}

async function downloadZip(name: string): Promise<void> {
  await saveAll()
  const a = document.createElement('a')
  a.href = api.zipAddress(name)
  a.download = `${name}.zip`
  a.click()
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

interface Choosing {
  title: string
  list: readonly Template[]
  chosen: string
  choose: (id: string) => void
}

function Choices({ title, list, chosen, choose }: Choosing) {
  return (
    <fieldset class="choices">
      <legend>{title}</legend>
      {list.map((t) => (
        <label key={t.id} class={`choice${t.id === chosen ? ' on' : ''}`}>
          <input
            type="radio"
            name="template"
            value={t.id}
            checked={t.id === chosen}
            autofocus={t.id === chosen}
            onChange={() => choose(t.id)}
          />
          <span>
            <strong>{t.title}</strong>
            <span class="muted">{t.about}</span>
          </span>
        </label>
      ))}
    </fieldset>
  )
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
        <div class="templates">
          <Choices
            title={say('project.template')}
            list={templates.value.filter((t) => !t.example)}
            chosen={template}
            choose={setTemplate}
          />
          <Choices title={say('project.examples')} list={templates.value.filter((t) => t.example)} chosen={template} choose={setTemplate} />
        </div>
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
        <Wrong problem={wrong} />
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
