// Prints how long it takes from opening an address to an editor that shows the
// program and takes a key: for Studio's page and for a bare one, in turns, each
// in a new context (cold cache). Arguments: STUDIO BARE ROUNDS, both without a path; Studio's token is in STUDIO_TOKEN.
import { browser } from './studio.mjs'

const [studio, bare, rounds] = process.argv.slice(2)
const chrome = await browser()

// address lets one browser in.
async function address() {
  const answer = await fetch(`${studio}/api/door/code`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${process.env.STUDIO_TOKEN}`, 'Content-Type': 'application/json' },
    body: '{}',
  })
  return (await answer.json()).url
}

async function open(url) {
  const context = await chrome.newContext({ viewport: { width: 1280, height: 800 } })
  const tab = await context.newPage()
  await tab.addInitScript(() => {
    // The first moment at which a line of the program stands in an editable editor, on the page's own clock.
    const look = () => {
      const box = document.querySelector('.cm-content[contenteditable=true]')
      if (box && box.textContent.includes('package main')) {
        globalThis.editorAt = performance.now()
        return
      }
      requestAnimationFrame(look)
    }
    if (window === window.top) requestAnimationFrame(look)
  })
  await tab.goto(url)
  const at = await (await tab.waitForFunction(() => globalThis.editorAt)).jsonValue()
  // What had arrived by then, as it came over the line.
  const script = await tab.evaluate(() =>
    performance
      .getEntriesByType('resource')
      .filter((e) => e.name.endsWith('.js') && e.responseEnd <= globalThis.editorAt)
      .reduce((n, e) => n + e.encodedBodySize, 0),
  )
  await context.close()
  return { at, script }
}

await open(await address())
await open(bare)
const result = { Studio: [], Bare: [], Script: 0 }
for (let i = 0; i < Number(rounds); i++) {
  const s = await open(await address())
  result.Studio.push(s.at)
  result.Script = Math.max(result.Script, s.script)
  result.Bare.push((await open(bare)).at)
}
await chrome.close()
process.stdout.write(JSON.stringify(result))
