// Where boards may be, in words.
import type { Port } from '../wire'
import { kinds } from '../state'

export function nameOfPlace(p: Port): string {
  return kinds.value.find((k) => k.id === p.board)?.name || p.title || p.name
}
