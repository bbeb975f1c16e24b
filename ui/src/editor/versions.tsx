// The dialog that shows mine and theirs line by line. It comes with @codemirror/merge, and is loaded when it is asked for.
import { nameOf } from '../format'
import { Dialog } from '../parts/dialog'
import { say } from '../words'
import { brief, compare } from './compare'
import { saving } from './documents'
import type { Conflict, Doc } from './document'
import { Words } from './words'

export function Versions({ doc, conflict, close }: { doc: Doc; conflict: Conflict; close: () => void }) {
  const lines = brief(compare((conflict.theirs ?? '').replace(/\r\n/g, '\n'), doc.state.doc.toString()))
  const sign = { same: ' ', mine: '+', theirs: '−' }
  return (
    <Dialog title={say('conflict.compareTitle', { file: nameOf(doc.path) })} close={close} wide>
      <p class="muted">{say('conflict.legend')}</p>
      <div class="versions" tabIndex={0} role="region" aria-label={say('conflict.compare')}>
        {lines.map((l, at) =>
          l ? (
            <div key={at} class={l.kind}>
              <span>{sign[l.kind]}</span>
              <Words line={l} />
            </div>
          ) : (
            <div key={at} class="gap">
              ⋯
            </div>
          ),
        )}
      </div>
      <div class="row end">
        <button type="button" class="plain" onClick={close}>
          {say('dialog.close')}
        </button>
        <button
          type="button"
          class="plain"
          onClick={() => {
            close()
            saving.takeTheirs(doc)
          }}
        >
          {say('conflict.theirs')}
        </button>
        <button
          type="button"
          class="secondary"
          onClick={() => {
            close()
            saving.keepMine(doc)
          }}
        >
          {say('conflict.mine')}
        </button>
      </div>
    </Dialog>
  )
}
