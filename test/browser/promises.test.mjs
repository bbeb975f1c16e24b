// What the page promises before something is replaced: the other version can be got back.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, afterEach, before, describe, test } from 'node:test'
import { at } from './fit.mjs'
import { browser, hanging, Page, picture, Server, until } from './studio.mjs'

describe('two versions of one file', { timeout: hanging }, () => {
  let server, chrome, page
  before(async () => {
    server = await Server.start()
    chrome = await browser()
    page = await Page.open(await chrome.newContext({ viewport: { width: 1280, height: 800 } }), server.url)
    await page.openFile('led.html')
    await page.editor('www/led.html').waitFor()
  })
  afterEach(async (t) => {
    if (!t.passed) await picture(page.tab, `failed ${t.name.slice(0, 30)}`)
  })
  after(async () => {
    await chrome?.close()
    await server?.stop()
  })

  const folder = () => join(server.home, 'projects', 'LED-over-WebSocket')
  const disk = () => server.file('www/led.html')
  // trash is the text of each version of the file in the trash, oldest first.
  const trash = () => {
    const dir = join(folder(), '.studio', 'trash')
    let kept = []
    try {
      kept = readdirSync(dir).sort()
    } catch {
      /* there is none yet */
    }
    return kept.map((k) => readFileSync(join(dir, k, 'www', 'led.html'), 'utf8'))
  }
  // disagree has another program change the file while an edit is on its way to Studio.
  async function disagree(mine, theirs) {
    let letGo
    const held = new Promise((go) => {
      letGo = go
    })
    await page.tab.route('**/api/files/www/led.html', async (route) => {
      if (route.request().method() === 'PUT') await held
      await route.continue()
    })
    const sent = page.tab.waitForRequest((r) => r.method() === 'PUT' && r.url().includes('led.html'))
    await page.type('www/led.html', mine)
    await sent
    writeFileSync(join(folder(), 'www', 'led.html'), theirs)
    letGo()
    await page.tab.getByRole('button', { name: 'Keep mine' }).waitFor()
    await page.file(/led\.html.*not saved/).waitFor() // not: that it is being saved
    await page.tab.unroute('**/api/files/www/led.html')
  }

  test('Keep mine saves mine, and the other one is in the trash', async () => {
    await disagree('<p>mine', '<p>theirs')
    assert.match(await page.tab.getByRole('button', { name: 'Keep mine' }).getAttribute('title'), /\.studio\/trash/)
    await page.tab.getByRole('button', { name: 'Keep mine' }).click()
    await until('mine on the disk', () => disk() === '<p>mine')
    assert.deepEqual(trash(), ['<p>theirs'])
  })

  test('Keep mine keeps also what came after the question', async () => {
    await disagree('<p>mine again', '<p>theirs again')
    writeFileSync(join(folder(), 'www', 'led.html'), '<p>later still')
    await page.tab.getByRole('button', { name: 'Keep mine' }).click()
    await until('mine on the disk', () => disk() === '<p>mine again')
    assert.ok(trash().includes('<p>later still'), `the trash has ${trash()}`)
  })

  test('Take theirs shows theirs, and undo brings mine back', async () => {
    const before = trash().length
    await disagree('<p>mine, the third', '<p>theirs, the third')
    await page.tab.getByRole('button', { name: 'Take theirs' }).click()
    await until('theirs in the editor', async () => (await page.text('www/led.html')) === '<p>theirs, the third')
    assert.equal(disk(), '<p>theirs, the third')
    await page.editor('www/led.html').click()
    await page.tab.keyboard.press('Control+z')
    await until('mine on the disk', () => disk() === '<p>mine, the third')
    assert.equal(trash().length, before)
  })

  test('Compare shows what differs, on a phone too, and asks again', async () => {
    await disagree('<p>one\n<p>the red LED\n<p>three', '<p>one\n<p>the green LED\n<p>three\n<p>four')
    await page.tab.getByRole('button', { name: 'Compare' }).click()
    const both = page.tab.getByRole('dialog').getByRole('region', { name: 'Compare' })
    await both.waitFor()
    assert.deepEqual(await both.locator(':scope > div').allInnerTexts(), [
      ' <p>one',
      '−<p>the green LED',
      '+<p>the red LED',
      ' <p>three',
      '−<p>four',
    ])
    assert.deepEqual(await both.getByRole('deletion').allInnerTexts(), ['green'])
    assert.deepEqual(await both.getByRole('insertion').allInnerTexts(), ['red'])
    await page.tab.keyboard.press('Tab')
    for (let i = 0; i < 6 && !(await both.evaluate((e) => e === document.activeElement)); i++) await page.tab.keyboard.press('Tab')
    assert.ok(
      await both.evaluate((e) => e === document.activeElement),
      'the comparison cannot be reached, and so not scrolled, by keyboard',
    )
    const size = page.tab.viewportSize()
    await at(page.tab, 400, 800)
    const box = await page.tab.getByRole('dialog').boundingBox()
    assert.ok(box.x >= 0 && box.x + box.width <= 400, `the dialog has ${JSON.stringify(box)} of 400`)
    await at(page.tab, size.width, size.height)
    await page.tab.getByRole('dialog').getByRole('button', { name: 'Take theirs' }).click()
    await until('theirs in the editor', async () => (await page.text('www/led.html')).endsWith('<p>four'))
    assert.equal(disk(), '<p>one\n<p>the green LED\n<p>three\n<p>four')
  })

  test('a file that changes while it is on its way to the editor is the new one there', async () => {
    const late = join(folder(), 'www', 'late.html')
    writeFileSync(late, '<p>one</p>')
    await page.file('late.html').waitFor()
    const hash = async () => {
      const state = await (await page.tab.request.get(new URL('/api/state', page.tab.url()).href)).json()
      return state.project.files.find((f) => f.path === 'www/late.html').hash
    }
    const before = await hash()
    await page.tab.route(/api\/files\/.*late\.html/, async (route) => {
      const answer = await route.fetch()
      writeFileSync(late, '<p>two</p>')
      await until('the change to be known', async () => (await hash()) !== before)
      await page.tab.waitForTimeout(500) // and told to the page
      await route.fulfill({ response: answer })
      await page.tab.unroute(/api\/files\/.*late\.html/)
    })
    await page.openFile('late.html')
    await page.editor('www/late.html').waitFor()
    await until('the new text', async () => (await page.text('www/late.html')) === '<p>two</p>')
  })

  test('the page had no failures of its own', () => assert.deepEqual(page.failures, []))
})
