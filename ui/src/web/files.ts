// Files of the project that can stand at a place, as proposals.
import type { CompletionResult } from '@codemirror/autocomplete'
import { addressOf, fitting } from './paths'
import { paths } from './project'

// proposePaths lists files for the address that a file has at a place. where is the tag, "import" or "@import"; what is
// written already begins at from.
export function proposePaths(path: string, where: string, written: string, from: number): CompletionResult | null {
  if (/^(?:[a-z][\w+.-]*:|\/\/|#)/i.test(written)) return null
  const rooted = written.startsWith('/')
  const dotted = where === 'import' || written.startsWith('./')
  const options = fitting(
    paths().filter((p) => p !== path),
    where,
  ).map((p) => {
    const address = addressOf(p, path, rooted)
    return { label: dotted && !rooted && !address.startsWith('../') ? `./${address}` : address, type: 'file' }
  })
  return options.length === 0 ? null : { from, options, validFor: /^[^"'()\s]*$/ }
}
