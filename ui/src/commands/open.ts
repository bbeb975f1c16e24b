// The ways to what is done: the palette of commands, a file by its name, and the list of keys. They are loaded when they
// are first asked for.
import { late } from '../api'
import { attempt, project } from '../state'
import { provide, word, type Command } from './table'

const pickers = () => late(import('./pickers'))

// pick opens one of them. What is typed while it loads is meant for it: take ends that, and gives what it was.
async function pick(open: 'showCommands' | 'showFiles'): Promise<void> {
  let typed = ''
  const keys = (e: KeyboardEvent) => {
    if (e.ctrlKey || e.metaKey || e.altKey || e.isComposing) return
    if (e.key.length === 1) typed += e.key
    else if (e.key === 'Backspace') typed = typed.slice(0, -1)
    else return
    e.preventDefault()
    e.stopImmediatePropagation()
  }
  const take = () => {
    removeEventListener('keydown', keys, true)
    return typed
  }
  addEventListener('keydown', keys, true)
  try {
    ;(await pickers())[open](take)
  } catch (e) {
    take()
    throw e
  }
}

export const openShortcuts = () => attempt(async () => (await late(import('./shortcuts'))).showShortcuts())

export const own = {
  palette: {
    id: 'help.commands',
    group: 'help',
    label: word('command.all'),
    keys: ['Mod-Shift-p'], // Firefox keeps it for itself: there, Ctrl+P and > do the same
    act: () => attempt(() => pick('showCommands')),
  },
  file: {
    id: 'file.open',
    group: 'file',
    label: word('command.file'),
    keys: ['Mod-p'],
    offered: () => !!project.peek(),
    act: () => attempt(() => pick('showFiles')),
  },
  shortcuts: { id: 'help.keys', group: 'help', label: word('command.shortcuts'), act: openShortcuts },
} satisfies Record<string, Command>
provide(Object.values(own))
