// What was used last: files in this visit, commands in all.
import { effect } from '@preact/signals'
import { active } from '../editor/tabs'
import { keep, settings } from '../state'

const most = 20

let files: string[] = []

// recentFiles are the files that were in front, the last one first.
export const recentFiles = (): readonly string[] => files

export function startRecent(): void {
  effect(() => {
    const path = active.value
    if (path) files = [path, ...files.filter((o) => o !== path)].slice(0, 100)
  })
}

export function used(id: string): void {
  keep({ recent: [id, ...settings.peek().recent.filter((o) => o !== id)].slice(0, most) })
}
