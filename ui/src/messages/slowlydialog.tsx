// "Play it slowly": the way of one message as a picture that moves, or step by step.
import { useEffect, useState } from 'preact/hooks'
import { api } from '../api'
import { jump } from '../editor/tabs'
import { nameOf } from '../format'
import { Dialog } from '../parts/dialog'
import { attempt, board, lit, project } from '../state'
import type { Message } from '../wire'
import { say } from '../words'
import { hex, readBase64 } from './bytes'
import { list } from './log'
import { answerTo, lineOf, sends, stations, takes, type Place, type Station } from './slowly'
import { contentOf } from './told'

const stepTime = 3500 // milliseconds at a station while it plays

// find looks for the first of some files with a line of code that fits. Files are read as they are on the disk.
async function find(paths: string[], wanted: RegExp): Promise<Place | undefined> {
  for (const path of paths) {
    const line = lineOf(new TextDecoder().decode((await api.readFile(path)).bytes), wanted)
    if (line) return { path, line }
  }
  return undefined
}

async function look(m: Message): Promise<[Place | undefined, Place | undefined]> {
  const files = (project.peek()?.files ?? []).filter((f) => f.text && f.size < 500_000).map((f) => f.path)
  const pages = files.filter((p) => /^www\/.*\.(html?|m?js)$/.test(p))
  const programs = files.filter((p) => /^[^/]+\.go$/.test(p) && !p.endsWith('_test.go'))
  return [m.from === 'page' ? await find(pages, sends) : undefined, await find(programs, takes(m.binary))]
}

export function Slowly({ message: m, end }: { message: Message; end: () => void }) {
  const [found, setFound] = useState<[Place | undefined, Place | undefined]>([undefined, undefined])
  const [step, setStep] = useState(0)
  const [playing, setPlaying] = useState(!matchMedia('(prefers-reduced-motion: reduce)').matches)
  const [answer] = useState(() => answerTo(m, list.peek()))
  const [ledOn] = useState(lit.peek()) // as it was when the way began to be shown
  const page = m.from === 'page'
  const way = stations(m, !!answer, board.peek().led >= 0, ...found)
  const last = way.length - 1
  useEffect(() => {
    void attempt(async () => setFound(await look(m)))
  }, [m.seq])
  useEffect(() => {
    if (!playing) return
    if (step === last) {
      setPlaying(false)
      return
    }
    const timer = setTimeout(() => setStep(step + 1), stepTime)
    return () => clearTimeout(timer)
  }, [playing, step])
  const go = (to: number) => {
    setPlaying(false)
    setStep(Math.max(0, Math.min(last, to)))
  }
  const text = contentOf(m, false)
  const short = text.length > 60 ? `${text.slice(0, 60)}…` : text
  const words = (s: Station): string => {
    switch (s.at) {
      case 'client':
        return say(page ? 'slowly.page' : 'slowly.studio', { text: short })
      case 'line':
        return say('slowly.line', { n: m.size, head: hex(readBase64(m.head ?? '')) })
      case 'bridge':
        return say('slowly.bridge')
      case 'program':
        return say(m.binary ? 'slowly.programBytes' : 'slowly.program')
      case 'led':
        return say(ledOn ? 'slowly.ledOn' : 'slowly.ledOff')
      case 'back':
        return say('slowly.back', { text: contentOf(answer!, false).slice(0, 60), n: answer!.millis })
    }
  }
  const now = way[step]!
  return (
    <Dialog title={say('slowly.title')} close={end} wide>
      <div
        class="slowly"
        role="group"
        aria-label={say('slowly.picture')}
        onKeyDown={(e) => {
          if (e.key === 'ArrowRight') go(step + 1)
          else if (e.key === 'ArrowLeft') go(step - 1)
          else if (e.key === 'Home') go(0)
          else if (e.key === 'End') go(last)
          else return
          e.preventDefault()
        }}
      >
        <Picture at={now.at} page={page} on={ledOn} led={board.peek().led >= 0} />
        <p class="happens" aria-live="polite">
          <strong>{say('slowly.step', { n: step + 1, count: way.length })}</strong> {words(now)}
        </p>
        <p class="place">
          {now.place && (
            <>
              {say(now.at === 'client' ? 'slowly.sentIn' : 'slowly.takenIn')}{' '}
              <button
                type="button"
                class="link"
                onClick={() => {
                  end()
                  void jump(now.place!.path, now.place!.line, 1)
                }}
              >
                {nameOf(now.place.path)}:{now.place.line}
              </button>
            </>
          )}
        </p>
        <div class="row end">
          <button type="button" class="plain" disabled={step === 0} onClick={() => go(step - 1)}>
            {say('slowly.back1')}
          </button>
          <button
            type="button"
            class="plain"
            onClick={() => {
              if (!playing && step === last) setStep(0)
              setPlaying(!playing)
            }}
          >
            {say(playing ? 'slowly.pause' : step === last ? 'slowly.again' : 'slowly.play')}
          </button>
          <button type="button" class="secondary" autofocus onClick={() => (step === last ? end() : go(step + 1))}>
            {say(step === last ? 'dialog.close' : 'slowly.next')}
          </button>
        </div>
      </div>
    </Dialog>
  )
}

const across = { client: 50, line: 140, bridge: 200, program: 350, led: 450, back: 50 } as const

// Picture is decoration: what happens is said below it.
function Picture({ at, page, on, led }: { at: Station['at']; page: boolean; on: boolean; led: boolean }) {
  const x = across[at]
  const box = (cx: number, name: string, here: boolean) => (
    <g class={here ? 'here' : ''}>
      <rect x={cx - 40} y="30" width="80" height="44" rx="8" />
      <text x={cx} y="56" text-anchor="middle">
        {name}
      </text>
    </g>
  )
  return (
    <svg viewBox="0 0 500 110" aria-hidden="true">
      <path d={led ? 'M50 52H450' : 'M50 52H350'} />
      {box(50, say(page ? 'slowly.boxPage' : 'slowly.boxStudio'), at === 'client' || at === 'back')}
      {page && box(200, say('slowly.boxBridge'), at === 'bridge')}
      {box(350, say('slowly.boxProgram'), at === 'program')}
      {led && <circle class={`lamp${at === 'led' ? ' here' : ''}${on ? ' on' : ''}`} cx="450" cy="52" r="18" />}
      <circle class="dot" cx="0" cy="92" r="8" style={{ transform: `translateX(${x}px)` }} />
    </svg>
  )
}
