// Prints how long a page's calls take with the script that Studio adds and
// without it, in turns, each in a page of its own: microseconds for a fetch, an
// XMLHttpRequest, a line printed, a round trip over a WebSocket, and a send alone, short and
// long. Arguments: PAGE (the board's page through Studio; its program answers each message) ROUNDS.
import { browser } from './studio.mjs'

const [address, rounds] = process.argv.slice(2)
const chrome = await browser()

async function measure(watched) {
  const context = await chrome.newContext()
  const tab = await context.newPage()
  if (!watched) await tab.route('**/page.js', (route) => route.fulfill({ contentType: 'text/javascript', body: '' }))
  await tab.goto(address)
  await tab.unrouteAll() // a route makes all requests slower
  const wrapped = await tab.evaluate(() => { try { WebSocket.prototype.send.call({}) } catch (e) { return /page\.js/.test(e.stack) } })
  if (wrapped !== watched) throw new Error(`the script is ${watched ? 'not ' : ''}there`)
  const took = await tab.evaluate(async () => {
    const each = async (n, f) => {
      await f()
      const began = performance.now()
      for (let i = 0; i < n; i++) await f()
      return (performance.now() - began) * 1000 / n
    }
    const result = {}
    result.fetch = await each(50, () => fetch(location.href, { cache: 'no-store' }).then((r) => r.text()))
    result.XMLHttpRequest = await each(50, () => new Promise((done, bad) => {
      const x = new XMLHttpRequest()
      x.onload = done
      x.onerror = () => bad(new Error('XMLHttpRequest failed'))
      x.open('GET', location.href)
      x.send()
    }))
    let spentPrinting = 0
    for (let burst = 0; burst < 10; burst++) { // no more at a time than is told
      const began = performance.now()
      for (let i = 0; i < 20; i++) console.log('a line of the page', i)
      spentPrinting += performance.now() - began
      await new Promise((done) => setTimeout(done, 300))
    }
    result['console.log'] = spentPrinting * 1000 / 200
    const socket = new WebSocket(`ws://${location.host}/ws`)
    await new Promise((done, bad) => { socket.onopen = done; socket.onerror = () => bad(new Error('the WebSocket failed')) })
    const answer = () => new Promise((done) => { socket.onmessage = done })
    result['round trip'] = await each(150, () => { const came = answer(); socket.send('hello'); return came })
    for (const [name, text] of [['send of 5 bytes', 'hello'], ['send of 200 bytes', 'x'.repeat(200)]]) {
      let left = 0, all
      socket.onmessage = () => { if (--left === 0) all() }
      let spent = 0, n = 0
      for (let burst = 0; burst < 20; burst++) { // no more at a time than the board queues
        const came = new Promise((done) => { all = done })
        left = 8
        const began = performance.now()
        for (let i = 0; i < 8; i++) socket.send(text)
        spent += performance.now() - began
        n += 8
        await came
      }
      result[name] = spent * 1000 / n
    }
    return result
  })
  await context.close()
  return took
}

await measure(true)
await measure(false)
const pairs = []
for (let i = 0; i < Number(rounds); i++) pairs.push([await measure(true), await measure(false)])
await chrome.close()
process.stdout.write(JSON.stringify(pairs))
