// The message console's connections: several at a time, to servers that the user confirms, and how each came to be.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import { after, afterEach, before, describe, test } from 'node:test'
import { fair } from './fair.mjs'
import { browser, Page, picture, Server } from './studio.mjs'

// echoServer is a WebSocket server of somebody else: it sends back every frame (short ones), unmasked.
async function echoServer() {
  const requests = []
  const sockets = new Set()
  const server = createServer((_, res) => res.writeHead(404).end('nothing here'))
  server.on('upgrade', (req, socket) => {
    requests.push(req.headers)
    sockets.add(socket)
    const accept = createHash('sha1').update(`${req.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')
    const protocol = req.headers['sec-websocket-protocol'] ? 'Sec-WebSocket-Protocol: chat\r\n' : ''
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n${protocol}\r\n`,
    )
    let held = Buffer.alloc(0)
    socket.on('data', (d) => {
      held = Buffer.concat([held, d])
      while (held.length >= 6 && held.length >= 6 + (held[1] & 127)) {
        const n = held[1] & 127
        const payload = held.subarray(6, 6 + n).map((b, i) => b ^ held[2 + (i % 4)])
        const op = held[0] & 15
        socket.write(Buffer.concat([Buffer.from([128 | (op === 9 ? 10 : op), n]), payload]))
        held = held.subarray(6 + n)
      }
    })
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
  })
  await new Promise((done) => server.listen(0, '127.0.0.1', done))
  return {
    requests,
    address: `ws://127.0.0.1:${server.address().port}/echo`,
    cut: () => sockets.forEach((s) => s.destroy()),
    close: () => {
      sockets.forEach((s) => s.destroy())
      server.close()
    },
  }
}

describe('connections of the message console', { timeout: 300_000 }, () => {
  let server, chrome, page, tab, other
  before(async () => {
    other = await echoServer()
    server = await Server.start()
    chrome = await browser()
    page = await Page.open(await chrome.newContext({ viewport: { width: 1280, height: 800 } }), server.url)
    tab = page.tab
    await page.run()
    await page.below('Messages')
    await tab.getByText('Connected to /ws').first().waitFor()
  })
  afterEach(async (t) => {
    if (!t.passed) await picture(tab, `failed ${t.name.slice(0, 30)}`)
  })
  after(async () => {
    await chrome?.close()
    await server?.stop()
    other?.close()
  })

  const menu = async (button, entry) => {
    await tab.getByRole('button', { name: button }).click()
    await tab.getByRole('menuitem', { name: entry }).click()
  }
  const dialog = (name) => tab.getByRole('dialog', { name })
  const row = (...texts) => texts.reduce((l, text) => l.filter({ hasText: text }), page.messages.getByRole('row')).last()
  const send = async (text) => {
    await tab.getByRole('textbox', { name: 'Message to the board' }).fill(text)
    await tab.keyboard.press('Enter')
  }

  test('one connection looks as before; another one has a number, and messages go over the chosen one', async () => {
    assert.equal(await tab.getByRole('button', { name: /^Send by connection/ }).count(), 0)
    await menu('Disconnect', 'Another connection…')
    await fair(tab, 'another connection', { widths: [1280, 820, 400], fits: true })
    await dialog('Another connection').getByRole('textbox', { name: 'Path or address' }).fill('/')
    await dialog('Another connection').getByRole('button', { name: 'Connect' }).click()
    await tab.getByRole('button', { name: 'Send by connection 2, /' }).waitFor()
    await send('LEDon')
    await row('sent over 2', 'LEDon').waitFor()
    await row('came over 2', 'Reply for LEDon').waitFor()
    await tab.getByRole('button', { name: 'Send by connection 2, /' }).click()
    await tab.getByRole('menuitemradio', { name: /1 +\/ws/ }).click()
    await send('LEDoff')
    await row('Studio to board', 'LEDoff').waitFor()
    await row('board to Studio', 'Reply for LEDoff').waitFor()
  })

  test('a server is confirmed, in words, before Studio connects to it, and once', async () => {
    const open = async (address) => {
      await menu('Disconnect', 'Another connection…')
      const d = dialog('Another connection')
      await d.getByRole('textbox', { name: 'Path or address' }).fill(address)
      return d
    }
    let d = await open(other.address)
    await d.getByText('Subprotocols and headers').click()
    await d.getByRole('textbox', { name: /^Subprotocols/ }).fill('chat, other')
    await d.getByRole('textbox', { name: /^Headers/ }).fill('X-Class: 7b\nAuthorization: Bearer s3cret')
    await d.getByRole('button', { name: 'Connect' }).click()
    await dialog('Connect to this server?').getByText(other.address).waitFor()
    assert.equal(other.requests.length, 0)
    await fair(tab, 'confirm a server', { widths: [1280, 820, 400], fits: true })
    await dialog('Connect to this server?').getByRole('button', { name: 'Cancel' }).click()
    assert.equal(await d.getByRole('textbox', { name: 'Path or address' }).inputValue(), other.address)
    await d.getByRole('button', { name: 'Connect' }).click()
    await tab.getByRole('button', { name: 'Connect to it' }).click()
    await tab.getByRole('button', { name: `Send by connection 3, ${other.address}` }).waitFor()
    assert.equal(other.requests[0]['x-class'], '7b')
    assert.equal(other.requests[0].origin, undefined)
    await send('hello')
    await row('came over 3', 'hello').waitFor()
    await menu('Disconnect', 'Send a ping…')
    await tab.getByRole('textbox', { name: 'What the ping carries' }).fill('are you there')
    await tab.keyboard.press('Enter')
    await row('pong 3', 'are you there').waitFor()
    other.cut()
    await row('gap 3', 'No connection from').waitFor()
    await row('open 3').waitFor()
    await menu('Disconnect', 'Close (1000)')
    await tab.getByRole('button', { name: /^Send by connection [12]/ }).waitFor()
    d = await open(other.address)
    await d.getByRole('button', { name: 'Connect' }).click() // not asked again
    await tab.getByRole('button', { name: `Send by connection 4, ${other.address}` }).waitFor()
    d = await open(other.address.replace('ws:', 'wss:'))
    await d.getByRole('button', { name: 'Connect' }).click()
    await tab.getByRole('button', { name: 'Connect to it' }).click()
    await d.getByText('does not speak TLS').waitFor()
    await tab.keyboard.press('Escape')
  })

  test('the page had no failures of its own', () => assert.deepEqual(page.failures, []))
})
