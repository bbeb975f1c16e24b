// Which first steps there are, and when the end of the list is praised.
import { pageOf } from '../address'

export type Step = 'connect' | 'run' | 'led' | 'use' | 'page' | 'program'

// stepsOf are those that a project with these files has something for: a program, a page at all, and one that switches the LED.
export function stepsOf(files: string[]): Step[] {
  const pages = files.filter((path) => pageOf(path))
  const program = files.some((path) => /^[^/]+\.go$/.test(path))
  return [
    'connect',
    ...(program ? (['run'] as const) : []),
    ...(pages.length > 0 ? ([pages.some((path) => /led[^/]*$/i.test(path)) ? 'led' : 'use', 'page'] as const) : []),
    ...(program ? (['program'] as const) : []),
  ]
}

export interface List {
  steps: Step[]
  next?: Step // the first that is not done
  praised: boolean // what was there to do has been done, before these eyes
}

// after is the list when its steps or what is done of them are others. What is no longer there to be done was not done by that:
// nobody is praised for it, and no longer for what was done before.
export function after(was: List, steps: Step[], done: string[]): List {
  const next = steps.find((step) => !done.includes(step))
  const less = was.steps.some((step) => !steps.includes(step))
  return { steps, next, praised: !next && !less && (was.praised || was.next !== undefined) }
}
