// The colours of the page, which are there before Studio is asked: those of the last visit.
const key = 'studio.theme'

export function keptTheme(): string {
  try {
    return localStorage.getItem(key) ?? 'system'
  } catch {
    return 'system' // no storage: the theme comes with the snapshot
  }
}

export function keepTheme(theme: string): void {
  if (theme === keptTheme()) return
  try {
    localStorage.setItem(key, theme)
  } catch {
    // no storage
  }
}

export function showTheme(theme: string): void {
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme
  else delete document.documentElement.dataset.theme
}
