// Lists and tab rows are one stop for the Tab key; arrows move inside (ARIA practices, roving tabindex).

// arrows moves the focus among the elements that match selector inside the event's element.
// It returns the element that has the focus now, or undefined when the key was not for it.
export function arrows(e: KeyboardEvent, selector: string, direction: 'row' | 'column'): HTMLElement | undefined {
  const box = e.currentTarget as HTMLElement
  const list = [...box.querySelectorAll<HTMLElement>(selector)]
  const i = list.indexOf(document.activeElement as HTMLElement)
  if (i < 0) return undefined
  const [back, on] = direction === 'row' ? ['ArrowLeft', 'ArrowRight'] : ['ArrowUp', 'ArrowDown']
  let n: number
  if (e.key === on) n = Math.min(list.length - 1, i + 1)
  else if (e.key === back) n = Math.max(0, i - 1)
  else if (e.key === 'Home') n = 0
  else if (e.key === 'End') n = list.length - 1
  else return undefined
  e.preventDefault()
  list[n]?.focus()
  return list[n]
}
