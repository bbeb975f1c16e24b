// What the editor offers beside the tabs of a program: what gopls can do at the cursor, or why it does nothing.
import { late } from '../api'
import { Icon } from '../parts/icons'
import { MenuButton, type Item } from '../parts/menu'
import { attempt, openDialog, toolchain } from '../state'
import { say } from '../words'
import { isGo } from './gofile'
import { help, tooSmall, withGopls, type Gopls } from './gohelp'
import { shown } from './view'

export const askGopls = () =>
  attempt(async () => {
    const { InstallGopls } = await late(import('./goinstall'))
    openDialog((close) => <InstallGopls close={close} />)
  })

const mac = /Mac|iP(hone|ad)/.test(navigator.platform)
const key = (text: string) => (mac ? text.replace(/Ctrl\+/g, '⌘') : text)

export function GoMenu() {
  const doc = shown.value
  const now = help.value
  if (!isGo(doc?.path) || now === 'none') return null
  if (now === 'missing')
    return (
      <button type="button" class="quiet go-help" onClick={() => void askGopls()}>
        {say(tooSmall(toolchain.value.gopls) ? 'go.tooSmall' : 'go.missing')}
      </button>
    )
  if (now !== 'ready')
    return (
      <span class="go-help muted" role="status">
        {say(now === 'starting' ? 'go.starting' : now === 'elsewhere' ? 'go.elsewhere' : 'go.failed')}
      </span>
    )
  const item = (label: string, hint: string, name: keyof Gopls['commands']): Item => ({
    label,
    hint: key(hint),
    act: () => withGopls((g) => g.perform(name)),
  })
  const items = () => [
    item(say('go.definition'), 'F12', 'definition'),
    item(say('go.uses'), 'Shift+F12', 'uses'),
    ...(doc?.readOnly ? [] : [item(say('go.renameIt'), 'F2', 'rename')]),
    item(say('go.what'), 'Ctrl+K Ctrl+I', 'hover'),
    item(say('go.outline'), 'Ctrl+Shift+O', 'outline'),
  ]
  return (
    <MenuButton class="quiet icon go-help" label={say('go.menu')} title={say('go.menu')} items={items} right>
      <Icon name="more" />
    </MenuButton>
  )
}
