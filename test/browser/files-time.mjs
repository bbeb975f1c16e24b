// Prints how it feels to have 1,000 files and a page of 2 MB, beside a small project: ms to the editor, to the large page, from
// key to paint (median, worst), from the last key to what the disk has, and what the list of files costs a save.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { browser, Page, Server, until } from './studio.mjs'

const server = await Server.start()
const chrome = await browser()
const median = (list) => list.sort((a, b) => a - b)[list.length >> 1]
const out = {}

async function visit() {
  const context = await chrome.newContext({ viewport: { width: 1280, height: 800 } })
  const began = performance.now()
  const page = await Page.open(context, server.url)
  await page.tab.locator('.cm-content').first().waitFor()
  return [page, performance.now() - began]
}

// keys types n letters and measures each from the key's event to the next paint, on the page's own clock.
async function keys(page, n) {
  await page.tab.evaluate(() => {
    globalThis.took = []
    addEventListener(
      'keydown',
      () => {
        const at = performance.now()
        requestAnimationFrame(() => {
          const c = new MessageChannel()
          c.port1.onmessage = () => globalThis.took.push(performance.now() - at)
          c.port2.postMessage(0)
        })
      },
      true,
    )
  })
  for (let i = 0; i < n; i++) {
    await page.tab.keyboard.press(String.fromCharCode(97 + (i % 26)))
    await page.tab.waitForTimeout(90)
  }
  const took = await page.tab.evaluate(() => globalThis.took)
  return {
    median: Math.round(median([...took]) * 10) / 10,
    worst: Math.round(Math.max(...took)),
    at90: Math.round(took.sort((a, b) => a - b)[Math.floor(took.length * 0.9)]),
  }
}

async function measure(name, path) {
  const [page, editor] = await visit()
  const disk = join(server.home, 'projects', 'LED-over-WebSocket', path)
  let began = performance.now()
  await page.file(path.slice(path.lastIndexOf('/') + 1)).click()
  await page.editor(path).waitFor()
  const open = performance.now() - began
  await page.editor(path).click()
  await page.tab.keyboard.press('Control+Home')
  await page.tab.waitForTimeout(1500)
  const typed = await keys(page, 25)
  await page.tab.keyboard.insertText(`END of ${name}`)
  began = performance.now()
  await until('the save', () => readFileSync(disk, 'utf8').includes(`END of ${name}`))
  const save = performance.now() - began
  out[name] = {
    editor: Math.round(editor),
    open: Math.round(open),
    typed,
    save: Math.round(save),
    rows: await page.tab.locator('.tree li').count(),
  }
  console.log(name, JSON.stringify(out[name]))
  await page.tab.context().close()
}

await measure('small', 'www/led.html')
const root = join(server.home, 'projects', 'LED-over-WebSocket')
for (let i = 0; i < 1000; i++) {
  mkdirSync(join(root, 'www', `d${i % 20}`), { recursive: true })
  writeFileSync(join(root, 'www', `d${i % 20}`, `f${i}.txt`), `file ${i}\n`)
}
await measure('1000 files', 'www/led.html')
const line = (i) => `  <p class="c${i % 7}" id="p${i}">Line ${i} of a very long page, with <b>bold</b> words.</p>\n`
let text = '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>Long</title>\n</head>\n<body>\n'
for (let i = 0; text.length < 2 << 20; i++) text += line(i)
writeFileSync(join(root, 'www', 'large.html'), `${text}</body>\n</html>\n`)
await measure('2 MB', 'www/large.html')
await chrome.close()
await server.stop()
