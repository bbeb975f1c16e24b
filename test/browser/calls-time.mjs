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
  const wrapped = await tab.evaluate(() => {
    try {
      WebSocket.prototype.send.call({})
    } catch (e) {
      return /page\.js/.test(e.stack)
    }
  })
  if (wrapped !== watched) throw new Error(`the script is ${watched ? 'not ' : ''}there`)
  const took = await tab.evaluate(async () => {
    // The slowest quarter does not count: the computer has done other things in between.
    const typical = (list) => {
      const kept = list.sort((a, b) => a - b).slice(0, Math.ceil(list.length * 0.75))
      return (kept.reduce((sum, t) => sum + t) * 1000) / kept.length
    }
    const timed = async (f) => {
      const began = performance.now()
      await f()
      return performance.now() - began
    }
    const each = async (n, f) => {
      const all = []
      for (let i = 0; i <= n; i++) all.push(await timed(f))
      return typical(all.slice(1))
    }
    const result = {}
    result.fetch = await each(50, () => fetch(location.href, { cache: 'no-store' }).then((r) => r.text()))
    result.XMLHttpRequest = await each(
      50,
      () =>
        new Promise((done, bad) => {
          const x = new XMLHttpRequest()
          x.onload = done
          x.onerror = () => bad(new Error('XMLHttpRequest failed'))
          x.open('GET', location.href)
          x.send()
        }),
    )
    const printed = []
    for (let burst = 0; burst < 10; burst++) {
      // no more at a time than is told
      printed.push(
        await timed(() => {
          for (let i = 0; i < 20; i++) console.log('a line of the page', i)
        }),
      )
      await new Promise((done) => setTimeout(done, 300))
    }
    result['console.log'] = typical(printed) / 20
    const socket = new WebSocket(`ws://${location.host}/ws`)
    await new Promise((done, bad) => {
      socket.onopen = done
      socket.onerror = () => bad(new Error('the WebSocket failed'))
    })
    const answer = () =>
      new Promise((done) => {
        socket.onmessage = done
      })
    result['round trip'] = await each(150, () => {
      const came = answer()
      socket.send('hello')
      return came
    })
    for (const [name, text] of [
      ['send of 5 bytes', 'hello'],
      ['send of 200 bytes', 'x'.repeat(200)],
    ]) {
      let left = 0,
        all
      socket.onmessage = () => {
        if (--left === 0) all()
      }
      const sent = []
      for (let burst = 0; burst < 20; burst++) {
        // no more at a time than the board queues
        const came = new Promise((done) => {
          all = done
        })
        left = 8
        sent.push(
          await timed(() => {
            for (let i = 0; i < 8; i++) socket.send(text)
          }),
        )
        await came
      }
      result[name] = typical(sent) / 8
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
