// The board's Wi-Fi: how it is, which networks the board sees, and joining one of them.
import { effect, untracked } from '@preact/signals'
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { api, refusal } from '../api'
import type { Problem, WiFiNetwork } from '../wire'
import { Dialog } from '../parts/dialog'
import { announce, askSecret, board, link } from '../state'
import { say } from '../words'
import { Address } from './address'
import { bars, strongest } from './signal'
import { briefly, hasWiFi, whyNot } from './words'

export function WiFiDialog({ close }: { close: () => void }) {
  const w = board.value.wifi
  const [networks, setNetworks] = useState<WiFiNetwork[] | undefined>()
  const [scanning, setScanning] = useState<AbortController | undefined>()
  const [wrong, setWrong] = useState<Problem | undefined>()
  const [picked, setPicked] = useState<string | undefined>() // a name; '' is one that does not tell its name
  const [asked, setAsked] = useState<string | undefined>() // the network that is being joined for this dialog
  const trying = useRef(() => {}) // ends looking at what becomes of it
  const joined = w.state === 'joined'

  const scan = async () => {
    const own = new AbortController()
    setScanning(own)
    setWrong(undefined)
    try {
      const found = strongest((await api.wifiScan(own.signal)).networks)
      setNetworks(found)
      announce(say('wifi.found', { n: found.length }))
    } catch (err) {
      if (!own.signal.aborted) setWrong(refusal(err))
    }
    setScanning((now) => (now === own ? undefined : now))
    return own
  }
  const current = useRef<AbortController | undefined>(undefined)
  current.current = scanning
  useEffect(() => {
    if (!joined) void scan()
    return () => current.current?.abort()
  }, [])

  const noMore = () => {
    trying.current()
    trying.current = () => {}
    setAsked(undefined)
  }
  useEffect(() => () => trying.current(), [])

  // The end of joining is what the board says after it has said that it tries, however soon: the page may not have been drawn
  // in between.
  const lookAt = () => {
    let begun = false
    return effect(() => {
      const now = board.value.wifi
      if (now.state === 'joining') begun = true
      else if (begun && now.state !== 'starting')
        untracked(() => {
          noMore()
          if (now.state === 'joined') setPicked(undefined)
          announce(now.state === 'failed' ? whyNot(now) : briefly(now))
        })
    })
  }

  const join = async (ssid: string, password: string) => {
    scanning?.abort()
    noMore()
    setAsked(ssid)
    trying.current = lookAt()
    setWrong(undefined)
    try {
      await api.wifiJoin(ssid, password)
    } catch (err) {
      noMore()
      setWrong(refusal(err))
    }
  }
  // forget also ends an attempt: the board opens its own network again.
  const forget = async () => {
    noMore()
    setWrong(undefined)
    try {
      await api.wifiForget()
    } catch (err) {
      setWrong(refusal(err))
    }
  }

  if (!hasWiFi.value || link.value === 'lost')
    return (
      <Dialog title={say('wifi.title')} close={close}>
        <p>{say('wifi.gone')}</p>
        <div class="row end">
          <button type="button" class="secondary" onClick={close}>
            {say('dialog.close')}
          </button>
        </div>
      </Dialog>
    )

  const told = picked !== undefined && (picked === w.ssid || picked === '') // the reason stands beside the field
  const joining = asked !== undefined || w.state === 'joining'
  const list = (
    <>
      <div class="row between">
        <h3>{say('wifi.networks')}</h3>
        {scanning ? (
          <span class="row">
            <span class="muted" role="status">
              {say('wifi.scanning')}
            </span>
            <button type="button" class="plain small" onClick={() => scanning.abort()}>
              {say('dialog.cancel')}
            </button>
          </span>
        ) : (
          <button type="button" class="plain small" disabled={joining} onClick={() => void scan()}>
            {say(networks ? 'wifi.scanAgain' : 'wifi.scan')}
          </button>
        )}
      </div>
      {networks?.length === 0 && <p class="muted">{say('wifi.none')}</p>}
      <ul class="networks" aria-label={say('wifi.networks')}>
        {networks?.map((n) => (
          <li key={n.ssid} class={picked === n.ssid ? 'on' : ''}>
            <button
              type="button"
              class="network"
              aria-expanded={picked === n.ssid}
              disabled={joining}
              onClick={() => setPicked(picked === n.ssid ? undefined : n.ssid)}
            >
              <Signal rssi={n.rssi} />
              <span class="ssid">{n.ssid}</span>
              <span class="muted">
                {say(n.secure ? 'wifi.locked' : 'wifi.openNetwork')}
                {w.state === 'joined' && w.ssid === n.ssid && ` · ${say('wifi.here')}`}
              </span>
            </button>
            {picked === n.ssid && (
              <Join
                ssid={n.ssid}
                secure={n.secure}
                busy={joining}
                why={w.state === 'failed' && !joining && w.ssid === n.ssid ? whyNot(w) : ''}
                join={join}
              />
            )}
          </li>
        ))}
        <li class={picked === '' ? 'on' : ''}>
          <button
            type="button"
            class="network"
            aria-expanded={picked === ''}
            disabled={joining}
            onClick={() => setPicked(picked === '' ? undefined : '')}
          >
            <span class="ssid">{say('wifi.other')}</span>
          </button>
          {picked === '' && (
            <Join
              secure
              busy={joining}
              why={w.state === 'failed' && !joining && !networks?.some((n) => n.ssid === w.ssid) ? whyNot(w) : ''}
              join={join}
            />
          )}
        </li>
      </ul>
    </>
  )
  return (
    <Dialog title={say('wifi.title')} close={close} reading>
      <p class="wifi-now" role="status">
        {joining
          ? say('wifi.joining', { ssid: asked || w.ssid })
          : w.state === 'joined'
            ? say('wifi.joined', { ssid: w.ssid })
            : w.state === 'starting'
              ? say('wifi.starting')
              : w.state === 'failed' && !told
                ? whyNot(w)
                : say('wifi.own', { ap: w.ap })}
      </p>
      {joining && (
        <div class="row">
          <div class="track unknown" role="progressbar" aria-label={say('wifi.joining', { ssid: asked || w.ssid })}>
            <div />
          </div>
          <button type="button" class="plain small" onClick={() => void forget()}>
            {say('dialog.cancel')}
          </button>
        </div>
      )}
      {joined && !joining && <Address />}
      {wrong && (
        <p class="wrong-text" role="alert">
          <strong>{wrong.text}</strong> {wrong.help}
        </p>
      )}
      {joined ? (
        <details>
          <summary>{say('wifi.change')}</summary>
          {list}
        </details>
      ) : (
        list
      )}
      {!joined && w.ap !== '' && (
        <details>
          <summary>{say('wifi.useOwn', { ap: w.ap })}</summary>
          <Address />
        </details>
      )}
      <div class="row end">
        {w.ssid !== '' && !joining && (
          <button type="button" class="plain" onClick={() => void forget()}>
            {say('wifi.forget', { ssid: w.ssid })}
          </button>
        )}
        <span class="grow" />
        <button type="button" class={joined ? 'secondary' : 'plain'} onClick={close}>
          {say('dialog.close')}
        </button>
      </div>
    </Dialog>
  )
}

function Signal({ rssi }: { rssi: number }) {
  const n = bars(rssi)
  return (
    <svg class="signal" viewBox="0 0 18 14" width="18" height="14" role="img" aria-label={say(`wifi.signal.${n}`)}>
      <title>{say(`wifi.signal.${n}`)}</title>
      {[1, 2, 3, 4].map((i) => (
        <rect
          key={i}
          x={(i - 1) * 4.6}
          y={14 - i * 3.4}
          width="3.400"
          height={i * 3.4}
          rx="1"
          fill={i <= n ? 'currentColor' : 'var(--line)'}
        />
      ))}
    </svg>
  )
}

// Join asks for what the network needs. The password is in the field alone and goes with it.
function Join({
  ssid,
  secure,
  busy,
  why,
  join,
}: {
  ssid?: string
  secure: boolean
  busy: boolean
  why: string
  join: (ssid: string, password: string) => Promise<void>
}) {
  const name = useRef<HTMLInputElement>(null)
  const password = useRef<HTMLInputElement>(null)
  const [shown, setShown] = useState(false)
  const first = name.current ?? password.current
  useEffect(() => (name.current ?? password.current)?.focus(), [])
  useEffect(() => {
    if (why) first?.focus()
  }, [why])
  useLayoutEffect(() => (secure ? askSecret() : undefined), [secure])
  const submit = (e: Event) => {
    e.preventDefault()
    const to = ssid ?? name.current?.value ?? ''
    if (to && !busy) void join(to, password.current?.value ?? '')
  }
  return (
    <form class="join" onSubmit={submit}>
      {ssid === undefined && (
        <label class="field">
          <span>{say('wifi.name')}</span>
          <input ref={name} required maxLength={32} autocomplete="off" autocapitalize="off" spellcheck={false} />
        </label>
      )}
      {secure && (
        <label class="field">
          <span>{say(ssid === undefined ? 'wifi.passwordIfAny' : 'wifi.password')}</span>
          <input
            ref={password}
            {...(shown ? { type: 'text' as const } : { type: 'password' as const })}
            required={ssid !== undefined}
            minLength={8}
            maxLength={64}
            autocomplete="off"
            autocapitalize="off"
            spellcheck={false}
            aria-invalid={!!why}
            aria-describedby="join-why"
          />
        </label>
      )}
      {why && (
        <p id="join-why" class="bad-text" role="alert">
          {why}
        </p>
      )}
      <div class="row">
        {secure && (
          <label class="check">
            <input type="checkbox" checked={shown} onChange={(e) => setShown(e.currentTarget.checked)} /> {say('wifi.showPassword')}
          </label>
        )}
        <span class="grow" />
        <button type="submit" class="secondary" disabled={busy}>
          {say('wifi.join')}
        </button>
      </div>
    </form>
  )
}
