// The scripts of a page as files that a compiler can read: each letter of a script stands where it stands in the page,
// and blanks stand for the rest, so that places are the same in both.
import { resolve } from './paths'
import { isClassic, isModule, tagsIn, valueOf, type Tag } from './tags'

export interface PageScripts {
  classic: string // what all scripts that are no modules, and attributes such as onclick, say; they share their names
  modules: { text: string; from: number; to: number }[] // a module each, with the part of the page that it is
  loads: { path: string; module: boolean }[] // the project's files that the page loads as scripts, in their order
  whole: boolean // nothing else is loaded, whose names nobody here knows
  elements: Map<string, string> // the tags of elements by id; '' where several have it
}

// endOfModule makes a file a module that has neither import nor export. It stands behind what the user wrote.
export const endOfModule = '\nexport {}'

export function scriptsOf(path: string, page: string): PageScripts {
  const blank = page.replace(/[^\n\r]/g, ' ')
  const classic: Piece[] = []
  const found: PageScripts = { classic: '', modules: [], loads: [], whole: true, elements: new Map() }
  for (const tag of tagsIn(page)) {
    for (const a of tag.attributes) {
      if (a.name === 'id' && a.value.trim()) {
        const id = a.value.trim()
        found.elements.set(id, found.elements.has(id) ? '' : tag.name)
      } else if (/^on[a-z]/.test(a.name) && a.valueFrom - a.from >= handler.length && a.value.trim()) {
        classic.push({ from: a.valueFrom - handler.length, text: `${handler}${a.value}}` })
        const after = a.valueFrom + a.value.length + 1
        if (after < page.length && !/[\n\r]/.test(page[after]!)) classic.push({ from: after, text: ';' })
      }
    }
    if (tag.name === 'script') script(path, page, blank, tag, found, classic)
  }
  found.classic = put(blank, classic)
  return found
}

interface Piece {
  from: number
  text: string
}

// handler makes what an attribute says a function of its own, as a browser does.
const handler = ';()=>{'

function script(path: string, page: string, blank: string, tag: Tag, found: PageScripts, classic: Piece[]): void {
  const module = isModule(tag)
  if (!module && !isClassic(tag)) return
  const src = valueOf(tag, 'src')
  if (src !== undefined) {
    const to = resolve(path, src)
    if (to) found.loads.push({ path: to, module })
    else found.whole = false
    return
  }
  const to = tag.to + tag.content.length
  if (module) found.modules.push({ text: put(blank, [{ from: tag.to, text: tag.content }]) + endOfModule, from: tag.to, to })
  else {
    classic.push({ from: tag.to, text: tag.content })
    if (to < page.length) classic.push({ from: to, text: ';' })
  }
}

// put lays pieces over a text.
function put(text: string, pieces: Piece[]): string {
  const parts: string[] = []
  let at = 0
  for (const p of pieces.sort((a, b) => a.from - b.from)) {
    if (p.from < at) continue
    parts.push(text.slice(at, p.from), p.text)
    at = p.from + p.text.length
  }
  parts.push(text.slice(at))
  return parts.join('')
}
