// How every action is started and cancelled, and the one that asks nothing first: fetching TinyGo.
import { api, refusal } from '../api'
import { begin, begun, progress } from '../state'
import type { Progress } from '../wire'
import { say } from '../words'

type Action = 'run' | 'stop' | 'reset' | 'toolchain' | 'library' | 'gopls'

export const starting = (action: Action): Progress => ({
  id: '',
  action,
  phase: '',
  text: say(`run.starting.${action}`),
  done: 0,
  total: 0,
  state: 'running',
  millis: 0,
})

// act starts an action, and shows at once that it was asked for; its end comes as an event.
export async function act(action: Action, work: () => Promise<Progress>): Promise<void> {
  const p = starting(action)
  begin(p)
  try {
    begun(p, await work())
  } catch (err) {
    const { problem } = refusal(err)
    begin({ ...starting(action), state: 'failed', text: problem.text, problem })
  }
}

// install fetches TinyGo; with it, programs for real boards can be built.
export const install = () => act('toolchain', api.installToolchain)

// installGopls builds gopls; with it, the editor helps with programs.
export const installGopls = () => act('gopls', api.installGopls)

export async function cancel(): Promise<void> {
  const p = progress.peek()
  if (p?.state === 'running' && p.id) await api.cancel(p.id).catch(() => undefined) // its end comes as an event
}
