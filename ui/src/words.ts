// Every sentence the user reads comes from words.en.json through say().
import entries from '../words/words.en.json'

export type Word = Extract<keyof typeof entries, string>

interface Entry {
  text: string
  one?: string // used instead of text when {n} is 1
}

const words = entries as unknown as Record<string, Entry>

// say returns the sentence with its {name} gaps filled.
export function say(word: Word, values: Record<string, string | number> = {}): string {
  const entry = words[word]
  if (!entry) return word
  const text = values.n === 1 && entry.one !== undefined ? entry.one : entry.text
  return text.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ''))
}
