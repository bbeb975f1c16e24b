// Prints how long it takes from a key to the paint that shows it, in a program of 2,000 lines, in ms on the page's own
// clock: in Studio's editor and in a bare one, in turns. Arguments: STUDIO BARE ROUNDS, both without a path; Studio's token is
// in STUDIO_TOKEN; both show /main.go, of which Studio gets the text from here. Frames come as soon as they are ready,
// else the screen's 60 Hz would be all there is to see.
import { browser } from './studio.mjs'

const [studio, bare, rounds] = process.argv.slice(2)
const chrome = await browser({ args: ['--disable-frame-rate-limit', '--disable-gpu-vsync'] })
const text = await (await fetch(`${bare}main.go`)).text()

const answer = await fetch(`${studio}/api/door/code`, {
  method: 'POST',
  headers: { Authorization: `Bearer ${process.env.STUDIO_TOKEN}`, 'Content-Type': 'application/json' },
  body: '{}',
})

async function open(url) {
  const tab = await (await chrome.newContext({ viewport: { width: 1280, height: 800 } })).newPage()
  await tab.goto(url)
  await tab.locator('.cm-content[contenteditable=true]').waitFor()
  await tab.evaluate(() => {
    globalThis.times = []
    addEventListener(
      'keydown',
      () => {
        const pressed = performance.now()
        requestAnimationFrame(() => {
          const painted = new MessageChannel()
          painted.port1.onmessage = () => globalThis.times.push(performance.now() - pressed)
          painted.port2.postMessage(0)
        })
      },
      { capture: true },
    )
  })
  return tab
}

const pages = { Studio: await open((await answer.json()).url), Bare: await open(bare) }
await pages.Studio.locator('.cm-content').click()
await pages.Studio.keyboard.press('Control+A')
await pages.Studio.keyboard.insertText(text)
for (const tab of Object.values(pages)) {
  await tab.locator('.cm-content').click()
  await tab.keyboard.press('Control+Home')
  for (let i = 0; i < 12; i++) await tab.keyboard.press('ArrowDown')
  await tab.keyboard.press('End')
}
await pages.Studio.waitForTimeout(8000) // it has been checked
const result = { Studio: [], Bare: [], Lines: text.split('\n').length }
for (let round = 0; round < Number(rounds); round++)
  for (const [name, tab] of Object.entries(pages)) {
    await tab.bringToFront()
    await tab.evaluate(() => {
      globalThis.times = []
    })
    for (const letter of 'abcdefghij') {
      await tab.keyboard.press(letter)
      await tab.waitForTimeout(80)
    }
    result[name].push(...(await tab.evaluate(() => globalThis.times)))
    for (let i = 0; i < 10; i++) await tab.keyboard.press('Backspace') // a line that outgrows the narrower editor would scroll there
  }
await chrome.close()
process.stdout.write(JSON.stringify(result))
