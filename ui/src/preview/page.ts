// Which of the board's pages the preview shows.
import { computed, effect, signal, untracked, type ReadonlySignal } from '@preact/signals'
import { pageOf } from '../address'
import { active } from '../editor/tabs'
import { boardFiles, project } from '../state'

const $late = signal(false)
const $chosen = signal<{ project: string; address: string } | undefined>(undefined)

export const late: ReadonlySignal<boolean> = $late // no editor has come: the other panels do not wait longer

// page is the address of the shown page on the board: what was chosen, else the start page or the first one there is;
// '' when the project has none. What else is on the board was left there by another project, and is shown only when it is chosen.
export const page: ReadonlySignal<string> = computed(() => {
  const p = project.value
  const chosen = $chosen.value
  if (chosen && chosen.project === p?.name && [...p.files, ...boardFiles.value].some((f) => pageOf(f.path) === chosen.address))
    return chosen.address
  const pages = (p?.files ?? [])
    .map((f) => f.path)
    .filter((f) => /^www\/.+\.html?$/i.test(f))
    .sort()
  if (!p || pages.includes('www/index.html')) return '/'
  if (pages.length === 0) return ''
  const first = pages.find((f) => !f.slice(4).includes('/')) ?? pages[0]!
  return '/' + first.slice(4).split('/').map(encodeURIComponent).join('/')
})

export function go(address: string): void {
  $chosen.value = { project: project.peek()?.name ?? '', address }
}

// startPreview lets the preview show the page that is being edited, if it is one.
export function startPreview(): void {
  setTimeout(() => ($late.value = true), 1500)
  effect(() => {
    const address = pageOf(active.value)
    untracked(() => {
      if (address && address !== page.peek()) go(address)
    })
  })
}
