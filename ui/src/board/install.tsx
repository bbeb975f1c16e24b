// TinyGo builds programs for real boards. Where it is missing, this dialog says what it is and fetches it.
import { useEffect, useRef } from 'preact/hooks'
import { part } from '../format'
import { Dialog, Wrong } from '../parts/dialog'
import { progress, running, toolchain } from '../state'
import { cancel, install } from '../run/start'
import { say } from '../words'

export function Install({ close, then }: { close: () => void; then?: () => void }) {
  const t = toolchain.value
  const p = progress.value?.action === 'toolchain' ? progress.value : undefined
  const busy = p?.state === 'running'
  const ready = !t.problem && t.version !== ''
  const was = useRef(ready)
  // What was wanted goes on by itself, for somebody who has waited here.
  useEffect(() => {
    if (!ready || was.current || running.value) return
    was.current = true
    if (!then) return
    close()
    then()
  }, [ready, running.value])
  const share = p && p.total > 0 ? Math.min(1, p.done / p.total) : undefined
  const failed = p?.state === 'failed' ? p.problem : undefined
  return (
    <Dialog title={say(ready ? 'toolchain.ready' : 'toolchain.title')} close={close} reading>
      {ready ? (
        <p>
          {say('toolchain.readyText', { version: t.version })} <span class="muted">{t.path}</span>
        </p>
      ) : (
        <>
          <p>{say('toolchain.what')}</p>
          {t.problem && !busy && !failed && (
            <p class="muted">
              {t.problem.text} {!t.offer && t.problem.help}
            </p>
          )}
          {t.offer ? (
            <p class="muted">{say('toolchain.where')}</p>
          ) : (
            <p>
              {say('toolchain.byHand')}{' '}
              <a href="https://tinygo.org/getting-started/install/" target="_blank" rel="noopener">
                tinygo.org
              </a>
            </p>
          )}
        </>
      )}
      {busy && (
        <div class="progress-plain" role="group" aria-label={say('run.progress')}>
          <div class="what">
            <span class="words">{p.text}</span>
            {p.total > 0 && <span class="size">{part(p.done, p.total)}</span>}
            <div
              class={`track${share === undefined ? ' unknown' : ''}`}
              role="progressbar"
              aria-label={p.text}
              aria-valuemin={0}
              aria-valuemax={100}
              aria-valuenow={share === undefined ? undefined : Math.round(share * 100)}
            >
              <div style={share === undefined ? undefined : { width: `${share * 100}%` }} />
            </div>
          </div>
        </div>
      )}
      {busy && then && <p class="muted">{say('toolchain.goesOn')}</p>}
      <Wrong problem={failed} />
      <div class="row end">
        {busy ? (
          <>
            <button type="button" class="plain" onClick={close}>
              {say('toolchain.behind')}
            </button>
            <button type="button" class="plain" disabled={!p.id} onClick={() => void cancel()}>
              {say('dialog.cancel')}
            </button>
          </>
        ) : (
          <button type="button" class="plain" autofocus={ready} onClick={close}>
            {say(ready ? 'dialog.close' : 'toolchain.later')}
          </button>
        )}
        {!busy && !ready && t.offer && (
          <button type="button" class="secondary" disabled={running.value} onClick={() => void install()}>
            {failed ? say('error.tryAgain') : say('toolchain.install', { version: t.offer })}
          </button>
        )}
      </div>
    </Dialog>
  )
}
