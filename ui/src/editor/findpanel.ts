// Finding and replacing in the file in front: CodeMirror's search with a panel that says how many places there are, at which
// of them one is, and why there is none.
import {
  closeSearchPanel,
  findNext,
  findPrevious,
  getSearchQuery,
  openSearchPanel,
  replaceAll,
  replaceNext,
  search,
  SearchQuery,
  selectMatches,
  setSearchQuery,
} from '@codemirror/search'
import type { Extension } from '@codemirror/state'
import { EditorView, runScopeHandlers, type Command, type Panel, type ViewUpdate } from '@codemirror/view'
import { say, type Word } from '../words'

const counted = 1000 // places; a file may have as many as it has letters
const pause = 100 // ms without a key, after which a changed text is counted again

type Place = { from: number; to: number }

function make<K extends keyof HTMLElementTagNameMap>(
  kind: K,
  has: Partial<HTMLElementTagNameMap[K]>,
  ...inside: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const el = Object.assign(document.createElement(kind), has)
  el.append(...inside)
  return el
}

class FindPanel implements Panel {
  readonly top = true
  readonly dom: HTMLElement
  private readonly says = make('output', { className: 'cm-search-says' })
  private readonly what = this.field('search', 'find.find')
  private readonly instead = this.field('replace', 'find.replace')
  private readonly sameCase = this.box('case')
  private readonly words = this.box('word')
  private readonly regexp = this.box('re')
  private query: SearchQuery
  private places: Place[] = []
  private timer = 0

  constructor(private readonly view: EditorView) {
    this.query = getSearchQuery(view.state)
    this.what.setAttribute('main-field', 'true') // which has the focus when the panel opens
    this.says.id = 'cm-search-says'
    this.what.setAttribute('aria-describedby', this.says.id)
    const row = (...inside: Node[]) => make('div', { className: 'cm-search-row' }, ...inside)
    this.dom = make(
      'div',
      { className: 'cm-search', onkeydown: (e) => this.keydown(e) },
      row(
        this.what,
        this.button('prev', 'find.previous', findPrevious),
        this.button('next', 'find.next', findNext),
        this.button('select', 'find.all', selectMatches),
        this.says,
      ),
      ...(view.state.readOnly
        ? []
        : [
            row(
              this.instead,
              this.button('replace', 'find.replaceOne', replaceNext),
              this.button('replaceAll', 'find.replaceAll', replaceAll),
            ),
          ]),
      row(
        make('label', {}, this.sameCase, say('find.case')),
        make('label', {}, this.words, say('find.word')),
        make('label', {}, this.regexp, say('find.regexp')),
      ),
      make('button', { type: 'button', name: 'close', ariaLabel: say('find.close'), onclick: () => closeSearchPanel(view) }, '×'),
    )
    this.show()
    this.count()
  }

  mount(): void {
    this.what.select()
  }

  destroy(): void {
    clearTimeout(this.timer)
  }

  update(u: ViewUpdate): void {
    const query = getSearchQuery(u.state)
    if (!query.eq(this.query)) {
      this.query = query
      this.show()
      this.count()
    } else if (u.docChanged) {
      clearTimeout(this.timer)
      this.timer = window.setTimeout(() => this.count(), pause)
    } else if (u.selectionSet) this.tell()
  }

  private field(name: string, label: Word): HTMLInputElement {
    return make('input', {
      name,
      className: 'cm-textfield',
      placeholder: say(label),
      ariaLabel: say(label),
      autocomplete: 'off',
      autocapitalize: 'off',
      spellcheck: false,
      oninput: () => this.ask(name === 'search'),
    })
  }

  private box(name: string): HTMLInputElement {
    return make('input', { type: 'checkbox', name, onchange: () => this.ask(true) })
  }

  private button(name: string, label: Word, act: Command): HTMLButtonElement {
    return make('button', { type: 'button', name, className: 'cm-button', onclick: () => act(this.view) }, say(label))
  }

  private keydown(e: KeyboardEvent): void {
    if (e.isComposing) return
    if (runScopeHandlers(this.view, e, 'search-panel')) e.preventDefault()
    else if (e.key === 'Enter' && e.target === this.what) {
      e.preventDefault()
      ;(e.shiftKey ? findPrevious : findNext)(this.view)
    } else if (e.key === 'Enter' && e.target === this.instead) {
      e.preventDefault()
      replaceNext(this.view)
    }
  }

  // ask takes what the panel's fields say, and goes to the first place from the cursor on, as one types.
  private ask(goes: boolean): void {
    const query = new SearchQuery({
      search: this.what.value,
      replace: this.instead.value,
      caseSensitive: this.sameCase.checked,
      wholeWord: this.words.checked,
      regexp: this.regexp.checked,
    })
    if (query.eq(this.query)) return
    this.view.dispatch({ effects: setSearchQuery.of(query) })
    if (!goes || !query.valid) return
    const { from } = this.view.state.selection.main
    const first = query.getCursor(this.view.state, from).next()
    const place = first.done ? this.places[0] : first.value
    if (place)
      this.view.dispatch({
        selection: { anchor: place.from, head: place.to },
        effects: EditorView.scrollIntoView(place.from, { y: 'nearest', yMargin: 60, xMargin: 40 }),
        userEvent: 'select.search',
      })
  }

  private show(): void {
    const { search, replace, caseSensitive, wholeWord, regexp } = this.query
    if (this.what.value !== search) this.what.value = search
    if (this.instead.value !== replace) this.instead.value = replace
    this.sameCase.checked = caseSensitive
    this.words.checked = wholeWord
    this.regexp.checked = regexp
  }

  private count(): void {
    clearTimeout(this.timer)
    this.places = []
    if (this.query.valid) {
      const cursor = this.query.getCursor(this.view.state)
      for (let next = cursor.next(); !next.done && this.places.length <= counted; next = cursor.next()) this.places.push(next.value)
    }
    this.tell()
  }

  private tell(): void {
    const { search, valid } = this.query
    const n = this.places.length
    const { from, to } = this.view.state.selection.main
    const at = this.places.findIndex((p) => p.from === from && p.to === to) + 1
    const isWrong = search !== '' && !valid
    const all = n > counted ? say('find.many', { n: counted }) : say('search.placesIn', { n })
    const told = at ? say('find.which', { n: at, all }) : all
    const text = isWrong ? say('find.invalid') : !search ? '' : n === 0 ? say('search.none') : told
    if (this.says.textContent !== text) this.says.textContent = text
    this.says.classList.toggle('bad', isWrong || (search !== '' && n === 0))
    this.what.ariaInvalid = `${isWrong}`
  }
}

// openReplace opens the panel with the focus in what is put instead.
export const openReplace: Command = (view) => {
  openSearchPanel(view)
  view.dom.querySelector<HTMLInputElement>('.cm-search [name=replace]')?.select()
  return true
}

const look = EditorView.theme({
  '.cm-panel.cm-search': { padding: '6px 36px 6px 10px', fontFamily: 'var(--font)', fontSize: '13px' },
  '.cm-search-row': { display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: '4px 6px', padding: '2px 0' },
  '.cm-panel.cm-search :is(input, button, label)': { margin: '0', fontSize: '13px' },
  '.cm-panel.cm-search .cm-textfield': { flex: '1 1 110px', maxWidth: '240px', minWidth: '0', padding: '4px 8px' },
  '.cm-panel.cm-search .cm-textfield[aria-invalid=true]': { borderColor: 'var(--bad)' },
  '.cm-panel.cm-search label': { display: 'inline-flex', alignItems: 'center', gap: '5px', marginRight: '8px', minHeight: '24px' },
  '.cm-search-says': { color: 'var(--ink-2)', overflowWrap: 'anywhere' },
  '.cm-search-says.bad': { color: 'var(--bad)' },
  '.cm-panel.cm-search [name=close]': {
    top: '4px',
    right: '4px',
    width: '28px',
    height: '28px',
    padding: '0',
    fontSize: '18px',
    color: 'var(--ink-2)',
  },
})

export const finding: Extension = [search({ top: true, createPanel: (view) => new FindPanel(view) }), look]
