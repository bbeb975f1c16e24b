// The board menu: which port, and how the board is, in words.
import { api } from '../api'
import type { Port } from '../wire'
import { item, provide, word, type Command } from '../commands/table'
import { lanCommand } from '../lan/label'
import { confirm, enter } from '../parts/dialog'
import { MenuButton, type Item } from '../parts/menu'
import { announce, attempt, board, kinds, link, lookAtPorts, ports } from '../state'
import { say } from '../words'
import { faultCommand } from './fault'
import { askKind, askToolchain } from './ask'
import { nameOfPlace } from './places'

export type Mood = 'ok' | 'warn' | 'bad' | 'idle'

// mood is the colour and the sign of the board's state; the words say the same.
export function mood(): Mood {
  if (link.value !== 'open' && link.value !== 'connecting') return 'idle'
  switch (board.value.state) {
    case 'running':
      return 'ok'
    case 'busy':
    case 'connecting':
    case 'starting':
    case 'stopped':
    case 'empty':
    case 'foreign':
      return 'warn'
    case 'crashed':
    case 'silent':
      return 'bad'
    default:
      return 'idle'
  }
}

export function BoardMenu() {
  const b = board.value
  const items = (): Item[] => [
    ...places().map((p) => {
      const label = nameOfPlace(p)
      return {
        id: p.name,
        label,
        hint: p.problem ? p.problem.text : label.includes(p.name) ? undefined : p.name,
        checked: p.name === b.port,
        act: () => void select(p.name),
      }
    }),
    item(own.otherPort, { line: true }),
    ...(own.which.offered() ? [item(own.which)] : []),
    ...(lanCommand.offered() ? [item(lanCommand, { line: true })] : []),
    ...(faultCommand.offered() ? [item(faultCommand, { line: true })] : []),
    ...(own.format.offered() ? [item(own.format, { line: true })] : []),
  ]
  return (
    <MenuButton
      class="pick"
      title={say('board.menu')}
      items={items}
      opened={lookAtPorts}
      about={() => (
        <div class="about">
          <p>{b.text || say(`board.state.${b.state}`)}</p>
          {b.problem && (
            <p>
              <strong>{b.problem.text}</strong> {b.problem.help}
            </p>
          )}
          {noRealBoard() && <p class="muted">{say('board.noPorts')}</p>}
        </div>
      )}
    >
      <span class="hint">{say('board.board')}</span>
      <i class={`dot ${mood()}`} role="img" aria-label={say(`board.state.${b.state}`)} title={say(`board.state.${b.state}`)} />
      <span class="chosen" title={chosen()}>
        {chosen()}
      </span>
      <i class="chev" />
    </MenuButton>
  )
}

const own = {
  otherPort: { id: 'board.otherPort', group: 'board', label: word('board.otherPort'), act: () => otherPort() },
  which: {
    id: 'board.which',
    group: 'board',
    label: word('board.which'),
    offered: () => !!board.peek().port && !board.peek().virtual && kinds.peek().length > 0,
    act: () => askKind(),
  },
  format: {
    id: 'board.format',
    group: 'board',
    label: word('board.format'),
    danger: true,
    offered: () => board.peek().filesCap > 0,
    act: () => format(),
  },
  toolchain: { id: 'board.toolchain', group: 'board', label: word('toolchain.see'), act: () => askToolchain() },
} satisfies Record<string, Command>
provide(Object.values(own))
provide(() =>
  places()
    .filter((p) => p.name !== board.peek().port)
    .map((p) => ({
      id: `board.port ${p.name}`,
      group: 'board',
      label: () => say('board.use', { board: nameOfPlace(p) }),
      act: () => select(p.name),
    })),
)

// chosen is what the button shows: the board's name, or what is known of where it is.
function chosen(): string {
  const { id, name, port } = board.value
  const here = id ? undefined : ports.value.find((p) => p.name === port)
  return (here ? nameOfPlace(here) : name) || say('board.none')
}

// places are the ports that the system lists, and the one in use where that was written by hand. Of that one it is
// known which board it is.
function places(): Port[] {
  const { port, id } = board.value
  const own = port && !ports.value.some((p) => p.name === port) ? [{ name: port, title: '', board: id }] : []
  return [...ports.value.map((p) => (id && p.name === port ? { ...p, board: id } : p)), ...own]
}

// noRealBoard: the system lists none, and one in use that was written by hand is not there either.
function noRealBoard(): boolean {
  const { port, state } = board.value
  const virtual = (name: string) => name.startsWith('virtual:')
  return ports.value.every((p) => virtual(p.name)) && (!port || virtual(port) || state === 'absent')
}

const select = (port: string) => attempt(() => api.selectPort(port))

// otherPort takes any name, for ports that the system does not list.
function otherPort(): void {
  enter({
    title: say('board.otherPortTitle'),
    label: say('board.otherPortLabel'),
    value: '',
    placeholder: say('board.otherPortSuch'),
    hint: say('board.otherPortHint'),
    confirm: say('board.otherPortConfirm'),
    done: (name) => api.selectPort(name),
  })
}

async function format(): Promise<void> {
  if (
    !(await confirm({ title: say('board.formatTitle'), text: say('board.formatText'), confirm: say('board.formatConfirm'), danger: true }))
  )
    return
  await attempt(async () => {
    await api.format()
    announce(say('board.formatted'))
  })
}
