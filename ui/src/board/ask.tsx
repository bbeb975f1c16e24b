// Questions that come before a real board can be used: which one it is, and whether TinyGo may be fetched.
// Their dialogs are loaded when they are first needed.
import { late } from '../api'
import { attempt, board, kind, openDialog, toolchain } from '../state'

// askKind lets the user say which board hangs on the port; then what was wanted goes on.
export const askKind = (then?: () => void): Promise<void> =>
  attempt(async () => {
    const { Choose } = await late(import('./choose'))
    openDialog((close) => <Choose close={close} then={then} getToolchain={() => void askToolchain(() => void askKind(then))} />)
  })

// askToolchain offers TinyGo; then what was wanted goes on.
export const askToolchain = (then?: () => void) =>
  attempt(async () => {
    const { Install } = await late(import('./install'))
    openDialog((close) => <Install close={close} then={then} />)
  })

// lacksToolchain says whether programs for the board cannot be built because TinyGo is missing or cannot be used.
export const lacksToolchain = () =>
  !board.value.virtual && !!toolchain.value.problem && kind.value?.problem?.code === toolchain.value.problem.code
