// CodeMirror reads a text for 20 ms with each change, and the rest later. On a busy computer those are over before it has
// begun, and who asks at once what the text is at the cursor (the list of what can stand there, tags that close themselves,
// comments) gets no answer, or another language's. So it takes some steps whatever the clock says.
import { ParseContext } from '@codemirror/language'

const least = 3000 // steps, of about a word: some milliseconds of the computer's own time

interface Reads {
  work(until: number | (() => boolean), upto?: number): boolean
}

const reads = ParseContext.prototype as unknown as Reads
const { work } = reads
reads.work = function (until, upto) {
  if (typeof until !== 'number') return work.call(this, until, upto)
  const end = Date.now() + until
  let steps = 0
  return work.call(this, () => ++steps > least && Date.now() > end, upto)
}
