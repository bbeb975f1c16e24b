// The checklist for newcomers. It ticks itself off and can be put away.
import { Icon } from '../parts/icons'
import { keep, project, settings } from '../state'
import { say } from '../words'
import { nextStep, praised, steps } from './steps'
import './steps.css'

export function Steps() {
  const s = settings.value
  const next = nextStep()
  // A list that is done is praised where it was worked through, and is gone with the next visit.
  if (s.stepsOff || !project.value || (!next && !praised.value)) return null
  if (!next) {
    return (
      <section class="first-steps done" aria-label={say('steps.panel')}>
        <p>
          <span class="tick" aria-hidden="true">
            ✓
          </span>{' '}
          {say('steps.all')}
        </p>
        <button
          type="button"
          class="quiet icon"
          aria-label={say('steps.hide')}
          title={say('steps.hide')}
          onClick={() => keep({ stepsOff: true })}
        >
          <Icon name="close" />
        </button>
      </section>
    )
  }
  return (
    <section class="first-steps" aria-label={say('steps.panel')}>
      <h2>
        {say('steps.panel')}{' '}
        <button
          type="button"
          class="quiet icon"
          aria-label={say('steps.hide')}
          title={say('steps.hide')}
          onClick={() => keep({ stepsOff: true })}
        >
          <Icon name="close" />
        </button>
      </h2>
      <ol class="steps">
        {steps.value.map((step) => {
          const done = s.steps.includes(step)
          return (
            <li key={step} class={done ? 'done' : step === next ? 'now' : ''} aria-current={step === next ? 'step' : undefined}>
              {say(`step.${step}`)}
              {done && <span class="hidden"> {say('steps.done')}</span>}
              {step === next && <span class="how">{say(`step.${step}How`)}</span>}
            </li>
          )
        })}
      </ol>
    </section>
  )
}
