// Bringing files of this computer into the project: asks before it replaces, says what was left out and what failed.
import { signal, type ReadonlySignal } from '@preact/signals'
import { api, late, refusal, Refusal } from '../api'
import { open } from '../editor/tabs'
import { bytes, nameOf } from '../format'
import { confirm } from '../parts/dialog'
import { announce, attempt, project, tell } from '../state'
import { own, say } from '../words'
import { entriesOf, largest, place, unpack, type Incoming, type LeftOut } from './incoming'

const $dragging = signal(false)
const $progress = signal<{ done: number; total: number } | undefined>(undefined)

export const dragging: ReadonlySignal<boolean> = $dragging // something is being dragged over the page
export const uploading: ReadonlySignal<{ done: number; total: number } | undefined> = $progress

// startDrops takes what is dropped anywhere on the page: without that the browser would leave the page, and the editor
// would take the bytes for text.
export function startDrops(): void {
  let timer = 0
  const end = () => {
    $dragging.value = false
    document.body.classList.remove('dragging')
  }
  window.addEventListener(
    'dragover',
    (e) => {
      if (!e.dataTransfer?.types.includes('Files')) return
      e.preventDefault()
      e.dataTransfer.dropEffect = project.peek() ? 'copy' : 'none'
      if (project.peek() && !$dragging.peek()) {
        $dragging.value = true
        document.body.classList.add('dragging') // frames would take the drop
      }
      clearTimeout(timer)
      timer = window.setTimeout(end, 400) // it comes again and again while the pointer is over the page
    },
    true,
  )
  window.addEventListener(
    'drop',
    (e) => {
      if (!e.dataTransfer?.types.includes('Files')) return
      e.preventDefault()
      e.stopPropagation()
      clearTimeout(timer)
      end()
      void upload(entriesOf(e.dataTransfer), (e.target as HTMLElement).closest<HTMLElement>('[data-folder]')?.dataset.folder ?? '')
    },
    true,
  )
}

const brief = (names: string[]) =>
  names.slice(0, 6).join(', ') + (names.length > 6 ? ` ${say('upload.andMore', { n: names.length - 6 })}` : '')

// upload puts files and folders into the project; into is a folder of it, '' for where they belong.
export async function upload(entries: (FileSystemEntry | File)[], into = ''): Promise<void> {
  if (!project.peek()) return
  const { found, left } = await unpack(entries)
  const [first] = found
  if (first && found.length === 1 && left.length === 0 && !into && /\.zip$/i.test(first.path)) {
    await attempt(async () => (await late(import('../projects/bring'))).askZip(first.file, () => void put(found, left, into)))
  } else await put(found, left, into)
}

async function put(found: Incoming[], left: LeftOut[], into: string): Promise<void> {
  const to = place(
    found.map((f) => f.path),
    into,
  )
  let work = found.flatMap((f, i) => (to[i] ? [{ file: f.file, path: to[i] }] : []))
  const own = new Set(project.peek()?.files.map((f) => f.path))
  const existing = work.filter((w) => own.has(w.path))
  if (existing.length > 0) {
    const files = brief(existing.map((w) => w.path))
    const yes = await confirm({
      title: say('files.replaceTitle', { n: existing.length, file: nameOf(existing[0]!.path) }),
      text: say('files.replaceText', { n: existing.length, file: files }),
      confirm: say('files.replace'),
      danger: true,
    })
    if (!yes) work = work.filter((w) => !own.has(w.path))
  }
  const done: string[] = []
  const failed: { path: string; why: Refusal }[] = []
  for (const { file, path } of work) {
    $progress.value = { done: done.length, total: work.length }
    try {
      await api.writeFile(path, file, own.has(path) ? '*' : '')
      done.push(path)
    } catch (err) {
      failed.push({ path, why: refusal(err) })
      if (failed.at(-1)!.why.gone) break // the others would fail as well
    }
  }
  $progress.value = undefined
  if (work.length === 1 && done.length === 1) announce(say('files.uploaded', { file: done[0]!, size: bytes(work[0]!.file.size) }))
  else if (done.length > 0) announce(say('upload.done', { n: done.length }))
  report(done.length, left, failed, found.length + left.length)
  const front = done.find((p) => nameOf(p) === 'index.html') ?? done.find((p) => /\.html?$/i.test(p)) ?? done.at(-1)
  if (front) void open(front)
}

// report says what is not in the project now, and why.
function report(done: number, left: LeftOut[], failed: { path: string; why: Refusal }[], all: number): void {
  if (all === 0) {
    tell({ level: 'warning', problem: own('upload.none') })
    return
  }
  const parts: string[] = []
  for (const why of new Set(left.map((l) => l.why))) {
    const those = left.filter((l) => l.why === why)
    parts.push(
      say(why, { files: brief(those.map((l) => (l.size === undefined ? l.path : `${l.path} (${bytes(l.size)})`))), most: bytes(largest) }),
    )
  }
  const [first] = failed
  if (failed.length === 1) parts.push(`${first!.path}: ${first!.why.text} ${first!.why.help}`)
  else if (first)
    parts.push(say('upload.failed', { n: failed.length, files: brief(failed.map((f) => f.path)) }), first.why.text, first.why.help)
  if (parts.length === 0) return
  tell({
    level: failed.length > 0 ? 'error' : 'info',
    problem: own(done > 0 ? 'upload.part' : 'upload.part/none', { n: done, help: parts.join(' ') }),
  })
}
