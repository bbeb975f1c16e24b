// The safety net: edits that could not be saved, kept in this browser until they are.
const key = 'studio.unsaved'

export interface Kept {
  project: string
  path: string
  hash: string // of the content that the edits started from
  text: string
}

function all(): Kept[] {
  try {
    return JSON.parse(localStorage.getItem(key) ?? '[]') as Kept[]
  } catch {
    return []
  }
}

function write(list: Kept[]): void {
  try {
    if (list.length) localStorage.setItem(key, JSON.stringify(list))
    else localStorage.removeItem(key)
  } catch {
    // no room or no storage: the edits are still in the open tab
  }
}

const same = (a: { project: string; path: string }, b: { project: string; path: string }) => a.project === b.project && a.path === b.path

export function keepEdits(k: Kept): void {
  write([...all().filter((o) => !same(o, k)), k])
}

export function keptEdits(project: string, path: string): Kept | undefined {
  return all().find((o) => same(o, { project, path }))
}

export function dropEdits(project: string, path: string): void {
  const list = all()
  if (list.some((o) => same(o, { project, path }))) write(list.filter((o) => !same(o, { project, path })))
}

export function keptPaths(project: string): string[] {
  return all()
    .filter((o) => o.project === project)
    .map((o) => o.path)
}
