// Sliders for the pins that a program on the virtual board measures: what hangs
// on a real board's pin, a potentiometer or a light sensor.
import { useEffect, useRef, useState } from 'preact/hooks'
import { api } from '../api'
import type { Pin } from '../wire'
import { attempt, board, pins } from '../state'
import { say } from '../words'

const full = 65535 // 3.3 V
const steps = 330 // hundredths of a volt

export const inVolts = (value: number) => ((value / full) * 3.3).toFixed(2)

export function Voltages() {
  const measured = pins.value.filter((p) => p.mode === 'voltage')
  if (!board.value.virtual || measured.length === 0) return null
  return (
    <div class="voltages">
      {measured.map((p) => (
        <Voltage key={p.pin} pin={p} />
      ))}
    </div>
  )
}

function Voltage({ pin }: { pin: Pin }) {
  const [moved, setMoved] = useState<number | undefined>() // where the hand is, until the board says the same
  const next = useRef<number | undefined>(undefined)
  const busy = useRef(false)
  const told = pin.value ?? 0
  const value = moved ?? told
  useEffect(() => {
    if (moved === told) setMoved(undefined)
  }, [moved, told])
  // send has one request under way at a time, and the latest value is never left out.
  const send = async () => {
    if (busy.current) return
    busy.current = true
    while (next.current !== undefined) {
      const v = next.current
      next.current = undefined
      const set = await attempt(() => api.setVoltage(pin.pin, v).then(() => true))
      if (!set && next.current === undefined) setMoved(undefined) // it is where the board says, not where the hand is
    }
    busy.current = false
  }
  const name = pin.name || String(pin.pin)
  return (
    <label data-voltage={pin.pin}>
      <span>{name}</span>
      <input
        type="range"
        min={0}
        max={steps}
        value={Math.round((value / full) * steps)}
        aria-valuetext={say('pin.voltage', { pin: name, volts: inVolts(value) })}
        onInput={(e) => {
          const v = Math.round((Number(e.currentTarget.value) / steps) * full)
          setMoved(v)
          next.current = v
          void send()
        }}
      />
      <output>{say('pin.volts', { volts: inVolts(value) })}</output>
    </label>
  )
}
