// How the list of proposals looks, and where what is known of the selected one stands: beside the list, or under all of it.
import { autocompletion, type Completion } from '@codemirror/autocomplete'
import type { Extension } from '@codemirror/state'
import { EditorView, type Rect } from '@codemirror/view'

const widest = 400 // px of what is told of a proposal
const narrowest = 220 // px beside the list with which it can still be read
const lowest = 70 // px

// beside finds its place: right of the list, left of it, or else on the list's far side from the cursor, so that it covers
// no proposal and no line that one writes in. Where there is no room at all it is not shown.
function beside(view: EditorView, list: Rect, option: Rect, info: Rect, space: Rect) {
  const room = { right: space.right - list.right, left: list.left - space.left }
  const wanted = Math.min(widest, info.right - info.left)
  const side = room.right >= wanted || room.right >= room.left ? 'right' : 'left'
  if (room[side] >= Math.min(wanted, narrowest)) {
    const top = Math.max(space.top, Math.min(option.top, space.bottom - (info.bottom - info.top))) - list.top
    return { style: `${side === 'right' ? 'left' : 'right'}: 100%; top: ${top}px; max-width: ${Math.min(widest, room[side])}px` }
  }
  const cursor = view.coordsAtPos(view.state.selection.main.head)
  const above = !!cursor && list.top < cursor.top
  const height = above ? list.top - space.top : space.bottom - list.bottom
  const width = Math.min(widest, space.right - list.left)
  return {
    style:
      `left: 0; ${above ? 'bottom' : 'top'}: 100%; max-width: ${width}px; max-height: ${Math.max(0, height)}px;` +
      (height < lowest ? ' visibility: hidden' : ''),
  }
}

// For who hears the list: a name and what belongs to it are two words.
const between = {
  render: (of: Completion) => (of.detail ? document.createTextNode(' ') : null),
  position: 79,
}

const look = EditorView.theme({
  '.cm-tooltip.cm-tooltip-autocomplete': { overflow: 'visible' }, // what is told of a proposal lies beside it
  '.cm-tooltip.cm-tooltip-autocomplete > ul': {
    fontFamily: 'var(--mono)',
    fontSize: 'var(--tip-size)',
    maxWidth: 'min(35em, 95vw)',
    maxHeight: 'min(18em, 30vh)',
    borderRadius: '7px',
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li': { padding: '2px 8px' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]': { backgroundColor: 'var(--accent)', color: 'var(--accent-ink)' },
  '.cm-tooltip.cm-completionInfo': {
    display: 'flex',
    flexDirection: 'column',
    overflow: 'auto',
    fontFamily: 'var(--font)',
    fontSize: 'var(--tip-size)',
  },
  '.cm-completionInfo > .cm-go-doc': { minHeight: '0' },
  '@media (forced-colors: active)': {
    '.cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]': {
      forcedColorAdjust: 'none',
      backgroundColor: 'Highlight',
      color: 'HighlightText',
    },
  },
})

export const proposals: Extension = [autocompletion({ activateOnTypingDelay: 10, positionInfo: beside, addToOptions: [between] }), look]
