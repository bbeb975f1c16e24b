// npm's ws as a server that the board's program connects to: wsserver.mjs HOST:PORT
// The program at that address sends back what comes.
import { WebSocketServer } from 'ws'
import { runner } from './runner.mjs'

const { check, end } = runner('npm ws as server')
const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: true, handleProtocols: () => false })
const waiting = []
const arrived = []
server.on('connection', (socket, request) => {
  const queue = []
  const takers = []
  socket.on('message', (data, binary) => {
    const m = { data, binary }
    if (takers.length) takers.shift()(m)
    else queue.push(m)
  })
  const c = {
    socket,
    request,
    next: () => new Promise((done) => (queue.length ? done(queue.shift()) : takers.push(done))),
    closed: new Promise((done) => socket.on('close', (code, reason) => done({ code, reason: String(reason) }))),
    once: (event) => new Promise((done) => socket.once(event, (...args) => done(args))),
  }
  socket.on('error', () => {})
  if (waiting.length) waiting.shift()(c)
  else arrived.push(c)
})
const connection = () =>
  new Promise((done) => {
    if (arrived.length) return done(arrived.shift())
    const late = setTimeout(() => {
      console.log('the program does not connect')
      process.exit(1)
    }, 60_000)
    waiting.push((c) => {
      clearTimeout(late)
      done(c)
    })
  })
await new Promise((done) => (server.address() ? done() : server.once('listening', done)))
const url = `ws://127.0.0.1:${server.address().port}/path?query=1`
const dial = () => fetch(`http://${process.argv[2]}/dial?url=${encodeURIComponent(url)}`)

await dial()
let c = await connection()
await check('the handshake', async () => {
  if (c.request.url !== '/path?query=1') throw new Error(c.request.url)
  if (c.socket.extensions !== '' || c.socket.protocol !== '') throw new Error('something was agreed on')
})
for (const n of [0, 1, 125, 126, 127, 65535, 65536, 70000]) {
  for (const binary of [false, true]) {
    await check(`${binary ? 'binary' : 'text'} of ${n}`, async () => {
      const data = binary ? Buffer.alloc(n, 0xfe) : n < 2 ? 'x'.repeat(n) : 'ä' + 'x'.repeat(n - 2)
      c.socket.send(data)
      const got = await c.next()
      if (got.binary !== binary || !got.data.equals(Buffer.from(data))) throw new Error(`${got.data.length} bytes come back`)
    })
  }
}
await check('fragments, a ping between them', async () => {
  const pong = c.once('pong')
  c.socket.send('one ', { fin: false })
  c.socket.ping('between')
  c.socket.send('two', { fin: true })
  if (String((await pong)[0]) !== 'between') throw new Error('the pong carries something else')
  const got = String((await c.next()).data)
  if (got !== 'one two') throw new Error(got)
})
// Each of these ends the connection. The board comes back by and by; another one is there at once.
const ends = [
  ['close 1000', (s) => s.close(1000, 'bye'), 1000],
  ['close 4001', (s) => s.close(4001), 4001],
  ['close without a code', (s) => s.close(), 1005],
  ['text that is no UTF-8', (s) => s.send(Buffer.from([0x61, 0xff]), { binary: false }), 1007],
  ['a message that is too long', (s) => s.send('x'.repeat(70001)), 1009],
  ['a masked frame', (s) => s.send('x', { mask: true }), 1002],
]
for (const [name, cause, code] of ends) {
  await check(name, async () => {
    cause(c.socket)
    const got = await c.closed
    if (got.code !== code) throw new Error(`closed with ${got.code}`)
  })
  await dial()
  c = await connection()
}
server.close()
for (const s of server.clients) s.terminate()
end()
