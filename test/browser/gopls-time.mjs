// Prints how long the editor's help with Go takes, all in ms on the page's own clock: in a new Studio without gopls the
// editor's own list after "board."; in one whose gopls has never run, the list by itself at first, gopls's first, its later
// ones, marks after the last key; and gopls's memory in MB.
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { Page, Server, browser } from './studio.mjs'

const rounds = Number(process.argv[2] ?? 11)
const chrome = await browser()
const start = async (env) => {
  const server = await Server.start(env)
  return [server, await Page.open(await chrome.newContext({ viewport: { width: 1280, height: 800 } }), server.url)]
}
const program = 'package main\n\nimport "studio/board"\n\nfunc main() {\n\tboard.Serve()\n\tboard'
const [bare, plain] = await start({ STUDIO_GOPLS: '/nowhere/gopls' })
let { tab } = plain

// measured presses a key and waits for an element whose text begins so; it returns the ms from the key on.
async function measured(key, [selector, begins], most = 60_000) {
  await tab.evaluate(
    ([selector, begins]) => {
      globalThis.took = new Promise((done) => {
        let pressed = 0
        addEventListener('keydown', () => (pressed = performance.now()), { capture: true, once: true })
        const look = () => {
          const there = [...document.querySelectorAll(selector)].some((e) => e.textContent.startsWith(begins))
          if (pressed && there) done(performance.now() - pressed)
          else requestAnimationFrame(look)
        }
        look()
      })
    },
    [selector, begins],
  )
  await tab.keyboard.press(key)
  let timer
  const never = new Promise((_, no) => {
    timer = setTimeout(() => no(new Error(`${selector} never came`)), most)
  })
  return Promise.race([tab.evaluate(() => globalThis.took), never]).finally(() => clearTimeout(timer))
}

const list = ['.cm-tooltip-autocomplete .cm-completionDetail', 'func(']
const anyList = ['.cm-tooltip-autocomplete .cm-completionLabel', '']
const marked = ['.cm-lintRange-error', '']

await plain.editor('main.go').waitFor()
await tab.waitForTimeout(3000) // the page is at rest
await plain.type('main.go', program)
const own = []
for (let i = 0; i < rounds; i++) {
  own.push(await measured('.', anyList))
  await tab.keyboard.press('Escape')
  await tab.keyboard.press('Backspace')
  await tab.waitForTimeout(300)
}
await bare.stop()

const [server, page] = await start({})
tab = page.tab
await page.editor('main.go').waitFor()
let sign = false // that it is coming is told as long as it is
void tab
  .getByText('Help is starting…')
  .waitFor({ timeout: 120_000 })
  .then(
    () => (sign = true),
    () => {},
  )
await page.type('main.go', program)
const first = await measured('.', anyList)
const pressed = Date.now()
await tab.keyboard.press('Escape')
let cold = 0 // somebody who waits for gopls's list asks for it again and again
for (;;) {
  await tab.keyboard.press('Control+Space')
  const asked = Date.now()
  let there = false
  while (!there && Date.now() - asked < 250) there = (await tab.locator(list[0]).allTextContents()).some((t) => t.startsWith(list[1]))
  if (there) break
  await tab.keyboard.press('Escape')
  if (Date.now() - pressed > 120_000) throw new Error('the list of gopls never came')
}
cold = Date.now() - pressed + first
await tab.keyboard.press('Escape')
const warm = []
const late = 3000 // ms: gopls was not there in time, the editor's own list was shown, and stays for whoever chooses from it
await tab.waitForTimeout(5000) // it has read what it needs
for (let i = 0; i < rounds; i++) {
  await tab.keyboard.press('Escape')
  await tab.keyboard.press('Backspace')
  await tab.waitForTimeout(500)
  warm.push(await measured('.', list, late).catch(() => late))
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
process.stdout.write(JSON.stringify({ own, first, sign, cold, warm, marks, memory }))
