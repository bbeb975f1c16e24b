// Faults to order: the network to the board is bad on purpose, which is seen beside Run, and how the page copes.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import { after, afterEach, before, describe, test } from 'node:test'
import { fair } from './fair.mjs'
import { browser, hanging, Page, patience, picture, Server, until } from './studio.mjs'

describe('a network that is bad on purpose', { timeout: hanging }, () => {
  let server, chrome, page, tab
  before(async () => {
    server = await Server.start({}, ['--lan-address', '127.0.0.1:0'])
    chrome = await browser()
    page = await Page.open(await chrome.newContext({ viewport: { width: 1280, height: 800 } }), server.url)
    tab = page.tab
    await page.run()
    await page.frame.getByText('Connected', { exact: true }).waitFor()
  })
  afterEach(async (t) => {
    if (!t.passed) await picture(tab, `failed ${t.name.slice(0, 30)}`)
  })
  after(async () => {
    await chrome?.close()
    await server?.stop()
    assert.deepEqual(page?.failures ?? [], [])
  })
  const label = (kind) => tab.getByRole('button', { name: `Network: ${kind}` })
  const choose = async (kind, look) => {
    await tab.getByRole('button', { name: /^Board/ }).click()
    await tab.getByRole('menuitem', { name: 'Make the network bad…' }).click()
    const dialog = tab.getByRole('dialog')
    await dialog.getByRole('radio', { name: new RegExp(`^${kind}`) }).check()
    await look?.()
    await dialog.getByRole('button', { name: 'Make it bad' }).click()
    await dialog.waitFor({ state: 'detached' })
    await label(kind).waitFor()
  }

  test('cut: page and console lose the board, and find it again when it is over', async () => {
    await choose('Cut', () => fair(tab, 'faults', { fits: true }))
    await fair(tab, 'fault on', { within: 'header.bar' })
    await page.frame.getByText('trying again').waitFor()
    await page.below('Messages')
    await tab.getByRole('button', { name: 'Connect', exact: true }).click()
    await page.messages.getByText('cut on purpose').first().waitFor()
    await label('Cut').click()
    await label('Cut').waitFor({ state: 'detached' })
    await page.frame.getByText('Connected', { exact: true }).waitFor()
    await page.frame.getByRole('button', { name: 'LED on' }).click()
    await page.ledIs('lit')
  })

  test('delay: the answer comes a second later, and Run ends it', async () => {
    await choose('Delay')
    const began = Date.now()
    await page.frame.getByRole('button', { name: 'LED off' }).click()
    await page.frame.getByRole('img', { name: 'LED, off' }).waitFor()
    assert.ok(Date.now() - began >= 1000, `after ${Date.now() - began} ms`)
    await page.run()
    await label('Delay').waitFor({ state: 'detached' })
  })

  test('another device types the code, its page talks to the board over wss, and End cuts it off', async () => {
    const ask = async () => {
      await tab.getByRole('button', { name: /^Board/ }).click()
      await tab.getByRole('menuitem', { name: 'Use the page on other devices…' }).click()
    }
    await ask()
    const dialog = tab.getByRole('dialog')
    await fair(tab, 'lan off', { fits: true })
    await dialog.getByRole('button', { name: 'Open it to other devices' }).click()
    const address = await dialog
      .getByText(/^https:/)
      .first()
      .textContent()
    const code = (await dialog.getByRole('img', { name: /^\d( \d){5}$/ }).textContent()).replace(/\D/g, '')
    const label = (n) => tab.getByRole('button', { name: `Open to other devices: ${n}` })
    const device = await chrome.newContext({ ignoreHTTPSErrors: true, viewport: { width: 820, height: 700 } })
    const there = await device.newPage()
    there.setDefaultTimeout(patience)
    assert.equal((await there.goto(address)).status(), 401)
    await fair(there, 'lan code', { within: 'body', fits: true, size: { width: 820, height: 700 } })
    const type = async (typed) => {
      await there.getByRole('textbox', { name: 'Code' }).fill(typed)
      await there.getByRole('button', { name: 'Open the page' }).click()
    }
    await type(code === '123456' ? '654321' : '123456')
    await there.getByText('That is not the code.').waitFor()
    await type(`${code.slice(0, 3)} ${code.slice(3)}`)
    await there.getByText('Connected', { exact: true }).waitFor()
    assert.ok(await there.evaluate(() => isSecureContext && document.cookie === ''))
    await there.getByRole('button', { name: 'LED on' }).click()
    await page.ledIs('lit')
    await dialog.getByText('One wrong code was typed.').waitFor()
    await dialog.getByRole('listitem').filter({ hasText: 'Chrome' }).getByText('connected', { exact: true }).waitFor()
    await fair(tab, 'lan on', { fits: true })
    await tab.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
    await label(1).waitFor()
    await fair(tab, 'lan label', { within: '.onlan' })
    await tab.getByRole('button', { name: 'End: The page on other devices' }).click()
    await label(1).waitFor({ state: 'detached' })
    await there.getByText('trying again').waitFor()
    await assert.rejects(there.goto(address))
    await device.close()
    await ask()
    await dialog.getByRole('button', { name: 'Open it to other devices' }).click()
    await dialog.getByRole('button', { name: 'New code' }).waitFor()
    await dialog.getByRole('button', { name: 'End', exact: true }).click()
    await dialog.getByRole('button', { name: 'Open it to other devices' }).waitFor()
    await tab.keyboard.press('Escape')
    await tab.locator('.onlan').waitFor({ state: 'detached' })
  })

  test('a program that connects to a server is asked about, and comes to Studio never', async () => {
    const heard = []
    let opened
    const other = createServer()
    other.on('upgrade', (request, socket) => {
      const accept = createHash('sha1')
        .update(`${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
        .digest('base64')
      socket.write(
        `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
      )
      socket.on('data', (d) => heard.push(Buffer.from(d.subarray(6).map((b, i) => b ^ d[2 + (i & 3)])).toString()))
      socket.on('error', () => {})
      opened = socket
    })
    await new Promise((done) => other.listen(0, '127.0.0.1', done))
    const address = `127.0.0.1:${other.address().port}`
    await page.type(
      'main.go',
      `package main

import "studio/board"

func main() {
	board.Dial("ws://${address}/", nil)
	board.Dial("ws://${server.addr}/", nil)
	board.OnConnect(func(to *board.Client) { to.SendText("hello") })
	board.OnText(func(from *board.Client, msg string) { board.LED.Set(msg == "on") })
	board.Serve()
}
`,
    )
    await page.run()
    const question = (at) => page.board.locator(`[data-dial="${at}"]`)
    await question(address).getByText(`The program wants to connect to ${address}`).waitFor()
    await fair(tab, 'dial asked', { within: '#side-board' })
    await question(server.addr).getByRole('button', { name: 'Allow' }).click()
    await page.below('Console')
    await tab.getByText('Studio itself is there').first().waitFor()
    assert.equal(opened, undefined)
    await question(address).getByRole('button', { name: 'Allow' }).click()
    await until('the program’s greeting', () => heard.join('') === 'hello')
    await question(address).waitFor({ state: 'detached' })
    opened.write(Buffer.from([0x81, 2, 0x6f, 0x6e]))
    await page.ledIs('lit')
    opened.destroy()
    other.close()
  })

  test('the example Protocols shows of each way how late it is and what it takes', async () => {
    await page.newProject('Protocols')
    await page.run()
    const cells = (way) => page.frame.getByRole('row', { name: new RegExp(`^${way}`) }).getByRole('cell')
    const bytes = {}
    for (const way of ['Polling', 'Server-sent events', 'WebSocket']) {
      await cells(way)
        .first()
        .getByText(/^\d+\.\d ms$/)
        .waitFor()
      bytes[way] = Number(await cells(way).last().textContent())
    }
    assert.ok(bytes.Polling > 400 && bytes['Server-sent events'] >= 14 && bytes.WebSocket >= 8, JSON.stringify(bytes))
    await until('the curve', async () => (await page.frame.locator('main > svg .socket').getAttribute('points'))?.includes(','))
  })
})
