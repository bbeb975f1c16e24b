// Keys as the table of commands writes them, in CodeMirror's way: 'Mod-Shift-p', 'F6', 'Mod-k Mod-i' for two after each
// other. Mod is ⌘ on a Mac and Ctrl elsewhere.

export const isMac = (): boolean => /Mac|iP(hone|ad|od)/.test(navigator.platform)

interface Stroke {
  key: string // as in KeyboardEvent.key, letters small
  ctrl: boolean
  meta: boolean
  shift: boolean
  alt: boolean
}

function strokeOf(stroke: string, mac: boolean): Stroke {
  const parts = stroke.split(/-(?!$)/) // 'Mod--' is the minus
  const key = parts.pop()!
  const has = (name: string) => parts.includes(name)
  return {
    key: key.length === 1 ? key.toLowerCase() : key === 'Space' ? ' ' : key,
    ctrl: has('Ctrl') || (has('Mod') && !mac),
    meta: has('Cmd') || (has('Mod') && mac),
    shift: has('Shift') || /^[A-Z]$/.test(key),
    alt: has('Alt'),
  }
}

type Pressed = Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey'>

// isPressed tells the event of a key from others. On a keyboard without Latin letters a letter is the key that has it elsewhere.
export function isPressed(e: Pressed, key: string, mac: boolean): boolean {
  const s = strokeOf(key, mac)
  if (e.ctrlKey !== s.ctrl || e.metaKey !== s.meta || e.altKey !== s.alt || e.shiftKey !== s.shift) return false
  const pressed = e.key.length === 1 ? e.key.toLowerCase() : e.key
  if (pressed === s.key) return true
  return /^[a-z]$/.test(s.key) && pressed.charCodeAt(0) > 0x7f && e.code === `Key${s.key.toUpperCase()}`
}

const named: Record<string, [string, string]> = {
  ArrowUp: ['↑', '↑'],
  ArrowDown: ['↓', '↓'],
  ArrowLeft: ['←', '←'],
  ArrowRight: ['→', '→'],
  Escape: ['Esc', '⎋'],
  Delete: ['Del', '⌦'],
  Enter: ['Enter', '↩'],
  ' ': ['Space', 'Space'],
}

// keyText is how a key is called on this computer: Ctrl+Shift+P, or ⇧⌘P.
export function keyText(key: string, mac: boolean): string {
  return key
    .split(' ')
    .map((stroke) => {
      const s = strokeOf(stroke, mac)
      const name = named[s.key]?.[mac ? 1 : 0] ?? (s.key.length === 1 ? s.key.toUpperCase() : s.key)
      if (mac) return `${s.ctrl ? '⌃' : ''}${s.alt ? '⌥' : ''}${s.shift ? '⇧' : ''}${s.meta ? '⌘' : ''}${name}`
      return [s.ctrl && 'Ctrl', s.alt && 'Alt', s.shift && 'Shift', s.meta && 'Meta', name].filter(Boolean).join('+')
    })
    .join(' ')
}

// ariaKeys is a key as aria-keyshortcuts wants it.
export function ariaKeys(key: string, mac: boolean): string {
  const s = strokeOf(key, mac)
  return [s.ctrl && 'Control', s.alt && 'Alt', s.shift && 'Shift', s.meta && 'Meta', s.key === ' ' ? 'Space' : s.key]
    .filter(Boolean)
    .join('+')
}
