// The user's preferences of the editor: how large its letters are, how wide a tab is, whether long lines wrap. They are
// settings like others, and hold in all editors at once. Ctrl+= and Ctrl+- stay the browser's: who needs all larger finds
// it there.
import { effect, untracked } from '@preact/signals'
import { isMac } from '../commands/keys'
import { provide, word, type Command } from '../commands/table'
import { announce, keep, settings } from '../state'
import { say } from '../words'
import { allDocs } from './documents'
import { prefer } from './view'

// The bounds, which Studio holds as well.
export const sizes = { least: 8, first: 14, most: 40 }
export const tabWidths = [2, 3, 4, 6, 8] as const

export const fontSize = (): number => settings.value.fontSize || sizes.first

// within is the nearest size that there is.
export const within = (size: number): number =>
  Number.isFinite(size) ? Math.min(sizes.most, Math.max(sizes.least, Math.round(size))) : sizes.first

export function setFontSize(size: number): void {
  keep({ fontSize: within(size) })
  announce(say('preferences.sizeNow', { n: fontSize() }))
}

export function toggleWrap(): void {
  keep({ wrap: !settings.peek().wrap })
  announce(say(settings.peek().wrap ? 'preferences.wrapOn' : 'preferences.wrapOff'))
}

const sizeTo = (id: string, label: Command['label'], size: () => number): Command => ({
  id,
  group: 'view',
  label,
  offered: () => size() !== fontSize(),
  act: () => setFontSize(size()),
})

export const own = {
  wrap: {
    id: 'view.wrap',
    group: 'view',
    label: word('preferences.wrap'),
    keys: isMac() ? [] : ['Alt-z'], // on a Mac that is a letter
    on: () => settings.value.wrap,
    act: toggleWrap,
  },
} satisfies Record<string, Command>
provide([
  ...Object.values(own),
  sizeTo('view.larger', word('preferences.larger'), () => within(fontSize() + 1)),
  sizeTo('view.smaller', word('preferences.smaller'), () => within(fontSize() - 1)),
  sizeTo('view.size', word('preferences.firstSize'), () => sizes.first),
])

// startPreferences brings each change of the settings to the editors.
export function startPreferences(): void {
  effect(() => document.documentElement.style.setProperty('--code-size', `${fontSize()}px`))
  let before = ''
  effect(() => {
    const { tabSize, wrap } = settings.value
    const now = `${tabSize} ${wrap}`
    if (now !== before && before) untracked(() => allDocs().forEach(prefer))
    before = now
  })
}
