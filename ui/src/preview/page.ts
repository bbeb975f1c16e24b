// Which of the board's pages the preview shows.
import { computed, signal, type ReadonlySignal } from '@preact/signals'
import { project } from '../state'

const $chosen = signal<{ project: string; address: string } | undefined>(undefined)

// page is the address of the shown page on the board: what was chosen, else the start page or the first one there is.
export const page: ReadonlySignal<string> = computed(() => {
  const p = project.value
  if ($chosen.value && $chosen.value.project === p?.name) return $chosen.value.address
  const pages = (p?.files ?? []).map((f) => f.path).filter((f) => /^www\/.+\.html?$/i.test(f)).sort()
  if (pages.length === 0 || pages.includes('www/index.html')) return '/'
  const first = pages.find((f) => !f.slice(4).includes('/')) ?? pages[0]!
  return '/' + first.slice(4).split('/').map(encodeURIComponent).join('/')
})

export function go(address: string): void {
  $chosen.value = { project: project.peek()?.name ?? '', address }
}

// followEditor shows the page that is being edited, if it is one.
export function followEditor(address: string | undefined): void {
  if (address && address !== page.peek()) go(address)
}
