// The line between two panels: drag it, or focus it and use the arrows; Enter or a double click folds the panel.
import { useRef } from 'preact/hooks'
import { keep, settings } from '../state'
import { say, type Word } from '../words'
import { sizes, type Panel } from './arrange'
import { layout } from './layout'

const looks: Record<Panel, { label: Word; vertical: boolean; sign: 1 | -1 }> = {
  files: { label: 'split.files', vertical: true, sign: 1 },
  side: { label: 'split.side', vertical: true, sign: -1 },
  below: { label: 'split.below', vertical: false, sign: -1 },
  board: { label: 'split.board', vertical: false, sign: 1 },
}

const unfolded = new Map<Panel, number>()

export const sizeOf = (panel: Panel): number => layout.value.size[panel]
const most = (panel: Panel): number => layout.value.most[panel]

export function setSize(panel: Panel, size: number): void {
  const { least } = sizes[panel]
  const next = size < least / 2 ? 0 : Math.round(Math.min(most(panel), Math.max(least, size)))
  keep({ panels: { ...settings.value.panels, [panel]: next } })
}

export function toggleFold(panel: Panel): void {
  const now = sizeOf(panel)
  const { [panel]: own, ...others } = settings.value.panels
  const before = unfolded.get(panel)
  if (now > 0 && own !== undefined) unfolded.set(panel, own)
  keep({ panels: now > 0 ? { ...others, [panel]: 0 } : before ? { ...others, [panel]: before } : others })
}

// unfold makes sure that a panel is seen.
export function unfold(panel: Panel): void {
  if (sizeOf(panel) === 0) toggleFold(panel)
}

export function Split({ panel }: { panel: Panel }) {
  const { vertical, sign, label } = looks[panel]
  const { least } = sizes[panel]
  const drag = useRef<{ at: number; size: number } | undefined>(undefined)
  const size = sizeOf(panel)
  return (
    <div
      class={`split ${vertical ? 'v' : 'h'} s-${panel}`}
      role="separator"
      tabIndex={0}
      aria-orientation={vertical ? 'vertical' : 'horizontal'}
      aria-label={say(label)}
      aria-valuenow={size}
      aria-valuemin={0}
      aria-valuemax={most(panel)}
      aria-valuetext={size === 0 ? say('split.folded') : undefined}
      title={say('split.hint')}
      onPointerDown={(e) => {
        if (e.button !== 0) return
        e.currentTarget.setPointerCapture(e.pointerId)
        // A panel that was never moved is as large as its content.
        const now =
          panel === 'board' && settings.value.panels.board === undefined ? e.currentTarget.previousElementSibling?.clientHeight : size
        drag.current = { at: vertical ? e.clientX : e.clientY, size: now ?? size }
        document.body.classList.add('dragging')
      }}
      onPointerMove={(e) => {
        const d = drag.current
        if (d) setSize(panel, d.size + sign * ((vertical ? e.clientX : e.clientY) - d.at))
      }}
      onLostPointerCapture={() => {
        drag.current = undefined
        document.body.classList.remove('dragging')
      }}
      onDblClick={() => toggleFold(panel)}
      onKeyDown={(e) => {
        const step = e.shiftKey ? 64 : 16
        const [less, more] = vertical ? ['ArrowLeft', 'ArrowRight'] : ['ArrowUp', 'ArrowDown']
        const from = size === 0 ? least - step : size
        if (e.key === more) setSize(panel, sign > 0 ? from + step : size - step)
        else if (e.key === less) setSize(panel, sign > 0 ? size - step : from + step)
        else if (e.key === 'Home') setSize(panel, least)
        else if (e.key === 'End') setSize(panel, most(panel))
        else if (e.key === 'Enter') toggleFold(panel)
        else return
        e.preventDefault()
      }}
    />
  )
}
