// The documents follow the server's events, and are saved when the page is left.
import { effect, untracked } from '@preact/signals'
import { isOutside } from '../address'
import { clientID } from '../api'
import { follow, link, problems, project } from '../state'
import type { Event } from '../wire'
import { allDocs, docAt, save, saveLeaving, saving } from './documents'
import { followMissing, noteChange, noteHash, noteNew, showProject } from './tabs'
import { applyMarks } from './view'

let openProject: string | undefined

function receive(e: Event): void {
  const p = e.snapshot ? e.snapshot.project : e.project
  if (e.snapshot || e.project) {
    if (openProject !== p?.name || openProject === undefined) {
      openProject = project.peek()?.name
      showProject()
    } else if (p) {
      const hashes = new Map(p.files.map((f) => [f.path, f.hash]))
      // After a time apart: what is known now against what the editor started from.
      for (const doc of e.snapshot ? allDocs() : []) {
        const hash = hashes.get(doc.path) ?? ''
        if (!isOutside(doc.path) && (hash !== doc.hash || doc.conflict.peek())) void saving.outside(doc, { hash })
      }
      for (const [path, hash] of hashes) noteHash(path, hash)
      followMissing()
    }
    if (e.snapshot) for (const doc of allDocs()) if (doc.unsaved.peek()) void save(doc)
  }
  const changed = e.file && docAt(e.file.path)
  if (e.file?.hash && !p && !project.peek()?.files.some((f) => f.path === e.file?.path)) noteNew(e.file.path, e.file.hash)
  if (e.file?.hash) noteHash(e.file.path, e.file.hash)
  if (e.file && !changed) noteChange(e.file.path, e.file.hash)
  else if (e.file && changed && (e.file.client !== clientID() || e.file.hash === '')) void saving.outside(changed, e.file)
}

// startDocs connects the documents with events and with the page's own end.
export function startDocs(): void {
  follow(receive)
  effect(() => {
    void problems.value
    untracked(() => allDocs().forEach(applyMarks))
  })
  const flush = () => {
    for (const doc of allDocs()) if (doc.unsaved.peek() && !doc.conflict.peek()) void save(doc)
  }
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') flush()
  })
  window.addEventListener('blur', flush)
  window.addEventListener('pagehide', () => {
    for (const doc of allDocs()) {
      if (!doc.unsaved.peek()) continue
      saving.keep(doc)
      if (!doc.conflict.peek() && !doc.saving && link.peek() === 'open') saveLeaving(doc)
    }
  })
}
