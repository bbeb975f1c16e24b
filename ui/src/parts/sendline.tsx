// A line to send, with what was sent before on the arrow keys.
import type { ComponentChildren } from 'preact'
import { useRef, useState } from 'preact/hooks'
import { attempt } from '../state'
import { say } from '../words'

interface Props {
  id: string // names the history
  label: string
  send: (text: string) => Promise<unknown> // throws at once what cannot be sent as it is
  before?: ComponentChildren
  children?: ComponentChildren // after the button
  disabled?: string // why nothing can be sent
  placeholder?: string
  hint?: string // what can be written, for who points at the line
}

const histories = new Map<string, string[]>()

export function remember(id: string, text: string): void {
  const list = histories.get(id) ?? []
  if (text && list.at(-1) !== text) histories.set(id, [...list.filter((o) => o !== text), text].slice(-50))
}

export function SendLine(p: Props) {
  const [text, setText] = useState('')
  const [back, setBack] = useState(0) // how far back in the history
  const draft = useRef('')
  const submit = async (e: Event) => {
    e.preventDefault()
    if (p.disabled) return
    const ok = await attempt(async () => {
      const sent = p.send(text)
      remember(p.id, text)
      setText('') // the next keys are for the next line, however late the answer comes
      setBack(0)
      await sent
      return true
    })
    if (!ok) setText((now) => now || text)
  }
  const keys = (e: KeyboardEvent) => {
    if (e.key !== 'ArrowUp' && e.key !== 'ArrowDown') return
    const list = histories.get(p.id) ?? []
    const next = back + (e.key === 'ArrowUp' ? 1 : -1)
    if (next < 0 || next > list.length) return
    e.preventDefault()
    if (back === 0) draft.current = text
    setBack(next)
    setText(next === 0 ? draft.current : (list[list.length - next] ?? ''))
  }
  return (
    <form class="send" onSubmit={submit}>
      {p.before}
      <input
        aria-label={p.label}
        placeholder={p.placeholder ?? p.label}
        title={p.hint ?? p.placeholder ?? p.label}
        value={text}
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
        enterkeyhint="send"
        onInput={(e) => setText(e.currentTarget.value)}
        onKeyDown={keys}
      />
      <button type="submit" class="secondary" aria-disabled={!!p.disabled} title={p.disabled}>
        {say('tools.send')}
      </button>
      {p.children}
    </form>
  )
}
