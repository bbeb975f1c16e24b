// The dialog about other devices: what it is for, the way in for them, who is there, and the end of it.
import { useEffect, useRef, useState } from 'preact/hooks'
import { api, refusal } from '../api'
import { copy } from '../console/console'
import { when } from '../format'
import { Dialog, Wrong } from '../parts/dialog'
import { QR } from '../parts/qr'
import { page } from '../preview/page'
import type { LAN, LANDevice, Problem } from '../wire'
import { say } from '../words'
import { lan, took } from './live'

export function LANDialog({ close }: { close: () => void }) {
  const l = lan.value
  const [wrong, setWrong] = useState<Problem | undefined>()
  const [busy, setBusy] = useState(false)
  // What had the focus goes with the state that it was of.
  const way = useRef<HTMLDivElement>(null)
  const start = useRef<HTMLButtonElement>(null)
  const isFirst = useRef(true)
  useEffect(() => {
    if (!isFirst.current) (l.on ? way.current : start.current)?.focus()
    isFirst.current = false
  }, [l.on])
  const act = async (work: () => Promise<LAN | undefined>) => {
    if (busy) return
    setBusy(true)
    setWrong(undefined)
    try {
      const now = await work()
      if (now) took(now)
    } catch (err) {
      setWrong(refusal(err))
    }
    setBusy(false)
  }
  const end = () => act(() => api.closeToLAN().then(() => undefined))
  return (
    <Dialog title={say('lan.title')} close={close} wide={l.on}>
      {!l.on && (
        <>
          <p>{say('lan.about')}</p>
          <p class="muted">{say('lan.only')}</p>
        </>
      )}
      {l.on && (
        <div ref={way} tabIndex={-1}>
          <Way l={l} act={act} />
        </div>
      )}
      {l.on && <Devices l={l} />}
      <Wrong problem={wrong} />
      <div class="row end">
        <button type="button" class="plain" onClick={close}>
          {say('dialog.close')}
        </button>
        {l.on ? (
          <button type="button" key="end" class="danger" onClick={end}>
            {say('lan.end')}
          </button>
        ) : (
          <button
            type="button"
            key="start"
            ref={start}
            class="secondary"
            autofocus
            aria-disabled={busy}
            onClick={() => act(() => api.openToLAN())}
          >
            {say('lan.start')}
          </button>
        )}
      </div>
    </Dialog>
  )
}

// Way is what somebody does on the other device, in three steps.
function Way({ l, act }: { l: LAN; act: (work: () => Promise<LAN>) => void }) {
  const [url = '', ...others] = l.addresses.map((a) => a.slice(0, -1) + (page.value || '/'))
  return (
    <ol class="way">
      <li>
        <p>{say('lan.step1')}</p>
        <div class="address">
          <QR text={url} label={say('lan.addressCode', { url })} />
          <p>
            <code class="url-big">{url}</code>{' '}
            <button type="button" class="plain small" onClick={() => void copy(url)}>
              {say('tools.copy')}
            </button>
          </p>
          {others.length > 0 && (
            <p class="muted">
              {say('lan.orAddress')} {others.join(' ')}
            </p>
          )}
        </div>
      </li>
      <li>
        <p>{say(l.ownCertificate ? 'lan.step2Own' : 'lan.step2')}</p>
        <p>
          <code class="fingerprint">{l.fingerprint}</code>
        </p>
        {!l.ownCertificate && <p class="muted">{say('lan.apple')}</p>}
      </li>
      <li>
        <p>{say(l.code ? 'lan.step3' : 'lan.shut')}</p>
        <p class="row">
          {l.code && (
            <code class="code" role="img" aria-label={[...l.code].join(' ')}>
              {l.code.slice(0, 3)} {l.code.slice(3)}
            </code>
          )}
          <button type="button" class="plain small" onClick={() => act(() => api.newLANCode())}>
            {say('lan.newCode')}
          </button>
        </p>
        {l.code && l.wrong > 0 && <p class="state-text warn">{say('lan.wrong', { n: l.wrong })}</p>}
      </li>
    </ol>
  )
}

function Devices({ l }: { l: LAN }) {
  return (
    <>
      <h3>{say('lan.devices')}</h3>
      <div role="status">
        {l.devices.length === 0 && <p class="muted">{say('lan.nobody')}</p>}
        <ul class="devices">
          {l.devices.map((d) => (
            <li key={`${d.address} ${d.since}`}>
              <i class={`dot ${d.connected ? 'ok' : 'idle'}`} aria-hidden="true" />
              <strong>{d.name || say('lan.device')}</strong> <span class="muted">{d.address}</span> <span>{state(d)}</span>
            </li>
          ))}
        </ul>
      </div>
    </>
  )
}

const state = (d: LANDevice) => (d.connected ? say('lan.connected') : say('lan.seen', { time: when(d.seen) }))
