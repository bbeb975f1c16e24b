// A script of its own that runs while the page's large ones are still on their way: it asks for the state and for the
// file that will be in front, so that both are there when the editor is. See takeEarly in api.ts.
import { firstTabs } from './editor/first'
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

Object.assign(window, { studioEarly: { state, file } })
