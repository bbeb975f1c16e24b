// The commands: everything that can be done on the page, each once. Menus, keys, the palette and the list of shortcuts take
// them from here. Each is defined beside what it does, by whoever does it.
import { say, type Word } from '../words'
import type { Item } from '../parts/menu'
import { isMac, isPressed, keyText } from './keys'

// Group is what commands are about; the palette and the list of shortcuts say it before them.
export type Group = 'board' | 'file' | 'edit' | 'program' | 'search' | 'view' | 'project' | 'messages' | 'console' | 'help'

export const groups: readonly Group[] = ['board', 'file', 'edit', 'program', 'search', 'view', 'project', 'messages', 'console', 'help']

export interface Command {
  id: string // stable: the settings remember what was used last
  group: Group
  label: () => string
  more?: () => string // in the palette instead, where the label needs its menu to be understood
  keys?: readonly string[] // see keys.ts; the first one is told
  own?: boolean // the keys are known where the focus is, such as the editor; here they are only told
  inDialogs?: boolean // the keys work while a dialog is open, too
  repeats?: boolean // while the key is held
  offered?: () => boolean // whether there is something to do it with
  checked?: () => boolean // it is one of several to choose from
  on?: () => boolean // it is something that is on or off
  danger?: boolean
  act?: () => unknown // none: a key of some place, which is only told
}

type Provider = () => readonly Command[]
const providers: Provider[] = []

// provide adds commands; a function gives those that come and go.
export function provide<T extends readonly Command[] | Provider>(commands: T): T {
  providers.push(typeof commands === 'function' ? commands : () => commands)
  return commands
}

// commands are all that are there now.
export const commands = (): Command[] => providers.flatMap((p) => p())

export const isOffered = (c: Command): boolean => !!c.act && (c.offered?.() ?? true)

// keysOf are a command's keys as they are called here, each once.
export const keysOf = (c: Command): string[] => [...new Set((c.keys ?? []).map((k) => keyText(k, isMac())))]

// keyOf is how a command's key is called here, if it has one.
export const keyOf = (c: Command): string | undefined => (c.keys?.[0] ? keyText(c.keys[0], isMac()) : undefined)

export const groupName = (g: Group): string => say(`commands.${g}`)

// item is a command as a menu shows it.
export function item(c: Command, more: Partial<Item> = {}): Item {
  return {
    id: c.id,
    label: c.label(),
    hint: keyOf(c),
    checked: c.checked?.(),
    on: c.on?.(),
    danger: c.danger,
    disabled: !isOffered(c),
    act: () => void c.act?.(),
    ...more,
  }
}

// word makes a label of a sentence.
export const word = (w: Word) => () => say(w)

// isDialogOpen: the page waits for an answer.
export const isDialogOpen = () => !!document.querySelector('dialog[open]')

// startKeys listens for the commands' keys, before anything else hears them. A key of a command is nobody else's, also
// while the command is not offered: Ctrl+P never prints.
export function startKeys(): void {
  const mac = isMac()
  window.addEventListener(
    'keydown',
    (e) => {
      if (e.isComposing || !(e.ctrlKey || e.metaKey || e.altKey || /^F\d/.test(e.key))) return
      const c = commands().find((it) => it.act && !it.own && it.keys?.some((k) => isPressed(e, k, mac)))
      if (!c) return
      e.preventDefault() // which the editor looks at, too
      if ((e.repeat && !c.repeats) || (isDialogOpen() && !c.inDialogs) || !isOffered(c)) return
      void c.act?.()
    },
    true,
  )
}
