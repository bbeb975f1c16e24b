// Where the panels are. One rule is above all others: the editor has at least 60 columns, or the whole width of the
// window. What does not fit beside it gives up width first, then moves: the files become a drawer, then board and page
// go below the editor, then everything becomes one view at a time.
export type Panel = 'files' | 'side' | 'below' | 'board'

// wide: files, editor, board and page side by side. two: the files are a drawer. stacked: board and page are below the
// editor, beside the messages. phone: one view at a time.
export type Mode = 'wide' | 'two' | 'stacked' | 'phone'

// Each panel's first, smallest and smallest comfortable size in px. The first height of what is below depends on the window.
export const sizes: Record<Panel, { first: number; least: number; comfortable: number }> = {
  files: { first: 244, least: 170, comfortable: 200 },
  side: { first: 360, least: 240, comfortable: 300 },
  below: { first: 252, least: 140, comfortable: 140 },
  board: { first: 262, least: 120, comfortable: 120 },
}

const padding = 16 // of the page, both sides together
const gap = 8 // a line to drag
const bar = 54 // the height of the header
const leastStacked = 260 // where board and page are below the editor
const editorHeight = 240 // its tabs, five lines, and what is wrong in them

export interface Arrangement {
  mode: Mode
  tabbed: boolean // board and page share one place
  size: Record<Panel, number> // px; 0 for a panel that is folded
  most: Record<Panel, number> // how far each can grow
  tight: boolean // what is below has no room for tools with words beside its tabs
  roomy: boolean // and there for more than a few
  split: boolean // two editors are side by side
}

// arrange decides it all. panels holds what the user has chosen; editor is what 60 columns need, and what the lines of
// the templates need, for which panels that nobody has sized make room.
export function arrange(
  width: number,
  height: number,
  panels: Readonly<Record<string, number>>,
  editor: { least: number; good: number },
): Arrangement {
  const firstBelow = Math.round(Math.min(440, Math.max(200, height / 3)))
  const wanted = (p: Panel) => {
    const own = panels[p]
    return own === undefined || !(own >= 0) ? (p === 'below' ? firstBelow : sizes[p].first) : own === 0 ? 0 : Math.max(sizes[p].least, own)
  }
  const files = wanted('files')
  const side = wanted('side')
  const comfortable = (p: 'files' | 'side') => Math.min(wanted(p), sizes[p].comfortable)
  const roomOfTwo = width - padding - 2 * gap - editor.least // for files and side
  const roomOfOne = width - padding - gap - editor.least // for side alone
  let mode: Mode = 'phone'
  if (width >= 760 && height >= 460) {
    if (roomOfTwo >= (comfortable('files') || sizes.files.least) + comfortable('side')) mode = 'wide'
    else if (roomOfOne >= comfortable('side')) mode = 'two'
    else if (height >= 700) mode = 'stacked'
  }
  const most: Record<Panel, number> = {
    files: Math.max(0, roomOfTwo - comfortable('side')),
    side: 0,
    below: Math.max(sizes.below.least, height - bar - padding - gap - editorHeight),
    board: Math.max(sizes.board.least, height - 240),
  }
  const size: Record<Panel, number> = { files, side, below: Math.min(wanted('below'), most.below), board: wanted('board') }
  switch (mode) {
    case 'wide': {
      most.side = roomOfTwo - comfortable('files')
      const isFirst = panels.files === undefined && panels.side === undefined
      const room = isFirst ? Math.max(comfortable('files') + comfortable('side'), roomOfTwo - (editor.good - editor.least)) : roomOfTwo
      const over = files + side - room
      if (over > 0) {
        // Each gives what it has beyond its comfort, in proportion.
        const [f, s] = [files - comfortable('files'), side - comfortable('side')]
        size.files = Math.floor(files - (over * f) / (f + s))
        size.side = Math.floor(side - (over * s) / (f + s))
      }
      break
    }
    case 'two':
      most.side = roomOfOne
      size.side = Math.min(
        side,
        panels.side === undefined ? Math.max(comfortable('side'), roomOfOne - (editor.good - editor.least)) : roomOfOne,
      )
      break
    case 'stacked':
      size.below = Math.min(most.below, Math.max(size.below, leastStacked))
      most.side = width - padding - gap - 360
      size.side = Math.min(side, most.side)
      if (panels.below === undefined) size.below = Math.min(most.below, Math.max(size.below, Math.round(height * 0.4)))
      break
  }
  const tabbed = mode === 'stacked' || (mode !== 'phone' && height < 620)
  if (tabbed || mode === 'phone') size.board ||= sizes.board.first // as a view of its own it is never folded
  const belowWidth = width - (mode === 'phone' ? 0 : padding + (size.side && gap + size.side) + (mode === 'wide' ? gap + size.files : 0))
  return { mode, tabbed, size, most, tight: belowWidth < 680, roomy: belowWidth >= 800, split: false }
}

// arrangeSplit makes room for two editors side by side, each with what one needs. The panels give up width for that, and
// board and page all of it if need be, for as long. Without the room there is none such.
export function arrangeSplit(
  width: number,
  height: number,
  panels: Readonly<Record<string, number>>,
  editor: { least: number; good: number },
): Arrangement | undefined {
  const two = { least: 2 * editor.least, good: 2 * editor.good }
  for (const p of [panels, { ...panels, side: 0 }]) {
    const a = arrange(width, height, p, two)
    if (a.mode === 'wide' || a.mode === 'two') return { ...a, split: true }
  }
  return undefined
}
