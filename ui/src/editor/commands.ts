// What the editor itself can do, as commands. Their keys are CodeMirror's: whatever its keymap has for each.
import { startCompletion } from '@codemirror/autocomplete'
import {
  addCursorAbove,
  addCursorBelow,
  copyLineDown,
  copyLineUp,
  cursorMatchingBracket,
  deleteLine,
  indentSelection,
  moveLineDown,
  moveLineUp,
  redo,
  selectLine,
  selectParentSyntax,
  toggleBlockComment,
  toggleComment,
  toggleTabFocusMode,
  undo,
} from '@codemirror/commands'
import { foldAll, foldCode, unfoldAll, unfoldCode } from '@codemirror/language'
import { nextDiagnostic } from '@codemirror/lint'
import { findNext, findPrevious, gotoLine, openSearchPanel, selectNextOccurrence, selectSelectionMatches } from '@codemirror/search'
import type { Command as EditorCommand, KeyBinding } from '@codemirror/view'
import { isMac } from '../commands/keys'
import { provide, word, type Command, type Group } from '../commands/table'
import type { Word } from '../words'
import { bindings } from './codemirror'
import { openReplace } from './findpanel'
import { editorView, shown } from './view'

// keysOf finds the keys that do something in the editor, on this computer.
function keysOf(run: EditorCommand): string[] {
  const mac = isMac()
  const linux = /Linux/.test(navigator.platform)
  const of = (b: KeyBinding) => (mac ? (b.mac ?? b.key) : linux ? (b.linux ?? b.key) : (b.win ?? b.key))
  return bindings.flatMap((b) => {
    const key = of(b)
    return [...(key && b.run === run ? [key] : []), ...(key && b.shift === run ? [`Shift-${key}`] : [])]
  })
}

function command(id: string, group: Group, label: Word, run: EditorCommand, edits = false): Command {
  return {
    id,
    group,
    label: word(label),
    keys: keysOf(run),
    own: true,
    offered: () => !!shown.peek() && !(edits && shown.peek()?.readOnly),
    act: () => {
      const view = editorView()
      view?.focus()
      if (view) run(view)
    },
  }
}

const edits = true

provide([
  command('edit.undo', 'edit', 'command.undo', undo, edits),
  command('edit.redo', 'edit', 'command.redo', redo, edits),
  command('edit.comment', 'edit', 'command.comment', toggleComment, edits),
  command('edit.blockComment', 'edit', 'command.blockComment', toggleBlockComment, edits),
  command('edit.lineUp', 'edit', 'command.lineUp', moveLineUp, edits),
  command('edit.lineDown', 'edit', 'command.lineDown', moveLineDown, edits),
  command('edit.copyUp', 'edit', 'command.copyUp', copyLineUp, edits),
  command('edit.copyDown', 'edit', 'command.copyDown', copyLineDown, edits),
  command('edit.deleteLine', 'edit', 'command.deleteLine', deleteLine, edits),
  command('edit.indent', 'edit', 'command.indent', indentSelection, edits),
  command('edit.complete', 'edit', 'command.complete', startCompletion, edits),
  command('edit.selectLine', 'edit', 'command.selectLine', selectLine),
  command('edit.selectMore', 'edit', 'command.selectMore', selectParentSyntax),
  command('edit.nextSame', 'edit', 'command.nextSame', selectNextOccurrence),
  command('edit.allSame', 'edit', 'command.allSame', selectSelectionMatches),
  command('edit.cursorAbove', 'edit', 'command.cursorAbove', addCursorAbove),
  command('edit.cursorBelow', 'edit', 'command.cursorBelow', addCursorBelow),
  command('edit.bracket', 'edit', 'command.bracket', cursorMatchingBracket),
  command('edit.fold', 'edit', 'command.fold', foldCode),
  command('edit.unfold', 'edit', 'command.unfold', unfoldCode),
  command('edit.foldAll', 'edit', 'command.foldAll', foldAll),
  command('edit.unfoldAll', 'edit', 'command.unfoldAll', unfoldAll),
  command('edit.tabKey', 'edit', 'key.tab', toggleTabFocusMode),
  command('edit.problem', 'edit', 'key.problem', nextDiagnostic),
  command('search.find', 'search', 'key.find', openSearchPanel),
  command('search.replace', 'search', 'command.replace', openReplace, edits),
  command('search.next', 'search', 'command.findNext', findNext),
  command('search.previous', 'search', 'command.findPrevious', findPrevious),
  command('search.line', 'search', 'command.line', gotoLine),
])
provide([
  { id: 'key.leave', group: 'edit', label: word('key.leave'), keys: ['Escape', 'Tab'] },
  { id: 'key.files', group: 'file', label: word('key.files'), keys: ['F2', 'Delete'] },
  { id: 'key.close', group: 'view', label: word('key.close'), keys: ['Escape'] },
])
