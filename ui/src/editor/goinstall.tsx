// gopls helps with Go while it is typed. Where it is missing, this dialog says what it is and installs it.
import { Dialog, Wrong } from '../parts/dialog'
import { progress, running, toolchain } from '../state'
import { cancel, installGopls } from '../run/start'
import { say } from '../words'
import { tooSmall } from './gohelp'

export function InstallGopls({ close }: { close: () => void }) {
  const t = toolchain.value.gopls
  const p = progress.value?.action === 'gopls' ? progress.value : undefined
  const busy = p?.state === 'running'
  const ready = t.version !== ''
  const small = tooSmall(t)
  const failed = p?.state === 'failed' ? p.problem : undefined
  return (
    <Dialog title={say(ready ? 'go.installed' : 'go.installTitle')} close={close} reading>
      <p>{say(ready ? 'go.installedText' : 'go.installText')}</p>
      {small && (
        <p>
          <strong>{t.problem?.text}</strong> {t.problem?.help}
        </p>
      )}
      {!ready && !small && <p class="muted">{say('go.installWhere')}</p>}
      {busy && (
        <div class="progress-plain" role="group" aria-label={say('run.progress')}>
          <div class="what">
            <span class="words">{p.text}</span>
            <div class="track unknown" role="progressbar" aria-label={p.text} aria-valuemin={0} aria-valuemax={100}>
              <div />
            </div>
          </div>
        </div>
      )}
      <Wrong problem={failed} />
      <div class="row end">
        {busy && (
          <button type="button" class="plain" disabled={!p.id} onClick={() => void cancel()}>
            {say('dialog.cancel')}
          </button>
        )}
        <button type="button" class="plain" onClick={close}>
          {say(busy ? 'toolchain.behind' : ready || small ? 'dialog.close' : 'toolchain.later')}
        </button>
        {!busy && !ready && !small && (
          <button type="button" class="secondary" disabled={running.value} onClick={() => void installGopls()}>
            {failed ? say('error.tryAgain') : say('go.install')}
          </button>
        )}
      </div>
    </Dialog>
  )
}
