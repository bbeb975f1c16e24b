// The pages of the templates sensor and drive, on a phone and on a computer, with the virtual board behind them.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { binary, browser, hanging, Page, picture, Server, until } from './studio.mjs'

const looks = [
  { viewport: { width: 400, height: 800 }, colorScheme: 'light', hasTouch: true },
  { viewport: { width: 400, height: 800 }, colorScheme: 'dark', hasTouch: true },
  { viewport: { width: 1280, height: 800 }, colorScheme: 'light' },
  { viewport: { width: 1280, height: 800 }, colorScheme: 'dark' },
]
const named = (l) => `${l.viewport.width}-${l.colorScheme}`

describe('templates', { timeout: hanging }, () => {
  let server, chrome, page, url
  before(async () => {
    server = await Server.start()
    chrome = await browser()
    page = await Page.open(await chrome.newContext({ viewport: { width: 1280, height: 800 } }), server.url)
  })
  after(async () => {
    await chrome?.close()
    await server?.stop()
  })

  // run puts a new project from the template on the board, and takes down where its page is.
  async function run(template) {
    const dir = join(server.home, 'projects', template)
    for (const args of [
      ['new', template, dir],
      ['flash', dir, '--port', 'virtual:'],
      ['push', dir, '--port', 'virtual:'],
    ]) {
      execFileSync(binary, args, { stdio: 'pipe', env: { ...process.env, STUDIO_HOME: server.home } })
    }
    // The preview does not show it, for the open project is another one.
    url = await until(
      'the page',
      async () => (await (await page.tab.context().request.get(new URL('/api/state', server.url).href)).json()).board.pageUrl,
    )
  }
  async function open(look) {
    const context = await chrome.newContext(look)
    const tab = await context.newPage()
    tab.on('pageerror', (e) => assert.fail(e.message))
    await tab.goto(url)
    return tab
  }
  const pin = (number, words) =>
    page.board
      .getByRole('listitem')
      .filter({ hasText: `GPIO${number}: ${words}` })
      .waitFor()

  test('sensor: the curve moves, pauses, and says that it is made up', async () => {
    await run('sensor')
    for (const look of looks) {
      const tab = await open(look)
      await tab.getByText('Connected', { exact: true }).waitFor()
      await tab.getByText('made up: the virtual board has none').waitFor()
      await tab.getByText(/^Between 2\d\.\d and 2\d\.\d °C/).waitFor()
      const curve = () => tab.locator('#line').getAttribute('d')
      const first = await curve()
      await until('another curve', async () => (await curve()) !== first)
      await tab.getByRole('button', { name: 'Pause' }).click()
      await tab.getByRole('button', { name: 'Go on' }).waitFor()
      const still = await curve()
      await tab.evaluate(
        () =>
          new Promise((done) => {
            const s = new WebSocket(`ws://${location.host}/ws`)
            let n = 0
            s.onmessage = () => {
              if (++n === 10) {
                s.close()
                done()
              }
            }
          }),
      )
      assert.equal(await curve(), still)
      await tab.getByRole('button', { name: 'Go on' }).click()
      await until('a curve that moves', async () => (await curve()) !== still)
      assert.equal(await tab.evaluate(() => document.documentElement.scrollWidth > innerWidth), false)
      await picture(tab, `sensor-${named(look)}`)
      await tab.context().close()
    }
  })

  test('drive: the joystick turns the motors, one driver at a time, and letting go stops them', async () => {
    await run('drive')
    await page.board.getByText('All pins').click()
    for (const look of looks) {
      const tab = await open(look)
      await tab.getByText('Ready', { exact: true }).waitFor()
      const box = await tab.getByRole('application', { name: 'Joystick' }).boundingBox()
      await tab.mouse.move(box.x + box.width / 2, box.y + box.height / 2)
      await tab.mouse.down()
      await tab.mouse.move(box.x + box.width / 2, box.y)
      await tab.getByText('You drive', { exact: true }).waitFor()
      await pin(3, '100 %')
      await pin(5, '100 %')
      await picture(tab, `drive-${named(look)}`)
      const other = await open(look)
      await other.getByText('Somebody else drives', { exact: true }).waitFor()
      await other.context().close()
      await tab.mouse.up()
      await tab.getByText('Ready', { exact: true }).waitFor()
      await pin(3, '0 %')
      assert.equal(
        await tab.evaluate(() => document.documentElement.scrollWidth > innerWidth || document.documentElement.scrollHeight > innerHeight),
        false,
      )
      // The same with keys, and then the page goes away with a key still down.
      await tab.keyboard.down('ArrowDown')
      await pin(4, '100 %')
      await tab.keyboard.down('ArrowRight')
      await pin(6, '100 %')
      await pin(4, '34 %')
      await tab.context().close()
      await pin(4, '0 %')
      await pin(6, '0 %')
    }
  })
})
