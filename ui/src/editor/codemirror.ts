// How the editor looks and behaves: one list of CodeMirror extensions for every file.
import { closeBrackets, closeBracketsKeymap, completionKeymap } from '@codemirror/autocomplete'
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands'
import {
  bracketMatching,
  codeFolding,
  foldGutter,
  foldKeymap,
  HighlightStyle,
  indentOnInput,
  indentUnit,
  syntaxHighlighting,
} from '@codemirror/language'
import { lintGutter, lintKeymap } from '@codemirror/lint'
import { highlightSelectionMatches, searchKeymap } from '@codemirror/search'
import { EditorState, type Extension } from '@codemirror/state'
import {
  closeHoverTooltips,
  type Command,
  dropCursor,
  EditorView,
  hasHoverTooltips,
  highlightActiveLine,
  highlightActiveLineGutter,
  highlightSpecialChars,
  keymap,
  type KeyBinding,
  lineNumbers,
} from '@codemirror/view'
import { tags as t } from '@lezer/highlight'
import { say, type Word } from '../words'
import { caret } from './caret'
import { finding, openReplace } from './findpanel'
import { pointer } from './pointer'
import { proposals } from './proposals'
import './tree'

const colours = HighlightStyle.define([
  {
    tag: [
      t.keyword,
      t.modifier,
      t.operatorKeyword,
      t.definitionKeyword,
      t.tagName,
      t.angleBracket,
      t.documentMeta,
      t.processingInstruction,
    ],
    color: 'var(--code-key)',
  },
  {
    tag: [t.string, t.special(t.string), t.attributeValue, t.regexp, t.character, t.number, t.bool, t.null, t.color, t.unit],
    color: 'var(--code-str)',
  },
  { tag: [t.comment, t.meta], color: 'var(--code-note)' },
  { tag: [t.attributeName, t.propertyName, t.typeName, t.className, t.namespace, t.standard(t.name)], color: 'var(--code-attr)' },
  { tag: t.invalid, color: 'var(--bad)' },
])

const look = EditorView.theme({
  '&': { height: '100%', fontSize: 'var(--code-size)', color: 'var(--ink)', backgroundColor: 'var(--code-bg)' },
  '&.cm-focused': { outline: 'none' },
  '.cm-content:focus-visible': { outline: 'none' }, // the cursor shows where the focus is
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '1.6', contain: 'strict' }, // a key lays out the text, not the page
  '.cm-content': { padding: '10px 0', caretColor: 'var(--ink)' },
  '.cm-line': { padding: '0 12px 0 6px' },
  '.cm-cursor, .cm-dropCursor': { borderLeftColor: 'var(--ink)', borderLeftWidth: '2px' },
  '.cm-gutters': { backgroundColor: 'var(--code-bg)', color: 'var(--code-note)', border: 'none', paddingLeft: '4px' },
  // Over what is selected in the line.
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'color-mix(in srgb, var(--ink) 5%, transparent)' },
  '.cm-selectionBackground, &.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground': { backgroundColor: 'var(--select)' },
  '.cm-selectionMatch': { backgroundColor: 'var(--accent-soft)' },
  '.cm-matchingBracket, &.cm-focused .cm-matchingBracket': { backgroundColor: 'var(--accent-soft)', outline: '1px solid var(--accent)' },
  '.cm-searchMatch': { backgroundColor: 'var(--warn-soft)', outline: '1px solid var(--warn)' },
  '.cm-searchMatch-selected': { backgroundColor: 'var(--select)' },
  // What CodeMirror has in colours for light pages alone: it is not told which theme is on.
  '.cm-nonmatchingBracket, &.cm-focused .cm-nonmatchingBracket': { backgroundColor: 'var(--bad-soft)', outline: '1px solid var(--bad)' },
  '.cm-snippetField': { backgroundColor: 'color-mix(in srgb, var(--ink) 15%, transparent)' },
  '.cm-snippetFieldPosition': { borderLeftColor: 'var(--ink-2)' },
  '.cm-foldPlaceholder': { backgroundColor: 'var(--line-soft)', borderColor: 'var(--edge)', color: 'var(--ink-2)', padding: '0 4px' },
  '.cm-specialChar': { color: 'var(--bad)' },
  '.cm-lintRange-active': { backgroundColor: 'color-mix(in srgb, var(--warn) 25%, transparent)' },
  '.cm-button:active': { backgroundImage: 'none', backgroundColor: 'var(--line-soft)' },
  '.cm-panels': { backgroundColor: 'var(--ground)', color: 'var(--ink)', borderColor: 'var(--line)' },
  '.cm-panels.cm-panels-top': { borderBottom: '1px solid var(--line)' },
  '.cm-panels.cm-panels-bottom': { borderTop: '1px solid var(--line)' },
  '.cm-textfield': {
    border: '1px solid var(--edge)',
    borderRadius: '6px',
    backgroundColor: 'var(--code-bg)',
    color: 'var(--ink)',
    padding: '3px 8px',
  },
  '.cm-button': {
    backgroundImage: 'none',
    backgroundColor: 'var(--panel)',
    border: '1px solid var(--line)',
    borderRadius: '6px',
    color: 'var(--ink)',
  },
  '.cm-panel.cm-dialog': { padding: '6px 36px 6px 10px', fontFamily: 'var(--font)', fontSize: '13px' },
  '.cm-panel.cm-dialog :is(label, input, button)': { fontSize: '13px' },
  '.cm-tooltip': {
    backgroundColor: 'var(--panel)',
    color: 'var(--ink)',
    border: '1px solid var(--line)',
    borderRadius: '8px',
    overflow: 'hidden',
    boxShadow: 'var(--shadow)',
  },
  '.cm-diagnostic': { padding: '6px 10px', fontFamily: 'var(--font)', fontSize: 'var(--tip-size)', maxWidth: 'min(34em, 95vw)' },
  '.cm-diagnostic-error': { borderLeft: '3px solid var(--bad)' },
  '.cm-diagnostic-warning': { borderLeft: '3px solid var(--warn)' },
  '.cm-diagnostic-hint': { borderLeft: '3px solid var(--ink-2)' },
  '.cm-lintRange-error': {
    backgroundImage: 'none',
    textDecoration: 'underline wavy var(--bad)',
    textDecorationSkipInk: 'none',
  },
  '.cm-lintRange-warning': {
    backgroundImage: 'none',
    textDecoration: 'underline wavy var(--warn)',
    textDecorationSkipInk: 'none',
  },
  '.cm-lintRange-hint': {
    backgroundImage: 'none',
    textDecoration: 'underline dotted var(--ink-2)',
    textDecorationSkipInk: 'none',
  },
  // What is selected has its lines in the letters' colour else.
  '.cm-lintRange-error::selection, .cm-lintRange-error ::selection': { textDecoration: 'underline wavy var(--bad)' },
  '.cm-lintRange-warning::selection, .cm-lintRange-warning ::selection': { textDecoration: 'underline wavy var(--warn)' },
  '.cm-gutter-lint': { width: '14px' },
  '.cm-gutter-lint .cm-gutterElement': { padding: '3px 0 0 2px' },
  '.cm-lint-marker': { width: '10px', height: '10px' },
  '.cm-lint-marker-error': { content: '""', borderRadius: '50%', backgroundColor: 'var(--bad)' },
  '.cm-lint-marker-warning': { content: '""', borderRadius: '2px', backgroundColor: 'var(--warn)' },
  '@media (forced-colors: active)': {
    '.cm-lint-marker': { forcedColorAdjust: 'none', backgroundColor: 'CanvasText !important' },
    '.cm-selectionLayer .cm-selectionBackground': { outline: '2px solid Highlight' },
    '.cm-searchMatch-selected': { outline: '2px solid Highlight !important' },
    '.cm-cursor': { borderLeftColor: 'CanvasText' },
  },
  '.cm-lint-marker-hint': { display: 'none' }, // quiet: the line under the text will do
})

// What CodeMirror itself says, by its own English words.
const phrases: Record<string, Word> = {
  close: 'find.close',
  'current match': 'find.current',
  'on line': 'find.onLine',
  'replaced match on line $': 'find.replacedOne',
  'replaced $ matches': 'find.replacedAll',
  'Go to line': 'find.goToLine',
  go: 'find.go',
  Completions: 'find.completions',
  Diagnostics: 'find.problems',
  'No diagnostics': 'find.noProblems',
  'Control character': 'find.control',
  'Selection deleted': 'find.selectionDeleted',
  'Fold line': 'fold.fold',
  'Unfold line': 'fold.unfold',
  'folded code': 'fold.folded',
  unfold: 'fold.unfoldHere',
  'Folded lines': 'fold.foldedLines',
  'Unfolded lines': 'fold.unfoldedLines',
  to: 'fold.to',
}

// bindings are the editor's keys.
export const bindings: readonly KeyBinding[] = [
  ...closeBracketsKeymap,
  ...defaultKeymap.filter((k) => k.key !== 'Mod-Enter'), // Ctrl+Enter is Run
  ...searchKeymap,
  { key: 'Ctrl-h', mac: 'Cmd-Alt-f', run: openReplace, scope: 'editor search-panel', preventDefault: true },
  ...historyKeymap,
  ...foldKeymap,
  ...completionKeymap,
  ...lintKeymap,
  indentWithTab,
]

// hideTips takes away what is told at the pointer, or at the problem that a key has gone to.
const hideTips: Command = (view) => {
  if (!hasHoverTooltips(view.state)) return false
  view.dispatch({ effects: closeHoverTooltips })
  return true
}

// base is the part that all files share.
export const base: Extension = [
  lineNumbers(),
  highlightActiveLineGutter(),
  highlightSpecialChars(),
  history(),
  caret,
  dropCursor(),
  indentOnInput(),
  syntaxHighlighting(colours),
  bracketMatching(),
  closeBrackets(),
  proposals,
  pointer,
  highlightActiveLine(),
  highlightSelectionMatches(),
  finding,
  lintGutter(),
  codeFolding(),
  foldGutter(),
  look,
  EditorState.phrases.of(Object.fromEntries(Object.entries(phrases).map(([own, word]) => [own, say(word)]))),
  keymap.of([{ key: 'Escape', run: hideTips }, ...bindings]),
]

// indentOf is what the Tab key writes, and how wide a tab is: Go is written with tabs, pages with spaces, of which there
// are two unless the user wants another width (0: as usual).
export function indentOf(path: string, width: number): Extension {
  return [indentUnit.of(/\.go$/i.test(path) ? '\t' : ' '.repeat(width || 2)), EditorState.tabSize.of(width || 4)]
}

// preferencesOf are the user's own in an editor.
export function preferencesOf(path: string, { tabSize, wrap }: { tabSize: number; wrap: boolean }): Extension {
  return [indentOf(path, tabSize), wrap ? EditorView.lineWrapping : []]
}
