// Files and folders from this computer: what a drop holds, what of it is left out, and where in the project the rest goes.
import type { Word } from '../words'

export interface Incoming {
  path: string // as it was dropped: a.png, or site/css/a.css for what is in a folder
  file: File
}

export interface LeftOut {
  path: string
  why: Word
  size?: number
}

export const largest = 8 << 20 // bytes of one file; see MaxFile of package project
const most = 500 // files at a time

// isJunk tells what systems and tools leave in folders and nobody wants in a project.
export function isJunk(name: string): boolean {
  return name.startsWith('.') || ['node_modules', '__MACOSX', 'Thumbs.db', 'desktop.ini', '$RECYCLE.BIN'].includes(name)
}

// entriesOf has to be called while the drop is being handled: afterwards the browser forgets what was dropped.
export function entriesOf(data: DataTransfer): (FileSystemEntry | File)[] {
  return [...data.items]
    .filter((i) => i.kind === 'file')
    .map((i) => i.webkitGetAsEntry?.() ?? i.getAsFile())
    .filter((e) => e !== null)
}

// unpack reads folders to their ends.
export async function unpack(entries: (FileSystemEntry | File)[]): Promise<{ found: Incoming[]; left: LeftOut[] }> {
  const found: Incoming[] = []
  const left: LeftOut[] = []
  const take = (path: string, file: File) => {
    if (file.size > largest) left.push({ path, why: 'upload.large', size: file.size })
    else if (found.length < most) found.push({ path: path.normalize(), file })
    else left.push({ path, why: 'upload.many' })
  }
  const walk = async (e: FileSystemEntry, folder: string): Promise<void> => {
    const path = folder + e.name
    if (isJunk(e.name)) {
      left.push({ path, why: 'upload.hidden' })
      return
    }
    try {
      if (e.isFile) {
        take(path, await new Promise<File>((done, failed) => (e as FileSystemFileEntry).file(done, failed)))
        return
      }
      const reader = (e as FileSystemDirectoryEntry).createReader()
      for (;;) {
        const part = await new Promise<FileSystemEntry[]>((done, failed) => reader.readEntries(done, failed)) // a hundred at a time
        if (part.length === 0) break
        for (const inside of part) await walk(inside, path + '/')
      }
    } catch {
      left.push({ path, why: 'upload.unreadable' })
    }
  }
  for (const e of entries) {
    if (!(e instanceof File)) await walk(e, '')
    else {
      const path = e.webkitRelativePath || e.name
      const junk = path.split('/').findIndex(isJunk)
      if (junk < 0) take(path, e)
      else if (!left.some((l) => `${path}/`.startsWith(`${l.path}/`)))
        left.push({
          path: path
            .split('/')
            .slice(0, junk + 1)
            .join('/'),
          why: 'upload.hidden',
        })
    }
  }
  return { found, left }
}

// place says where each of the paths goes; '' for what does not belong into the project. into is the folder that they
// were dropped on, '' for none. Without one, programs go beside main.go (with their folder), a folder www and whole
// projects to where they are in a project, and everything else is for the board's page and goes into www/.
export function place(paths: string[], into: string): string[] {
  const top = (path: string) => path.slice(0, path.indexOf('/') + 1)
  const projects = new Set(
    paths
      .filter((p) => p === `${top(p)}main.go` || p.startsWith(`${top(p)}www/`))
      .map(top)
      .filter(Boolean),
  )
  return paths.map((path) => {
    if (into) return into === 'www' && path.startsWith('www/') ? path : `${into}/${path}`
    const folder = top(path)
    if (folder !== 'www/' && projects.has(folder)) {
      const inside = path.slice(folder.length)
      return inside === 'studio.json' ? '' : inside // the project has its own
    }
    return path.startsWith('www/') || /\.go$/i.test(path) ? path : `www/${path}`
  })
}
