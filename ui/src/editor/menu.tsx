// The menu beside the tabs: the ways to files, texts and commands, for who does not know their keys.
import { late } from '../api'
import { own as pickers } from '../commands/open'
import { item, provide, word, type Command } from '../commands/table'
import { Icon } from '../parts/icons'
import { MenuButton } from '../parts/menu'
import { own as search } from '../search/open'
import { attempt } from '../state'
import { say } from '../words'
import { own as preferences } from './preferences'

const preferencesCommand: Command = {
  id: 'view.preferences',
  group: 'view',
  label: word('preferences.open'),
  act: () => attempt(async () => (await late(import('./preferencesdialog'))).showPreferences()),
}
provide([preferencesCommand])

export function EditorMenu() {
  return (
    <MenuButton
      class="quiet icon find-menu"
      label={say('command.menu')}
      title={say('command.menu')}
      right
      items={() => [
        item(pickers.file),
        item(search.open),
        item(pickers.palette),
        item(preferences.wrap, { line: true }),
        item(preferencesCommand),
        item(pickers.shortcuts),
      ]}
    >
      <Icon name="search" />
    </MenuButton>
  )
}
