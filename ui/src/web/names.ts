// The names of a project's pages: ids, classes and custom properties, each where it is written.
import { tagsIn } from './tags'

export interface Names {
  ids: Map<string, string> // that elements have, with the name of the element's tag; '' where a script makes it
  looked: Set<string> // ids that scripts, style sheets, labels and links look for
  classes: Set<string>
  properties: Map<string, string> // custom ones (--accent) with their first value
}

const word = /[A-Za-z_][\w-]*/g

export const isPage = (path: string): boolean => /\.html?$/i.test(path)
export const isStyle = (path: string): boolean => /\.css$/i.test(path)
export const isScript = (path: string): boolean => /\.m?js$/i.test(path)

const none = (): Names => ({ ids: new Map(), looked: new Set(), classes: new Set(), properties: new Map() })

// namesIn reads a file's names. What is no page, style sheet or script has none.
export function namesIn(path: string, text: string): Names {
  const names = none()
  if (isPage(path)) inPage(text, names)
  else if (isStyle(path)) inStyle(text, names)
  else if (isScript(path)) inScript(text, names)
  return names
}

// together joins the names of several files.
export function together(all: Iterable<Names>): Names {
  const names = none()
  for (const n of all) {
    for (const [id, tag] of n.ids) if (!names.ids.get(id)) names.ids.set(id, tag)
    for (const id of n.looked) names.looked.add(id)
    for (const c of n.classes) names.classes.add(c)
    for (const [p, value] of n.properties) if (!names.properties.has(p)) names.properties.set(p, value)
  }
  return names
}

// refers are attributes whose value is one id or several.
export const refers =
  /^(?:for|form|list|headers|popovertarget|commandfor|aria-(?:activedescendant|controls|\w+edby|details|errormessage|flowto|owns))$/

function inPage(page: string, names: Names): void {
  for (const tag of tagsIn(page)) {
    for (const a of tag.attributes) {
      if (a.name === 'id' && a.value.trim()) names.ids.set(a.value.trim(), tag.name)
      else if (a.name === 'class') for (const c of a.value.match(word) ?? []) names.classes.add(c)
      else if (refers.test(a.name)) for (const id of a.value.match(word) ?? []) names.looked.add(id)
      else if (a.name === 'href' && /^#[A-Za-z]/.test(a.value)) names.looked.add(a.value.slice(1))
      else if (a.name === 'style') properties(a.value, names)
      else if (a.name.startsWith('on')) inScript(a.value, names)
    }
    if (tag.name === 'style') inStyle(tag.content, names)
    else if (tag.name === 'script') inScript(tag.content, names)
  }
}

function properties(css: string, names: Names): void {
  for (const m of css.matchAll(/(--[A-Za-z_][\w-]*)\s*:\s*([^;{}]{0,80})/g)) {
    if (!names.properties.has(m[1]!)) names.properties.set(m[1]!, m[2]!.trim())
  }
}

function inStyle(css: string, names: Names): void {
  css = css.replace(/\/\*[\s\S]*?(?:\*\/|$)/g, ' ')
  properties(css, names)
  for (const m of css.matchAll(/@property\s+(--[\w-]+)/g)) if (!names.properties.has(m[1]!)) names.properties.set(m[1]!, '')
  // A selector is what stands before a {; in a value, #fff is a colour.
  for (const m of css.matchAll(/([^{};]{1,2000})\{/g)) selector(m[1]!, names)
}

function selector(text: string, names: Names): void {
  for (const m of text.replace(/"[^"]*"|'[^']*'|\[[^\]]*\]/g, '').matchAll(/([.#])([A-Za-z_][\w-]*)/g)) {
    if (m[1] === '.') names.classes.add(m[2]!)
    else names.looked.add(m[2]!)
  }
}

function inScript(script: string, names: Names): void {
  for (const m of script.matchAll(/\bgetElementById\(\s*["'`]([A-Za-z_][\w-]*)["'`]/g)) names.looked.add(m[1]!)
  for (const m of script.matchAll(/\b(?:querySelector(?:All)?|closest|matches)\(\s*(["'`])([^"'`\n]{1,200})\1/g)) selector(m[2]!, names)
  for (const m of script.matchAll(/\bclassList\.\w+\(([^)\n]{1,200})/g)) {
    for (const s of m[1]!.matchAll(/["'`]([A-Za-z_][\w-]*)["'`]/g)) names.classes.add(s[1]!)
  }
  for (const m of script.matchAll(/\bgetElementsByClassName\(\s*["'`]([^"'`\n]{1,80})["'`]/g)) {
    for (const c of m[1]!.match(word) ?? []) names.classes.add(c)
  }
  for (const m of script.matchAll(/\bclass(?:Name\s*\+?=|=|["']\s*,)\s*\\?["'`]([^"'`\\\n$]{1,80})/g)) {
    for (const c of m[1]!.match(word) ?? []) names.classes.add(c)
  }
  for (const m of script.matchAll(/(?:\.id\s*=\s*|\bid=\\?|\bid["']\s*,\s*)["'`]([A-Za-z_][\w-]*)\\?["'`]/g)) {
    if (!names.ids.has(m[1]!)) names.ids.set(m[1]!, '')
  }
  for (const m of script.matchAll(/setProperty\(\s*["'`](--[\w-]+)/g)) if (!names.properties.has(m[1]!)) names.properties.set(m[1]!, '')
}
