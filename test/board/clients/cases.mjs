// What every client must see of a program that sends back whatever comes.
// The same cases run in Node with npm's ws and in Chromium: nothing here but
// what both offer. check(name, promise) runs one case.

export const utf8 = ['', 'plain', 'Grüße, Ελλάδα, 日本語', '😀'.repeat(40), '\u0000\u0001\u007f', '\ufeffbom', '\uffff\u{10ffff}']
export const sizes = [1, 125, 126, 127, 128, 255, 256, 257, 4095, 4096, 4097, 65535, 65536]

export function bytes(n) {
  const b = new Uint8Array(n)
  for (let i = 0; i < n; i++) b[i] = i * 31 + (i >> 8)
  return b
}

const same = (a, b) => a.length === b.length && a.every((v, i) => v === b[i])

// open connects and gathers what comes.
export function open(WebSocket, url, ...more) {
  const socket = new WebSocket(url, ...more)
  socket.binaryType = 'arraybuffer'
  const got = [], waiting = []
  const settle = () => { while (got.length && waiting.length) waiting.shift()(got.shift()) }
  socket.addEventListener('message', (e) => { got.push(typeof e.data === 'string' ? e.data : new Uint8Array(e.data)); settle() })
  const closed = new Promise((done) => socket.addEventListener('close', (e) => { done({ code: e.code, reason: e.reason, clean: e.wasClean }) }))
  const opened = new Promise((done, fail) => {
    socket.addEventListener('open', () => done())
    socket.addEventListener('error', (e) => fail(new Error(e.message ?? 'not connected')))
  })
  return { socket, opened, closed, next: () => new Promise((done) => { waiting.push(done); settle() }), send: (what) => socket.send(what) }
}

function want(got, expected) {
  if (typeof expected === 'string' ? got !== expected : !same(got, expected)) throw new Error(`got ${JSON.stringify(got).slice(0, 200)}`)
}

function wantClose(got, code, reason = '') {
  if (got.code !== code || got.reason !== reason) throw new Error(`closed with ${got.code} ${JSON.stringify(got.reason)}, want ${code}`)
}

export async function common(check, WebSocket, url) {
  for (const path of ['/', '/ws']) {
    await check(`connect to ${path}`, async () => {
      const c = open(WebSocket, url + path)
      await c.opened
      c.send('here')
      want(await c.next(), 'here')
      c.socket.close(1000, 'done')
      wantClose(await c.closed, 1000)
    })
  }
  const c = open(WebSocket, url + '/ws')
  await c.opened
  for (const text of utf8) await check(`text ${JSON.stringify(text).slice(0, 40)}`, async () => { c.send(text); want(await c.next(), text) })
  for (const n of sizes) {
    await check(`text of ${n} bytes`, async () => { const text = 'x'.repeat(n); c.send(text); want(await c.next(), text) })
    await check(`${n} bytes`, async () => { const b = bytes(n); c.send(b); want(await c.next(), b) })
  }
  await check('a thousand messages in their order', async () => {
    for (let i = 0; i < 1000; i++) c.send(`message ${i}`)
    for (let i = 0; i < 1000; i++) want(await c.next(), `message ${i}`)
  })
  await check('text and bytes by turns', async () => {
    for (let i = 0; i < 50; i++) { c.send(`t${i}`); c.send(bytes(i)) }
    for (let i = 0; i < 50; i++) { want(await c.next(), `t${i}`); want(await c.next(), bytes(i)) }
  })
  await check('no code', async () => { c.socket.close(); wantClose(await c.closed, 1005) })
  for (const code of [1000, 3000, 4000, 4999]) {
    await check(`close with ${code} and a reason`, async () => {
      const c = open(WebSocket, url)
      await c.opened
      c.socket.close(code, 'Grund: müde')
      wantClose(await c.closed, code)
    })
  }
  await check('70001 bytes are too many', async () => {
    const c = open(WebSocket, url)
    await c.opened
    c.send('x'.repeat(70001))
    wantClose(await c.closed, 1009, 'A message is longer than 70000 bytes. Allow more: board.Configure(board.Limits{MaxMessage: 70001})')
  })
  await check('twenty clients, each gets its own', async () => {
    const all = Array.from({ length: 20 }, () => open(WebSocket, url + '/ws'))
    await Promise.all(all.map((c) => c.opened))
    for (let round = 0; round < 5; round++) {
      all.forEach((c, i) => c.send(`client ${i} round ${round}`))
      for (const [i, c] of all.entries()) want(await c.next(), `client ${i} round ${round}`)
    }
    all.forEach((c) => c.socket.close(1000))
    for (const c of all) wantClose(await c.closed, 1000)
  })
  await check('a client that just goes away is no harm', async () => {
    for (let i = 0; i < 40; i++) { // more than there are places for at a time
      const c = open(WebSocket, url)
      await c.opened
      c.send('and gone')
      c.socket.close()
      await c.closed
    }
  })
}
