// How much of the board the program takes: two bars, and the same in words.
import { bytes } from '../format'
import { board, sizes } from '../state'
import { say } from '../words'

export function Room() {
  const s = sizes.value
  if (!s || s.board !== board.value.id) return null
  const left = s.heap > 0 ? s.heap : Math.max(0, s.ramMax - s.ram)
  const flash = s.flashMax > 0 ? say('sizes.flashOf', { size: bytes(s.flash), max: bytes(s.flashMax) }) : bytes(s.flash)
  const memory = s.ramMax > 0 ? say('sizes.memoryOf', { size: bytes(s.ram), left: bytes(left) }) : bytes(s.ram)
  return (
    <div class="sizes" role="group" aria-label={say('sizes.label')}>
      <Bar
        name={say('sizes.flash')}
        title={say('sizes.flashTitle')}
        words={flash}
        part={s.flash}
        whole={s.flashMax}
        over={say('sizes.flashOver', { over: bytes(s.flash - s.flashMax) })}
      />
      <Bar
        name={say('sizes.memory')}
        title={say('sizes.memoryTitle')}
        words={memory}
        part={s.ram}
        whole={s.ramMax}
        over={say('sizes.memoryOver', { over: bytes(s.ram - s.ramMax) })}
      />
      {s.largest.length > 0 && (
        <details>
          <summary>{say('sizes.largest')}</summary>
          <table>
            <thead>
              <tr>
                <th scope="col">{say('sizes.part')}</th>
                <th scope="col">{say('sizes.flash')}</th>
                <th scope="col">{say('sizes.memory')}</th>
              </tr>
            </thead>
            <tbody>
              {s.largest.map((p) => (
                <tr key={p.name}>
                  <th scope="row">{p.name}</th>
                  <td>{bytes(p.flash)}</td>
                  <td>{p.ram > 0 ? bytes(p.ram) : '–'}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </details>
      )}
    </div>
  )
}

function Bar({
  name,
  title,
  words,
  part,
  whole,
  over,
}: {
  name: string
  title: string
  words: string
  part: number
  whole: number
  over: string
}) {
  const much = whole > 0 && part > whole
  return (
    <div class={`size-bar${much ? ' over' : ''}`} title={title}>
      <span class="name">{name}</span>
      {whole > 0 && (
        <span class="track" aria-hidden="true">
          <span style={{ width: `${Math.min(100, (part / whole) * 100)}%` }} />
        </span>
      )}
      <span class="words">{much ? over : words}</span>
    </div>
  )
}
