// The list of keys, made of the table of commands.
import { Dialog } from '../parts/dialog'
import { openDialog } from '../state'
import { say } from '../words'
import { commands, groupName, groups, keysOf } from './table'

export const showShortcuts = () => openDialog((close) => <Shortcuts close={close} />)

function Shortcuts({ close }: { close: () => void }) {
  const all = commands().filter((c) => c.keys?.length)
  return (
    <Dialog title={say('command.shortcutsTitle')} close={close} wide reading>
      <p class="muted">{say('command.shortcutsText')}</p>
      {groups.map((g) => {
        const list = all.filter((c) => c.group === g)
        if (list.length === 0) return null
        return (
          <section key={g}>
            <h3>{groupName(g)}</h3>
            <dl class="keys">
              {list.map((c) => (
                <div key={c.id}>
                  <dt>
                    {keysOf(c).map((k) => (
                      <kbd key={k}>{k}</kbd>
                    ))}
                  </dt>
                  <dd>{(c.more ?? c.label)()}</dd>
                </div>
              ))}
            </dl>
          </section>
        )
      })}
      <div class="row end">
        <button type="button" class="secondary" onClick={close}>
          {say('dialog.close')}
        </button>
      </div>
    </Dialog>
  )
}
