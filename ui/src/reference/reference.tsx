// The reference of package board: what there is, what it costs, and an example of each that goes into somebody's program
// or becomes a project of its own.
import names from 'go:names'
import reference from 'go:reference'
import { isolateHistory } from '@codemirror/commands'
import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import { api, refusal } from '../api'
import { saveAll } from '../editor/documents'
import type { Doc } from '../editor/document'
import { isGo } from '../editor/gofile'
import { open } from '../editor/tabs'
import { editorView, focusEditor, shown } from '../editor/view'
import { Dialog, Wrong } from '../parts/dialog'
import { arrows } from '../parts/roving'
import { announce, attempt, openDialog, project, show, templates } from '../state'
import type { Problem, Template } from '../wire'
import { own, say } from '../words'
import { entryFor, hintsFor, nameAt, search, type Entry } from './find'
import { put } from './insert'
import './reference.css'

const { groups } = reference

// startFrom is the template whose page an example gets in a project of its own: it sends what is typed, and shows what comes.
const startFrom = 'echo'

// showReference opens it where the editor's cursor is, if the focus is there.
export function showReference(): void {
  const view = editorView()
  const doc = shown.peek()
  let at: Entry | string | undefined
  if (view?.hasFocus && isGo(doc?.path)) {
    const text = view.state.doc.toString()
    at = entryFor(groups, names, nameAt(text, view.state.selection.main.head), text)
  }
  openDialog((close) => <Reference at={at} close={close} />)
}

// target is the program that an example goes into: the one in the editor, or the project's main.go.
async function target(): Promise<Doc | undefined> {
  const front = shown.peek()
  if (front && isGo(front.path) && !front.readOnly) return front
  const doc = project.peek()?.files.some((f) => f.path === 'main.go') ? await open('main.go') : undefined
  return doc?.readOnly ? undefined : doc
}

// putIn makes an example a part of a program. One undo takes it back.
async function putIn(doc: Doc, entry: Entry): Promise<void> {
  show('code')
  await open(doc.path)
  const there = put(doc.state.doc.toString(), doc.state.selection.main.head, entry.example)
  if ('already' in there) {
    doc.change({ selection: { anchor: there.already }, scrollIntoView: true })
    announce(say('reference.already'))
  } else {
    const changes = doc.state.changes(
      there.edits.map((e) => ({ from: e.from, to: e.to, insert: doc.state.toText(e.insert.replace(/\n/g, doc.state.lineBreak)) })),
    )
    doc.change({
      changes,
      selection: { anchor: changes.mapPos(there.at, 1), head: changes.mapPos(there.at, -1) }, // what has come is selected
      scrollIntoView: true,
      annotations: isolateHistory.of('full'),
      userEvent: 'input.example',
    })
    announce(say('reference.put', { name: entry.name, file: doc.path }))
  }
  focusEditor()
}

// tryOut makes a project of an example, and opens it.
async function tryOut(entry: Entry): Promise<void> {
  await saveAll()
  const made = await api.newProject(startFrom, entry.name, entry.example.program)
  announce(say('project.made', { title: made.title }))
}

async function begin(template: Template): Promise<void> {
  await saveAll()
  const made = await api.newProject(template.id, template.title)
  announce(say('project.made', { title: made.title }))
}

function Reference({ at, close }: { at: Entry | string | undefined; close: () => void }) {
  const [query, setQuery] = useState(typeof at === 'string' ? at : '')
  const [entry, setEntry] = useState<Entry | undefined>(typeof at === 'object' ? at : undefined)
  const [wrong, setWrong] = useState<Problem | undefined>()
  const box = useRef<HTMLDivElement>(null)
  const input = useRef<HTMLInputElement>(null)
  const title = useRef<HTMLHeadingElement>(null)
  const wanted = useRef(false) // somebody has chosen an entry: the focus goes there
  useLayoutEffect(() => {
    if (at instanceof Object) title.current?.focus()
    else input.current?.focus()
    box.current?.querySelector('[aria-current=true]')?.scrollIntoView({ block: 'center' })
  }, [])
  useLayoutEffect(() => {
    if (entry) box.current?.querySelector('.entry-text')?.scrollTo(0, 0)
    if (entry && wanted.current) title.current?.focus()
    wanted.current = false
  }, [entry])

  const found = search(groups, query)
  const examples = templates.value.filter((t) => t.example && fits(t, query))
  const hints = hintsFor(query)
  const choose = (e: Entry) => {
    wanted.current = true
    setWrong(undefined)
    setEntry(e)
  }
  const act = async (work: () => Promise<void>) => {
    try {
      await work()
      close()
    } catch (err) {
      setWrong(refusal(err))
    }
  }
  // The dialog gives the focus back before the program gets it.
  const putHere = async (e: Entry) => {
    const doc = await target()
    if (!doc) return setWrong(own('reference.no-program'))
    close()
    setTimeout(() => void attempt(() => putIn(doc, e)))
  }
  const name = (e: Entry) => (
    <li key={e.name}>
      <button type="button" class="name" aria-current={e === entry ? 'true' : undefined} onClick={() => choose(e)}>
        <code>{e.name}</code> <span class="muted">{e.sentence}</span>
      </button>
    </li>
  )
  return (
    <Dialog title={say('reference.title')} close={close} wide>
      <div class={`reference${entry ? ' reads' : ''}`} ref={box}>
        <label class="field">
          <span class="hidden">{say('reference.search')}</span>
          <input
            ref={input}
            role="searchbox" // not one by its type, which would take the first Escape to be emptied
            autocapitalize="off"
            value={query}
            placeholder={say('reference.search')}
            autocomplete="off"
            spellcheck={false}
            onInput={(e) => setQuery(e.currentTarget.value)}
            onKeyDown={(e) => {
              if (e.key === 'ArrowDown') {
                e.preventDefault()
                box.current?.querySelector<HTMLElement>('.names .name')?.focus()
              } else if (e.key === 'Enter' && query && found[0]) choose(found[0])
            }}
          />
        </label>
        <p class="hidden" role="status">
          {query && say('reference.found', { n: found.length })}
        </p>
        <nav class="names" aria-label={say('reference.names')} onKeyDown={(e) => void arrows(e, '.name', 'column')}>
          {hints.length > 0 && (
            <ul class="hints">
              {hints.map((h) => (
                <li key={h.name}>{say('reference.here', { name: h.name, here: h.here })}</li>
              ))}
            </ul>
          )}
          {query ? (
            <ul>{found.map(name)}</ul>
          ) : (
            groups.map((g) => (
              <section key={g.id}>
                <h3>{say(`reference.${g.id as 'pins'}`)}</h3>
                <ul>{g.entries.map(name)}</ul>
              </section>
            ))
          )}
          {examples.length > 0 && (
            <section>
              <h3>{say('reference.examples')}</h3>
              <ul>
                {examples.map((t) => (
                  <li key={t.id}>
                    <button type="button" class="name" title={say('reference.try')} onClick={() => void act(() => begin(t))}>
                      {t.title} <span class="muted">{t.about}</span>
                    </button>
                  </li>
                ))}
              </ul>
            </section>
          )}
          {found.length === 0 && examples.length === 0 && <p>{say('reference.none', { query })}</p>}
        </nav>
        <article class="entry-text" aria-label={entry?.name ?? say('reference.title')} tabIndex={0}>
          {entry ? (
            <>
              <button
                type="button"
                class="link to-list"
                onClick={() => {
                  setEntry(undefined)
                  requestAnimationFrame(() => input.current?.focus())
                }}
              >
                {say('reference.back')}
              </button>
              <h3 ref={title} tabIndex={-1}>
                {entry.name}
              </h3>
              <Text entry={entry} />
              <div class="row">
                <button type="button" class="secondary" onClick={() => void putHere(entry)}>
                  {say('reference.putIn')}
                </button>
                <button type="button" class="plain" onClick={() => void act(() => tryOut(entry))}>
                  {say('reference.try')}
                </button>
              </div>
              <Wrong problem={wrong} />
            </>
          ) : (
            <>
              <p class="muted">{say('reference.intro')}</p>
              <Wrong problem={wrong} />
            </>
          )}
        </article>
      </div>
      <div class="row end">
        <button type="button" class="plain" onClick={close}>
          {say('dialog.close')}
        </button>
      </div>
    </Dialog>
  )
}

const fits = (t: Template, query: string) =>
  query
    .toLowerCase()
    .split(/\s+/)
    .every((w) => `${t.title} ${t.about}`.toLowerCase().includes(w))

function Text({ entry: e }: { entry: Entry }) {
  return (
    <>
      <pre>{e.signature}</pre>
      <p>{e.sentence}</p>
      {e.more?.map((b, i) => (b.code ? <pre key={i}>{b.text}</pre> : <p key={i}>{b.text}</p>))}
      {e.limits && (
        <>
          <h4>{say('reference.limits')}</h4>
          <p>{e.limits}</p>
        </>
      )}
      <h4>{say('go.example')}</h4>
      {e.example.says && <p>{e.example.says}</p>}
      <pre>{e.example.code}</pre>
    </>
  )
}
