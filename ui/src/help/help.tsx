// Help: first steps, keys, and whether this computer has what is needed.
import { useState } from 'preact/hooks'
import { api, refusal } from '../api'
import type { Check, Problem } from '../wire'
import { commands, keyOf, keysOf, provide, word } from '../commands/table'
import { openShortcuts } from '../commands/open'
import { Dialog } from '../parts/dialog'
import { keep, openDialog, settings, version } from '../state'
import { lookUp } from '../reference/open'
import { nextStep } from '../steps/steps'
import { say } from '../words'

export const openHelp = () => openDialog((close) => <Help close={close} />)

// basics are the commands whose keys help newcomers most; the list of all is one click away.
const basics = [
  'run.run',
  'file.save',
  'view.next',
  'search.find',
  'edit.undo',
  'edit.complete',
  'edit.problem',
  'key.leave',
  'edit.tabKey',
  'key.files',
  'key.close',
  'help.lookUp',
]

// stepsAgain shows the first steps again, from the beginning if all are done.
const stepsAgain = () => keep({ stepsOff: false, ...(nextStep() ? {} : { steps: [] }) })
const stepsAreAway = () => settings.value.stepsOff || !nextStep()

provide([
  { id: 'help.open', group: 'help', label: word('help.title'), act: openHelp },
  { id: 'help.steps', group: 'help', label: word('help.stepsAgain'), offered: stepsAreAway, act: stepsAgain },
  {
    id: 'help.autoPush',
    group: 'board',
    label: word('help.autoPush'),
    on: () => settings.value.autoPush,
    act: () => keep({ autoPush: !settings.peek().autoPush }),
  },
])

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
      {stepsAreAway() && (
        <p>
          <button
            type="button"
            class="link"
            onClick={() => {
              stepsAgain()
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
        {commands()
          .filter((c) => basics.includes(c.id))
          .sort((a, b) => basics.indexOf(a.id) - basics.indexOf(b.id))
          .map((c) => (
            <div key={c.id}>
              <dt>
                <kbd>{c.act ? keyOf(c) : keysOf(c).join(', ')}</kbd>
              </dt>
              <dd>{c.label()}</dd>
            </div>
          ))}
      </dl>
      <p>
        <button type="button" class="link" onClick={() => void openShortcuts()}>
          {say('command.shortcuts')}
        </button>
      </p>
      <h3>{say('help.computer')}</h3>
      {checks ? (
        <ul class="checks">
          {checks.map((c) => (
            <li key={c.name}>
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
