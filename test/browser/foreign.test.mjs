// A project that somebody else has made: opened, run in the sandbox, trusted, run natively. The program says itself
// for which system it was compiled.
import assert from 'node:assert/strict'
import { cp, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { browser, hanging, Page, picture, Server } from './studio.mjs'

describe('a project of somebody else', { timeout: hanging }, () => {
  let server, chrome, page
  before(async () => {
    server = await Server.start()
    chrome = await browser()
    const own = join(server.home, 'projects', 'LED-over-WebSocket'),
      gift = join(server.home, 'projects', 'Gift')
    await cp(own, gift, { recursive: true }) // with all that is below .studio: a copy is not the folder that Studio has made
    const main = join(gift, 'main.go'),
      text = await readFile(main, 'utf8')
    const changed = text
      .replace('import "studio/board"', 'import (\n\t"runtime"\n\n\t"studio/board"\n)')
      .replace('func main() {', 'func main() {\n\tprintln("compiled for", runtime.GOOS, runtime.GOARCH)')
    assert.match(changed, /"runtime"/)
    await writeFile(main, changed)
    const meta = join(gift, 'studio.json')
    await writeFile(meta, JSON.stringify({ ...JSON.parse(await readFile(meta, 'utf8')), title: 'Gift', author: 'Somebody <b>else</b>' }))
    page = await Page.open(await chrome.newContext({ viewport: { width: 1280, height: 800 } }), server.url)
  })
  after(async () => {
    await chrome?.close()
    await server?.stop()
  })
  const label = () => page.tab.getByRole('button', { name: 'Sandboxed' })
  const pictures = async (name) => {
    // at desk and phone width, light and dark
    if (!process.env.PICTURES) return
    for (const [width, colorScheme] of [
      [1280, 'light'],
      [1280, 'dark'],
      [400, 'light'],
      [400, 'dark'],
    ]) {
      await page.tab.setViewportSize({ width, height: 800 })
      await page.tab.emulateMedia({ colorScheme })
      await picture(page.tab, `foreign, ${name}, ${width} ${colorScheme}`)
    }
    await page.tab.setViewportSize({ width: 1280, height: 800 })
    await page.tab.emulateMedia({ colorScheme: 'light' })
  }

  test('what Studio has made is trusted, a copy of it is not, and says so quietly', async () => {
    assert.equal(await label().count(), 0)
    await page.tab.getByRole('button', { name: /^Project/ }).click()
    await page.tab.getByRole('menuitemradio', { name: /Gift/ }).click()
    await page.tab.getByRole('button', { name: /^Project.*Gift/ }).waitFor()
    await label().waitFor()
    await pictures('opened')
  })

  test('its program runs in the sandbox, and its page switches the LED', async () => {
    await page.run()
    await page.onBoard('led.html')
    await page.frame.getByRole('button', { name: /on/i }).first().click()
    await page.ledIs('lit')
    await page.below('Console')
    await page.tab.locator('.xterm-rows', { hasText: 'compiled for wasip1 wasm' }).waitFor()
    await pictures('sandboxed')
  })

  test('trust is asked in words, and the safe answer is the one at hand', async () => {
    await label().click()
    const dialog = page.tab.getByRole('dialog', { name: /^Trust Gift/ })
    await dialog.getByText(join(server.home, 'projects', 'Gift')).waitFor()
    await dialog.getByText('Somebody <b>else</b> (so it says itself)').waitFor() // as text
    assert.equal(await dialog.getByRole('button', { name: 'Keep it in the sandbox' }).evaluate((b) => b === document.activeElement), true)
    await pictures('asked')
    await page.tab.keyboard.press('Enter')
    await dialog.waitFor({ state: 'detached' })
    assert.equal(await label().count(), 1)
  })

  test('trusted, it runs natively', async () => {
    await label().click()
    await page.tab.getByRole('button', { name: 'Trust this project', exact: true }).click()
    await label().waitFor({ state: 'detached' })
    await page.run()
    await page.tab.locator('.xterm-rows', { hasText: /compiled for (linux|darwin|windows) (amd64|arm64)/ }).waitFor()
    await page.frame.getByRole('button', { name: /on/i }).first().click()
    await page.ledIs('lit')
  })

  test('trust is taken back, and its program ends', async () => {
    await page.tab.getByRole('button', { name: /^Project/ }).click()
    await page.tab.getByRole('menuitem', { name: 'Stop trusting this project…' }).click()
    await page.tab.getByRole('button', { name: 'Stop trusting it' }).click()
    await label().waitFor()
    await page.ledIs('dark')
    await pictures('taken back')
    assert.deepEqual(page.failures, [])
  })
})
