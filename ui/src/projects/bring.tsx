// A project from elsewhere: a zip, a link that contains one, or a folder on this computer. What is in a zip or a link is
// shown before anything is made of it; nobody trusts it.
import { useEffect, useRef, useState } from 'preact/hooks'
import { api, refusal, refuse } from '../api'
import { saveAll } from '../editor/documents'
import { bytes } from '../format'
import { Dialog, Wrong } from '../parts/dialog'
import { announce, openDialog } from '../state'
import type { Bundle, Problem } from '../wire'
import { say, sayProblem } from '../words'

// bring asks what to bring in; a link, or a zip, that is there already is shown at once.
export function bring(link?: string, zip?: File): void {
  openDialog((close) => <Bring close={close} link={link} zip={zip} />)
}

// askZip asks what a zip that was dropped is: a project, or a file for the board.
export function askZip(zip: File, asFile: () => void): void {
  openDialog((close) => (
    <Dialog key={zip.name} title={say('bring.dropTitle', { file: zip.name })} close={close}>
      <p>{say('bring.dropText')}</p>
      <div class="row end">
        <button type="button" class="plain" onClick={close}>
          {say('dialog.cancel')}
        </button>
        <button
          type="button"
          class="plain"
          onClick={() => {
            close()
            asFile()
          }}
        >
          {say('bring.dropFile')}
        </button>
        <button type="button" class="secondary" autofocus onClick={() => bring(undefined, zip)}>
          {say('bring.look')}
        </button>
      </div>
    </Dialog>
  ))
}

interface Parcel {
  name: string // of the file
  content: string | Blob
  bundle: Bundle
}

const largestZip = 32 << 20 // see MaxZip of package project

function Bring({ close, link, zip }: { close: () => void; link?: string; zip?: File }) {
  const [text, setText] = useState(link ?? '')
  const [parcel, setParcel] = useState<Parcel | undefined>()
  const [wrong, setWrong] = useState<Problem | undefined>()
  const [pages, setPages] = useState('') // the folder that has no program
  const [busy, setBusy] = useState(false)
  const picker = useRef<HTMLInputElement>(null)
  const work = async (what: () => Promise<unknown>) => {
    if (busy) return
    setBusy(true)
    setWrong(undefined)
    setPages('')
    try {
      await what()
    } catch (err) {
      const r = refusal(err)
      setWrong(r)
      if (r.code === 'folder.pages') setPages(text.trim())
    }
    setBusy(false)
  }
  const look = (name: string, content: string | Blob) =>
    work(async () => {
      if (content instanceof Blob && content.size > largestZip) throw refuse('import.too-large', 'refused', 0, { limit: largestZip >> 20 })
      setParcel({ name, content, bundle: await api.lookInto(name, content) })
    })
  useEffect(() => {
    if (zip) void look(zip.name, zip)
    else if (link) void look('', link)
  }, [])
  const made = (title: string) => {
    announce(say('project.made', { title }))
    close()
  }
  const make = (p: Parcel) =>
    work(async () => {
      await saveAll()
      made((await api.importProject(p.name, p.content)).title)
    })
  const folder = (copy: boolean) =>
    work(async () => {
      await saveAll()
      made((await api.openFolder(text.trim(), copy)).title)
    })
  const isLink = /#project=/.test(text)
  return (
    <Dialog title={say(parcel ? 'bring.lookTitle' : 'bring.title', { title: parcel?.bundle.title ?? '' })} close={close} wide={!!parcel}>
      {parcel ? (
        <Inside bundle={parcel.bundle} />
      ) : (
        <form
          id="bring"
          onSubmit={(e) => {
            e.preventDefault()
            void (isLink ? look('', text) : folder(false))
          }}
        >
          <p>{say('bring.zipText')}</p>
          <input
            ref={picker}
            type="file"
            accept=".zip,application/zip"
            hidden
            onChange={(e) => {
              const file = e.currentTarget.files?.[0]
              e.currentTarget.value = ''
              if (file) void look(file.name, file)
            }}
          />
          <button type="button" class="plain" autofocus onClick={() => picker.current?.click()}>
            {say('bring.zip')}
          </button>
          <label class="field">
            <span>{say('bring.text')}</span>
            <textarea
              rows={3}
              class="link-box"
              value={text}
              spellcheck={false}
              aria-describedby="bring-wrong"
              onInput={(e) => setText(e.currentTarget.value)}
              onKeyDown={(e) => {
                if (e.key !== 'Enter' || e.shiftKey) return
                e.preventDefault()
                e.currentTarget.form?.requestSubmit()
              }}
            />
          </label>
          <p class="muted">{say('bring.hint')}</p>
        </form>
      )}
      <Wrong id="bring-wrong" problem={wrong} />
      <div class="row end">
        <button type="button" class="plain" onClick={close}>
          {say('dialog.cancel')}
        </button>
        {pages ? (
          <button type="button" class="secondary" disabled={busy} onClick={() => void folder(true)}>
            {say('bring.pages')}
          </button>
        ) : parcel ? (
          <button type="button" class="secondary" disabled={busy} onClick={() => void make(parcel)}>
            {say('project.newConfirm')}
          </button>
        ) : (
          <button type="submit" form="bring" class="secondary" disabled={busy || text.trim() === ''}>
            {say(isLink ? 'bring.look' : 'bring.folder')}
          </button>
        )}
      </div>
    </Dialog>
  )
}

// Inside is what a project would have. All of it is somebody else's text.
function Inside({ bundle }: { bundle: Bundle }) {
  return (
    <>
      <p>{say('bring.trust')}</p>
      {bundle.author && <p>{say('bring.author', { author: bundle.author })}</p>}
      {bundle.pages && <p>{say('bring.program')}</p>}
      <h3>{say('bring.files', { n: bundle.files.length })}</h3>
      <ul class="bundle" tabIndex={0} aria-label={say('bring.files', { n: bundle.files.length })}>
        {bundle.files.map((f) => (
          <li key={f.path}>
            {f.text ? (
              <details>
                <summary>
                  {f.path} <span class="muted">{bytes(f.size)}</span>
                </summary>
                <pre>{f.text}</pre>
              </details>
            ) : (
              <>
                {f.path} <span class="muted">{bytes(f.size)}</span>
              </>
            )}
          </li>
        ))}
      </ul>
      {bundle.leftOut.length > 0 && (
        <details>
          <summary>{say('bring.leftOut', { n: bundle.leftOut.length })}</summary>
          <ul class="bundle">
            {bundle.leftOut.map((l) => (
              <li key={l.path}>
                {l.path}: <span class="muted">{l.why && sayProblem(l.why).text}</span>
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  )
}
