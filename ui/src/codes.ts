// What the page makes of a problem's code. The types hold these lists to the codes that there are.
import type { ProblemCode } from './wire'

type Coded = { code: ProblemCode } | undefined

type CodeOf<Group extends string> = Extract<ProblemCode, `${Group}.${string}`>

// builds are the problems that come before anything reaches a board: what runs there goes on.
const builds: Record<CodeOf<'build'>, true> = {
  'build.cache': true,
  'build.failed': true,
  'build.killed': true,
  'build.link': true,
  'build.no-compiler': true,
  'build.no-main': true,
  'build.no-output': true,
  'build.too-large': true,
  'build.too-long': true,
  'build.too-many': true,
  'build.too-much-memory': true,
  'build.unreadable': true,
  'build.web': true,
  'build.web-files': true,
}

// ends are how a program ended that should have gone on: its mistake has a place in its files.
const ends: Record<CodeOf<'program'>, true> = {
  'program.crashed': true,
  'program.ended': true,
  'program.held': true,
  'program.not-started': true,
}

// buttons of a real board that only its user can press, for what a flasher could not do without.
const buttons: Partial<Record<ProblemCode, 'boot' | 'reset'>> = {
  'flash.press-reset': 'reset',
  'flash.hold-boot': 'boot',
  'flash.no-answer': 'boot',
  'flash.no-reset': 'boot',
  'flash.garbage': 'boot',
}

export const isOfBuild = (p: Coded): boolean => !!p && p.code in builds

// isMistake: the program has a mistake, and the list of problems says where.
export const isMistake = (p: Coded): boolean => !!p && (p.code === 'build.failed' || p.code in ends)

export const asksForButton = (p: Coded): 'boot' | 'reset' | '' => (p && buttons[p.code]) ?? ''
