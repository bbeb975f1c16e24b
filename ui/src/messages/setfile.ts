// A set of messages as its form has it: each content and each wanted message as a kind and a text. What the form does not
// know stays in the file as it is.

export type Json = null | boolean | number | string | Json[] | { [name: string]: Json }
type Fields = { [name: string]: Json }

export interface Part {
  kind: string // 'text', 'json', 'hex', …
  text: string
}

export interface NamedPart extends Part {
  name: string
}

export interface Step {
  verb: Verb
  part: Part // of send, expect and waitFor; what expectNothing must not match
  time: string // within, or how long; of a loop every
  code: string // of close, expectClose: a code; of repeat: how often; of forEach: the items, comma between them; of open: the name
  on: string
  reason: string
  steps: Step[]
  rest: Fields // comments
}

export interface SetFile {
  name: string
  messages: NamedPart[]
  steps: Step[]
  rest: Fields
}

export const verbs = ['send', 'expect', 'waitFor', 'expectNothing', 'wait', 'close', 'expectClose', 'open', 'repeat', 'forEach'] as const
export type Verb = (typeof verbs)[number]

export const contentKinds = ['text', 'json', 'hex', 'base64', 'message'] as const
export const wantedKinds = ['equals', 'contains', 'matches', 'json', 'hex', 'base64', 'anything'] as const

export const emptyStep = (verb: Verb): Step => ({
  verb,
  part: { kind: verb === 'send' ? 'text' : 'equals', text: '' },
  time: verb === 'wait' || verb === 'expectNothing' ? '500 ms' : '',
  code: verb === 'close' || verb === 'expectClose' ? '1000' : verb === 'repeat' ? '3' : '',
  on: '',
  reason: '',
  steps: [],
  rest: {},
})

const isFields = (v: Json | undefined): v is Fields => typeof v === 'object' && v !== null && !Array.isArray(v)
const plain = (v: Json | undefined) => (typeof v === 'string' ? v : v === undefined ? '' : JSON.stringify(v))

// isSlashes: an expression between slashes, as the file has them.
const isSlashes = (text: string) => /^\/.+\/i?$/s.test(text)

function readPart(v: Json | undefined, wanted: boolean): Part {
  if (typeof v === 'string') return wanted ? { kind: isSlashes(v) ? 'matches' : 'equals', text: v } : { kind: 'text', text: v }
  if (v === undefined) return { kind: wanted ? 'anything' : 'text', text: '' }
  if (!isFields(v) || Object.keys(v).length !== 1) throw new Unshown() // a comment in it would be lost
  const kind = ((wanted ? wantedKinds : contentKinds) as readonly string[]).find((k) => k in v) ?? (wanted ? 'anything' : 'text')
  return { kind, text: kind === 'json' ? JSON.stringify(v[kind]) : plain(v[kind]) }
}

// Unshown: a part of a file that the form has no place for.
class Unshown extends Error {}

export class BadJson extends Error {
  constructor(readonly text: string) {
    super(text)
  }
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text) as Json
  } catch {
    throw new BadJson(text)
  }
}

function writePart({ kind, text }: Part): Json {
  switch (kind) {
    case 'text':
      return text
    case 'equals':
      return isSlashes(text) ? { equals: text } : text
    case 'matches':
      return isSlashes(text) ? text : { matches: text }
    case 'json':
      return { json: parsed(text) }
    case 'anything':
      return { anything: true }
  }
  return { [kind]: text }
}

// readSteps takes a list of steps; undefined when one of them is something that the form cannot show.
function readSteps(list: Json | undefined): Step[] | undefined {
  if (!Array.isArray(list)) return undefined
  const all = list.map(readStep)
  return all.every((s) => s) ? (all as Step[]) : undefined
}

function readStep(v: Json): Step | undefined {
  if (!isFields(v)) return undefined
  const verb = (['repeat', 'forEach'] as Verb[]).find((k) => k in v) ?? verbs.find((k) => k in v)
  if (!verb) return undefined
  const step = emptyStep(verb)
  const { [verb]: value, on, within, every, reason, matching, steps, ...rest } = v
  if (verb === 'repeat' || verb === 'forEach') {
    const beside = verbs.find((k) => k in rest)
    step.time = plain(every)
    step.code = verb === 'repeat' ? plain(value) : Array.isArray(value) ? value.map(plain).join(', ') : ''
    if (Array.isArray(value) && value.some((it) => typeof it !== 'string' || /[,]|^\s|\s$/.test(it))) return undefined
    // One step beside the loop is the same as a list of one.
    const { comment, ...inner } = {
      ...rest,
      ...(within !== undefined && { within }),
      ...(on !== undefined && { on }),
      ...(reason !== undefined && { reason }),
      ...(matching !== undefined && { matching }),
    } as Fields
    const list = readSteps(steps ?? (beside ? [inner] : []))
    if (!list) return undefined
    return { ...step, steps: list, rest: comment === undefined ? {} : { comment } }
  }
  step.on = plain(on)
  step.reason = plain(reason)
  step.rest = rest
  switch (verb) {
    case 'send':
      step.part = readPart(value, false)
      break
    case 'expect':
    case 'waitFor':
      step.part = readPart(value, true)
      step.time = plain(within)
      break
    case 'expectNothing':
      step.part = readPart(matching, true)
      step.time = plain(value)
      break
    case 'wait':
      step.time = plain(value)
      break
    default:
      step.code = plain(value)
      step.time = plain(within)
  }
  return step
}

const number = (text: string): Json => (/^\d+$/.test(text.trim()) ? Number(text) : text.trim())

function writeStep(s: Step): Json {
  const v: Fields = {}
  switch (s.verb) {
    case 'send':
    case 'expect':
    case 'waitFor':
      v[s.verb] = writePart(s.part)
      break
    case 'expectNothing':
      v.expectNothing = s.time.trim()
      if (s.part.kind !== 'anything' && (s.part.text || s.part.kind !== 'equals')) v.matching = writePart(s.part)
      break
    case 'wait':
      v.wait = s.time.trim()
      break
    case 'repeat':
      v.repeat = number(s.code)
      break
    case 'forEach':
      v.forEach = s.code.split(',').map((it) => it.trim())
      break
    default:
      v[s.verb] = s.verb === 'open' ? s.code.trim() : number(s.code)
  }
  if ((s.verb === 'repeat' || s.verb === 'forEach') && s.time.trim()) v.every = s.time.trim()
  if ((s.verb === 'expect' || s.verb === 'waitFor' || s.verb === 'expectClose') && s.time.trim()) v.within = s.time.trim()
  if (s.on) v.on = s.on
  if (s.verb === 'close' && s.reason) v.reason = s.reason
  if (s.verb === 'repeat' || s.verb === 'forEach') v.steps = s.steps.map(writeStep)
  return { ...v, ...s.rest }
}

// readFile makes a form of a file; undefined when the form cannot show all of it, so that nothing of it gets lost.
export function readFile(text: string): SetFile | undefined {
  let v: Json
  try {
    v = JSON.parse(text.replace(/^\ufeff/, '')) as Json
  } catch {
    return undefined
  }
  if (!isFields(v) || /[^\d.]\d{16}/.test(text)) return undefined // longer numbers than JavaScript has
  try {
    return readFields(v)
  } catch (err) {
    if (err instanceof Unshown) return undefined
    throw err
  }
}

function readFields(v: Fields): SetFile | undefined {
  const { name, messages, steps, ...rest } = v
  const list = readSteps(steps ?? [])
  if (!list || (messages !== undefined && !isFields(messages))) return undefined
  return {
    name: plain(name),
    messages: Object.entries(messages ?? {}).map(([of, part]) => ({ name: of, ...readPart(part, false) })),
    steps: list,
    rest,
  }
}

// writeFile is a file with what its form has. It throws BadJson.
export function writeFile(f: SetFile): string {
  const v: Fields = {}
  if (f.name.trim()) v.name = f.name.trim()
  if (f.messages.length) v.messages = Object.fromEntries(f.messages.map((m) => [m.name.trim(), writePart(m)]))
  Object.assign(v, f.rest)
  v.steps = f.steps.map(writeStep)
  return `${JSON.stringify(v, null, 2)}\n`
}
