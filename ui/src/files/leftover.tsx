// After a Run: pages that another project has left on the board are said once, with the way to remove them.
import { computed, signal } from '@preact/signals'
import { pageOf } from '../address'
import { nameOf } from '../format'
import { board, boardFiles, follow, kind, project, running } from '../state'
import { say } from '../words'
import { removeOthers } from './files'

const $ran = signal('') // the project that was run, until the banner is put away

// others are the web files on the board that the project does not have.
const others = computed(() =>
  boardFiles.value.filter((f) => f.state === 'boardOnly' && !project.value?.files.some((own) => own.path === f.path)).map((f) => f.path),
)

const waved = new Set<string>() // project and pages that were put away

// startLeftover waits for the end of a Run.
export function startLeftover(): void {
  follow((e) => {
    if (e.progress?.action === 'run' && e.progress.state === 'done') $ran.value = project.peek()?.name ?? ''
  })
}

export function Leftover() {
  const pages = others.value.filter((p) => pageOf(p))
  const what = [project.value?.name, ...pages].join(' ')
  if (running.value || !$ran.value || $ran.value !== project.value?.name || pages.length === 0 || waved.has(what)) return null
  if (!board.value.link || kind.value?.files === 'program') return null
  const hides = pages.includes('www/index.html')
  return (
    <div class="banner info" role="status">
      <p>
        <strong>{say('files.leftover', { files: pages.map(nameOf).join(', ') })}</strong> {hides && say('files.leftoverFirst')}
      </p>
      <button type="button" class="plain" onClick={() => void removeOthers(others.peek())}>
        {say('files.leftoverRemove')}
      </button>
      <button
        type="button"
        class="quiet"
        onClick={() => {
          waved.add(what)
          $ran.value = ''
        }}
      >
        {say('dialog.dismiss')}
      </button>
    </div>
  )
}
