// The serial console: what the program prints, and a line to send to it. xterm.js loads when it is first looked at.
import type { Terminal } from '@xterm/xterm'
import { effect } from '@preact/signals'
import { useEffect, useRef, useState } from 'preact/hooks'
import { api } from '../api'
import { item, provide, type Command } from '../commands/table'
import { bytes } from '../format'
import { Icon } from '../parts/icons'
import { layout } from '../parts/layout'
import { MenuButton } from '../parts/menu'
import { SendLine } from '../parts/sendline'
import { announce, attempt, settings } from '../state'
import { say } from '../words'
import { allText, attach, look, pause, paused } from './buffer'
import './console.css'

let terminal: Terminal | undefined

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
  clear: { id: 'console.clear', group: 'console', label: () => say('tools.clear'), act: () => attempt(() => api.consoleClear()) },
} satisfies Record<string, Command>
provide(Object.values(own))

export function ConsoleTools() {
  const { tight } = layout.value
  const [copying, clearing] = [item(own.copy), item(own.clear)]
  return (
    <>
      <button type="button" class="quiet" aria-pressed={paused.value} onClick={own.pause.act}>
        {own.pause.label()}
      </button>
      {tight ? (
        <MenuButton class="quiet more" label={say('console.more')} title={say('console.more')} right items={() => [copying, clearing]}>
          <Icon name="more" />
        </MenuButton>
      ) : (
        [copying, clearing].map((t) => (
          <button type="button" class="quiet" key={t.label} onClick={t.act}>
            {t.label}
          </button>
        ))
      )}
    </>
  )
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
    scrollback: 5000,
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
    write: (text) => {
      // The parser is behind: leave out rather than freeze.
      if (writing > 256 * 1024) {
        writeLost(t, text.length)
        return
      }
      writing += text.length
      t.write(text, () => (writing -= text.length))
    },
    lost: (n) => writeLost(t, n),
    clear: () => t.reset(),
  })
}

function writeLost(t: Terminal, n: number): void {
  t.write(`\r\n\x1b[2m${say('console.lost', { size: bytes(n) })}\x1b[0m\r\n`)
}
