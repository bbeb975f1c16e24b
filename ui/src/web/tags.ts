// The tags of a page, read as a browser reads them, but for what nobody needs here: the tree that they make.

export interface Attribute {
  name: string // in small letters
  from: number // where its name begins
  value: string // as it is written; '' without one
  valueFrom: number // where the value begins, without its quote; -1: it has none
}

export interface Tag {
  name: string // in small letters
  from: number
  to: number // behind its >
  attributes: Attribute[]
  content: string // of a script or style: what stands between its tags
}

const raw = /^(script|style|textarea|title|xmp|noscript|iframe)$/
const most = 20_000 // tags that are looked at

// tagsIn lists a page's start tags; comments, end tags and texts are left out.
export function tagsIn(page: string): Tag[] {
  const tags: Tag[] = []
  const next = /<!--|<([A-Za-z][^\s/>]*)/g
  for (let m = next.exec(page); m && tags.length < most; m = next.exec(page)) {
    if (!m[1]) {
      const end = page.indexOf('-->', m.index + 4)
      if (end < 0) break
      next.lastIndex = end + 3
      continue
    }
    const tag: Tag = { name: m[1].toLowerCase(), from: m.index, to: 0, attributes: [], content: '' }
    tag.to = attributesIn(page, next.lastIndex, tag.attributes)
    tags.push(tag)
    next.lastIndex = tag.to
    if (!raw.test(tag.name)) continue
    const close = new RegExp(`</${tag.name}(?=[\\s/>])|$(?![\\s\\S])`, 'gi')
    close.lastIndex = tag.to
    const end = close.exec(page)?.index ?? page.length
    if (tag.name === 'script' || tag.name === 'style') tag.content = page.slice(tag.to, end)
    if (tag.name !== 'noscript') next.lastIndex = end
  }
  return tags
}

// attributesIn reads attributes from a place on, and answers with the place behind the tag's end.
function attributesIn(page: string, from: number, list: Attribute[]): number {
  const next = /[\s/]*(?:(>)|([^\s/>=][^\s/>=]*)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>"'][^\s>]*))?)?|$)/gy
  next.lastIndex = from
  for (;;) {
    const before = next.lastIndex
    const m = next.exec(page)
    if (!m) {
      next.lastIndex = before + 1 // an = that belongs to nothing
      continue
    }
    if (m[2] === undefined) return next.lastIndex
    const value = m[3] ?? m[4] ?? m[5]
    const end = next.lastIndex - (m[3] !== undefined || m[4] !== undefined ? 1 : 0)
    list.push({
      name: m[2].toLowerCase(),
      from: m.index + m[0].indexOf(m[2]),
      value: value ?? '',
      valueFrom: value === undefined ? -1 : end - value.length,
    })
  }
}

export const valueOf = (tag: Tag, name: string): string | undefined => tag.attributes.find((a) => a.name === name)?.value

// isModule and isClassic tell how a browser runs a script; anything else, such as JSON or a template, it does not run.
export const isModule = (script: Tag): boolean => valueOf(script, 'type')?.trim().toLowerCase() === 'module'
export const isClassic = (script: Tag): boolean =>
  /^(?:(?:text|application)\/(?:x-)?(?:java|ecma)script)?$/i.test(valueOf(script, 'type')?.trim() ?? '')
