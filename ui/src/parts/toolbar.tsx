// A row of buttons that is one stop for the Tab key, by the ARIA pattern of a toolbar: left and right move inside. Its
// buttons come and go by themselves.
import type { ComponentChildren } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { arrows } from './roving'

const buttons = ':scope > button:not(:disabled)'

export function Toolbar({ label, children }: { label: string; children: ComponentChildren }) {
  const box = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => {
    const el = box.current
    if (!el) return
    let stop: Element | undefined // the button that the Tab key comes to
    const settle = () => {
      const list = [...el.querySelectorAll<HTMLElement>(buttons)]
      if (!stop || !list.includes(stop as HTMLElement)) stop = list[0]
      for (const b of list) b.tabIndex = b === stop ? 0 : -1
    }
    const focused = (e: FocusEvent) => {
      if ([...el.querySelectorAll(buttons)].includes(e.target as Element)) stop = e.target as Element
      settle()
    }
    settle()
    const observer = new MutationObserver(settle)
    observer.observe(el, { childList: true, attributeFilter: ['disabled'], subtree: true })
    el.addEventListener('focusin', focused)
    return () => {
      observer.disconnect()
      el.removeEventListener('focusin', focused)
    }
  }, [])
  return (
    <div class="tools" role="toolbar" aria-label={label} ref={box} onKeyDown={(e) => void arrows(e, buttons, 'row')}>
      {children}
    </div>
  )
}
