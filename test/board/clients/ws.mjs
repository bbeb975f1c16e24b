// npm's ws against the board's server: ws.mjs HOST:PORT
import { createHash } from 'node:crypto'
import WebSocket from 'ws'
import { common, open } from './cases.mjs'
import { runner } from './runner.mjs'

const url = `ws://${process.argv[2]}`
const { check, end } = runner('npm ws')

await common(check, WebSocket, url)

// What a page cannot do: fragments, pings, frames that are wrong.
const once = (socket, event) => new Promise((done) => socket.once(event, (...args) => done(args)))

await check('fragments, a ping between them', async () => {
  const c = open(WebSocket, url)
  await c.opened
  const pong = once(c.socket, 'pong')
  c.socket.send('one ', { fin: false })
  c.socket.ping('between')
  c.socket.send('two ', { fin: false })
  c.socket.send('three', { fin: true })
  if (String((await pong)[0]) !== 'between') throw new Error('the pong carries something else')
  const got = await c.next()
  if (got !== 'one two three') throw new Error(got)
  c.socket.terminate()
})
await check('a character cut by a fragment', async () => {
  const c = open(WebSocket, url)
  await c.opened
  const all = Buffer.from('ä😀ß')
  for (let i = 0; i < all.length; i++) c.socket.send(all.subarray(i, i + 1), { binary: false, fin: i === all.length - 1 })
  const got = await c.next()
  if (got !== 'ä😀ß') throw new Error(got)
  c.socket.terminate()
})
for (const n of [0, 1, 124, 125]) {
  await check(`ping with ${n} bytes`, async () => {
    const c = open(WebSocket, url)
    await c.opened
    const sent = createHash('sha512').update(String(n)).digest('hex').slice(0, n).padEnd(n, '.')
    const pong = once(c.socket, 'pong')
    c.socket.ping(sent)
    if (String((await pong)[0]) !== sent) throw new Error('another payload')
    c.socket.terminate()
  })
}
const wrong = { 'lone continuation byte': [0x80], 'overlong slash': [0xc0, 0xaf], 'surrogate half': [0xed, 0xa0, 0x80], 'beyond Unicode': [0xf4, 0x90, 0x80, 0x80], 'cut at the end': [0x61, 0xe2, 0x82], 'five bytes': [0xf8, 0x88, 0x80, 0x80, 0x80], 'FF': [0xff] }
for (const [name, bad] of Object.entries(wrong)) {
  await check(`text that is no UTF-8: ${name}`, async () => {
    const c = open(WebSocket, url)
    await c.opened
    c.socket.send(Buffer.from(bad), { binary: false })
    const { code } = await c.closed
    if (code !== 1007) throw new Error(`closed with ${code}`)
  })
}
await check('the bad byte counts, not the end of the message', async () => {
  const c = open(WebSocket, url)
  await c.opened
  c.socket.send(Buffer.from([0x61, 0xff]), { binary: false, fin: false }) // the rest never comes
  const { code } = await c.closed
  if (code !== 1007) throw new Error(`closed with ${code}`)
})
// 5.1, 5.2 and 5.5: these bytes go out as they are.
const frames = {
  'a frame without mask': [0x81, 0x01, 0x61], 'reserved bit 1': [0xc1, 0x80, 0, 0, 0, 0], 'reserved bit 2': [0xa1, 0x80, 0, 0, 0, 0], 'reserved bit 3': [0x91, 0x80, 0, 0, 0, 0],
  'opcode 3': [0x83, 0x80, 0, 0, 0, 0], 'opcode B': [0x8b, 0x80, 0, 0, 0, 0], 'a ping in fragments': [0x09, 0x80, 0, 0, 0, 0], 'a ping of 126 bytes': [0x89, 0xfe, 0, 126, 0, 0, 0, 0],
  'a continuation of nothing': [0x80, 0x80, 0, 0, 0, 0], 'a text within a text': [0x01, 0x80, 0, 0, 0, 0, 0x81, 0x80, 0, 0, 0, 0], 'a close of one byte': [0x88, 0x81, 0, 0, 0, 0, 3],
}
for (const [name, frame] of Object.entries(frames)) {
  await check(name, async () => {
    const c = open(WebSocket, url)
    await c.opened
    c.socket._socket.write(Buffer.from(frame))
    const { code } = await c.closed
    if (code !== 1002) throw new Error(`closed with ${code}`)
  })
}
await check('compression is not agreed to', async () => {
  const c = open(WebSocket, url, { perMessageDeflate: true })
  await c.opened
  if (c.socket.extensions !== '') throw new Error(c.socket.extensions)
  c.send('plain')
  if (await c.next() !== 'plain') throw new Error('not plain')
  c.socket.terminate()
})
await check('another version is refused with 426', async () => {
  const socket = new WebSocket(url, { protocolVersion: 8 })
  socket.on('error', () => {})
  const [, answer] = await once(socket, 'unexpected-response')
  if (answer.statusCode !== 426 || answer.headers['sec-websocket-version'] !== '13') throw new Error(`${answer.statusCode} ${answer.headers['sec-websocket-version']}`)
})
await check('no server for other paths', async () => {
  const socket = new WebSocket(`${url}/other`)
  socket.on('error', () => {})
  const [, answer] = await once(socket, 'unexpected-response')
  if (answer.statusCode !== 404) throw new Error(String(answer.statusCode))
})
await check('long headers', async () => {
  const c = open(WebSocket, url, { headers: { Cookie: `a=${'b'.repeat(3000)}`, 'X-Long': 'c'.repeat(1000) } })
  await c.opened
  c.send('after long headers')
  if (await c.next() !== 'after long headers') throw new Error('something else')
  c.socket.terminate()
})
end()
