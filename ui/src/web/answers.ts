// What is asked of the language service for scripts, and what it answers. Places count UTF-16 units of the user's file.

export interface Proposal {
  name: string
  kind: string // as CodeMirror calls it: method, property, variable…
  boost: number
  insert?: string
}

export interface Told {
  from: number
  to: number
  head: string // how it is written
  text: string // what it is
  link?: string // where the browser's makers say more
  outdated?: boolean
}

export interface Signature {
  label: string
  from: number // of the value that is being written, in label; -1: none
  to: number
  text: string
}

export interface Place {
  path: string
  line: number // from 1, as column
  column: number
}

// Mark is a mistake: which kind, what it is about, and the text that would mend it.
export interface Mark {
  kind:
    | 'unknownName'
    | 'unknownProperty'
    | 'later'
    | 'notCallable'
    | 'needsNew'
    | 'notMakeable'
    | 'arguments'
    | 'readOnly'
    | 'constant'
    | 'twice'
    | 'early'
    | 'noExport'
    | 'noModule'
    | 'typeof'
  from: number
  to: number
  values: Record<string, string | number>
  near?: string // the name that was meant
  fix?: { from: number; to: number; text: string; title: 'change' | 'add' }
  raw: string
}

// Questions are what can be asked, by name.
export interface Questions {
  proposals(path: string, pos: number): { from: number; proposals: Proposal[] } | undefined
  details(path: string, pos: number, name: string): Told | undefined
  hover(path: string, pos: number): Told | undefined
  signature(path: string, pos: number): Signature | undefined
  definition(path: string, pos: number): Place | undefined
  marks(path: string): Mark[]
}

export type Question = keyof Questions

// Ask goes to the worker: texts that are others since the last time (null: the file is gone), then a question.
export interface Ask {
  id: number
  texts: [path: string, text: string | null][]
  whole: boolean // all of the project's scripts are there
  question: Question
  values: unknown[]
}

export interface Answer {
  id: number
  value?: unknown
  failed?: string
}
