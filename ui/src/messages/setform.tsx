// A set of messages as a form, and making a new one.
import { useRef, useState } from 'preact/hooks'
import { api, refusal, refuse } from '../api'
import { jump } from '../editor/tabs'
import { Dialog, enter, Wrong } from '../parts/dialog'
import { Icon } from '../parts/icons'
import { announce, openDialog, tell } from '../state'
import type { Problem } from '../wire'
import { own, say, sayProblem, type Word } from '../words'
import { showView } from './messages'
import {
  BadJson,
  contentKinds,
  emptyStep,
  readFile,
  verbs,
  wantedKinds,
  writeFile,
  type NamedPart,
  type Part,
  type SetFile,
  type Step,
  type Verb,
} from './setfile'
import { freePath, readSet, sets, writeSet } from './sets'
import './tests.css'

// newSet asks for a name, and shows the form of a set that is not saved yet.
export function newSet(): void {
  enter({
    title: say('tests.newTitle'),
    label: say('tests.name'),
    value: '',
    placeholder: say('tests.namePlaceholder'),
    hint: say('tests.newHint'),
    confirm: say('tests.create'),
    done: async (name) => {
      const path = freePath(name)
      const file: SetFile = {
        name,
        messages: [],
        steps: [emptyStep('send'), emptyStep('expect')],
        rest: {},
      }
      setTimeout(() => showForm(path, file, '')) // when this dialog is gone
    },
  })
}

// editSet shows a set's form; one that cannot be shown so is opened as text.
export async function editSet(path: string): Promise<void> {
  const known = sets.peek().find((s) => s.path === path)
  const { text, hash } = await readSet(path)
  const file = known?.problem ? undefined : readFile(text)
  if (file) return showForm(path, file, hash)
  await jump(path, Number(known?.problem?.args?.line ?? 1), 1)
  if (!known?.problem) tell({ level: 'info', problem: own('test.no-form', { file: path }) })
}

export function showForm(path: string, file: SetFile, hash: string): void {
  openDialog((close) => <SetForm key={path} path={path} file={file} hash={hash} close={close} />)
}

function SetForm({ path, file, hash, close }: { path: string; file: SetFile; hash: string; close: () => void }) {
  const [name, setName] = useState(file.name)
  const [messages, setMessages] = useState(file.messages)
  const [steps, setSteps] = useState(file.steps)
  const [wrong, setWrong] = useState<Problem | undefined>()
  const [busy, setBusy] = useState(false)
  const changed = useRef(false)
  const change =
    <T,>(set: (v: T) => void) =>
    (v: T) => {
      changed.current = true
      set(v)
    }
  const save = async (e: Event) => {
    e.preventDefault()
    if (busy) return
    setBusy(true)
    try {
      let text: string
      try {
        text = writeFile({ ...file, name, messages, steps })
      } catch (err) {
        if (err instanceof BadJson) throw refuse('test.bad-json', 'refused', 0, { text: err.text.slice(0, 80) })
        throw err
      }
      const names = messages.map((m) => m.name.trim())
      if (new Set(names).size < names.length || names.includes('')) throw refuse('test.names')
      const found = await api.checkSet(text)
      if (found.problem) {
        const said = sayProblem(found.problem)
        setWrong({ ...found.problem, text: said.text.replace(/^Line \d+: /, ''), help: '' })
        setBusy(false)
        return
      }
      await writeSet(path, text, hash)
      announce(say('tests.saved', { file: path }))
      close()
      showView('tests')
    } catch (err) {
      setWrong(refusal(err).problem)
      setBusy(false)
    }
  }
  // What was typed is not thrown away by a click beside the dialog.
  const leave = () => {
    if (!changed.current || wrong?.code === 'test.unsaved') close()
    else setWrong(own('test.unsaved'))
  }
  return (
    <Dialog title={say('tests.formTitle', { file: path })} close={leave} wide>
      <form class="setform" onSubmit={(e) => void save(e)}>
        <label class="field">
          <span>{say('tests.name')}</span>
          <input value={name} maxLength={60} autocomplete="off" onInput={(e) => change(setName)(e.currentTarget.value)} />
        </label>
        <fieldset>
          <legend>{say('tests.messages')}</legend>
          <p class="muted">{say('tests.messagesHint', { n: '{n}', now: '{now}' })}</p>
          {messages.map((m, i) => (
            <NamedRow
              key={i}
              part={m}
              set={(next) => change(setMessages)(messages.map((o, k) => (k === i ? next : o)))}
              remove={() => change(setMessages)(messages.filter((_, k) => k !== i))}
            />
          ))}
          <button
            type="button"
            class="plain small"
            onClick={() => change(setMessages)([...messages, { name: '', kind: 'text', text: '' }])}
          >
            {say('tests.addMessage')}
          </button>
        </fieldset>
        <fieldset>
          <legend>{say('tests.stepsTitle')}</legend>
          <p class="muted">{say('tests.stepsHint')}</p>
          <Steps steps={steps} set={change(setSteps)} names={messages.map((m) => m.name)} depth={0} />
        </fieldset>
        <Wrong problem={wrong} />
        <div class="row end">
          <button
            type="button"
            class="plain"
            onClick={() => {
              changed.current = false
              close()
            }}
          >
            {say('dialog.cancel')}
          </button>
          <button type="submit" class="secondary" disabled={busy}>
            {say('tests.saveFile')}
          </button>
        </div>
      </form>
    </Dialog>
  )
}

const kindWords: Record<string, Word> = {
  text: 'tests.kindText',
  json: 'tests.kindJson',
  hex: 'tests.kindHex',
  base64: 'tests.kindBase64',
  message: 'tests.kindMessage',
  equals: 'tests.kindEquals',
  contains: 'tests.kindContains',
  matches: 'tests.kindMatches',
  anything: 'tests.kindAnything',
}

function PartFields({
  part,
  set,
  kinds,
  names,
}: {
  part: Part
  set: (p: Part) => void
  kinds: readonly string[]
  names: readonly string[]
}) {
  return (
    <>
      <select
        aria-label={say('tests.kind')}
        value={part.kind}
        onChange={(e) =>
          set({ kind: e.currentTarget.value, text: part.text || (e.currentTarget.value === 'message' ? (names[0] ?? '') : '') })
        }
      >
        {kinds.map((k) => (
          <option key={k} value={k}>
            {say(kindWords[k]!)}
          </option>
        ))}
      </select>
      {part.kind === 'message' ? (
        <select
          class="content"
          aria-label={say('tests.content')}
          value={part.text}
          onChange={(e) => set({ ...part, text: e.currentTarget.value })}
        >
          {[...new Set([part.text, ...names])].map((n) => (
            <option key={n} value={n}>
              {n}
            </option>
          ))}
        </select>
      ) : part.kind === 'json' ? (
        <textarea
          class="content"
          rows={1}
          spellcheck={false}
          aria-label={say('tests.content')}
          placeholder='{"led.on": true}'
          value={part.text}
          onInput={(e) => set({ ...part, text: e.currentTarget.value })}
        />
      ) : (
        part.kind !== 'anything' && (
          <input
            class="content"
            spellcheck={false}
            autocomplete="off"
            autocapitalize="off"
            aria-label={say('tests.content')}
            placeholder={part.kind === 'hex' ? '01 a0 ff' : part.kind === 'matches' ? '/Reply for .*/' : ''}
            value={part.text}
            onInput={(e) => set({ ...part, text: e.currentTarget.value })}
          />
        )
      )}
    </>
  )
}

function NamedRow({ part, set, remove }: { part: NamedPart; set: (p: NamedPart) => void; remove: () => void }) {
  return (
    <div class="line">
      <input
        class="name"
        aria-label={say('tests.messageName')}
        placeholder={say('tests.messageName')}
        maxLength={60}
        autocomplete="off"
        value={part.name}
        onInput={(e) => set({ ...part, name: e.currentTarget.value })}
      />
      <PartFields part={part} set={(p) => set({ ...p, name: part.name })} kinds={contentKinds.filter((k) => k !== 'message')} names={[]} />
      <Remove act={remove} />
    </div>
  )
}

const Remove = ({ act }: { act: () => void }) => (
  <button type="button" class="quiet icon" aria-label={say('tests.removeLine')} title={say('tests.removeLine')} onClick={act}>
    <Icon name="close" />
  </button>
)

const verbWords: Record<Verb, Word> = {
  send: 'tests.verbSend',
  expect: 'tests.verbExpect',
  waitFor: 'tests.verbWaitFor',
  expectNothing: 'tests.verbExpectNothing',
  wait: 'tests.verbWait',
  close: 'tests.verbClose',
  expectClose: 'tests.verbExpectClose',
  open: 'tests.verbOpen',
  repeat: 'tests.verbRepeat',
  forEach: 'tests.verbForEach',
}

function Steps({ steps, set, names, depth }: { steps: Step[]; set: (s: Step[]) => void; names: readonly string[]; depth: number }) {
  const put = (i: number, step: Step) => set(steps.map((o, k) => (k === i ? step : o)))
  return (
    <>
      {steps.map((s, i) => (
        <div key={i}>
          <div class="line" role="group" aria-label={say('tests.step', { n: i + 1 })}>
            <select
              aria-label={say('tests.verb')}
              value={s.verb}
              onChange={(e) => put(i, { ...emptyStep(e.currentTarget.value as Verb), on: s.on, steps: s.steps, rest: s.rest })}
            >
              {verbs.map((v) => (
                <option key={v} value={v} disabled={depth >= 5 && (v === 'repeat' || v === 'forEach')}>
                  {say(verbWords[v])}
                </option>
              ))}
            </select>
            <StepFields step={s} set={(step) => put(i, step)} names={names} />
            <button
              type="button"
              class="quiet icon"
              aria-label={say('tests.moveUp')}
              title={say('tests.moveUp')}
              disabled={i === 0}
              onClick={() => set(steps.map((o, k) => (k === i - 1 ? s : k === i ? steps[i - 1]! : o)))}
            >
              <Icon name="up" />
            </button>
            <Remove act={() => set(steps.filter((_, k) => k !== i))} />
          </div>
          {(s.verb === 'repeat' || s.verb === 'forEach') && (
            <div class="nested">
              <Steps steps={s.steps} set={(inner) => put(i, { ...s, steps: inner })} names={names} depth={depth + 1} />
            </div>
          )}
        </div>
      ))}
      <button
        type="button"
        class="plain small"
        onClick={() => set([...steps, emptyStep(steps.at(-1)?.verb === 'send' ? 'expect' : 'send')])}
      >
        {say('tests.addStep')}
      </button>
    </>
  )
}

function StepFields({ step: s, set, names }: { step: Step; set: (s: Step) => void; names: readonly string[] }) {
  const field = (key: 'time' | 'code' | 'on' | 'reason', label: Word, placeholder: string, look = 'short') => (
    <input
      class={look}
      aria-label={say(label)}
      title={say(label)}
      placeholder={placeholder}
      autocomplete="off"
      value={s[key]}
      onInput={(e) => set({ ...s, [key]: e.currentTarget.value })}
    />
  )
  const part = (kinds: readonly string[]) => <PartFields part={s.part} set={(p) => set({ ...s, part: p })} kinds={kinds} names={names} />
  switch (s.verb) {
    case 'send':
      return part(names.some((n) => n) || s.part.kind === 'message' ? contentKinds : contentKinds.filter((k) => k !== 'message'))
    case 'expect':
    case 'waitFor':
      return (
        <>
          {part(wantedKinds)}
          {field('time', 'tests.within', '5 s')}
        </>
      )
    case 'expectNothing':
    case 'wait':
      return field('time', 'tests.time', '500 ms')
    case 'close':
      return (
        <>
          {field('code', 'socket.code', '1000')}
          {field('reason', 'socket.reason', say('socket.reason'), 'content')}
        </>
      )
    case 'expectClose':
      return (
        <>
          {field('code', 'socket.code', '1000')}
          {field('time', 'tests.within', '5 s')}
        </>
      )
    case 'open':
      return field('code', 'tests.connection', '', 'content')
    case 'repeat':
      return (
        <>
          {field('code', 'tests.times', '10')}
          {field('time', 'tests.every', '200 ms')}
        </>
      )
    case 'forEach':
      return (
        <>
          {field('code', 'tests.items', 'red, green', 'content')}
          {field('time', 'tests.every', '200 ms')}
        </>
      )
  }
}
