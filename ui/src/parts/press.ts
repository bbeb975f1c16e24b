// What is pressed stays under the pointer: from the press of a button, a link or a row until its click the page draws nothing
// new. Else a list that moves on in between gives the click to its neighbour, or to nobody.
import { options } from 'preact'

const pressable = 'button, a[href], summary, label, [role=row], [role=option], [role=treeitem], [role=tab]'
const fields = 'input, select, textarea' // a list that opens takes the rest of the press
const dragged = 6 // px: who moves further than this selects or drags

// startPress is called once, before anything is drawn.
export function startPress(): void {
  let held: { x: number; y: number; timer: number } | undefined
  let waiting: (() => void) | undefined // draws what has changed meanwhile
  const release = () => {
    if (!held) return
    clearTimeout(held.timer)
    held = undefined
    const draw = waiting
    waiting = undefined
    draw?.()
  }
  const releaseIn = (ms: number) => {
    if (!held) return
    clearTimeout(held.timer)
    held.timer = window.setTimeout(release, ms)
  }
  options.debounceRendering = (draw) => {
    if (held) waiting = draw
    else queueMicrotask(() => (held ? (waiting = draw) : draw()))
  }
  const on = <K extends keyof WindowEventMap>(name: K, what: (e: WindowEventMap[K]) => void) => window.addEventListener(name, what, true)
  on('pointerdown', (e) => {
    release()
    const at = e.target
    if (e.button !== 0 || !e.isPrimary || !(at instanceof Element) || !at.closest(pressable) || at.closest(fields)) return
    held = { x: e.clientX, y: e.clientY, timer: 0 }
  })
  on('pointermove', (e) => {
    if (held && (!e.buttons || Math.hypot(e.clientX - held.x, e.clientY - held.y) > dragged)) release() // or it was let go elsewhere
  })
  // The click comes after pointerup, a finger's in a task of its own. What is done by it is drawn before the next key comes:
  // at once, when the others have heard of it.
  on('pointerup', () => releaseIn(100))
  on('click', () => releaseIn(0))
  window.addEventListener('click', release)
  on('pointercancel', release)
  on('dragstart', release)
  on('blur', (e) => e.target === window && release())
}
