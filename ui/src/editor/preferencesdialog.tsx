// The dialog of the editor's preferences. What is changed holds at once, in the text behind it, too.
import { useState } from 'preact/hooks'
import { Dialog } from '../parts/dialog'
import { keep, openDialog, settings } from '../state'
import { say } from '../words'
import { fontSize, setFontSize, sizes, tabWidths, toggleWrap, within } from './preferences'

export const showPreferences = () => openDialog((close) => <Preferences close={close} />)

function Preferences({ close }: { close: () => void }) {
  const [typed, setTyped] = useState<string | undefined>() // while it is no size yet
  const s = settings.value
  const step = (by: number) => {
    setTyped(undefined)
    setFontSize(fontSize() + by)
  }
  return (
    <Dialog title={say('preferences.title')} close={close}>
      <div class="field">
        <span id="size-name">{say('preferences.size')}</span>
        <div class="stepper">
          <button
            type="button"
            class="plain"
            aria-label={say('preferences.smaller')}
            disabled={fontSize() <= sizes.least}
            onClick={() => step(-1)}
          >
            −
          </button>
          <input
            type="number"
            min={sizes.least}
            max={sizes.most}
            value={typed ?? fontSize()}
            aria-labelledby="size-name"
            aria-describedby="size-bounds"
            onInput={(e) => {
              const n = Number(e.currentTarget.value)
              setTyped(e.currentTarget.value)
              if (n === within(n)) setFontSize(n)
            }}
            onChange={() => setTyped(undefined)}
            onBlur={() => setTyped(undefined)}
          />
          <button
            type="button"
            class="plain"
            aria-label={say('preferences.larger')}
            disabled={fontSize() >= sizes.most}
            onClick={() => step(1)}
          >
            +
          </button>
        </div>
        <p class="muted" id="size-bounds">
          {say('preferences.sizeText', { least: sizes.least, most: sizes.most })}
        </p>
      </div>
      <label class="field">
        <span>{say('preferences.tab')}</span>
        <select value={s.tabSize} onChange={(e) => keep({ tabSize: Number(e.currentTarget.value) })}>
          <option value={0}>{say('preferences.tabUsual')}</option>
          {tabWidths.map((n) => (
            <option key={n} value={n}>
              {say('preferences.tabOf', { n })}
            </option>
          ))}
        </select>
      </label>
      <label class="check">
        <input type="checkbox" checked={s.wrap} onChange={toggleWrap} /> {say('preferences.wrap')}
      </label>
      <p class="muted">{say('preferences.zoom')}</p>
      <div class="row end">
        <button type="button" class="secondary" onClick={close}>
          {say('dialog.close')}
        </button>
      </div>
    </Dialog>
  )
}
