// Which files are open when a project appears: those of the last visit, else the program and its first page.
import type { OpenFiles, Settings } from '../wire'

export function firstTabs(p: OpenFiles, s: Pick<Settings, 'project' | 'tabs' | 'activeTab'>): { tabs: string[]; active: string } {
  const files = p.files
  const has = (path: string) => files.some((f) => f.path === path)
  const kept = s.project === p.name ? s.tabs.filter(has) : []
  if (kept.length) return { tabs: kept, active: kept.includes(s.activeTab) ? s.activeTab : kept[0]! }
  const page = files.find((f) => f.path === 'www/index.html') ?? files.find((f) => /^www\/[^/]+\.html?$/.test(f.path))
  const tabs = [has('main.go') ? 'main.go' : '', page?.path ?? ''].filter(Boolean)
  return { tabs, active: tabs[0] ?? '' }
}
