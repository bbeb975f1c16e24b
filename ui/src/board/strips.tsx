// Strips of coloured LEDs on the virtual board's pins, as their drivers light them.
import { board, pins } from '../state'
import { say } from '../words'

const most = 64 // that are drawn

export function Strips() {
  const strips = pins.value.filter((p) => p.colours)
  if (!board.value.virtual || strips.length === 0) return null
  return (
    <div class="strips">
      {strips.map((p) => {
        const colours = p.colours!.match(/.{6}/g) ?? []
        const name = p.name || String(p.pin)
        return (
          <div
            key={p.pin}
            data-strip={p.pin}
            role="img"
            aria-label={say('pin.strip', { pin: name, n: colours.length, lit: colours.filter((c) => c !== '000000').length })}
          >
            <span>{name}</span>
            {colours.slice(0, most).map((c, i) => (
              <i key={i} style={{ background: shown(c) }} title={`#${c}`} />
            ))}
          </div>
        )
      })}
    </div>
  )
}

// shown is a colour as an LED of that brightness looks: the eye sees 20 of 255 well, a screen hardly shows it.
function shown(colour: string) {
  const parts = [0, 2, 4].map((at) => Math.round(255 * Math.sqrt(parseInt(colour.slice(at, at + 2), 16) / 255)))
  return `rgb(${parts.join(' ')})`
}
