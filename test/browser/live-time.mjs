// Prints what a flood costs the page that looks on. Arguments: STUDIO (without a path), what the program on the board is asked
// for: "messages 3000000", "lines 3000000" or "numbers"; and how many times slower the page's computer is to be. The token is in
// STUDIO_TOKEN. The program says "done" when it has sent all.
import { readFile } from 'node:fs/promises'
import { frames, memory, open } from './measure.mjs'

const [studio, asked, slow] = process.argv.slice(2)
const what = asked.split(' ')[0]
const { chrome, tab, post } = await open(studio)
if (slow) await (await tab.context().newCDPSession(tab)).send('Emulation.setCPUThrottlingRate', { rate: Number(slow) })
// ages are how old the newest thing is that an element shows, which says its own time, five times a second: the median and the
// greatest in seconds.
const ages = (selector, ms) =>
  tab.evaluate(
    ([selector, ms]) =>
      new Promise((done) => {
        const all = []
        const end = Date.now() + ms
        const look = () => {
          const now = Date.now()
          const times = [...document.querySelector(selector).textContent.matchAll(/time=(\d{13})/g)].map((m) => Number(m[1]))
          if (times.length) all.push((now - Math.max(...times)) / 1000)
          if (now < end) return setTimeout(look, 200)
          all.sort((a, b) => a - b)
          done({ age: all[all.length >> 1], oldest: all.at(-1) })
        }
        look()
      }),
    [selector, ms],
  )
const go = () => post('/api/messages/send', { data: asked })
const told = async () => {
  const auth = { Authorization: `Bearer ${process.env.STUDIO_TOKEN}` }
  return (await (await fetch(`${studio}/api/state`, { headers: auth })).json()).messages
}
const before = (await told()).at(-1)?.seq ?? 0
const done = async () => {
  while (!(await told()).some((m) => m.seq > before && m.kind === 'received' && m.data === 'done'))
    await new Promise((after) => setTimeout(after, 250))
}
const result = {}
if (what === 'numbers') {
  await tab.getByRole('tab', { name: /^Messages/ }).click()
  await go()
  await tab.getByRole('button', { name: /^Chart/ }).click()
  await tab.getByRole('table', { name: 'Values of the series' }).getByRole('row').nth(10).waitFor()
  await frames(tab, 'body', '', 3000)
  result.during = await frames(tab, 'body', '', 10_000)
  await tab.getByRole('button', { name: 'More for the chart' }).click()
  const saved = tab.waitForEvent('download')
  await tab.getByRole('menuitem', { name: /CSV/ }).click()
  const text = await readFile(await (await saved).path(), 'utf8')
  result.values = text.trim().split('\n').length - 1 // of each series
  result.columns = text.slice(0, text.indexOf('\n')).split(',').length - 1
} else {
  const [panel, selector] = what === 'messages' ? [/^Messages/, '.msgs'] : [/^Console/, '.xterm-scrollable-element']
  await tab.getByRole('tab', { name: panel }).click()
  await tab.locator(selector).waitFor()
  const began = Date.now()
  await go()
  const [during, age] = await Promise.all([frames(tab, selector, '', 5000), ages(selector, 5000)])
  Object.assign(result, { during }, age)
  await done()
  result.seconds = (Date.now() - began) / 1000
  // The page may still be at lines that came before.
  const shown = () => tab.locator(selector).evaluate((el) => el.textContent)
  const ended = Date.now()
  for (let last = '', since = Date.now(); Date.now() - since < 1000; ) {
    const now = await shown()
    if (now !== last) [last, since] = [now, Date.now()]
    await new Promise((after) => setTimeout(after, 100))
  }
  result.behind = (Date.now() - ended) / 1000 - 1
  result.wheel = await frames(tab, selector, what === 'messages' ? 'native' : 'wheel', 5000)
  // At its beginning it says that there was more.
  if (what === 'messages')
    await tab.locator(selector).evaluate((el) => {
      el.scrollTop = 0
    })
  else {
    await tab.getByRole('button', { name: 'Find', exact: true }).click()
    const find = tab.getByRole('searchbox', { name: 'Find' })
    await find.fill('line')
    await find.press('Shift+Enter')
  }
  result.said = await tab.getByRole('note').filter({ hasText: 'no longer here' }).textContent()
  Object.assign(result, await memory(chrome, tab))
  if (what === 'lines') {
    await go()
    await frames(tab, 'body', '', 1500)
    const clicked = Date.now()
    await tab.getByRole('button', { name: 'Stop', exact: true }).click()
    await tab.locator('button:disabled', { hasText: /^Stop$/ }).waitFor()
    result.stop = (Date.now() - clicked) / 1000
  }
}
await chrome.close()
process.stdout.write(JSON.stringify(result))
