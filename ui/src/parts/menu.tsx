// A button with a menu, by the ARIA menu-button pattern: arrows move, Escape and Tab close, focus returns to the button.
import type { ComponentChildren } from 'preact'
import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import { whenAway } from './away'

export interface Item {
  id?: string // when others may have the same label: an item stays itself, with the focus, when the list changes
  label: string
  hint?: string
  checked?: boolean // given: one of several to choose from
  on?: boolean // given: something that is on or off
  danger?: boolean
  disabled?: boolean
  line?: boolean // a line above
  act: () => void
}

interface Props {
  label?: string // the accessible name, when the content is not enough
  class: string
  items: () => Item[]
  about?: () => ComponentChildren // shown above the items
  title?: string
  opened?: () => void // the menu is there: what its items show may be brought up to date
  right?: boolean // the menu ends where the button ends
  tabIndex?: number // of the button
  children: ComponentChildren
}

export function MenuButton(p: Props) {
  const [open, setOpen] = useState<'' | 'first' | 'last'>('')
  const button = useRef<HTMLButtonElement>(null)
  const popup = useRef<HTMLDivElement>(null)

  const close = (back: boolean) => {
    setOpen('')
    if (back) button.current?.focus()
  }
  const entries = () => [...(popup.current?.querySelectorAll<HTMLElement>('[role^=menuitem]') ?? [])]

  useLayoutEffect(() => {
    if (!open || !popup.current || !button.current) return
    p.opened?.()
    const box = button.current.getBoundingClientRect()
    const el = popup.current
    const left = p.right ? box.right - el.offsetWidth : box.left
    el.style.left = `${Math.max(8, Math.min(left, innerWidth - el.offsetWidth - 8))}px`
    el.style.top = `${box.bottom + 4}px`
    if (box.bottom + 4 + el.offsetHeight > innerHeight - 8) el.style.top = `${Math.max(8, box.top - 4 - el.offsetHeight)}px`
    const list = entries()
    ;(open === 'last' ? list.at(-1) : (list.find((e) => e.getAttribute('aria-checked') === 'true') ?? list[0]))?.focus()
    const outside = (e: Event) => {
      if (!el.contains(e.target as Node) && !button.current?.contains(e.target as Node)) setOpen('')
    }
    document.addEventListener('pointerdown', outside)
    const forget = whenAway(() => setOpen(''))
    return () => {
      document.removeEventListener('pointerdown', outside)
      forget()
    }
  }, [open])

  // An item that goes away while it has the focus leaves it to the first.
  useLayoutEffect(() => {
    if (open && document.activeElement === document.body) entries()[0]?.focus()
  })

  const keys = (e: KeyboardEvent) => {
    const list = entries()
    const i = list.indexOf(document.activeElement as HTMLElement)
    const go = (n: number) => {
      e.preventDefault()
      list[(n + list.length) % list.length]?.focus()
    }
    if (e.key === 'ArrowDown') go(i + 1)
    else if (e.key === 'ArrowUp') go(i - 1)
    else if (e.key === 'Home') go(0)
    else if (e.key === 'End') go(list.length - 1)
    else if (e.key === 'Escape') {
      e.stopPropagation()
      close(true)
    } else if (e.key === 'Tab') close(true)
    else if (e.key.length === 1 && !e.ctrlKey && !e.metaKey && e.key !== ' ') {
      const letter = e.key.toLowerCase()
      const next = [...list.slice(i + 1), ...list.slice(0, i + 1)].find((el) => el.textContent?.trim().toLowerCase().startsWith(letter))
      next?.focus()
    }
  }

  return (
    <>
      <button
        type="button"
        ref={button}
        class={p.class}
        aria-label={p.label}
        title={p.title}
        tabIndex={p.tabIndex}
        aria-haspopup="menu"
        aria-expanded={open !== ''}
        onClick={() => (open ? close(true) : setOpen('first'))}
        onKeyDown={(e) => {
          if (e.key === 'ArrowDown' || e.key === 'ArrowUp') {
            e.preventDefault()
            setOpen(e.key === 'ArrowUp' ? 'last' : 'first')
          }
        }}
      >
        {p.children}
      </button>
      {open && (
        <div class="popup" ref={popup} onKeyDown={keys}>
          {p.about?.()}
          <div role="menu" aria-label={p.label ?? p.title}>
            {p.items().map((item) => (
              <button
                key={item.id ?? item.label}
                type="button"
                role={item.on !== undefined ? 'menuitemcheckbox' : item.checked === undefined ? 'menuitem' : 'menuitemradio'}
                aria-checked={item.on ?? item.checked}
                aria-disabled={item.disabled || undefined}
                tabIndex={-1}
                class={`item${item.line ? ' line' : ''}${item.danger ? ' danger' : ''}`}
                onClick={() => {
                  if (item.disabled) return
                  close(true)
                  item.act()
                }}
              >
                <span class="tick" aria-hidden="true">
                  {item.on || item.checked ? '✓' : ''}
                </span>
                <span class="label">
                  {item.label}
                  {item.hint && <span class="muted"> {item.hint}</span>}
                </span>
              </button>
            ))}
          </div>
        </div>
      )}
    </>
  )
}
