// docBox is what is said of a name, beside a list or above the name. It scrolls where there is much, by keyboard as well.
export function docBox(): HTMLElement {
  const dom = document.createElement('div')
  dom.className = 'cm-go-doc'
  dom.tabIndex = 0
  return dom
}
