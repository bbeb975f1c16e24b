// Help: first steps, keys, and whether this computer has what is needed.
import { useState } from 'preact/hooks'
import { api, refusal } from '../api'
import type { Check, Problem } from '../wire'
import { Dialog } from '../parts/dialog'
import { keep, openDialog, settings, version } from '../state'
import { lookUp } from '../reference/open'
import { nextStep } from '../steps/steps'
import { say, type Word } from '../words'

export const openHelp = () => openDialog((close) => <Help close={close} />)

const mac = /Mac|iPhone|iPad/.test(navigator.platform)
const keys: [string, Word][] = [
  [mac ? '⌘ Enter' : 'Ctrl+Enter', 'key.run'],
  [mac ? '⌘ S' : 'Ctrl+S', 'key.save'],
  ['F6', 'key.panels'],
  [mac ? '⌘ F' : 'Ctrl+F', 'key.find'],
  [mac ? '⌘ Z' : 'Ctrl+Z', 'key.undo'],
  ['Ctrl+Space', 'key.complete'],
  ['F8', 'key.problem'],
  ['Esc, Tab', 'key.leave'],
  [mac ? '⇧ ⌥ M' : 'Ctrl+M', 'key.tab'],
  ['F2, Del', 'key.files'],
  ['Esc', 'key.close'],
  ['F1', 'key.lookUp'],
]

function Help({ close }: { close: () => void }) {
  const [checks, setChecks] = useState<Check[] | undefined>()
  const [wrong, setWrong] = useState<Problem | undefined>()
  const look = () =>
    api.doctor().then(
      (r) => setChecks(r.checks),
      (err) => setWrong(refusal(err)),
    )
  return (
    <Dialog title={say('help.title')} close={close} wide reading>
      <p>{say('help.intro')}</p>
      <ol class="tour">
        <li>{say('help.step1')}</li>
        <li>{say('help.step2')}</li>
        <li>{say('help.step3')}</li>
        <li>{say('help.step4')}</li>
      </ol>
      {(settings.value.stepsOff || !nextStep()) && (
        <p>
          <button
            type="button"
            class="link"
            onClick={() => {
              keep({ stepsOff: false, ...(nextStep() ? {} : { steps: [] }) })
              close()
            }}
          >
            {say('help.stepsAgain')}
          </button>
        </p>
      )}
      <p>
        <button
          type="button"
          class="link"
          onClick={() => {
            close()
            void lookUp()
          }}
        >
          {say('help.lookUp')}
        </button>
      </p>
      <h3>{say('help.keys')}</h3>
      <dl class="keys">
        {keys.map(([key, word]) => (
          <div>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{say(word)}</dd>
          </div>
        ))}
      </dl>
      <h3>{say('help.computer')}</h3>
      {checks ? (
        <ul class="checks">
          {checks.map((c) => (
            <li>
              <span class={`sign ${c.ok ? 'fine' : c.need ? 'error' : 'warning'}`}>
                {say(c.ok ? 'help.ok' : c.need ? 'help.missing' : 'help.optional')}
              </span>{' '}
              <span>
                <strong>{c.name}</strong> {c.text} {!c.ok && c.help}
              </span>
            </li>
          ))}
        </ul>
      ) : (
        <p>
          <button type="button" class="plain" onClick={look}>
            {say('help.check')}
          </button>
        </p>
      )}
      {wrong && (
        <p class="wrong-text" role="alert">
          {wrong.text} {wrong.help}
        </p>
      )}
      <div class="row end foot">
        <span class="muted">
          {say('help.version', { version: version.value })}{' '}
          <a href="/licences.txt" target="_blank" rel="noopener">
            {say('help.licences')}
          </a>
        </span>
        <span class="grow" />
        <label class="check">
          <input type="checkbox" checked={settings.value.autoPush} onChange={(e) => keep({ autoPush: e.currentTarget.checked })} />{' '}
          {say('help.autoPush')}
        </label>
        <button type="button" class="secondary" onClick={close}>
          {say('dialog.close')}
        </button>
      </div>
    </Dialog>
  )
}
