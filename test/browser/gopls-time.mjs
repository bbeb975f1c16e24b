// Prints how long the editor's help with Go takes, in a new Studio whose gopls has never run: the list after "board." the
// first time and later, marks after the last key, all in ms on the page's own clock; and gopls's memory in MB.
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { Page, Server, browser } from './studio.mjs'

const rounds = Number(process.argv[2] ?? 11)
const server = await Server.start()
const chrome = await browser()
const page = await Page.open(await chrome.newContext({ viewport: { width: 1280, height: 800 } }), server.url)
const { tab } = page

// measured presses a key and waits for an element whose text begins so; it returns the ms from the key on.
async function measured(key, [selector, begins]) {
  const took = tab.evaluate(
    ([selector, begins]) =>
      new Promise((done) => {
        let pressed = 0
        addEventListener('keydown', () => (pressed = performance.now()), { capture: true, once: true })
        const look = () => {
          const there = [...document.querySelectorAll(selector)].some((e) => e.textContent.startsWith(begins))
          if (pressed && there) done(performance.now() - pressed)
          else requestAnimationFrame(look)
        }
        look()
      }),
    [selector, begins],
  )
  await tab.waitForTimeout(100) // it listens
  await tab.keyboard.press(key)
  let timer
  const never = new Promise((_, no) => {
    timer = setTimeout(() => no(new Error(`${selector} never came`)), 60_000)
  })
  return Promise.race([took, never]).finally(() => clearTimeout(timer))
}

const list = ['.cm-tooltip-autocomplete .cm-completionDetail', 'func(']
const anyList = ['.cm-tooltip-autocomplete .cm-completionLabel', '']
const marked = ['.cm-lintRange-error', '']

await page.editor('main.go').waitFor()
await page.type('main.go', 'package main\n\nimport "studio/board"\n\nfunc main() {\n\tboard.Serve()\n\tboard')
const cold = await measured('.', anyList)
const warm = []
await tab.getByRole('button', { name: 'Go to, find, rename' }).waitFor()
await tab.waitForTimeout(5000) // it has read what it needs
for (let i = 0; i < rounds; i++) {
  await tab.keyboard.press('Escape')
  await tab.keyboard.press('Backspace')
  await tab.waitForTimeout(500)
  warm.push(await measured('.', list))
}
await tab.keyboard.press('Escape')
const marks = []
for (let i = 0; i < rounds; i++) {
  await page.type('main.go', 'package main\n\nimport "studio/board"\n\nfunc main() {\n\tboard.Serve()\n}\n')
  await tab.locator('.cm-lintRange-error').first().waitFor({ state: 'detached' })
  await tab.waitForTimeout(500)
  await tab.keyboard.press('Control+End')
  for (const k of ['ArrowUp', 'ArrowUp', 'End', 'ArrowLeft', 'ArrowLeft']) await tab.keyboard.press(k)
  marks.push(await measured('x', marked))
}
let memory = 0
for (const pid of readdirSync('/proc').filter((n) => /^\d+$/.test(n))) {
  try {
    const parent = /^\d+ \(.*\) \S (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1]
    if (Number(parent) !== server.process.pid || !readlinkSync(`/proc/${pid}/exe`).includes('gopls')) continue
    memory = Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024
  } catch {
    // it has ended
  }
}
await chrome.close()
await server.stop()
process.stdout.write(JSON.stringify({ cold, warm, marks, memory }))
