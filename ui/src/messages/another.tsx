// The dialog that opens another connection: to a path of the board, or to any WebSocket server.
import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import { api, refusal } from '../api'
import { Dialog, Wrong } from '../parts/dialog'
import type { Header, OpenConnection, Problem } from '../wire'
import { say } from '../words'
import { choose } from './connections'

// readHeaders reads lines of "Name: value"; a line without a colon is a name without a value, which Studio refuses in words.
export function readHeaders(text: string): Header[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)
    .map((line) => {
      const at = line.indexOf(':')
      return at < 0 ? { name: line, value: '' } : { name: line.slice(0, at).trim(), value: line.slice(at + 1).trim() }
    })
}

// Another asks where to. An address of a server is confirmed in a step of its own, which says what that means.
export function Another({ end }: { end: () => void }) {
  const [to, setTo] = useState('/ws')
  const [protocols, setProtocols] = useState('')
  const [headers, setHeaders] = useState('')
  const [wrong, setWrong] = useState<Problem | undefined>()
  const [busy, setBusy] = useState(false)
  const [asking, setAsking] = useState<OpenConnection | undefined>()
  const input = useRef<HTMLInputElement>(null)
  useLayoutEffect(() => {
    input.current?.focus()
    input.current?.select()
  }, [asking === undefined])

  const open = async (what: OpenConnection) => {
    setBusy(true)
    setWrong(undefined)
    try {
      choose((await api.openConnection(what)).conn!)
      end()
    } catch (err) {
      const p = refusal(err)
      if (p.code === 'socket.unconfirmed') setAsking(what)
      else {
        setAsking(undefined)
        setWrong(p)
      }
      setBusy(false)
    }
  }
  const submit = (e: Event) => {
    e.preventDefault()
    if (busy) return
    const place = to.trim()
    const outside = place.includes('://')
    void open({
      path: outside ? '' : place,
      url: outside ? place : undefined,
      headers: readHeaders(headers),
      protocols: protocols.split(/[\s,]+/).filter(Boolean),
    })
  }

  if (asking)
    return (
      <Dialog key="confirm" title={say('another.confirmTitle')} close={() => setAsking(undefined)} reading>
        <p>
          <code class="server">{asking.url}</code>
        </p>
        <p>{say('another.confirmWhat')}</p>
        <p>{say(asking.url!.startsWith('wss:') ? 'another.confirmSecure' : 'another.confirmPlain')}</p>
        <p class="muted">{say('another.confirmFor')}</p>
        <div class="row end">
          <button type="button" class="plain" onClick={() => setAsking(undefined)}>
            {say('dialog.cancel')}
          </button>
          <button type="button" class="secondary" disabled={busy} onClick={() => void open({ ...asking, confirmed: true })}>
            {say('another.confirm')}
          </button>
        </div>
      </Dialog>
    )
  return (
    <Dialog key="where" title={say('another.title')} close={end}>
      <form onSubmit={submit}>
        <label class="field">
          <span>{say('another.to')}</span>
          <input
            ref={input}
            value={to}
            required
            autocomplete="off"
            autocapitalize="off"
            spellcheck={false}
            aria-describedby="another-hint"
            onInput={(e) => setTo(e.currentTarget.value)}
          />
        </label>
        <p class="muted" id="another-hint">
          {say('another.hint')}
        </p>
        <details class="more" open={protocols !== '' || headers !== ''}>
          <summary>{say('another.more')}</summary>
          <label class="field">
            <span>{say('another.protocols')}</span>
            <input value={protocols} autocomplete="off" spellcheck={false} onInput={(e) => setProtocols(e.currentTarget.value)} />
          </label>
          <label class="field">
            <span>{say('another.headers')}</span>
            <textarea
              rows={3}
              value={headers}
              placeholder="X-Name: value"
              autocomplete="off"
              spellcheck={false}
              onInput={(e) => setHeaders(e.currentTarget.value)}
            />
          </label>
        </details>
        <Wrong problem={wrong} />
        <div class="row end">
          <button type="button" class="plain" onClick={end}>
            {say('dialog.cancel')}
          </button>
          <button type="submit" class="secondary" disabled={busy}>
            {say(busy ? 'socket.connecting' : 'socket.connect')}
          </button>
        </div>
      </form>
    </Dialog>
  )
}
