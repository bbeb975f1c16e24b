// What the measurements of a page share: a page of a Studio that runs already, frames per second, and the tab's memory.
import { readFileSync } from 'node:fs'
import { browser } from './studio.mjs'

// open opens a Studio's page (an address without a path; the token is in STUDIO_TOKEN) and gives it with a way to ask the API.
export async function open(studio) {
  const chrome = await browser({ args: ['--enable-precise-memory-info'] })
  const post = async (path, body) => {
    const answer = await fetch(studio + path, {
      method: 'POST',
      headers: { Authorization: `Bearer ${process.env.STUDIO_TOKEN}`, 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    })
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
    return answer
  }
  const answer = await post('/api/door/code', {})
  const tab = await (await chrome.newContext({ viewport: { width: 1280, height: 800 }, acceptDownloads: true })).newPage()
  tab.setDefaultTimeout(300_000)
  await tab.goto((await answer.json()).url)
  return { chrome, tab, post }
}

// frames counts the frames of a second, for as many milliseconds, in each of which something is done to an element: it is
// turned by the wheel (by events, or as the browser itself does it), drawn by its bar, or nothing.
export const frames = (tab, selector, how, ms) =>
  tab.evaluate(
    ([selector, how, ms]) =>
      new Promise((done) => {
        const el = document.querySelector(selector)
        const began = performance.now()
        let n = 0
        const step = () => {
          const passed = performance.now() - began
          if (passed >= ms) return done((1000 * n) / passed)
          n++
          if (how === 'wheel')
            el.dispatchEvent(new WheelEvent('wheel', { deltaY: passed < ms / 2 ? -120 : 120, bubbles: true, cancelable: true }))
          if (how === 'native') el.scrollBy(0, passed < ms / 2 ? -120 : 120)
          if (how === 'bar') el.scrollTop = ((Math.sin(passed / 700) + 1) / 2) * el.scrollHeight
          requestAnimationFrame(step)
        }
        requestAnimationFrame(step)
      }),
    [selector, how, ms],
  )

// memory is what the page's own objects take, and the tab's whole process (the largest), in MB.
export async function memory(chrome, tab) {
  const cdp = await tab.context().newCDPSession(tab)
  await cdp.send('HeapProfiler.collectGarbage')
  const heap = (await tab.evaluate(() => performance.memory.usedJSHeapSize)) / 2 ** 20
  const all = await (await chrome.newBrowserCDPSession()).send('SystemInfo.getProcessInfo')
  const rss = (pid) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024
  return { heap, memory: Math.max(...all.processInfo.filter((p) => p.type === 'renderer').map((p) => rss(p.id))) }
}
