// What the editor offers beside the tabs of a program: what gopls can do at the cursor, or why it does nothing.
import { late } from '../api'
import { Icon } from '../parts/icons'
import { isOffered, item, provide, word, type Command } from '../commands/table'
import { isPhone } from '../parts/layout'
import { MenuButton } from '../parts/menu'
import { attempt, openDialog, toolchain } from '../state'
import { say, type Word } from '../words'
import { goKeys, isGo } from './gofile'
import { help, tooSmall, withGopls } from './gohelp'
import { shown } from './view'

export const askGopls = () =>
  attempt(async () => {
    const { InstallGopls } = await late(import('./goinstall'))
    openDialog((close) => <InstallGopls close={close} />)
  })

const isReady = () => help.peek() === 'ready' && isGo(shown.peek()?.path)

const command = (name: keyof typeof goKeys, label: Word, offered = isReady): Command => ({
  id: `program.${name}`,
  group: 'program',
  label: word(label),
  keys: [goKeys[name]],
  own: true,
  offered,
  act: () => withGopls((g) => g.perform(name)),
})

const own = [
  command('definition', 'go.definition'),
  command('uses', 'go.uses'),
  command('rename', 'go.renameIt', () => isReady() && !shown.peek()?.readOnly),
  command('hover', 'go.what'),
  command('outline', 'go.outline'),
]
provide(own)
provide([
  {
    id: 'program.gopls',
    group: 'program',
    label: word('go.installMore'),
    offered: () => help.peek() === 'missing',
    act: () => askGopls(),
  },
])

export function GoMenu() {
  const doc = shown.value
  const now = help.value
  if (!isGo(doc?.path) || now === 'none') return null
  const words = say(tooSmall(toolchain.value.gopls) ? 'go.tooSmall' : 'go.missing')
  if (now === 'missing')
    return (
      <button type="button" class="quiet go-help" aria-label={words} title={words} onClick={() => void askGopls()}>
        {isPhone.value ? <Icon name="bulb" /> : words}
      </button>
    )
  if (now !== 'ready')
    return (
      <span class="go-help muted" role="status">
        {say(now === 'starting' ? 'go.starting' : now === 'elsewhere' ? 'go.elsewhere' : 'go.failed')}
      </span>
    )
  const items = () => own.filter(isOffered).map((c) => item(c))
  return (
    <MenuButton class="quiet icon go-help" label={say('go.menu')} title={say('go.menu')} items={items} right>
      <Icon name="more" />
    </MenuButton>
  )
}
