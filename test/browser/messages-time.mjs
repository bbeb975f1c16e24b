// Prints what a list of very many messages costs: the tab's memory in MB, and frames per second while it is scrolled by wheel,
// and by the scrollbar. Arguments: STUDIO (without a path), a recording’s name, how many messages it has; the token is in
// STUDIO_TOKEN.
import { browser } from './studio.mjs'

const [studio, name, count] = process.argv.slice(2)
const chrome = await browser({ args: ['--enable-precise-memory-info'] })
const answer = await fetch(`${studio}/api/door/code`, {
  method: 'POST',
  headers: { Authorization: `Bearer ${process.env.STUDIO_TOKEN}`, 'Content-Type': 'application/json' },
  body: '{}',
})
const tab = await (await chrome.newContext({ viewport: { width: 1280, height: 800 } })).newPage()
tab.setDefaultTimeout(300_000)
await tab.goto((await answer.json()).url)
await tab.getByRole('tab', { name: /^Messages/ }).click()
await tab.getByRole('button', { name: 'More for messages' }).click()
await tab.getByRole('menuitem', { name: 'Recordings' }).click()
await tab.getByRole('button', { name: `Open ${name}` }).click()
const list = tab.getByRole('grid', { name: 'Messages' })
await tab.waitForFunction((n) => document.querySelector('.msgs')?.getAttribute('aria-rowcount') === n, count)
await list.getByRole('row').last().focus()

// frames counts frames while something goes on in each of them, for as many milliseconds.
const frames = (how, ms) =>
  tab.evaluate(
    ([how, ms]) =>
      new Promise((done) => {
        const el = document.querySelector('.msgs')
        const began = performance.now()
        let n = 0
        const step = () => {
          const passed = performance.now() - began
          if (passed >= ms) return done((1000 * n) / passed)
          n++
          if (how === 'wheel') el.dispatchEvent(new WheelEvent('wheel', { deltaY: -120, bubbles: true, cancelable: true }))
          else el.scrollTop = ((Math.sin(passed / 700) + 1) / 2) * el.scrollHeight
          requestAnimationFrame(step)
        }
        requestAnimationFrame(step)
      }),
    [how, ms],
  )
const result = { wheel: await frames('wheel', 5000), bar: await frames('bar', 5000) }
const filter = tab.getByRole('searchbox', { name: 'Filter' })
const began = Date.now()
await filter.fill('needle')
await tab.getByText(/^[0-9]+ of [0-9]+ messages$/).waitFor()
result.search = Date.now() - began
await filter.fill('')
await tab.waitForFunction((n) => document.querySelector('.msgs')?.getAttribute('aria-rowcount') === n, count)
await frames('bar', 3000)
const cdp = await tab.context().newCDPSession(tab)
await cdp.send('HeapProfiler.collectGarbage')
result.heap = (await tab.evaluate(() => performance.memory.usedJSHeapSize)) / 2 ** 20
const all = await (await chrome.newBrowserCDPSession()).send('SystemInfo.getProcessInfo')
const { readFileSync } = await import('node:fs')
const rss = (pid) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024
result.memory = Math.max(...all.processInfo.filter((p) => p.type === 'renderer').map((p) => rss(p.id))) // the largest of the tab's
await chrome.close()
process.stdout.write(JSON.stringify(result))
