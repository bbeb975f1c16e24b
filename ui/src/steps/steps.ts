// First steps: when each is done. Nothing waits for them.
import { computed, effect, signal } from '@preact/signals'
import { onSaved } from '../editor/documents'
import { board, follow, lit, project, settings, tickStep } from '../state'
import { after, stepsOf, type List } from './which'

export const steps = computed(() => stepsOf((project.value?.files ?? []).map((f) => f.path)))

const $list = signal<List>({ steps: [], praised: false })
export const praised = computed(() => $list.value.praised)

export function startSteps(): void {
  let sent = Infinity // when something was last sent to the board
  let pageSaved = false
  let programSaved = false
  let shownValues = 0 // a page that only shows what comes is in use when much has come
  onSaved((path) => {
    if (path.startsWith('www/')) pageSaved = true
    if (path.endsWith('.go')) programSaved = true
  })
  effect(() => {
    if (project.value) $list.value = after($list.peek(), steps.value, settings.value.steps)
  })
  effect(() => {
    const { state } = board.value
    void settings.value.steps // it may be begun again
    if (state !== 'absent' && state !== 'connecting' && board.value.port) tickStep('connect')
  })
  // The LED obeyed: it changed within a moment of a message to the board, whichever event came first.
  let switched = -Infinity
  const obeyed = () => {
    if (Math.abs(switched - sent) < 3000) tickStep('led')
  }
  let before = lit.peek()
  effect(() => {
    if (lit.value === before) return
    before = lit.value
    switched = performance.now()
    obeyed()
  })
  follow((e) => {
    if (e.message?.some((m) => m.kind === 'sent')) {
      sent = performance.now()
      obeyed()
    }
    if (steps.peek().includes('use')) {
      const ofPage = e.message?.filter((m) => m.from === 'page') ?? []
      shownValues += ofPage.filter((m) => m.kind === 'received').length
      if (ofPage.some((m) => m.kind === 'sent') || shownValues > 20) tickStep('use')
    }
    if (e.pushed && pageSaved) tickStep('page')
    const p = e.progress
    if (p?.action === 'run' && p.state === 'done') {
      tickStep('run')
      if (programSaved) tickStep('program')
      programSaved = false
    }
  })
}

export const nextStep = () => steps.value.find((s) => !settings.value.steps.includes(s))
