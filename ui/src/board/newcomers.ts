import type { Port } from '../wire'

// newcomers are the boards on USB that came since the list before. The first
// list that the page gets says nothing about who has just come.
export function newcomers(before: readonly Port[], now: readonly Port[]): Port[] {
  if (before.length === 0) return []
  const known = new Set(before.map((p) => p.name))
  return now.filter((p) => p.vid && !known.has(p.name))
}
