// The arrangement of the panels in the window as it is, as signals and for style sheets.
import { computed, effect, signal } from '@preact/signals'
import { settings } from '../state'
import { arrange, arrangeSplit } from './arrange'

const $window = signal({ width: innerWidth, height: innerHeight })

// editor is what columns need, with line numbers to 9999, the marks beside them, and a scroll bar.
const editor = computed(() => {
  const column = columnWidth(settings.value.fontSize || 14)
  const of = (columns: number) => Math.ceil(columns * column) + 104
  return { least: of(60), good: of(72) }
})

function columnWidth(size: number): number {
  const pen = document.createElement('canvas').getContext('2d')
  if (!pen) return 0.62 * size
  pen.font = `${size}px ${getComputedStyle(document.documentElement).getPropertyValue('--mono')}`
  return pen.measureText('0'.repeat(100)).width / 100
}

const whenSplit = computed(() => arrangeSplit($window.value.width, $window.value.height, settings.value.panels, editor.value))
const $split = signal(false)

export const canSplit = computed(() => whenSplit.value !== undefined) // there is room for two editors
export const layout = computed(
  () => ($split.value && whenSplit.value) || arrange($window.value.width, $window.value.height, settings.value.panels, editor.value),
)

// wantSplit says that two editors are wanted, where there is room for them.
export function wantSplit(on: boolean): void {
  $split.value = on
}

export const mode = computed(() => layout.value.mode)
export const isNarrow = computed(() => $window.value.width < 900) // the header has no room for words beside Run
export const isPhone = computed(() => mode.value === 'phone')

// startLayout follows the window and lets style sheets know.
export function startLayout(): void {
  window.addEventListener('resize', () => ($window.value = { width: innerWidth, height: innerHeight }))
  effect(() => {
    document.documentElement.dataset.layout = mode.value
  })
}
