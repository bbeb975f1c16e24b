// What the buttons Run, Stop and Reset do, and what follows on the page.
import { api } from '../api'
import { askKind, askToolchain, lacksToolchain } from '../board/ask'
import { provide, word } from '../commands/table'
import { begin, board, follow, problems, progress, project, running } from '../state'
import { isMistake } from '../codes'
import { own } from '../words'
import { prepare, saveAll } from '../editor/documents'
import { jump } from '../editor/tabs'
import { shown } from '../editor/view'
import type { Board } from '../wire'
import { act, cancel, starting } from './start'

// isUnknown: nobody has said yet which board is on the port. That counts without a port, too: a board whose
// bootloader is a drive has none while it waits there.
function isUnknown(): boolean {
  const b = board.peek()
  return b.id === '' && b.port !== ''
}

// run saves everything first, so that what runs is what the editor shows. For a real board it first asks what it has to know.
export async function run(): Promise<void> {
  if (running.peek() && progress.peek()?.phase !== 'wait') return // a program that is waited for may be replaced
  if (isUnknown()) return void askKind(() => void run())
  if (lacksToolchain()) return void askToolchain(() => void run())
  begin(starting('run'))
  await prepare(shown.peek())
  if (!(await saveAll())) {
    const doc = shown.peek()
    const why = doc?.failed.peek()
    const problem = why ? why.problem : own('file.conflict/unsaved')
    begin({ ...starting('run'), state: 'failed', text: problem.text, problem })
    return
  }
  await act('run', api.run)
}

// stop works at any time: it also ends a Run that hangs.
export const stop = () => act('stop', api.stop)

export async function reset(): Promise<void> {
  if (!running.peek()) await act('reset', api.reset)
}

// canStop: there is a program that runs, or may.
export const canStop = (): boolean => !['absent', 'stopped', 'empty'].includes(board.value.state)
export const canReset = (): boolean => board.value.state !== 'absent' && !running.value

provide([
  {
    id: 'run.run',
    group: 'board',
    label: word('run.run'),
    keys: ['Mod-Enter', 'Ctrl-Enter'],
    inDialogs: true,
    offered: () => !!project.peek(),
    act: run,
  },
  { id: 'run.stop', group: 'board', label: word('run.stop'), offered: canStop, act: stop },
  {
    id: 'run.reset',
    group: 'board',
    label: word('run.reset'),
    keys: ['Mod-Shift-Enter', 'Ctrl-Shift-Enter'],
    inDialogs: true,
    offered: canReset,
    act: reset,
  },
  { id: 'run.cancel', group: 'board', label: word('run.cancel'), offered: () => running.peek(), act: cancel },
])

// fetchLibrary puts a file that a page loads from the internet into www/. The server changes the files that load it, so
// what is typed has to be there first.
export async function fetchLibrary(path: string, address: string): Promise<void> {
  if (running.peek() || !(await saveAll())) return
  await act('library', () => api.fetchLibrary(path, address))
}

// startRun goes to the line of the mistake when a build fails or the program crashes: that is what the user wants to see next.
export function startRun(): void {
  let gone = '' // the end that was followed already
  follow((e) => {
    const p = e.progress
    if (!p || p.state !== 'failed' || p.id === gone || !isMistake(p.problem)) return
    gone = p.id
    // The list of problems may come just after the end of the action.
    setTimeout(() => toPlace(), 60)
  })
  // A program that crashes later is shown at its line, too: once for each crash, and without taking the keyboard away.
  const hasCrashed = (b: Board) => b.state === 'crashed' || !!b.lastEnd
  let crash = ''
  follow((e) => {
    if (e.board && !hasCrashed(e.board)) crash = ''
    if (!e.problems || running.peek() || !hasCrashed(board.peek())) return
    const at = e.problems.find((q) => q.source === 'board' && q.path && q.line > 0)
    const key = at ? `${at.path}:${at.line}:${at.text}` : ''
    if (!at || key === crash) return
    crash = key
    void jump(at.path, at.line, at.column, false)
  })
}

function toPlace(): void {
  const first = problems.peek().find((q) => q.path && q.line > 0 && q.severity === 'error')
  if (!first) return
  void jump(
    first.path,
    first.line,
    first.column,
    document.activeElement === document.body || !!document.activeElement?.closest('.runbox, .editor'),
  )
}
