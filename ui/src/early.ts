// A script of its own that runs while the page's large ones are still on their way: it asks for the state and for the
// file that will be in front, and opens the store of kept edits, so that all are there when the editor is. See takeEarly in
// api.ts, and kept.ts.
import { firstTabs } from './editor/first'
import { openStore } from './editor/kept'
import type { Snapshot } from './wire'

const ask = (path: string) => fetch(path, { credentials: 'same-origin', cache: 'no-store' })

const state: Promise<Snapshot | undefined> = ask('/api/state').then(
  (r) => (r.ok ? (r.json() as Promise<Snapshot>) : undefined),
  () => undefined,
)

const file = state
  .then(async (s) => {
    if (!s?.project) return undefined
    const path = firstTabs(s.project, s.settings).active
    if (!path || !s.project.files.find((f) => f.path === path)?.text) return undefined
    const r = await ask(`/api/files/${path.split('/').map(encodeURIComponent).join('/')}`)
    if (!r.ok) return undefined
    return { path, bytes: await r.arrayBuffer(), tag: r.headers.get('ETag') ?? '' }
  })
  .catch(() => undefined)

const kept = openStore()
kept.catch(() => undefined) // who takes it sees that

Object.assign(window, { studioEarly: { state, file, kept } })
