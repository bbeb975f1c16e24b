// A script of its own that runs while the page's large one is still on its way: it brings the colours, and asks for the state,
// for the file that will be in front, and for edits of it that this browser has kept, so that all are there when the editor
// is. See takeEarly in api.ts, and kept.ts.
import { firstTabs } from './editor/first'
import { look, openStore } from './editor/kept'
import { keptTheme, showTheme } from './theme'
import type { Snapshot } from './wire'

const ask = (path: string) => fetch(path, { credentials: 'same-origin', cache: 'no-store' })

const state: Promise<Snapshot | undefined> = ask('/api/state').then(
  (r) => (r.ok ? (r.json() as Promise<Snapshot>) : undefined),
  () => undefined,
)

// front is the project's file in front, if it is a text.
const front = state.then((s) => {
  if (!s?.project) return undefined
  const path = firstTabs(s.project, s.settings).active
  return s.project.files.find((f) => f.path === path)?.text ? { project: s.project.name, path } : undefined
})

const file = front
  .then(async (f) => {
    const r = f && (await ask(`/api/files/${f.path.split('/').map(encodeURIComponent).join('/')}`))
    return r?.ok ? { path: f!.path, bytes: await r.arrayBuffer(), tag: r.headers.get('ETag') ?? '' } : undefined
  })
  .catch(() => undefined)

const kept = openStore()
kept.catch(() => undefined) // who takes it sees that
const edits = front.then((f) => f && look(kept, f.project, f.path))
edits.catch(() => undefined)

Object.assign(window, { studioEarly: { state, file, kept, edits } })
showTheme(keptTheme())
