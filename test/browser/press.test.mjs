// What is pressed gets the click, also when its list moves on while the button of the mouse is down: messages come, files
// appear, the projects in the menu are others now.
import assert from 'node:assert/strict'
import { cpSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { after, afterEach, before, describe, test } from 'node:test'
import { browser, Page, picture, Server } from './studio.mjs'

describe('what is pressed gets the click', { timeout: 600_000 }, () => {
  let server, chrome, page
  const frames = [] // what Studio has told the page
  const folder = (...path) => join(server.home, 'projects', ...path)
  // during presses an element, lets something happen that Studio tells the page, and gives the page time to draw it.
  const during = async (element, happens, told) => {
    await element.hover() // once it stands still
    await page.tab.mouse.down()
    const from = frames.length
    await happens()
    while (!frames.slice(from).some((f) => f.includes(told))) await new Promise((done) => setTimeout(done, 20))
    await page.tab.evaluate(async () => {
      for (let i = 0; i < 3; i++) await new Promise((done) => requestAnimationFrame(() => setTimeout(done, 50)))
    })
    await page.tab.mouse.up()
  }
  before(async () => {
    server = await Server.start()
    chrome = await browser()
    const context = await chrome.newContext({ viewport: { width: 1280, height: 800 } })
    context.on('page', (tab) => tab.on('websocket', (ws) => ws.on('framereceived', (f) => frames.push(String(f.payload)))))
    page = await Page.open(context, server.url)
    await page.editor('main.go').waitFor()
  })
  afterEach(async (t) => {
    if (!t.passed) await picture(page.tab, `failed ${t.name.slice(0, 30)}`)
  })
  after(async () => {
    await chrome?.close()
    await server?.stop()
  })

  test('an item of the menu of projects, whose list gets longer and shorter', async () => {
    const menu = page.tab.getByRole('menu')
    const share = page.tab.getByRole('menuitem', { name: 'Share as a link' })
    const dialog = page.tab.getByRole('dialog', { name: /Share/ })
    for (const happens of [
      () => cpSync(folder('LED-over-WebSocket'), folder('AAA'), { recursive: true }),
      () => rmSync(folder('AAA'), { recursive: true }),
    ]) {
      await page.tab.getByRole('button', { name: /^Project/ }).click()
      await menu.waitFor()
      await during(share, happens, '"projects"')
      await dialog.waitFor()
      await page.tab.keyboard.press('Escape')
      await dialog.waitFor({ state: 'detached' })
    }
  })

  test('what a click does is there before the next key comes', async () => {
    await page.tab.evaluate(() => {
      const see = () => (window.seen = [...document.querySelectorAll('[role=menu]')].some((m) => m.contains(document.activeElement)))
      window.addEventListener('click', see, { once: true })
    })
    await page.tab.getByRole('button', { name: /^Project/ }).click()
    assert.equal(await page.tab.evaluate(() => window.seen), true, 'the menu is open and has the focus')
    await page.tab.keyboard.press('Escape')
    await page.tab.getByRole('menu').waitFor({ state: 'detached' })
  })

  test('an item of a menu that has the focus keeps it when the list gets longer', async () => {
    const share = page.tab.getByRole('menuitem', { name: 'Share as a link' })
    await page.tab.getByRole('button', { name: /^Project/ }).click()
    await share.focus()
    cpSync(folder('LED-over-WebSocket'), folder('AAA'), { recursive: true })
    await page.tab.getByRole('menuitemradio').nth(1).waitFor()
    await page.tab.keyboard.press('Enter')
    const dialog = page.tab.getByRole('dialog', { name: /Share/ })
    await dialog.waitFor()
    await page.tab.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })

    await page.tab.getByRole('button', { name: /^Project/ }).click() // and one that goes leaves it to the first
    await page.tab.getByRole('menuitemradio').nth(1).waitFor()
    const mine = page.tab.getByRole('menuitemradio').filter({ hasNotText: '✓' })
    await mine.focus()
    rmSync(folder('AAA'), { recursive: true })
    await mine.waitFor({ state: 'detached' })
    await page.tab.keyboard.press('Escape')
    await page.tab.getByRole('menu').waitFor({ state: 'detached' })
  })

  test('a file, when another comes above it', async () => {
    const own = page.file('studio.json')
    await page.openFile('led.html')
    await page.editor('www/led.html').waitFor()
    await during(own, () => cpSync(folder('LED-over-WebSocket', 'main.go'), folder('LED-over-WebSocket', 'aaa.txt')), 'aaa.txt')
    await page.editor('studio.json').waitFor()
    await page.file('aaa.txt').waitFor()
  })

  test('a message, while more come', async () => {
    await page.run()
    await page.below('Messages')
    const say = (word, n) =>
      page.frame.locator('body').evaluate(
        async (_, [word, n]) => {
          const socket = new WebSocket(`ws://${location.host}/ws`)
          await new Promise((done) => (socket.onopen = done))
          for (let i = 0; i < n; i++) {
            socket.send(`${word} ${i}`)
            await new Promise((done) => (socket.onmessage = done))
          }
        },
        [word, n],
      )
    await say('early', 40)
    const row = page.messages.getByRole('row').filter({ has: page.tab.getByText('early 39', { exact: true }) })
    await row.waitFor()
    await during(row, () => say('late', 40), 'late 39')
    await page.tab.getByRole('region', { name: 'The whole message' }).getByText('early 39', { exact: true }).waitFor()
    // A list that opens takes the rest of the press: what is chosen in it is drawn at once.
    await page.tab.getByRole('button', { name: 'Numbers', exact: true }).click()
    const type = page.tab.getByRole('combobox', { name: 'Numbers of' })
    await page.tab.getByText('101  97  114').waitFor()
    await type.hover()
    await page.tab.mouse.down()
    await type.selectOption('u16')
    await page.tab.getByText('24933  27762').waitFor()
    await page.tab.mouse.up()
    assert.deepEqual(page.failures, [])
  })
})
