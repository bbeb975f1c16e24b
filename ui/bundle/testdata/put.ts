// Puts every example of the reference into the programs that come by standard input, at the places that are marked there
// with ¦, one program without a mark behind the other; tells what came out.
import reference from 'go:reference'
import { readFileSync } from 'node:fs'
import { put } from '../../src/reference/insert'

const programs: Record<string, string> = JSON.parse(readFileSync(0, 'utf8'))
const results: { name: string; text: string; already: boolean }[] = []
for (const [name, marked] of Object.entries(programs)) {
  const text = marked.replaceAll('¦', '')
  const places = [...marked.matchAll(/¦/g)].map((m, i) => m.index - i)
  for (const { entries } of reference.groups)
    for (const entry of entries)
      for (const [i, pos] of (places.length ? places : [0]).entries()) {
        const there = put(text, pos, entry.example)
        if ('already' in there) {
          results.push({ name: `${entry.name} into ${name}, place ${i + 1}`, text, already: true })
          continue
        }
        let now = text
        for (const e of [...there.edits].sort((a, b) => b.from - a.from)) now = now.slice(0, e.from) + e.insert + now.slice(e.to)
        results.push({ name: `${entry.name} into ${name}, place ${i + 1}`, text: now, already: false })
      }
}
process.stdout.write(JSON.stringify(results))
