// The message console's connections: several at a time, to servers that the user confirms, and how each came to be.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import { after, afterEach, before, describe, test } from 'node:test'
import { fair } from './fair.mjs'
import { browser, hanging, Page, picture, Server, until } from './studio.mjs'

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

describe('connections of the message console', { timeout: hanging }, () => {
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
  const scroll = (top) => tab.locator('.msgs').evaluate((el, y) => el.scrollTo(0, y), top)
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

  test('an open line shows how the connection came to be, a closed one how it ended', async () => {
    const details = tab.getByRole('region', { name: 'The whole message' })
    await tab.setViewportSize({ width: 400, height: 800 }) // a phone shows them when they are asked for
    await tab.getByRole('navigation', { name: 'Views' }).getByRole('button', { name: 'Messages' }).click()
    await tab.setViewportSize({ width: 1280, height: 800 })
    await scroll(0)
    await row('Studio open').click()
    await details.getByText('Sec-WebSocket-Version: 13').waitFor()
    const key = /Sec-WebSocket-Key: (\S+)/.exec(await details.locator('li pre').first().textContent())[1]
    const sum = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
    const words = await details.textContent()
    assert.ok(words.includes(sum.copy().digest('hex')) && words.includes(sum.digest('base64')), words)
    await details.getByText('✓ the same').waitFor()
    await fair(tab, 'handshake', { within: '.details', widths: [1280, 820, 400] })
    await row('page open').click()
    await details.getByText('The page asks.').waitFor()
    await scroll(1e6)
    await row('open 3').click()
    await details.getByText('X-Class: 7b').waitFor()
    await details.getByText('Authorization: (hidden)').waitFor()
    assert.ok(!(await details.textContent()).includes('s3cret'))
    await row('closed 3', '1000').click()
    await details.getByText('Studio sends a close frame with 1000').waitFor()
    await row('error 5').click()
    await details.getByText('does not speak TLS').waitFor()
  })

  test('what went over it is shown as JSON, numbers, Base64 and the bits of its frame', async () => {
    const details = tab.getByRole('region', { name: 'The whole message' })
    const look = (name) => details.getByRole('button', { name, exact: true }).click()
    await scroll(1e6)
    await send('{"n": {{n}}, "sensors": [{"name": "Temp", "t": 23.5}]}')
    const json = '{"n": 1, "sensors": [{"name": "Temp", "t": 23.5}]}'
    await row('came over', json).waitFor() // with it the list moves on
    await row('sent over', json).click()
    await look('JSON')
    await details.getByText('23.5').waitFor()
    await details.getByRole('searchbox', { name: 'Find in it' }).fill('temp')
    await details.getByText('sensors[0].name').waitFor()
    await fair(tab, 'json', { within: '.details', widths: [1280, 400] })
    await look('Base64')
    await details.getByText(Buffer.from(json).toString('base64')).waitFor()
    await look('Numbers')
    await details.getByRole('combobox', { name: 'Numbers of' }).selectOption('u16')
    await details.getByRole('combobox', { name: 'Order of bytes' }).selectOption('false')
    await details.getByText(`${Buffer.from(json).readUInt16BE(0)}  ${Buffer.from(json).readUInt16BE(2)}`).waitFor()
    await look('Frame')
    await details.getByRole('row', { name: /^MASK 1 masked/ }).waitFor()
    await details.getByRole('row', { name: new RegExp(`^length ${json.length.toString(2).padStart(7, '0')} ${json.length}:`) }).waitFor()
    const first = details.getByRole('table').last().getByRole('row').nth(1)
    const [line, mask, plain] = (await first.getByRole('cell').allTextContents()).map((t) => parseInt(t.slice(0, 2), 16))
    assert.equal(line ^ mask, plain)
    assert.equal(plain, 0x7b)
    await fair(tab, 'frame', { within: '.details', widths: [1280, 820, 400] })
    await scroll(1e6)
    await row('came over', json).click()
    await details.getByRole('row', { name: /^MASK 0 not masked/ }).waitFor()
    await look('Text and bytes')
    await send('{{n}}')
    await row('sent over', /2$/).waitFor()
    await tab.keyboard.press('ArrowUp')
    assert.equal(await tab.getByRole('textbox', { name: 'Message to the board' }).inputValue(), '{{n}}')
  })

  test('what is typed while a message is on its way is the next one; what was not sent comes back', async () => {
    const line = tab.getByRole('textbox', { name: 'Message to the board' })
    const answered = () => tab.waitForResponse('**/api/messages/send')
    const answer = (text) => page.messages.getByRole('row').filter({ hasText: text }).nth(1) // an echo's, or “Reply for …”
    await scroll(1e6)
    let letGo
    const late = new Promise((go) => {
      letGo = go
    })
    await tab.route('**/api/messages/send', async (r) => {
      await late
      await r.continue()
    })
    const first = answered()
    await line.fill('the first')
    await tab.keyboard.press('Enter')
    await tab.keyboard.type('the second')
    letGo()
    await (await first).finished()
    await answer('the first').waitFor()
    await tab.keyboard.press('Enter')
    await answer('the second').waitFor()
    await tab.unroute('**/api/messages/send')
    await tab.route('**/api/messages/send', (r) => r.fulfill({ status: 500 }))
    await line.fill('refused')
    await tab.keyboard.press('Enter')
    const told = tab.getByRole('alert').filter({ hasText: 'Studio answered with status 500.' })
    await told.waitFor()
    await until('what was not sent', async () => (await line.inputValue()) === 'refused')
    await tab.unroute('**/api/messages/send')
    await told.getByRole('button', { name: 'Dismiss' }).click()
    await line.fill('')
  })

  test('the way of a message is played slowly, or gone through by keyboard', async () => {
    await tab.emulateMedia({ reducedMotion: 'reduce' })
    await page.frame.getByRole('button', { name: 'LED on' }).click()
    await row('board to page', 'Reply for LEDon').waitFor() // with it the list moves on
    await scroll(1e6)
    await row('page to board', 'LEDon').click()
    await tab.getByRole('button', { name: 'Play it slowly' }).click()
    const way = dialog('The way of this message')
    await way.getByText('1 of 6:').waitFor()
    await way.getByRole('button', { name: /^led\.html:\d+$/ }).waitFor()
    await fair(tab, 'slowly', { widths: [1280, 820, 400], fits: true })
    await way.getByRole('button', { name: 'Next' }).focus()
    for (const words of ['as a frame: 81 85', 'Studio stands between', 'OnText', 'now it is on', 'answers “Reply for LEDon”']) {
      await tab.keyboard.press('ArrowRight')
      await way.getByText(words).waitFor()
    }
    await tab.keyboard.press('ArrowLeft')
    await tab.keyboard.press('ArrowLeft')
    await way.getByRole('button', { name: /^main\.go:\d+$/ }).click()
    await page.editor('main.go').waitFor()
    await tab.emulateMedia({ reducedMotion: 'no-preference' })
  })

  test('the page had no failures of its own', () => assert.deepEqual(page.failures, []))
})
