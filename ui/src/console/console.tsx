// The serial console: what the program prints, and a line to send to it. xterm.js loads when it is first looked at.
import type { Terminal } from '@xterm/xterm'
import { effect, signal } from '@preact/signals'
import { useEffect, useRef, useState } from 'preact/hooks'
import { api } from '../api'
import { item, provide, type Command } from '../commands/table'
import { Icon } from '../parts/icons'
import { layout } from '../parts/layout'
import { MenuButton } from '../parts/menu'
import { SendLine } from '../parts/sendline'
import { announce, attempt, settings } from '../state'
import { say } from '../words'
import { allText, attach, look, pause, paused } from './buffer'
import { find, type Found } from './find'
import './console.css'

const mostLines = 20_000 // that the terminal keeps: some 30 MB

let terminal: Terminal | undefined
const $finding = signal(false)
const $isCut = signal(false) // the first line that is kept is in sight, and there were others before it

export function Console({ shown }: { shown: boolean }) {
  const host = useRef<HTMLDivElement>(null)
  const [failed, setFailed] = useState(false)
  const started = useRef(false)
  useEffect(() => look(shown), [shown])
  useEffect(() => {
    if (!shown || started.current || !host.current) return
    started.current = true
    openTerminal(host.current).catch(() => {
      started.current = false
      setFailed(true)
    })
  }, [shown])
  return (
    <div class="console">
      {$finding.value && <Find />}
      {$isCut.value && (
        <p class="console-older" role="note">
          {say('console.older', { n: mostLines })}
        </p>
      )}
      <div class="term" role="region" aria-label={say('console.output')} ref={host} />
      {failed && <p class="hint">{say('console.failed')}</p>}
      <SendLine id="console" label={say('console.input')} send={(text) => api.consoleSend(text)} />
    </div>
  )
}

const own = {
  pause: {
    id: 'console.pause',
    group: 'console',
    label: () => say(paused.value ? 'tools.resume' : 'tools.pause'),
    act: () => pause(!paused.peek()),
  },
  copy: { id: 'console.copy', group: 'console', label: () => say('tools.copy'), act: () => copy(terminal?.getSelection() || allText()) },
  find: { id: 'console.find', group: 'console', label: () => say('console.find'), act: () => ($finding.value = true) },
  clear: { id: 'console.clear', group: 'console', label: () => say('tools.clear'), act: () => attempt(() => api.consoleClear()) },
} satisfies Record<string, Command>
provide(Object.values(own))

export function ConsoleTools() {
  const { tight } = layout.value
  const [finding, copying, clearing] = [item(own.find), item(own.copy), item(own.clear)]
  return (
    <>
      <button type="button" class="quiet" aria-pressed={paused.value} onClick={own.pause.act}>
        {own.pause.label()}
      </button>
      {tight ? (
        <MenuButton
          class="quiet more"
          label={say('console.more')}
          title={say('console.more')}
          right
          items={() => [finding, copying, clearing]}
        >
          <Icon name="more" />
        </MenuButton>
      ) : (
        [finding, copying, clearing].map((t) => (
          <button type="button" class="quiet" key={t.label} onClick={t.act}>
            {t.label}
          </button>
        ))
      )}
    </>
  )
}

// Find looks for a text among the lines that are kept: first the newest place, then with Enter older ones.
function Find() {
  const input = useRef<HTMLInputElement>(null)
  const [text, setText] = useState('')
  const [at, setAt] = useState({ i: -1, n: 0 })
  useEffect(() => input.current?.focus(), [])
  const end = () => {
    terminal?.clearSelection()
    $finding.value = false
  }
  // to goes to a place, counted from the newest.
  const to = (wanted: string, i: number) => {
    const t = terminal
    if (!t) return
    const all = find(t.buffer.active, wanted) // anew: lines come and go
    const n = all.length
    setAt({ i: n ? (i + n) % n : -1, n })
    if (n) mark(t, all[n - 1 - ((i + n) % n)]!)
    else t.clearSelection()
  }
  return (
    <div class="console-find" role="search">
      <input
        ref={input}
        class="filter"
        type="search"
        aria-label={say('console.find')}
        placeholder={say('console.find')}
        value={text}
        onInput={(e) => {
          setText(e.currentTarget.value)
          to(e.currentTarget.value, 0)
        }}
        onKeyDown={(e) => {
          if (e.key === 'Escape') end()
          if (e.key === 'Enter') to(text, at.i + (e.shiftKey ? -1 : 1))
        }}
      />
      <span role="status">{text && say('console.found', { i: at.i + 1, n: at.n })}</span>
      <button type="button" class="quiet icon" aria-label={say('dialog.close')} title={say('dialog.close')} onClick={end}>
        <Icon name="close" />
      </button>
    </div>
  )
}

// mark selects a place and brings it into sight.
function mark(t: Terminal, f: Found): void {
  t.select(f.column, f.row, f.length)
  const { viewportY } = t.buffer.active
  if (f.row < viewportY || f.row >= viewportY + t.rows) t.scrollToLine(Math.max(0, f.row - Math.floor(t.rows / 2)))
}

// copy puts text on the clipboard and says so.
export async function copy(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text)
    announce(say('tools.copied'))
  } catch {
    announce(say('tools.notCopied'))
  }
}

async function openTerminal(host: HTMLElement): Promise<void> {
  const [{ Terminal }, { FitAddon }] = await Promise.all([import('@xterm/xterm'), import('@xterm/addon-fit')])
  const colour = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(name).trim()
  const theme = () => ({
    background: colour('--code-bg'),
    foreground: colour('--ink'),
    cursor: colour('--code-bg'),
    selectionBackground: colour('--select'),
    black: '#1c2430',
    red: colour('--bad'),
    green: colour('--ok'),
    yellow: colour('--warn'),
    blue: colour('--accent'),
    magenta: colour('--page'),
    cyan: colour('--code-str'),
    white: colour('--ink'),
    brightBlack: colour('--ink-2'),
    brightRed: colour('--bad'),
    brightGreen: colour('--ok'),
    brightYellow: colour('--warn'),
    brightBlue: colour('--accent'),
    brightMagenta: colour('--page'),
    brightCyan: colour('--code-str'),
    brightWhite: colour('--ink'),
  })
  const t = new Terminal({
    convertEol: true,
    scrollback: mostLines,
    disableStdin: true,
    fontFamily: colour('--mono'),
    fontSize: 13,
    theme: theme(),
    cursorInactiveStyle: 'none',
    minimumContrastRatio: 4.5,
    screenReaderMode: false,
    allowProposedApi: false,
  })
  const fit = new FitAddon()
  t.loadAddon(fit)
  t.open(host)
  terminal = t
  t.onRender(() => {
    const b = t.buffer.active
    $isCut.value = b.viewportY === 0 && b.baseY >= mostLines
  })
  // Ctrl+C copies a selection; other keys belong to the page (nothing is typed into the terminal itself).
  t.attachCustomKeyEventHandler((e) => {
    if (e.type === 'keydown' && (e.ctrlKey || e.metaKey) && e.key === 'c' && t.hasSelection()) void copy(t.getSelection())
    return false
  })
  const refit = () => {
    if (host.clientWidth > 40 && host.clientHeight > 20) fit.fit()
  }
  new ResizeObserver(refit).observe(host)
  refit()
  const retheme = () => {
    t.options.theme = theme()
  }
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', retheme)
  effect(() => {
    void settings.value.theme
    requestAnimationFrame(retheme)
  })
  let writing = 0
  attach({
    ready: () => writing < 1536 * 1024,
    write: (text) => {
      writing += text.length
      t.write(text, () => (writing -= text.length))
    },
    clear: () => t.reset(),
  })
}
