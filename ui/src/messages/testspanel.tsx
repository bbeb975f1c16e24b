// The sets of messages with their steps, and what has become of each.
import { useState } from 'preact/hooks'
import { api, refusal } from '../api'
import { jump } from '../editor/tabs'
import { nameOf } from '../format'
import { confirm } from '../parts/dialog'
import { Icon } from '../parts/icons'
import { MenuButton } from '../parts/menu'
import { attempt, tell } from '../state'
import type { MessageSet, Problem, TestedSet, TestedStep } from '../wire'
import { say, sayProblem, type Word } from '../words'
import { editSet, newSet } from './setform'
import { results, runSets, sendNamed, sets, testing } from './sets'
import './tests.css'

const words: Record<string, Word> = {
  waiting: 'tests.waiting',
  running: 'tests.running',
  passed: 'tests.passed',
  failed: 'tests.failed',
  cancelled: 'tests.cancelled',
}
const signs: Record<string, string> = { waiting: '○', running: '▸', passed: '✓', failed: '✗', cancelled: '–' }

function State({ of }: { of: string }) {
  return (
    <span class={`state ${of}`} role="img" aria-label={say(words[of] ?? 'tests.waiting')}>
      {signs[of] ?? '○'}
    </span>
  )
}

export function Tests() {
  if (sets.value.length === 0) return <None />
  return (
    <div class="tests" role="list" aria-label={say('tests.list')} tabIndex={0}>
      {sets.value.map((s) => (
        <OneSet key={s.path} set={s} tested={results.value.get(s.path)} />
      ))}
    </div>
  )
}

function None() {
  return (
    <div class="tests hint">
      <p>{say('tests.none')}</p>
      <button type="button" class="plain" onClick={newSet}>
        {say('tests.new')}
      </button>
    </div>
  )
}

function OneSet({ set, tested }: { set: MessageSet; tested: TestedSet | undefined }) {
  const [open, setOpen] = useState<boolean | undefined>()
  const state = tested?.state ?? 'waiting'
  const unfolded = open ?? (state === 'running' || state === 'failed' || !!set.problem)
  const same = tested && tested.steps.length === set.steps.length // else the file is another one by now
  const steps = same ? tested.steps : set.steps
  const empty = set.steps.length === 0
  return (
    <div role="listitem" class="oneset">
      <div class="head">
        <button type="button" class="quiet fold" aria-expanded={unfolded} onClick={() => setOpen(!unfolded)}>
          <i class={`chev${unfolded ? '' : ' aside'}`} />
          <State of={set.problem ? 'failed' : state} />
          <strong title={set.name}>{set.name}</strong>
        </button>
        <span class="muted">
          {state === 'passed' || state === 'failed' ? say('tests.took', { word: say(words[state]!), n: tested!.millis }) : ''}
        </span>
        <span class="grow" />
        {!empty && (
          <button
            type="button"
            class="plain small"
            aria-label={say('tests.runOne', { name: set.name })}
            disabled={testing.value}
            onClick={() => void runSets([set.path])}
          >
            {say('tests.run')}
          </button>
        )}
        <MenuButton
          class="quiet icon"
          label={say('tests.more', { name: set.name })}
          right
          items={() => [
            { label: say('tests.edit'), act: () => void attempt(() => editSet(set.path)) },
            { label: say('tests.asText', { file: nameOf(set.path) }), act: () => void jump(set.path, 1, 1) },
            { label: say('tests.remove'), danger: true, line: true, act: () => void remove(set) },
          ]}
        >
          <Icon name="more" />
        </MenuButton>
      </div>
      {unfolded && (
        <div class="inside">
          {set.problem && <Why problem={set.problem} path={set.path} />}
          {set.messages.length > 0 && (
            <div class="row" role="group" aria-label={say('tests.messages')}>
              {set.messages.map((m) => (
                <button
                  type="button"
                  class="chip"
                  key={m.name}
                  title={m.data.slice(0, 200)}
                  onClick={() => void sendNamed(set.path, m.name)}
                >
                  {m.name}
                </button>
              ))}
            </div>
          )}
          {steps.length > 0 && (
            <ol class="teststeps" aria-label={say('tests.steps', { name: set.name })}>
              {steps.map((s, i) => (
                <Step key={i} step={s} path={set.path} />
              ))}
            </ol>
          )}
        </div>
      )}
    </div>
  )
}

// Why says what is wrong with a set's file; why a test failed, its step says.
function Why({ problem, path }: { problem: Problem; path: string }) {
  const { text, help } = sayProblem(problem)
  const line = Number(problem.args?.line ?? 0)
  return (
    <p class="reason">
      <strong>{text}</strong> {help}{' '}
      <button type="button" class="link" onClick={() => void jump(path, line || 1, 1)}>
        {nameOf(path)}
        {line ? `:${line}` : ''}
      </button>
    </p>
  )
}

function Step({ step, path }: { step: TestedStep; path: string }) {
  const said = step.problem && sayProblem(step.problem)
  return (
    <li class={step.state} style={{ paddingInlineStart: `${step.depth * 20}px` }}>
      <State of={step.state} />
      <span class="grow">
        <span class="what">{step.text}</span>
        {step.rounds > 0 && step.times > 0 && <span class="muted"> {say('tests.rounds', { times: step.times, rounds: step.rounds })}</span>}
        {step.rounds === 0 && step.times > 1 && <span class="muted"> {say('messages.times', { n: step.times })}</span>}
        {said && (
          <span class="reason">
            <strong>{said.text}</strong> {said.help}
          </span>
        )}
      </span>
      {step.millis > 0 && <span class="muted">{say('messages.millis', { n: step.millis })}</span>}
      <button
        type="button"
        class="link"
        aria-label={say('tests.toLine', { line: step.line })}
        onClick={() => void jump(path, step.line, 1)}
      >
        {step.line}
      </button>
    </li>
  )
}

async function remove(set: MessageSet): Promise<void> {
  if (
    !(await confirm({
      title: say('tests.removeTitle', { name: set.name }),
      text: say('tests.removeText', { file: set.path }),
      confirm: say('tests.removeConfirm'),
      danger: true,
    }))
  )
    return
  await api.removeFile(set.path).catch((err: unknown) => tell({ level: 'error', problem: refusal(err).problem }))
}
