// Carets and selections. The caret at which one types is the browser's own: to draw one of the page's, as CodeMirror's
// drawSelection does, the page is laid out twice with every key. What browsers don't draw is drawn here: further carets, the
// end of a selection that moves, and selections, so that they stay while the focus is elsewhere.
import { EditorSelection, Prec } from '@codemirror/state'
import { EditorView, layer, RectangleMarker } from '@codemirror/view'

// Where fingers select by the browser's own handles, its own selection is what is seen.
const isTouched = /iP(hone|ad|od)/.test(navigator.userAgent) || (navigator.platform === 'MacIntel' && navigator.maxTouchPoints > 1)

const carets = layer({
  above: true,
  class: 'cm-cursorLayer',
  mount: (dom) => {
    dom.style.animation = 'none' // one without end would have the page drawn 60 times a second
  },
  update: (u) => u.docChanged || u.selectionSet,
  markers: (view) => {
    const { main, ranges } = view.state.selection
    return ranges
      .filter((r) => r !== main || !(r.empty || isTouched))
      .flatMap((r) => RectangleMarker.forRange(view, 'cm-cursor', r.empty ? r : EditorSelection.cursor(r.head, r.assoc)))
  },
})

const selections = layer({
  above: false,
  class: 'cm-selectionLayer',
  update: (u) => u.docChanged || u.selectionSet || u.viewportChanged,
  markers: (view) => {
    const { main, ranges } = view.state.selection
    return ranges
      .filter((r) => !r.empty && !(r === main && isTouched))
      .flatMap((r) => RectangleMarker.forRange(view, 'cm-selectionBackground', r))
  },
})

// Not wholly transparent: Firefox 153 paints such a selection in its own colour.
const unpainted = Prec.highest(
  EditorView.theme({ '.cm-line::selection, .cm-line ::selection': isTouched ? {} : { backgroundColor: '#ffffff01 !important' } }),
)

export const caret = [carets, selections, unpainted]
