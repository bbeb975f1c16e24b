// When the user goes somewhere else: into the board's page, or to another window. That the focus is in the page says
// nothing: it may have taken it by itself, and then nothing of what is open here closes.

const listeners = new Set<() => void>()

export function whenAway(f: () => void): () => void {
  listeners.add(f)
  return () => listeners.delete(f)
}

export function away(): void {
  for (const f of [...listeners]) f()
}

window.addEventListener('blur', () =>
  setTimeout(() => {
    if (!(document.activeElement instanceof HTMLIFrameElement)) away()
  }),
)
