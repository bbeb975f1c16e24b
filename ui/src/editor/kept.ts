// The safety net: edits that could not be saved, kept in this browser until they are. They are kept twice: localStorage
// takes them at once, also from a page that is being closed, but a browser that is killed has not written its last seconds
// to the disk; IndexedDB tells it to.
const key = 'studio.unsaved'

export interface Kept {
  project: string
  path: string
  hash: string // of the content that the edits started from
  text: string
  sent?: string // an earlier text that may have become the file's: its answer is missing
}

interface Dated extends Kept {
  at?: number // ms since 1970
}

function all(): Dated[] {
  try {
    return JSON.parse(localStorage.getItem(key) ?? '[]') as Dated[]
  } catch {
    return []
  }
}

function write(list: Dated[]): void {
  try {
    if (list.length) localStorage.setItem(key, JSON.stringify(list))
    else localStorage.removeItem(key)
  } catch {
    // no room or no storage: the edits are still in the open tab
  }
}

const same = (a: { project: string; path: string }, b: { project: string; path: string }) => a.project === b.project && a.path === b.path

const done = <T>(r: IDBRequest<T>) =>
  new Promise<T>((ok, fail) => {
    r.onsuccess = () => ok(r.result)
    r.onerror = () => fail(r.error)
  })

// openStore opens IndexedDB, for which a browser takes its time: early.ts begins with it. A browser that was killed a
// moment ago may still hold its files, so it is asked more than once.
export async function openStore(): Promise<IDBDatabase> {
  for (let tries = 1; ; tries++) {
    try {
      const open = indexedDB.open('studio-unsaved', 1)
      open.onupgradeneeded = () => open.result.createObjectStore('edits')
      return await done(open)
    } catch (e) {
      if (tries === 5 || !(e instanceof DOMException)) throw e
      await new Promise((later) => setTimeout(later, tries * 200))
    }
  }
}

let opened: Promise<IDBDatabase> | undefined

// Begun is what early.ts has begun: to open the store, and to look there for edits of the file that will be in front.
interface Begun {
  kept?: Promise<IDBDatabase>
  edits?: Promise<Looked | undefined>
}

interface Looked {
  name: string // the entry
  found: Dated | undefined
}

// early gives a part of it to whoever asks first.
function early<K extends keyof Begun>(part: K): Begun[K] {
  const begun = (window as { studioEarly?: Begun }).studioEarly
  const it = begun?.[part]
  if (begun) begun[part] = undefined
  return it
}

// look finds the edits of a file that a store has.
export async function look(opening: Promise<IDBDatabase>, project: string, path: string): Promise<Looked> {
  const name = entry(project, path)
  return { name, found: await done<Dated | undefined>(begin(await opening, 'readonly').get(name)) }
}

// database opens the store once; after a failure, and when the browser has closed it, the next one who asks opens it again.
async function database(): Promise<IDBDatabase> {
  opened ??= early('kept') ?? openStore()
  const mine = opened
  const again = () => {
    if (opened === mine) opened = undefined
  }
  try {
    const db = await mine
    db.onclose = again
    return db
  } catch (e) {
    again()
    throw e
  }
}

// store begins a transaction of its own. They end in the order in which they have begun.
async function store(mode: IDBTransactionMode): Promise<IDBObjectStore> {
  return begin(await database(), mode)
}

const begin = (db: IDBDatabase, mode: IDBTransactionMode) => db.transaction('edits', mode, { durability: 'strict' }).objectStore('edits')

const none = () => undefined // a browser without such a store still has the other one

const entry = (project: string, path: string) => JSON.stringify([project, path])

const onDisk = new Set<string>() // what this page may have in IndexedDB

export function keepEdits(k: Kept): void {
  const dated = { ...k, at: Date.now() }
  write([...all().filter((o) => !same(o, k)), dated])
  const name = entry(k.project, k.path)
  onDisk.add(name)
  void store('readwrite')
    .then((s) => done(s.put(dated, name)))
    .catch(none)
}

// keptEdits finds the newest edits of a file that are kept.
export async function keptEdits(project: string, path: string): Promise<Kept | undefined> {
  const name = entry(project, path)
  const here = all().find((o) => same(o, { project, path }))
  const looked = await early('edits')?.catch(none)
  const disk = (looked?.name === name ? looked : await look(database(), project, path).catch(none))?.found
  if (disk) onDisk.add(name)
  return disk && (disk.at ?? 0) > (here?.at ?? 0) ? disk : here
}

// keptOf lists the files of a project of which edits are kept.
export async function keptOf(project: string): Promise<string[]> {
  const here = all().filter((o) => o.project === project)
  const keys = (await store('readonly')
    .then((s) => done(s.getAllKeys()))
    .catch(none)) as string[] | undefined
  const disk = (keys ?? []).map((k) => JSON.parse(k) as [string, string]).filter(([of]) => of === project)
  return [...new Set([...here.map((o) => o.path), ...disk.map(([, path]) => path)])]
}

export function dropEdits(project: string, path: string): void {
  const list = all()
  if (list.some((o) => same(o, { project, path }))) write(list.filter((o) => !same(o, { project, path })))
  const name = entry(project, path)
  if (!onDisk.delete(name)) return
  void store('readwrite')
    .then((s) => done(s.delete(name)))
    .catch(none)
}
