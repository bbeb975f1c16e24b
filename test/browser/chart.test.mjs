// Numbers in messages and in what the board prints, as curves: found by themselves, read by keyboard, kept with the project;
// controls that send.
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, afterEach, before, describe, test } from 'node:test'
import { fair } from './fair.mjs'
import { browser, hanging, Page, picture, Server, until } from './studio.mjs'

describe('chart', { timeout: hanging }, () => {
  let server, chrome, page, tab
  const key = (k) => tab.keyboard.press(k)
  const dialog = () => tab.getByRole('dialog')
  const closed = () => dialog().waitFor({ state: 'detached' })
  const curves = () => tab.getByRole('application', { name: 'Chart of the numbers' })
  const values = () => tab.getByRole('table', { name: 'Values of the series' })
  const row = (name) => values().getByRole('row', { name })
  const more = async (name) => {
    await tab.getByRole('button', { name: 'More for the chart' }).click()
    await tab.getByRole('menuitem', { name }).click()
  }
  const state = async () => (await tab.request.get(new URL('/api/state', tab.url()).href)).json()
  const kept = async () => JSON.parse(await readFile(join((await state()).project.dir, 'studio.json'), 'utf8')).chart
  // drawn counts the points of the picture that have a series' colour.
  const drawn = () =>
    curves()
      .locator('canvas')
      .evaluate((c) => {
        const { data } = c.getContext('2d').getImageData(0, 0, c.width, c.height)
        let n = 0
        for (let i = 0; i < data.length; i += 4) if (data[i] === 0x0b && data[i + 1] === 0x63 && data[i + 2] === 0xce) n++
        return n
      })

  // looks at the panel, on a phone as well, where it is one of several views.
  const looks = async (name) => {
    await tab.setViewportSize({ width: 400, height: 800 })
    await tab
      .getByRole('navigation', { name: 'Views' })
      .getByRole('button', { name: /^Messages/ })
      .click()
    await fair(tab, name, { within: '.below', widths: [1280, 820, 400] })
  }

  before(async () => {
    server = await Server.start()
    chrome = await browser()
    page = await Page.open(await chrome.newContext({ viewport: { width: 1280, height: 800 }, acceptDownloads: true }), server.url)
    tab = page.tab
    await page.editor('main.go').waitFor()
  })
  afterEach(async (t) => {
    if (t.passed) return
    await picture(tab, `failed ${t.name.slice(0, 30)}`)
  })
  after(async () => {
    await chrome?.close()
    await server?.stop()
    assert.deepEqual(page?.failures ?? [], [])
  })

  test('the template Sensor has a chart, one click after Run', async () => {
    await page.newProject('Sensor')
    await page.run()
    const chart = tab.getByRole('button', { name: /^Chart/ })
    await chart.waitFor()
    await tab.getByRole('img', { name: 'There is something to see' }).first().waitFor()
    await chart.click()
    await row(/Temperature 2\d\.\d+ °C/).waitFor()
    await until('a curve', async () => (await drawn()) > 30)
  })

  test('a series gets a name, a unit and a gauge, which the project keeps', async () => {
    await row(/Temperature/)
      .getByRole('button', { name: 'Change' })
      .click()
    await dialog().getByLabel('Name').fill('Chip')
    await dialog().getByLabel('Unit').fill('K')
    await dialog().getByRole('radio', { name: 'Gauge' }).check()
    await dialog().getByLabel('From').fill('50')
    await dialog().getByLabel('To', { exact: true }).fill('10')
    await key('Enter')
    await dialog().getByText('the smaller one first').waitFor()
    await dialog().getByLabel('To', { exact: true }).fill('100')
    await fair(tab, 'chart series', { widths: [1280, 820, 400], fits: true })
    await key('Enter')
    await closed()
    await row(/Chip 2\d\.\d+ K/).waitFor()
    await tab.getByRole('meter', { name: 'Chip' }).waitFor()
    await until('the project to know', async () => (await kept())?.series.some((s) => s.label === 'Chip' && s.high === 100))
    await looks('chart')
    await tab.reload()
    await tab.getByRole('button', { name: /^Chart/ }).click()
    await row(/Chip 2\d\.\d+ K/).waitFor()
  })

  test('by keyboard: values at a time, closer, back to now', async () => {
    const said = () => tab.getByRole('status', { name: 'Announcements' }).textContent()
    let before
    await until('the value to be read', async () => {
      await curves().focus() // what the dialog before has changed is drawn anew, and may be told in between
      await key('ArrowLeft')
      await tab.waitForTimeout(300)
      before = await said()
      return /\d\d:\d\d:\d\d\.\d+, Chip 2\d/.test(before)
    })
    await key('+')
    await key('Shift+ArrowLeft')
    await key('ArrowLeft')
    await until('another value', async () => (await said()) !== before)
    await tab.getByRole('button', { name: 'Back to now' }).waitFor()
    await key('0')
    await tab.getByRole('button', { name: 'Back to now' }).waitFor({ state: 'detached' })
    await key('Escape')
    // With the mouse: a span is marked, and stands still.
    const box = await curves().boundingBox()
    await tab.mouse.move(box.x + box.width * 0.7, box.y + 60)
    await tab.mouse.down()
    await tab.mouse.move(box.x + box.width * 0.9, box.y + 60, { steps: 4 })
    await tab.mouse.up()
    await tab.getByRole('button', { name: 'Back to now' }).click()
  })

  test('a series is hidden and shown again', async () => {
    const button = row(/Chip/).getByRole('button', { name: 'Chip', exact: true })
    await button.click()
    await until('nothing to be drawn', async () => (await drawn()) === 0)
    await button.click()
    await until('a curve', async () => (await drawn()) > 30)
  })

  test('as a table and as a picture', async () => {
    const [table] = await Promise.all([tab.waitForEvent('download'), more(/table/)])
    const lines = (await readFile(await table.path(), 'utf8')).trim().split('\r\n')
    assert.equal(lines[0], 'time,Chip (K)')
    assert.ok(lines.length > 20, `${lines.length} lines`)
    assert.match(lines.at(-1), /^20\d\d-\d\d-\d\dT[\d:.]+Z,2\d\.\d+$/)
    const [image] = await Promise.all([tab.waitForEvent('download'), more(/picture/)])
    assert.equal((await readFile(await image.path())).subarray(1, 4).toString(), 'PNG')
  })

  test('a slider and a switch send; what the board prints is drawn, too', async () => {
    await page.newProject('Echo')
    await page.openFile('main.go')
    await page.type(
      'main.go',
      [
        'package main',
        '',
        'import "studio/board"',
        '',
        'func main() {',
        '\tboard.OnText(func(from *board.Client, msg string) {',
        '\t\tprintln("got " + msg)',
        '\t})',
        '\tboard.Serve()',
        '}',
        '',
      ].join('\n'),
    )
    await page.run()
    await more(/slider/)
    await dialog().getByLabel('Message to send').fill('level')
    await key('Enter')
    await dialog().getByText('Put {value} where').waitFor()
    await dialog().getByLabel('Message to send').fill('level={value}')
    await dialog().getByText('It would send: level=100').waitFor()
    await fair(tab, 'chart slider', { widths: [1280, 820, 400], fits: true })
    await key('Enter')
    await closed()
    await more(/switch/)
    await dialog().getByLabel('Message to send').fill('lamp: {value}')
    await key('Enter')
    await closed()
    const slider = tab.getByRole('slider', { name: 'level' })
    await until('the program to be connected', () => slider.isEnabled())
    await slider.focus()
    await key('End')
    await row(/level, printed 100/).waitFor()
    await key('ArrowLeft')
    await row(/level, printed 99/).waitFor()
    // What cannot be sent leaves them where they were, and the page says why.
    const why = { code: 'socket.closed', class: 'not-ready', step: 'none', text: 'The message console is closed.', help: '' }
    await tab.route('**/api/messages/send', (r) => r.fulfill({ status: 409, json: { error: why } }))
    const told = tab.locator('.banner.bad')
    await slider.focus()
    await key('Home')
    await told.waitFor()
    await until('the slider to go back', async () => (await slider.inputValue()) === '99')
    await told.getByRole('button', { name: 'Dismiss' }).click()
    const lamp = tab.getByRole('switch', { name: 'lamp' })
    await lamp.click()
    await told.waitFor()
    await until('the switch to go back', async () => (await lamp.getAttribute('aria-checked')) === 'false')
    await told.getByRole('button', { name: 'Dismiss' }).click()
    await tab.unroute('**/api/messages/send')
    await lamp.click()
    await row(/got lamp, printed on/).waitFor()
    await until('the project to know', async () => (await kept())?.controls.length === 2)
    await looks('chart controls')
  })

  test('the timeline follows a click to the LED, and each line leads to its place', async () => {
    await page.newProject('LED over WebSocket')
    await page.run()
    const view = async (name) => {
      await tab
        .getByRole('button', { name: /^(List|Chart|Timeline)$/ })
        .last()
        .click()
      await tab.getByRole('menuitemradio', { name }).click()
    }
    await view('Timeline')
    const list = () => tab.getByRole('region', { name: 'Everything that happens, on one clock' })
    const line = (text) => list().getByRole('button', { name: text }).last()
    await tab.getByRole('textbox', { name: 'What happens now, if you like' }).fill('now I click')
    let letGo
    const late = new Promise((go) => {
      letGo = go
    })
    await tab.route('**/api/messages/mark', async (r) => {
      await late
      await r.continue()
    })
    await key('Enter')
    await tab.keyboard.type('the next mark') // while the first one is on its way
    letGo()
    await line(/mark now I click/).waitFor()
    await tab.unroute('**/api/messages/mark')
    await key('Enter')
    await line(/mark the next mark/).waitFor()
    await page.frame
      .getByRole('button', { name: /^LED on/i })
      .first()
      .click()
    await line(/click button/).waitFor()
    await line(/message .*LEDon/i).waitFor()
    await line(/pin .* on$/).waitFor()
    const text = await list().innerText()
    const places = [/now I click/, /click\s*button/, /page.*board.*LEDon/i, /pin[^\n]*\n?.* on/].map((it) => text.search(it))
    assert.ok(
      places.every((at, i) => at >= 0 && (i === 0 || at > places[i - 1])),
      `${places}\n${text}`,
    )
    // Of a field nothing is told but what it is called; where a password is asked for, nothing at all.
    await page.frame.locator('body').evaluate((b) => b.insertAdjacentHTML('afterbegin', '<input id="who" value="Ada">'))
    await page.frame.locator('#who').click()
    await line(/click input who led\.html/).waitFor()
    await page.frame.locator('body').evaluate((b) => b.insertAdjacentHTML('afterbegin', '<input type="password" id="secret">'))
    await page.frame.locator('#secret').click()
    await page.frame.getByRole('button', { name: /^LED off/i }).click()
    await line(/pin .* off$/).waitFor()
    assert.doesNotMatch(await list().innerText(), /secret|Ada|button LED off/)
    await looks('timeline')
    await line(/click button/).click()
    await page.editor('www/led.html').waitFor()
    await line(/mark now I click/).click()
    await page.messages
      .getByRole('row', { name: /now I click/ })
      .and(tab.locator(':focus'))
      .waitFor()
    assert.equal(await page.messages.getByRole('row', { name: /click button/ }).count(), 0) // a click is no message
  })
})
