// What the pointer selects: dragged with Alt a rectangle, in place of what was selected before. A click with Alt puts one
// more caret there, or takes the one there away.
import { EditorSelection, EditorState, type Extension } from '@codemirror/state'
import { crosshairCursor, EditorView, rectangularSelection } from '@codemirror/view'

const before = new WeakMap<EditorView, EditorSelection>() // what was selected when the pointer was pressed with Alt

// With another one, or without it if it is there.
function toggled(selection: EditorSelection, pos: number): EditorSelection {
  const { ranges } = selection
  const others = ranges.filter((r) => pos < r.from || pos > r.to)
  if (others.length === ranges.length) return selection.addRange(EditorSelection.cursor(pos))
  return others.length > 0 ? EditorSelection.create(others, others.length - 1) : selection
}

export const pointer: Extension = [
  EditorState.allowMultipleSelections.of(true),
  EditorView.clickAddsSelectionRange.of(() => false), // Ctrl+click goes to where a name comes from, Alt does both (below)
  rectangularSelection(),
  crosshairCursor(),
  EditorView.domEventHandlers({
    mousedown(e, view) {
      before.delete(view)
      if (e.altKey && e.button === 0) before.set(view, view.state.selection)
      return false
    },
    click(_, view) {
      const was = before.get(view)
      before.delete(view)
      const { ranges, main } = view.state.selection
      if (was && ranges.length === 1 && main.empty) view.dispatch({ selection: toggled(was, main.head), userEvent: 'select.pointer' })
      return false
    },
  }),
]
