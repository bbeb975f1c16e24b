// Keeps the board's page in its frame. It may do what it likes there, but the keys go where the user last clicked or tabbed,
// and a page that does not answer is told apart from one that works.
//
// No browser can be asked to keep a frame from taking the focus by itself. So Studio takes it back at once, and what was
// typed meanwhile is handed back by the script that is in each page before the page's own (internal/bridge/page.js), over a
// port that the page itself cannot reach. What such a port may say is bounded all the same: no more than a second's letters each time.

import { away } from '../parts/away'

type Key = { key: string; code: string; ctrlKey: boolean; altKey: boolean; metaKey: boolean; shiftKey: boolean; repeat: boolean }
// An answer is 'here' while the page has the focus, else 'pong'.
type Said = 'pressed' | 'took' | 'pong' | 'here' | 'bye' | 'asking' | 'asked' | { key: Key } | { out: Key }

export interface Told {
  hangs: () => void // the page has not answered for a while
  takes: () => void // the page takes the focus again and again, past its script
}

const every = 1000 // ms between two questions
const maxUnanswered = 8 // questions without an answer
const toCome = 30 // seconds in which a page has to come; the bridge waits 20 for the board
const atOnce = 250 // ms
const byTab = 500 // ms in which the focus comes into a frame after the key that brings it there
const toTell = 30 // ms in which the page's script tells that the user has pressed in it
const late = 1000 // ms after the focus was taken back, in which word that it was the user's doing still counts
const idle = 5000 // ms without a key in Studio, after which a page without the script may have the focus
const keysBack = 20 // keys that are taken for each time that the focus was taken: a second's, where the computer is busy
const holdMost = 3000 // ms that keys wait for those that the page got before them
const toGo = 300 // ms that they wait when its frame has gone, which a page that hangs does not tell …
const toEnd = 5000 // … and in which its last ones still come
const takesMost = 20 // times in takesSpan that a page may take the focus
const takesSpan = 5000 // ms

let lastFocus: HTMLElement | undefined // in Studio's own page
let broughtAt = -1e9 // when a key was pressed that moves the focus on
let typedAt = -1e9

window.addEventListener(
  'keydown',
  (e) => {
    if (e.isTrusted) typedAt = performance.now()
    if (e.isTrusted && e.key === 'F6') broughtAt = typedAt
  },
  true,
)
window.addEventListener('keydown', (e) => {
  if (e.isTrusted && e.key === 'Tab' && !e.defaultPrevented) broughtAt = typedAt // in the editor it indents
})

export interface Guard {
  // Does the page answer at once? One without the script does not, strictly.
  asks: (strictly: boolean, then: (answers: boolean) => void) => void
  end: () => void
}

// guard watches over a frame until its end.
export function guard(frame: HTMLIFrameElement, told: Told): Guard {
  let port: MessagePort | undefined // to the script of the page that is in the frame; undefined: it has none, or not yet
  let isEntered = false // the user has pressed in the page or tabbed into it
  let unanswered = 0
  let isLoaded = false // some page has come, maybe one without the script
  let answered: (() => void) | undefined // waits for the next answer
  let isAsking = false // a dialog of the page's is open: it cannot answer
  let takenAt: number[] = []
  let keysLeft = 0
  let deciding = 0
  let isGone = false // the frame has, and what its page got before comes
  let isAway = false // the window has lost the focus, maybe to the frame
  // Keys that come to Studio right after it took the focus back wait for those that the page got before them. All of those
  // are back when the page has answered twice without the focus: it loses that later than Studio has it, if the browser
  // itself is busy, and the first question may still pass a key on its way.
  let held: Key[] | undefined // undefined: keys go on as they are
  let holding = 0
  let asked = 0 // questions to the page's script, and its answers
  let answers = 0
  let awaited = 0 // the number of the answer that is waited for
  let isSecond = false // it is the second one

  const say = (m: 'ping' | 'enter' | 'leave') => port?.postMessage(m)
  const ask = () => {
    asked++
    say('ping')
  }
  const release = () => {
    if (held?.length && hasFocus() && !isEntered) return takeBack() // which comes back here
    clearTimeout(holding)
    const keys = held
    held = undefined
    for (const k of keys ?? []) type(k)
  }
  const hold = () => {
    release()
    if (!port) return
    held = []
    holding = window.setTimeout(release, holdMost)
    ask()
    awaited = asked
    isSecond = false
  }
  const countAnswer = (isThere: boolean) => {
    answers++
    if (!held || answers < awaited) return
    if (isSecond && !isThere) return release()
    isSecond = !isThere
    awaited = Infinity
    window.setTimeout(
      () => {
        if (!held) return
        ask()
        awaited = asked
      },
      isThere ? 10 : 0,
    )
  }
  const onKey = (e: KeyboardEvent) => {
    if (!held || !e.isTrusted || /^(Shift|Control|Alt|AltGraph|Meta|CapsLock)$/.test(e.key)) return
    const { key, code, ctrlKey, altKey, metaKey, shiftKey, repeat } = e
    const k = { key, code, ctrlKey, altKey, metaKey, shiftKey, repeat }
    if (e.isComposing || hasFocus() || !isTypeable(k)) return release()
    e.preventDefault()
    e.stopImmediatePropagation()
    held.push(k)
  }
  const hasFocus = () => document.activeElement === frame

  // regain: the frame has taken the focus along when it went, and nobody has gone into it.
  const regain = () => {
    if (isAway && !isEntered && document.activeElement === document.body && lastFocus?.isConnected) lastFocus.focus({ preventScroll: true })
  }

  // takeKey types what the page has got and hands back. Of a frame that has gone, Studio may never have heard that it took the focus.
  const takeKey = (k: Key) => {
    if (!isGone && !frame.isConnected) {
      isGone = true
      keysLeft = keysBack
    }
    if (keysLeft-- > 0) type(k)
  }

  const leave = () => {
    clearTimeout(deciding)
    if (isEntered) say('leave')
    isEntered = false
  }
  const enter = () => {
    clearTimeout(deciding)
    isEntered = true
    say('enter')
    away()
  }
  const takeBack = () => {
    clearTimeout(deciding)
    if (isEntered || !hasFocus()) return
    const now = performance.now()
    takenAt = [...takenAt.filter((t) => now - t < takesSpan), now]
    keysLeft = keysBack
    if (document.hasFocus()) window.focus()
    if (lastFocus?.isConnected) lastFocus.focus({ preventScroll: true })
    if (hasFocus()) frame.blur()
    hold()
    if (takenAt.length > takesMost) told.takes()
  }
  // The focus has come into the frame: by the user, or by the page itself?
  const decide = () => {
    clearTimeout(deciding)
    if (!hasFocus() || isEntered) return
    if (performance.now() - broughtAt < byTab) enter()
    else if (port) deciding = window.setTimeout(takeBack, toTell)
    else if (performance.now() - typedAt > idle) enter()
    else takeBack()
  }
  const onBlur = () => {
    isAway = true
    window.setTimeout(decide) // activeElement is the frame only then
  }
  const onFocus = (e: FocusEvent) => {
    const at = e.target
    if (at === frame) decide()
    else if (at instanceof HTMLElement) {
      isAway = false
      lastFocus = at
      broughtAt = -1e9
      leave()
    } else if (at === window && !hasFocus() && frame.isConnected) leave()
  }

  const hear = (m: Said) => {
    unanswered = 0
    answered?.()
    if (m === 'pong' || m === 'here') countAnswer(m === 'here')
    else if (m === 'pressed') {
      clearTimeout(deciding)
      isEntered = true
      if (!hasFocus() && performance.now() - (takenAt.at(-1) ?? -1e9) < late) frame.focus()
      away()
    } else if (m === 'took') {
      if (performance.now() - broughtAt < byTab) decide()
      else if (!isEntered) window.setTimeout(takeBack, 4) // a press that caused it has been told before
    } else if (m === 'asking') isAsking = true
    else if (m === 'asked') isAsking = false
    else if (m === 'bye') {
      port?.close()
      port = undefined
      release()
      isLoaded = isAsking = isEntered = false
    } else if (typeof m === 'object' && 'key' in m) {
      if (isEntered) return
      takeBack()
      takeKey(m.key)
    } else if (typeof m === 'object' && 'out' in m && isEntered && hasFocus()) {
      frame.dispatchEvent(new KeyboardEvent('keydown', { ...m.out, bubbles: true, cancelable: true }))
    }
  }
  // The first script of a page says so; what the page itself says later is not it.
  const onMessage = (e: MessageEvent) => {
    if (port || e.source !== frame.contentWindow || (e.data as { studio?: string } | null)?.studio !== 'page' || !e.ports[0]) return
    port = e.ports[0]
    port.onmessage = (said) => hear(said.data as Said)
    unanswered = asked = answers = 0
    isAsking = isEntered = false
  }
  const asking = window.setInterval(() => {
    if (isAsking || (!port && isLoaded)) return
    if (unanswered++ >= (port ? maxUnanswered : toCome)) told.hangs()
    else ask()
  }, every)

  const onLoad = () => {
    isLoaded = true
  }
  const asks = (strictly: boolean, then: (answers: boolean) => void) => {
    if (!port) return then(!strictly)
    const late = setTimeout(() => then(false), atOnce)
    const before = answered
    answered = () => {
      before?.()
      answered = undefined
      clearTimeout(late)
      then(true)
    }
    ask()
  }

  frame.addEventListener('load', onLoad)
  window.addEventListener('message', onMessage)
  window.addEventListener('blur', onBlur)
  window.addEventListener('focus', onFocus, true)
  window.addEventListener('keydown', onKey, true)
  window.addEventListener('pointerdown', release, true)
  const stop = () => {
    clearTimeout(holding)
    port?.close()
    window.removeEventListener('keydown', onKey, true)
    window.removeEventListener('pointerdown', release, true)
    release()
  }
  // outlive: the frame has gone. What the page got before that is still on its way. If it had the focus, keys that come to
  // Studio now wait for it.
  const outlive = (from: MessagePort) => {
    if (isAway) held ??= []
    regain()
    clearTimeout(holding)
    holding = window.setTimeout(release, toGo)
    window.setTimeout(stop, toEnd)
    from.onmessage = ({ data }) => {
      const m = data as Said
      if (m === 'bye') stop()
      else if (typeof m === 'object' && 'key' in m) takeKey(m.key)
    }
  }

  return {
    asks,
    end: () => {
      clearTimeout(deciding)
      clearInterval(asking)
      frame.removeEventListener('load', onLoad)
      window.removeEventListener('message', onMessage)
      window.removeEventListener('blur', onBlur)
      window.removeEventListener('focus', onFocus, true)
      if (port && !isEntered) outlive(port)
      else stop()
    },
  }
}

// isTypeable says whether the key writes, or moves, where the focus is. Nothing that begins an action is taken from a page's hand.
function isTypeable(k: Key): boolean {
  const at = document.activeElement
  if (!(at instanceof HTMLElement) || at instanceof HTMLIFrameElement) return false
  const letter = [...k.key].length === 1
  if (k.metaKey || ((k.ctrlKey || k.altKey) && !(letter && k.ctrlKey && k.altKey))) return false // Ctrl and Alt together are AltGr
  const edits = at.isContentEditable || at instanceof HTMLTextAreaElement || at instanceof HTMLInputElement
  if (!edits || (k.key === 'Enter' && at instanceof HTMLInputElement)) return false
  return letter || /^(Enter|Backspace|Delete|Home|End|Arrow(Left|Right|Up|Down))$/.test(k.key)
}

// type does what the key would have done here.
function type(k: Key): void {
  if (!isTypeable(k)) return
  const at = document.activeElement as HTMLElement
  if (!at.dispatchEvent(new KeyboardEvent('keydown', { ...k, bubbles: true, cancelable: true }))) return
  const letter = [...k.key].length === 1
  const command = letter ? 'insertText' : { Enter: 'insertLineBreak', Backspace: 'delete', Delete: 'forwardDelete' }[k.key]
  if (command) document.execCommand(command, false, letter ? k.key : undefined)
}
