// Squiggles: problems of a file as CodeMirror diagnostics, and back.
import { forEachDiagnostic, setDiagnostics, type Diagnostic as LintMark } from '@codemirror/lint'
import type { EditorState, TransactionSpec } from '@codemirror/state'
import type { Diagnostic } from '../wire'

interface Marked extends LintMark {
  problem: Diagnostic
}

// Shown is a problem at the place where it is now, after the edits since it was found.
export interface Shown {
  problem: Diagnostic
  line: number
  from: number
  to: number
}

// marksOf places a file's problems in its text. A place outside the text goes to the nearest one inside.
// Problems that are marked already stay where the edits since have moved them.
export function marksOf(state: EditorState, problems: Diagnostic[], path: string): Marked[] {
  const d = state.doc
  const placed = new Map<Diagnostic, [number, number]>()
  forEachDiagnostic(state, (m, from, to) => placed.set((m as Marked).problem, [from, to]))
  const at = (line: number, column: number) => {
    const l = d.line(Math.max(1, Math.min(d.lines, line)))
    return Math.min(l.to, l.from + Math.max(0, column - 1))
  }
  return problems
    .filter((p) => p.path === path && p.line > 0)
    .map((p) => {
      let from = at(p.line, p.column || 1)
      let to = p.endLine ? at(p.endLine, p.endColumn) : from
      const before = placed.get(p)
      if (before) [from, to] = before
      if (to <= from) {
        const word = state.wordAt(from)
        to = word && word.from <= from ? word.to : Math.min(d.lineAt(from).to, from + 1)
      }
      if (to === from) from = Math.max(d.lineAt(from).from, from - 1)
      const message = p.help ? `${p.text} ${p.help}` : p.text
      const severity = p.severity === 'warning' || p.severity === 'hint' ? p.severity : ('error' as const)
      return { from, to, severity, message, problem: p }
    })
    .sort((a, b) => a.from - b.from)
}

export function setMarks(state: EditorState, marks: Marked[]): TransactionSpec {
  return setDiagnostics(state, marks)
}

// shownMarks reads the marks back, from top to bottom.
export function shownMarks(state: EditorState): Shown[] {
  const list: Shown[] = []
  forEachDiagnostic(state, (d, from, to) => {
    list.push({ problem: (d as Marked).problem, line: state.doc.lineAt(from).number, from, to })
  })
  return list.sort((a, b) => a.from - b.from)
}
