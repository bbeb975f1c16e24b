// The way to the reference that beginners see: beside the tabs of a program.
import { isGo } from '../editor/gofile'
import { shown } from '../editor/view'
import { Icon } from '../parts/icons'
import { say } from '../words'
import { lookUp } from './open'

export function LookUp() {
  if (!isGo(shown.value?.path)) return null
  return (
    <button
      type="button"
      class="quiet look-up"
      aria-label={say('reference.buttonLabel')}
      title={say('reference.buttonTitle')}
      onClick={() => void lookUp()}
    >
      <Icon name="book" /> <span class="words">{say('reference.button')}</span>
    </button>
  )
}
