// The board's page, as any browser shows it: an own origin in a frame, loaded afresh after each push.
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { isOtherProgram, pageOf } from '../address'
import type { SyncState } from '../wire'
import { provide, word } from '../commands/table'
import { Icon } from '../parts/icons'
import { badges, board, boardFiles, progress, project, pushes, running, secret } from '../state'
import { askAddress } from '../wifi/state'
import { isOfBuild } from '../codes'
import { say } from '../words'
import { guard, type Guard } from './frame'
import { go, page } from './page'
import { placeOf } from './place'
import './preview.css'

// What the preview shows now, and how it is loaded again.
let showsNow = { address: '', reload: () => {} }

provide([
  {
    id: 'page.reload',
    group: 'board',
    label: word('preview.reload'),
    offered: () => !!showsNow.address,
    act: () => showsNow.reload(),
  },
  {
    id: 'page.open',
    group: 'board',
    label: () => say('preview.openTitle', { address: showsNow.address }),
    offered: () => !!showsNow.address,
    act: () => window.open(showsNow.address, '_blank', 'noopener'),
  },
  {
    id: 'page.phone',
    group: 'board',
    label: word('preview.phone'),
    offered: () => !!board.peek().address && board.peek().link && !board.peek().virtual,
    act: () => askAddress(page.peek() || '/'),
  },
])

const processEnds = 1000 // ms; browsers give half a second to what a page does when it goes

export function Preview() {
  const b = board.value
  const frame = useRef<HTMLIFrameElement>(null)
  const pages = pageList()
  const here = page.value
  const base = placeOf(b.pageUrl).replace(/\/$/, '')
  // Another program's page would look as if it were this project's. Once its own has come, it stays.
  const state = stateOf(here)
  const own = `${project.value?.name} ${here}`
  const came = useRef('')
  if (state === 'same') came.current = own
  const isOthers = isOther() && (state === 'changed' || state === 'missing') && came.current !== own
  const address = base && here && !isOthers ? base + here : ''
  // While Run sends the pages, what was shown stays: a page that is asked for too early is not there yet. It loads once, also after Reset.
  const held = running.value && (progress.value?.action === 'run' || progress.value?.action === 'reset')
  const [loaded, setLoaded] = useState('')
  // What the page did, or what is asked, that keeps it off the screen.
  const [off, setOff] = useState<'' | 'hangs' | 'takes'>('')
  const kept = !!address && !off && !secret.value
  const wanted = useRef(address)
  wanted.current = address
  // Each time it is another frame: one that is navigated may be on its way elsewhere itself, or ask whether it may be left.
  // A page that hangs takes its process along only some time after its frame has gone; what comes before that would hang, too.
  const watch = useRef<Guard | undefined>(undefined)
  const [turn, setTurn] = useState(0)
  const [away, setAway] = useState(false)
  const asked = useRef(0)
  const restsUntil = useRef(0)
  const rest = () => (restsUntil.current = performance.now() + processEnds)
  const show = () => {
    setOff('')
    setAway(false)
    setTurn(asked.current)
  }
  const reload = (byUser = false) => {
    const mine = ++asked.current
    const start = () => {
      const wait = restsUntil.current - performance.now()
      if (wait > 0) setTimeout(() => mine === asked.current && show(), wait)
      else show()
    }
    if (!watch.current) return start()
    watch.current.asks(byUser, (answers) => {
      if (mine !== asked.current) return
      if (!answers) {
        rest()
        setAway(true)
      }
      start()
    })
  }
  showsNow = { address, reload: () => reload(true) }
  const end = (why: 'hangs' | 'takes') => {
    rest()
    setOff(why)
  }
  const isShown = kept && !away && (!held || !!loaded)
  // At once: a frame that goes takes the focus along.
  useLayoutEffect(() => {
    const it = frame.current
    if (!it) return
    if (!it.src && loaded) it.src = wanted.current
    const g = guard(it, { hangs: () => end('hangs'), takes: () => end('takes') })
    watch.current = g
    return () => {
      watch.current = undefined
      g.end()
    }
  }, [isShown, turn])
  const lastPush = useRef(-1)
  useEffect(() => {
    if (held) return
    const p = progress.peek()
    const nothingNew =
      p?.action === 'run' &&
      p.state === 'failed' &&
      (!p.id || isOfBuild(p.problem)) &&
      loaded === address &&
      lastPush.current === pushes.value
    lastPush.current = pushes.value
    if (nothingNew) return // the board goes on as it was, and so does its page
    reload()
    setLoaded(address)
  }, [address, pushes.value, held])
  return (
    <section class="panel page" id="side-page" aria-label={say('preview.panel')} data-panel="page">
      <form
        class="addr"
        onSubmit={(e) => {
          e.preventDefault()
          reload(true)
        }}
      >
        <button
          type="button"
          class="quiet icon"
          aria-label={say('preview.reload')}
          title={say('preview.reload')}
          disabled={!address}
          onClick={() => reload(true)}
        >
          <Icon name="reload" />
        </button>
        {pages.length > 1 || (!here && pages.length > 0) ? (
          <select class="url" aria-label={say('preview.pick')} value={here} onChange={(e) => go(e.currentTarget.value)}>
            {!pages.some((p) => p.address === here) && <option value={here}>{here ? decodeURI(here) : say('preview.pickOne')}</option>}
            {pages.map((p) => (
              <option key={p.address} value={p.address}>
                {p.name}
              </option>
            ))}
          </select>
        ) : (
          <span class="url" title={address}>
            {decodeURI(here)}
          </span>
        )}
        {!isOthers && <Fresh />}
        {b.address && b.link && !b.virtual && (
          <button
            type="button"
            class="quiet icon"
            aria-label={say('preview.phone')}
            title={say('preview.phone')}
            aria-haspopup="dialog"
            onClick={() => void askAddress(here || '/')}
          >
            <Icon name="phone" />
          </button>
        )}
        <a
          class={`quiet icon${address ? '' : ' off'}`}
          aria-label={say('preview.open')}
          title={address ? say('preview.openTitle', { address }) : say('preview.open')}
          href={address || undefined}
          role={address ? undefined : 'link'}
          aria-disabled={!address}
          target="_blank"
          rel="noopener"
        >
          <Icon name="outside" />
        </a>
      </form>
      <div class="frame">
        {address && off ? (
          <Off why={off} reload={() => reload(true)} />
        ) : address && secret.value ? (
          <div class="why">
            <p>{say('preview.secret')}</p>
          </div>
        ) : address && away ? (
          <div class="why">
            <p>{say('preview.soon')}</p>
          </div>
        ) : isShown ? (
          <iframe
            key={turn}
            ref={frame}
            title={say('preview.frame')}
            sandbox="allow-scripts allow-same-origin allow-forms allow-modals allow-popups allow-downloads"
          />
        ) : (
          <Why />
        )}
      </div>
    </section>
  )
}

interface Page {
  address: string
  name: string
}

function pageList(): Page[] {
  const list = pagesOf(project.value?.files ?? [])
  for (const other of pagesOf(boardFiles.value.filter((f) => f.state === 'boardOnly'))) {
    if (!list.some((p) => p.address === other.address)) list.push({ ...other, name: `${other.name} ${say('editor.boardOnly')}` })
  }
  return list.sort((a, b) => a.name.localeCompare(b.name))
}

function pagesOf(files: readonly { path: string }[]): Page[] {
  return files.flatMap((f) => {
    const address = pageOf(f.path)
    return address ? [{ address, name: f.path.slice(4) }] : []
  })
}

// stateOf tells how the board's version of a page of the project's is.
function stateOf(address: string): SyncState | undefined {
  const path = project.value?.files.find((f) => pageOf(f.path) === address)?.path
  return path ? badges.value.get(path) : undefined
}

const isOther = () => isOtherProgram(board.value.program ?? '', project.value?.title ?? '')

// Fresh says whether the board has the page that the editor shows.
function Fresh() {
  if (!board.value.pageUrl) return null
  const state = stateOf(page.value)
  if (state === 'same')
    return (
      <span class="tag same" title={say('preview.freshTitle')}>
        {say('preview.fresh')}
      </span>
    )
  if (state === 'sending') return <span class="tag diff">{say('badge.sending')}</span>
  if (state === 'missing')
    return (
      <span class="tag warn" title={say('preview.missingTitle')}>
        {say('preview.missing')}
      </span>
    )
  if (state === 'changed')
    return (
      <span class="tag warn" title={say('preview.staleTitle')}>
        {say('preview.stale')}
      </span>
    )
  return null
}

// Off says what became of a page that is not shown because of what it did.
function Off({ why, reload }: { why: 'hangs' | 'takes'; reload: () => void }) {
  return (
    <div class="why" role="status">
      <p>
        <strong>{say(`preview.${why}`)}</strong> {say(`preview.${why}Help`)}
      </p>
      <button type="button" class="secondary" onClick={reload}>
        {say('preview.reload')}
      </button>
    </div>
  )
}

// Why says why there is no page, and what to do about it.
function Why() {
  const b = board.value
  const has = pagesOf(project.value?.files ?? []).length > 0
  let text = say('preview.noBoard')
  if (running.value || b.state === 'busy' || b.state === 'connecting' || b.state === 'starting') text = say('preview.soon')
  else if (b.state === 'running')
    text = !has
      ? say('preview.noPages')
      : b.pageUrl && isOther()
        ? say('preview.otherProgram', { program: b.program ?? '' })
        : say('preview.noServer')
  else if (b.state === 'stopped' || b.state === 'crashed' || b.state === 'silent') text = say(`preview.${b.state}`)
  else if (b.state !== 'absent') text = has ? say('preview.pressRun') : say('preview.noPages')
  return (
    <div class="why">
      <svg viewBox="0 0 48 36" width="64" height="48" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="1.500">
        <rect x="2" y="2" width="44" height="32" rx="4" />
        <path d="M2 10h44M7 6h.01M11 6h.01M15 6h.01" stroke-linecap="round" />
      </svg>
      <p>{text}</p>
    </div>
  )
}
