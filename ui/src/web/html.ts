// How to go on in a page: tags, attributes and their values, and the project's own names and files.
import { snippet, startCompletion, type Completion, type CompletionContext, type CompletionResult } from '@codemirror/autocomplete'
import { htmlCompletionSourceWith, type TagSpec } from '@codemirror/lang-html'
import { syntaxTree } from '@codemirror/language'
import type { EditorState } from '@codemirror/state'
import type { EditorView } from '@codemirror/view'
import type { SyntaxNode } from '@lezer/common'
import { refers, type Names } from './names'
import { proposePaths } from './files'
import { projectNames } from './project'

const flag = ['']
const target = ['_blank', '_self', '_parent', '_top']
const encodings = ['application/x-www-form-urlencoded', 'multipart/form-data', 'text/plain']
const loading = ['lazy', 'eager']
const crossorigin = ['anonymous', 'use-credentials']
const submits = {
  formaction: null,
  formenctype: encodings,
  formmethod: ['get', 'post', 'dialog'],
  formnovalidate: flag,
  formtarget: target,
}
const pops = { popovertarget: null, popovertargetaction: ['toggle', 'show', 'hide'] }

// tags are those that CodeMirror's list lacks, or has too little of. An attribute whose only value is '' is there or not.
const tags: Record<string, TagSpec> = {
  a: {
    attrs: {
      href: null,
      target,
      download: null,
      hreflang: null,
      ping: null,
      referrerpolicy: ['no-referrer', 'origin', 'same-origin', 'strict-origin'],
      rel: ['noopener', 'noreferrer', 'nofollow', 'external', 'next', 'prev', 'help', 'license'],
      type: null,
    },
  },
  audio: {
    attrs: { src: null, controls: flag, autoplay: flag, loop: flag, muted: flag, preload: ['none', 'metadata', 'auto'], crossorigin },
  },
  button: {
    attrs: {
      type: ['button', 'submit', 'reset'],
      disabled: flag,
      name: null,
      value: null,
      form: null,
      autofocus: flag,
      ...submits,
      ...pops,
    },
  },
  dialog: { attrs: { open: flag } },
  details: { attrs: { open: flag, name: null } },
  fieldset: { attrs: { disabled: flag, form: null, name: null } },
  form: {
    attrs: {
      action: null,
      method: ['get', 'post', 'dialog'],
      name: null,
      autocomplete: ['on', 'off'],
      enctype: encodings,
      novalidate: flag,
      target,
      'accept-charset': ['utf-8'],
    },
  },
  iframe: {
    attrs: {
      src: null,
      srcdoc: null,
      name: null,
      width: null,
      height: null,
      loading,
      allow: null,
      allowfullscreen: flag,
      sandbox: ['allow-scripts', 'allow-same-origin', 'allow-forms', 'allow-popups', 'allow-modals', 'allow-downloads'],
    },
  },
  img: {
    attrs: {
      src: null,
      alt: null,
      width: null,
      height: null,
      loading,
      srcset: null,
      sizes: null,
      decoding: ['async', 'sync', 'auto'],
      fetchpriority: ['high', 'low', 'auto'],
      crossorigin,
      ismap: flag,
      usemap: null,
    },
  },
  input: {
    attrs: {
      type: (
        'text number range checkbox radio color button password email tel url search date time datetime-local month week file ' +
        'submit reset image hidden'
      ).split(' '),
      name: null,
      value: null,
      placeholder: null,
      min: null,
      max: null,
      step: null,
      checked: flag,
      disabled: flag,
      readonly: flag,
      required: flag,
      multiple: flag,
      autofocus: flag,
      list: null,
      maxlength: null,
      minlength: null,
      pattern: null,
      size: null,
      accept: ['image/*', 'audio/*', 'video/*', '.csv', '.json', '.txt'],
      capture: ['user', 'environment'],
      autocomplete: 'on off name email username current-password new-password tel url'.split(' '),
      form: null,
      alt: null,
      src: null,
      height: null,
      width: null,
      ...submits,
      ...pops,
    },
  },
  link: {
    attrs: {
      rel: ['stylesheet', 'icon', 'apple-touch-icon', 'manifest', 'preload', 'modulepreload', 'alternate', 'author', 'license'],
      href: null,
      type: ['text/css', 'image/png', 'image/svg+xml', 'image/x-icon'],
      media: ['screen', 'print', '(prefers-color-scheme: dark)', '(max-width: 600px)'],
      as: ['style', 'script', 'image', 'font', 'fetch'],
      sizes: ['any', '16x16', '32x32', '180x180', '192x192'],
      crossorigin,
      disabled: flag,
      integrity: null,
    },
  },
  meta: {
    attrs: {
      charset: ['utf-8'],
      name: ['viewport', 'description', 'author', 'theme-color', 'color-scheme', 'keywords', 'application-name', 'robots'],
      content: ['width=device-width, initial-scale=1', 'light dark', 'noindex'],
      'http-equiv': ['refresh', 'content-security-policy', 'content-type'],
    },
  },
  optgroup: { attrs: { disabled: flag, label: null } },
  option: { attrs: { value: null, selected: flag, disabled: flag, label: null } },
  picture: {},
  script: {
    attrs: {
      src: null,
      type: ['module', 'text/javascript', 'importmap', 'application/json'],
      async: flag,
      defer: flag,
      nomodule: flag,
      crossorigin,
      integrity: null,
    },
  },
  search: {},
  select: {
    attrs: {
      name: null,
      multiple: flag,
      size: null,
      required: flag,
      disabled: flag,
      autofocus: flag,
      form: null,
      autocomplete: ['on', 'off'],
    },
  },
  source: { attrs: { src: null, srcset: null, sizes: null, type: null, media: null, width: null, height: null } },
  textarea: {
    attrs: {
      name: null,
      rows: null,
      cols: null,
      placeholder: null,
      maxlength: null,
      minlength: null,
      disabled: flag,
      readonly: flag,
      required: flag,
      autofocus: flag,
      form: null,
      wrap: ['soft', 'hard', 'off'],
      autocomplete: ['on', 'off'],
    },
  },
  td: { attrs: { colspan: null, rowspan: null, headers: null } },
  th: { attrs: { colspan: null, rowspan: null, headers: null, scope: ['row', 'col', 'rowgroup', 'colgroup'], abbr: null } },
  ol: { attrs: { start: null, reversed: flag, type: ['1', 'a', 'A', 'i', 'I'] }, children: ['li', 'script', 'template', 'ul', 'ol'] },
  video: {
    attrs: {
      src: null,
      controls: flag,
      autoplay: flag,
      loop: flag,
      muted: flag,
      playsinline: flag,
      poster: null,
      width: null,
      height: null,
      preload: ['none', 'metadata', 'auto'],
      crossorigin,
    },
  },
  svg: { attrs: { viewBox: ['0 0 100 100'], width: null, height: null, xmlns: ['http://www.w3.org/2000/svg'], fill: null, stroke: null } },
  g: { attrs: { fill: null, stroke: null, transform: null } },
  circle: { attrs: { cx: null, cy: null, r: null, fill: null, stroke: null, 'stroke-width': null } },
  rect: { attrs: { x: null, y: null, width: null, height: null, rx: null, fill: null, stroke: null, 'stroke-width': null } },
  line: { attrs: { x1: null, y1: null, x2: null, y2: null, stroke: null, 'stroke-width': null } },
  path: { attrs: { d: null, fill: null, stroke: null, 'stroke-width': null } },
  polygon: { attrs: { points: null, fill: null, stroke: null } },
  polyline: { attrs: { points: null, fill: null, stroke: null } },
  text: { attrs: { x: null, y: null, 'font-size': null, 'text-anchor': ['start', 'middle', 'end'], fill: null } },
}

// handlers are attributes with a script in them, of those that pages for boards use.
export const handlers = (
  'onclick ondblclick oninput onchange onsubmit onreset onload onerror onfocus onblur onkeydown onkeyup ' +
  'onpointerdown onpointerup onpointermove onpointerenter onpointerleave onpointercancel onmousedown ' +
  'onmouseup onmousemove onmouseenter onmouseleave ontouchstart ontouchend ontouchmove ontouchcancel onwheel ' +
  'onscroll onresize oncontextmenu ondragstart ondragover ondragend ondrop onpaste onplay onpause onended ' +
  'onclose ontoggle'
).split(' ')

const yesNo = ['true', 'false']
const everywhere: Record<string, string[] | null> = {
  ...Object.fromEntries(handlers.map((name) => [name, null])),
  autocapitalize: ['off', 'none', 'sentences', 'words', 'characters'],
  contenteditable: ['true', 'false', 'plaintext-only'],
  enterkeyhint: ['enter', 'done', 'go', 'next', 'previous', 'search', 'send'],
  hidden: ['', 'until-found'],
  inert: flag,
  inputmode: ['none', 'text', 'decimal', 'numeric', 'tel', 'search', 'email', 'url'],
  popover: ['auto', 'manual'],
  slot: null,
  rel: null,
  'aria-current': ['page', 'step', 'location', 'date', 'time', 'true', 'false'],
  'aria-details': null,
  'aria-errormessage': null,
  'aria-haspopup': ['true', 'false', 'menu', 'listbox', 'tree', 'grid', 'dialog'],
  'aria-hidden': yesNo,
  'aria-invalid': ['true', 'false', 'grammar', 'spelling'],
  'aria-live': ['off', 'polite', 'assertive'],
  'aria-modal': yesNo,
  'aria-orientation': ['horizontal', 'vertical'],
  'aria-placeholder': null,
  'aria-roledescription': null,
}

const known = htmlCompletionSourceWith({ extraTags: tags, extraGlobalAttributes: everywhere })

const links = /^(?:src|href|poster|data|action|formaction)$/

export interface Value {
  tag: string
  name: string // of the attribute
  from: number // where its text begins, behind the quote
}

// valueAt is the attribute's value that a place is in.
export function valueAt(state: EditorState, pos: number): Value | undefined {
  let node: SyntaxNode | null = syntaxTree(state).resolveInner(pos, -1)
  while (node && node.name !== 'Attribute') node = node.parent
  const name = node?.getChild('AttributeName')
  const value = node?.getChild('AttributeValue') ?? node?.getChild('UnquotedAttributeValue')
  if (!node || !name || !value || pos < value.from) return undefined
  const quote = state.sliceDoc(value.from, value.from + 1)
  const isQuoted = quote === '"' || quote === "'"
  if (isQuoted && (pos === value.from || (pos === value.to && value.to > value.from + 1 && state.sliceDoc(pos - 1, pos) === quote)))
    return undefined
  const tag = node.parent?.getChild('TagName')
  return {
    tag: tag ? state.sliceDoc(tag.from, tag.to).toLowerCase() : '',
    name: state.sliceDoc(name.from, name.to).toLowerCase(),
    from: value.from + (isQuoted ? 1 : 0),
  }
}

// proposeHTML answers what can stand at a place of the page at path.
export const proposeHTML =
  (path: string) =>
  async (context: CompletionContext): Promise<CompletionResult | null> => {
    const value = valueAt(context.state, context.pos)
    if (!value) return withValues(context, known(context))
    const written = context.state.sliceDoc(value.from, context.pos)
    if (value.name === 'id') return list(value.from, unusedIDs(await projectNames(), context.state.sliceDoc()), 'id')
    if (value.name === 'class') {
      const from = context.pos - /\S*$/.exec(written)![0].length
      const have = new Set(written.split(/\s+/))
      return list(
        from,
        [...(await projectNames()).classes].filter((c) => !have.has(c)),
        'class',
      )
    }
    if (refers.test(value.name)) {
      const from = context.pos - /\S*$/.exec(written)![0].length
      return list(from, [...(await projectNames()).ids.keys()], 'id')
    }
    if (value.name === 'href' && written.startsWith('#')) return list(value.from + 1, [...(await projectNames()).ids.keys()], 'id')
    if (links.test(value.name) || value.name === 'srcset') return proposePaths(path, value.tag, written, value.from)
    const found = known(context)
    return found && { ...found, options: found.options.filter((o) => o.label) } // '' is for who looks whether it takes a value
  }

// unusedIDs are those that something looks for, and that no element has yet, this page's own excepted.
function unusedIDs(names: Names, page: string): string[] {
  return [...names.looked].filter((id) => !names.ids.get(id) || !page.includes(`"${id}"`))
}

function list(from: number, names: string[], type: string): CompletionResult | null {
  return names.length === 0 ? null : { from, options: names.map((label) => ({ label, type })), validFor: /^[\w-]*$/ }
}

// withValues lets an attribute come with the quotes for its value, and what can stand there.
function withValues(context: CompletionContext, found: CompletionResult | null): CompletionResult | null {
  if (!found) return null
  const followed = /^\s*=/.test(context.state.sliceDoc(context.pos, context.pos + 20))
  const at = syntaxTree(context.state).resolveInner(context.pos, -1)
  const tag = at.name === 'AttributeName' ? at.parent?.parent?.getChild('TagName') : at.getChild('TagName')
  const name = tag ? context.state.sliceDoc(tag.from, tag.to).toLowerCase() : ''
  const isFlag = (attribute: string) => {
    const values = tags[name]?.attrs?.[attribute] ?? everywhere[attribute]
    return values?.length === 1 && values[0] === ''
  }
  const options = found.options.map((o): Completion => {
    if (o.type !== 'property' || followed || isFlag(o.label)) return o
    return {
      ...o,
      apply: (view: EditorView, completion: Completion, from: number, to: number) => {
        snippet(`${o.label}="\${}"`)(view, completion, from, to)
        startCompletion(view)
      },
    }
  })
  return { ...found, options }
}
