// The caret. CodeMirror blinks it by an animation without end, for which browsers draw the page 60 times a second as long
// as the editor has the focus; here it is two changes of a style.
import { drawSelection, type EditorView, ViewPlugin, type ViewUpdate } from '@codemirror/view'

const half = 600 // ms that it is shown, and that it is not

class Blink {
  private timer = 0
  constructor(private readonly view: EditorView) {
    this.begin()
  }
  update(u: ViewUpdate) {
    if (u.focusChanged || u.selectionSet || u.docChanged) this.begin()
  }
  destroy() {
    clearInterval(this.timer)
  }
  private begin() {
    clearInterval(this.timer)
    this.show(true)
    if (!this.view.hasFocus || matchMedia('(prefers-reduced-motion: reduce)').matches) return
    let shown = true
    this.timer = window.setInterval(() => {
      shown = !shown
      this.show(shown)
    }, half)
  }
  private show(is: boolean) {
    const layer = this.view.scrollDOM.querySelector<HTMLElement>('.cm-cursorLayer')
    if (layer) layer.style.opacity = is ? '' : '0'
  }
}

export const caret = [drawSelection({ cursorBlinkRate: 0 }), ViewPlugin.fromClass(Blink)]
