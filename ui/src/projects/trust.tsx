// Trust: whether the project's program may leave the virtual board's sandbox, said quietly beside Run and asked in a dialog.
import { useEffect, useState } from 'preact/hooks'
import { api, refusal } from '../api'
import { when } from '../format'
import { confirm, Dialog, Wrong } from '../parts/dialog'
import { announce, attempt, board, openDialog, project } from '../state'
import type { OpenFiles, Problem, TrustedProject } from '../wire'
import { say, type Word } from '../words'

// Sandboxed is the label beside Run, with the way to why.
export function Sandboxed() {
  const p = project.value
  if (!p || p.trust.trusted || !board.value?.virtual) return null
  return (
    <button type="button" class="quiet sandboxed" title={say('trust.labelTitle')} onClick={() => askTrust(p)}>
      {say('trust.label')}
    </button>
  )
}

export const askTrust = (p: OpenFiles) => openDialog((close) => <Ask p={p} close={close} />)

function Ask({ p, close }: { p: OpenFiles; close: () => void }) {
  const [wrong, setWrong] = useState<Problem | undefined>()
  const trust = async () => {
    try {
      await api.trustProject(p.name, true)
      close()
      announce(say('trust.given', { title: p.title || p.name }))
    } catch (err) {
      setWrong(refusal(err))
    }
  }
  return (
    <Dialog title={say('trust.title', { title: p.title || p.name })} close={close}>
      <p>{say('trust.now')}</p>
      <p>
        {say('trust.then')} <strong>{say('trust.danger')}</strong>
      </p>
      <dl class="whose">
        <div>
          <dt>{say('trust.folder')}</dt>
          <dd>
            <code>{p.dir}</code>
          </dd>
        </div>
        <div>
          <dt>{say('trust.author')}</dt>
          <dd>{p.trust.author ? say('trust.says', { author: p.trust.author }) : say('trust.nobody')}</dd>
        </div>
      </dl>
      <p class="muted">{say('trust.boards')}</p>
      <Wrong problem={wrong} />
      <div class="row end">
        <button type="button" class="secondary" autofocus onClick={close}>
          {say('trust.keep')}
        </button>
        <button type="button" class="danger" onClick={() => void trust()}>
          {say('trust.confirm')}
        </button>
      </div>
    </Dialog>
  )
}

// takeBack asks, and then has the program run in the sandbox again.
export async function takeBack(p: OpenFiles): Promise<void> {
  const title = p.title || p.name
  if (!(await confirm({ title: say('trust.backTitle', { title }), text: say('trust.backText'), confirm: say('trust.backConfirm') }))) return
  await attempt(async () => {
    await api.trustProject(p.name, false)
    announce(say('trust.taken', { title }))
  })
}

const why: Record<string, Word> = { made: 'trust.made', asked: 'trust.asked', kept: 'trust.kept' }

export const showTrusted = () => openDialog((close) => <Trusted close={close} />)

function Trusted({ close }: { close: () => void }) {
  const [list, setList] = useState<TrustedProject[] | undefined>()
  const [wrong, setWrong] = useState<Problem | undefined>()
  const load = () =>
    api.trusted().then(
      (r) => setList(r.projects),
      (err) => setWrong(refusal(err)),
    )
  useEffect(() => void load(), [])
  const forget = async (t: TrustedProject) => {
    try {
      await api.forgetTrust(t.id)
      announce(say('trust.taken', { title: t.path }))
      await load()
    } catch (err) {
      setWrong(refusal(err))
    }
  }
  return (
    <Dialog title={say('trust.listTitle')} close={close}>
      <p class="muted">{say('trust.listText')}</p>
      {list?.length === 0 && <p>{say('trust.listNone')}</p>}
      <ul class="earlier">
        {list?.map((t) => (
          <li key={t.id}>
            <span class="path">
              <code>{t.path}</code>{' '}
              <span class="muted">
                {say(t.gone ? 'trust.gone' : (why[t.how] ?? 'trust.asked'))} · {when(t.since)}
              </span>
            </span>
            <button type="button" class="plain" onClick={() => void forget(t)} aria-label={say('trust.forgetLabel', { path: t.path })}>
              {say('trust.forget')}
            </button>
          </li>
        ))}
      </ul>
      <Wrong problem={wrong} />
      <div class="row end">
        <button type="button" class="secondary" autofocus onClick={close}>
          {say('dialog.close')}
        </button>
      </div>
    </Dialog>
  )
}
