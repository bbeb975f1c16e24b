// How somebody finds what there is to know of package board: by words, by the names that tutorials for other boards have,
// and from a name in a program.
import type reference from 'go:reference'
import { elsewhere, members } from '../editor/propose'

export type Group = (typeof reference.groups)[number]
export type Entry = Group['entries'][number]
export type Example = Entry['example']
type Names = Parameters<typeof members>[0]

// Hint is what a name of other boards' tutorials is called here.
export interface Hint {
  name: string
  here: string
}

// leadsTo are the entries that a way of writing uses, the one that it is about first: Pin.High and Pin for
// board.Pin(…).High().
export function leadsTo(template: string): string[] {
  const text = template.replace(/\$\{(\w*)\}/g, '$1')
  const found: string[] = []
  for (const m of text.matchAll(/\b(board|time|strconv)\.([A-Z]\w*)|\)\.([A-Z]\w*)\(|^(print(?:ln)?)\(/g)) {
    const [, pkg, name, method, builtin] = m
    if (name) found.unshift(pkg === 'board' ? name : `${pkg}.${name}`)
    else if (method && text.startsWith('board.Pin(')) found.unshift(`Pin.${method}`)
    else if (builtin) found.unshift('println')
  }
  return found
}

// asked is what a search is for: of a call that somebody has in mind, its name alone.
const asked = (query: string) =>
  query
    .replace(/\(.*$/s, '')
    .trim()
    .replace(/^board\.(?=.)/i, '')
    .toLowerCase()

const last = (name: string) => name.slice(name.lastIndexOf('.') + 1)
const namesOf = (e: Entry) => [e.name, ...(e.also ?? [])]

export const whole = (e: Entry): string =>
  [...namesOf(e), e.sentence, ...(e.more ?? []).map((b) => b.text), e.limits ?? '', e.example.says ?? '', e.example.code].join(' ')

// hintsFor are the names of other tutorials that a search is for.
export function hintsFor(query: string): Hint[] {
  const q = asked(query)
  if (q.length < 3) return []
  return elsewhere.filter(([name]) => name.toLowerCase().startsWith(q)).map(([name, here]) => ({ name, here }))
}

// search gives what fits, best first. A search for nothing gives everything, in its order.
export function search(groups: readonly Group[], query: string): Entry[] {
  const all = groups.flatMap((g) => g.entries)
  const q = asked(query)
  if (!q) return all
  const words = q.split(/[\s,;]+/)
  const led = new Map<string, number>()
  for (const [name, , template] of elsewhere) {
    if (q.length < 3 ? name.toLowerCase() !== q : !name.toLowerCase().startsWith(q)) continue
    leadsTo(template).forEach((to, i) => led.set(to, Math.min(led.get(to) ?? 9, i)))
  }
  const rank = (e: Entry): number | undefined => {
    const names = namesOf(e).map((n) => n.toLowerCase())
    const shorts = names.map(last)
    if (names[0] === q) return 0
    if (names.includes(q) || shorts.includes(q)) return 1
    const from = led.get(e.name)
    if (from !== undefined) return 2 + from / 10
    if ([...names, ...shorts].some((n) => n.startsWith(q))) return 3
    if (names.some((n) => words.every((w) => n.includes(w)))) return 4
    if (words.every((w) => `${names.join(' ')} ${e.sentence}`.toLowerCase().includes(w))) return 5
    return words.every((w) => whole(e).toLowerCase().includes(w)) ? 6 : undefined
  }
  return all
    .map((entry, i) => ({ entry, i, at: rank(entry) }))
    .filter((f) => f.at !== undefined)
    .sort((a, b) => a.at! - b.at! || a.i - b.i)
    .map((f) => f.entry)
}

// nameAt is the name at a place in a program with what stands before its dots: board.LED.High. After a call only the name
// and its dot are known: .High.
export function nameAt(text: string, pos: number): string {
  const before = /[\w.]*$/.exec(text.slice(0, pos))![0]
  const behind = /^\w*/.exec(text.slice(pos))![0]
  const name = /[\w.]+$/.exec(before + behind)?.[0] ?? ''
  return /^\.?[A-Za-z_][\w.]*\w$|^[A-Za-z_]$/.test(name) ? name : ''
}

// entryFor is what a name in a program stands for; a text to search for where it may be several; undefined: it is none of ours.
export function entryFor(groups: readonly Group[], names: Names, name: string, text: string): Entry | string | undefined {
  const all = groups.flatMap((g) => g.entries)
  const called = (n: string) => all.find((e) => e.name === n) ?? all.find((e) => e.also?.includes(n))
  const chain = name.split('.')
  const wanted = chain.at(-1) ?? ''
  if (!wanted || name === 'board') return undefined
  if (chain.length === 1) {
    if (elsewhere.some(([n]) => n === name)) return called(name) ?? name
    return called(name)
  }
  if (elsewhere.some(([n]) => n === name)) return name
  if (chain[0] === 'board' && chain.length === 2) return called(wanted)
  const own = called(name)
  if (own) return own
  if (chain[0]) {
    const type = members(names, chain.slice(0, -1), text)[0]?.of
    const found = type && called(`${type}.${wanted}`)
    if (found) return found
  }
  const ending = all.filter((e) => e.name.endsWith(`.${wanted}`) || e.also?.some((n) => n.endsWith(`.${wanted}`)))
  return ending.length > 1 ? wanted : ending[0]
}
