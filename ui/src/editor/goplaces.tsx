// Lists of places in programs, to go to: where a name is used, and what a file declares.
import { libraryPrefix } from '../address'
import { Dialog } from '../parts/dialog'
import { say } from '../words'
import { jump } from './tabs'

export interface Place {
  path: string
  line: number // from 1, as column
  column: number
  text: string // of the line
}

export interface Symbol {
  name: string
  detail: string
  depth: number // how many others it is inside of
  line: number
  column: number
}

const shownPath = (path: string) => (path.startsWith(libraryPrefix) ? path.slice(libraryPrefix.length) : path)

export function Uses({ name, places, close }: { name: string; places: Place[]; close: () => void }) {
  return (
    <Dialog title={say('go.usesOf', { name, n: places.length })} close={close} reading>
      <ul class="places">
        {places.map((p) => (
          <li key={`${p.path}:${p.line}:${p.column}`}>
            <button
              type="button"
              class="place"
              onClick={() => {
                close()
                void jump(p.path, p.line, p.column)
              }}
            >
              <span class="muted">{say('go.place', { file: shownPath(p.path), line: p.line })}</span> <code>{p.text}</code>
            </button>
          </li>
        ))}
      </ul>
    </Dialog>
  )
}

export function Outline({ path, symbols, close }: { path: string; symbols: Symbol[]; close: () => void }) {
  return (
    <Dialog title={say('go.outlineOf', { file: shownPath(path) })} close={close} reading>
      <ul class="places">
        {symbols.map((s) => (
          <li key={`${s.line}:${s.column}`} style={{ paddingLeft: `${s.depth * 16}px` }}>
            <button
              type="button"
              class="place"
              onClick={() => {
                close()
                void jump(path, s.line, s.column)
              }}
            >
              <code>{s.name}</code> <span class="muted">{s.detail}</span>
            </button>
          </li>
        ))}
      </ul>
    </Dialog>
  )
}
