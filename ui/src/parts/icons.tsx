// Small pictures. All are decoration: the control around them carries the name.
const line = { fill: 'none', stroke: 'currentColor', 'stroke-width': 1.6, 'stroke-linecap': 'round', 'stroke-linejoin': 'round' } as const

const paths = {
  plus: 'M8 3.5v9M3.5 8h9',
  close: 'M4.5 4.5l7 7M11.5 4.5l-7 7',
  reload: 'M12.6 6.2A5 5 0 1 0 13 8.6M13 3.2v3.2H9.8',
  outside: 'M6.5 4H4v8h8V9.500M9 3.500h3.500V7M12.300 3.700L7.500 8.500',
  up: 'M8 12.500V4M4.500 7.200L8 3.700l3.500 3.500',
  fold: 'M4.500 6.500L8 10l3.500-3.500',
  files: 'M2.500 4.500h4l1.200 1.500h5.800v6.500h-11z',
  theme: 'M8 2.800a5.200 5.200 0 1 0 0 10.400z',
  phone: 'M5.500 2.500h5v11h-5zM7.300 11.500h1.400',
  book: 'M8 4.2C6.5 3 4.5 2.8 2.5 3v9.5c2-.2 4 0 5.5 1.2zM8 4.2C9.5 3 11.500 2.8 13.500 3v9.5c-2-.2-4 0-5.5 1.2',
  replace: 'M3 8h9M9 5l3 3l-3 3',
  search: 'M7 3a4 4 0 1 0 0 8a4 4 0 0 0 0-8M10 10l3.500 3.500',
  columns: 'M2.500 3.500h11v9h-11zM8 3.500v9',
  more: 'M4 8h.01M8 8h.01M12 8h.01',
  bulb: 'M6.500 13.500h3M6.500 11.500h3V10A4 4 0 1 0 6.500 10z',
} as const

export type IconName = keyof typeof paths

export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="ic" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
      {name === 'theme' && <circle cx="8" cy="8" r="5.2" {...line} />}
      <path
        d={paths[name]}
        {...line}
        {...(name === 'theme' ? { fill: 'currentColor' } : {})}
        {...(name === 'more' ? { 'stroke-width': 2.4 } : {})}
      />
    </svg>
  )
}

export const Play = () => (
  <svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true">
    <path d="M4 2.500v11l9-5.500z" fill="currentColor" />
  </svg>
)

export const Mark = () => (
  <svg viewBox="0 0 24 24" width="22" height="22" aria-hidden="true">
    <rect x="3" y="3" width="18" height="18" rx="5" fill="var(--accent)" />
    <circle cx="12" cy="12" r="4.200" fill="var(--led)" />
  </svg>
)

const kinds: Record<string, [string, string]> = {
  go: ['Go', 'go'],
  html: ['‹›', 'html'],
  htm: ['‹›', 'html'],
  css: ['#', 'css'],
  js: ['JS', 'js'],
  mjs: ['JS', 'js'],
  json: ['{}', 'js'],
}

// FileType is the little sign before a file's name.
export function FileType({ path }: { path: string }) {
  const [text, kind] = kinds[path.slice(path.lastIndexOf('.') + 1).toLowerCase()] ?? ['·', 'other']
  return (
    <span class={`ft ${kind}`} aria-hidden="true">
      {text}
    </span>
  )
}
