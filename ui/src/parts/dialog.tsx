// Dialogs: the browser's own <dialog> keeps the focus inside, closes on Escape and gives the focus back.
import type { ComponentChildren } from 'preact'
import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import { refusal } from '../api'
import type { Problem } from '../wire'
import { closeDialog, dialog, openDialog } from '../state'
import { say } from '../words'

// reading: the focus starts at the title, so that a long text begins at its beginning.
export function Dialog({
  title,
  close,
  wide,
  look,
  reading,
  children,
}: {
  title: string
  close: () => void
  wide?: boolean
  look?: string // a class of its own
  reading?: boolean
  children: ComponentChildren
}) {
  const ref = useRef<HTMLDialogElement>(null)
  useLayoutEffect(() => {
    const el = ref.current
    const before = document.activeElement as HTMLElement | null
    el?.showModal()
    return () => {
      el?.close()
      if (before?.isConnected) before.focus()
    }
  }, [])
  return (
    <dialog
      ref={ref}
      class={look ?? (wide ? 'wide' : '')}
      aria-label={title}
      onCancel={(e) => {
        e.preventDefault()
        close()
      }}
      onClick={(e) => {
        if (e.target === ref.current) close()
      }}
    >
      <div class="sheet">
        <h2 class="title" tabIndex={-1} autofocus={reading}>
          {title}
        </h2>
        {children}
      </div>
    </dialog>
  )
}

// Wrong says what has gone wrong in a dialog. It is there before that, so that screen readers tell it when it comes.
export function Wrong({ problem, id }: { problem: Problem | undefined; id?: string }) {
  return (
    <p id={id} class="wrong-text" role="alert">
      {problem && (
        <>
          <strong>{problem.text}</strong> {problem.help}
        </>
      )}
    </p>
  )
}

// Dialogs shows whatever openDialog asked for.
export function Dialogs() {
  return <>{dialog.value?.(closeDialog)}</>
}

interface Question {
  title: string
  text: string
  confirm: string
  danger?: boolean
}

// confirm asks before something that cannot be taken back with one key.
export function confirm(q: Question): Promise<boolean> {
  return new Promise((answer) => {
    openDialog((close) => {
      const end = (yes: boolean) => {
        close()
        answer(yes)
      }
      return (
        <Dialog key={q.title + q.text} title={q.title} close={() => end(false)}>
          <p>{q.text}</p>
          <div class="row end">
            <button type="button" class="plain" autofocus onClick={() => end(false)}>
              {say('dialog.cancel')}
            </button>
            <button type="button" class={q.danger ? 'danger' : 'secondary'} onClick={() => end(true)}>
              {q.confirm}
            </button>
          </div>
        </Dialog>
      )
    })
  })
}

interface Entry {
  title: string
  label: string
  value: string
  placeholder?: string
  hint?: string
  confirm: string
  select?: [number, number] // part of the value that is selected at first
  // done does the work; what it throws is shown and the dialog stays open.
  done: (value: string) => Promise<unknown>
}

// enter asks for one line of text.
export function enter(e: Entry): void {
  openDialog((close) => <EntryDialog key={e.title + e.value} {...e} close={close} />)
}

function EntryDialog(e: Entry & { close: () => void }) {
  const [value, setValue] = useState(e.value)
  const [wrong, setWrong] = useState<Problem | undefined>()
  const [busy, setBusy] = useState(false)
  const input = useRef<HTMLInputElement>(null)
  useLayoutEffect(() => {
    input.current?.focus()
    const [from, to] = e.select ?? [0, e.value.length]
    input.current?.setSelectionRange(from, to)
  }, [])
  const submit = async (ev: Event) => {
    ev.preventDefault()
    if (busy) return
    setBusy(true)
    try {
      await e.done(value.trim())
      e.close()
    } catch (err) {
      setWrong(refusal(err))
      setBusy(false)
      input.current?.focus()
    }
  }
  return (
    <Dialog title={e.title} close={e.close}>
      <form onSubmit={submit}>
        <label class="field">
          <span>{e.label}</span>
          <input
            ref={input}
            value={value}
            placeholder={e.placeholder}
            autocomplete="off"
            spellcheck={false}
            aria-invalid={!!wrong}
            aria-describedby="entry-wrong"
            onInput={(ev) => setValue(ev.currentTarget.value)}
          />
        </label>
        {e.hint && <p class="muted">{e.hint}</p>}
        <Wrong id="entry-wrong" problem={wrong} />
        <div class="row end">
          <button type="button" class="plain" onClick={e.close}>
            {say('dialog.cancel')}
          </button>
          <button type="submit" class="secondary" disabled={value.trim() === ''}>
            {e.confirm}
          </button>
        </div>
      </form>
    </Dialog>
  )
}
