// Every sentence the user reads comes from words.en.json: the page's own ones through say(), those of problems, which
// Studio's Go code says as well, through sayProblem().
import entries from './words/words.en.json'
import type { Problem, ProblemCode } from './wire'

type Key = Extract<keyof typeof entries, string>

export type Word = Exclude<Key, `${'problem' | 'next' | 'part' | 'say' | 'rule'}.${string}`>

interface Entry {
  text: string
  one?: string // used instead of text when {n} is 1
  help?: string // of a problem: what to do next; without it, what its step says
}

const words = entries as unknown as Record<string, Entry>

type Values = Record<string, string | number>

// say returns the sentence with its {name} gaps filled.
export function say(word: Word, values: Record<string, string | number> = {}): string {
  const entry = words[word]
  return entry ? spoken(entry, values) : word
}

function spoken(entry: Entry, values: Values): string {
  return fill(values.n === 1 && entry.one !== undefined ? entry.one : entry.text, values)
}

function fill(sentence: string, values: Values): string {
  return sentence.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = values[name] ?? ''
    return typeof value === 'number' && counts.has(name) ? count(value) : String(value)
  })
}

// The gaps of how many there are of something; other numbers are names: of a line, a code, a port.
const counts = new Set(['n', 'i', 'all', 'count', 'done', 'total', 'found', 'differ'])

// count writes how many: "12,345", in the way of the page's language.
export function count(n: number): string {
  if (!Number.isInteger(n) || Math.abs(n) < 1000) return String(n)
  return (numbers ??= new Intl.NumberFormat(globalThis.document?.documentElement.lang || 'en')).format(n)
}
let numbers: Intl.NumberFormat | undefined // a browser takes some milliseconds to make one

// ProblemKey names the sentences of a problem: its code, and the variant of its words if it has one.
export type ProblemKey = Key extends infer K ? (K extends `problem.${infer Rest}` ? Rest : never) : never

// own is a problem of the page itself.
export function own(key: ProblemKey, values: Values = {}): Problem {
  const entry = words[`problem.${key}`] ?? { text: key }
  return {
    code: key.split('/')[0] as ProblemCode,
    class: 'bad-input',
    step: 'none',
    text: spoken(entry, values),
    help: fill(entry.help ?? '', values),
  }
}

// sayProblem says a problem of Studio's in this page's language: from its code and its arguments. What this page does
// not know, because Studio is a newer one, is told in Studio's own words.
export function sayProblem(p: Problem): { text: string; help: string } {
  const entry = words[`problem.${p.code}${p.variant ? `/${p.variant}` : ''}`]
  if (!entry || !p.class) return { text: p.text, help: p.help } // an older Studio sends no class
  const values = p.args ?? {}
  const text = spoken(entry, values)
  return {
    text: p.about ? fill(words['part.regarding']?.text ?? '{text}', { about: p.about, text }) : text,
    help: fill(entry.help ?? words[`next.${p.step}`]?.text ?? '', values),
  }
}
