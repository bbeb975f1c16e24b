// The ways to what is done: the palette of commands, a file by its name, and the list of keys. They are loaded when they
// are first asked for.
import { late } from '../api'
import { attempt, project } from '../state'
import { provide, word, type Command } from './table'

const pickers = () => late(import('./pickers'))

export const openShortcuts = () => attempt(async () => (await late(import('./shortcuts'))).showShortcuts())

export const own = {
  palette: {
    id: 'help.commands',
    group: 'help',
    label: word('command.all'),
    keys: ['Mod-Shift-p'], // Firefox keeps it for itself: there, Ctrl+P and > do the same
    act: () => attempt(async () => (await pickers()).showCommands()),
  },
  file: {
    id: 'file.open',
    group: 'file',
    label: word('command.file'),
    keys: ['Mod-p'],
    offered: () => !!project.peek(),
    act: () => attempt(async () => (await pickers()).showFiles()),
  },
  shortcuts: { id: 'help.keys', group: 'help', label: word('command.shortcuts'), act: openShortcuts },
} satisfies Record<string, Command>
provide(Object.values(own))
