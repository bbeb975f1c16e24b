// How the page begins: what it takes before there is an editor, and what the first picture of it has.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { browser, hanging, patience, Server } from './studio.mjs'

describe('the page begins', { timeout: hanging }, () => {
  let server, chrome
  before(async () => {
    server = await Server.start()
    chrome = await browser()
  })
  after(async () => {
    await chrome?.close()
    await server?.stop()
  })

  // begin opens the page. Its large script comes only when what was asked for before is there, but for paths in held, which are
  // answered when the test lets them go. What the page had when it was first drawn is in firstDrawn.
  async function begin(context, held = []) {
    const tab = await context.newPage()
    tab.setDefaultTimeout(patience)
    const failures = []
    tab.on('pageerror', (e) => failures.push(e.message))
    const loaded = []
    tab.on('request', (r) => loaded.push(new URL(r.url()).pathname))
    let letGo
    const released = new Promise((ok) => {
      letGo = ok
    })
    for (const path of held)
      await tab.route(`**${path}`, async (r) => {
        await released
        await r.continue()
      })
    const whenReady = async (r) => {
      await tab.waitForFunction(() => globalThis.studioEarly)
      if (!held.length) await tab.evaluate(() => Promise.all(Object.values(globalThis.studioEarly)).then(() => undefined))
      await r.continue()
    }
    await tab.route('**/assets/chunk-*.js', whenReady, { times: 1 })
    await tab.addInitScript(() => {
      new MutationObserver((_, observer) => {
        if (!document.querySelector('.bar')) return
        observer.disconnect()
        globalThis.firstDrawn = [...document.querySelectorAll('.cm-content')].map((e) => e.textContent)
      }).observe(document, { childList: true, subtree: true })
    })
    await tab.goto(server.url)
    return { tab, failures, loaded, letGo, firstDrawn: () => tab.evaluate(() => globalThis.firstDrawn) }
  }
  const program = (tab) => tab.getByRole('textbox', { name: 'Text of main.go' })

  test('with three scripts and a style sheet, and the program is in its first picture', async () => {
    const context = await chrome.newContext()
    const { tab, failures, loaded, firstDrawn } = await begin(context)
    await program(tab).waitFor()
    const [drawn] = await firstDrawn()
    assert.match(drawn ?? '', /package main/)
    const parts = loaded.slice(0, loaded.indexOf('/api/files/main.go')).filter((p) => p.startsWith('/assets/'))
    const names = parts.map((p) => p.replace(/^.assets.|-\w+/g, '')).sort()
    assert.deepEqual(names, ['chunk.js', 'chunk.js', 'early.js', 'main.css'])
    assert.deepEqual(failures, [])
    await context.close()
  })

  test('and edits that the browser has kept are in it as well', async () => {
    const context = await chrome.newContext()
    const first = await begin(context)
    await program(first.tab).waitFor()
    await first.tab.route('**/api/files/main.go', (r) => (r.request().method() === 'PUT' ? r.abort() : r.continue()))
    await program(first.tab).click()
    await first.tab.keyboard.press('Control+Home')
    await first.tab.keyboard.insertText('// kept\n')
    await first.tab.waitForFunction(() => localStorage.getItem('studio.unsaved')?.includes('// kept'))
    await first.tab.evaluate(async () => {
      const result = (request) => new Promise((ok) => (request.onsuccess = () => ok(request.result)))
      const db = await result(indexedDB.open('studio-unsaved'))
      const edits = () => result(db.transaction('edits').objectStore('edits').getAll())
      while (!(await edits()).some((k) => k.text.includes('// kept')));
      db.close()
    })
    await first.tab.close({ runBeforeUnload: false })
    // What only the disk has, as after a browser that was killed.
    const plain = await context.newPage()
    await plain.route('**/', (r) => r.fulfill({ contentType: 'text/html', body: '' }))
    await plain.goto(new URL('/', server.url).href)
    await plain.evaluate(() => localStorage.clear())
    await plain.close()
    const { tab, failures, firstDrawn } = await begin(context)
    await program(tab).getByText('// kept').waitFor()
    assert.match((await firstDrawn())[0] ?? '', /^\/\/ kept/)
    assert.deepEqual(failures, [])
    await context.close()
  })

  test('in the colours of the last visit', async () => {
    const context = await chrome.newContext({ colorScheme: 'light' })
    const first = await begin(context)
    await first.tab.getByRole('button', { name: 'Theme' }).click()
    await first.tab.getByRole('menuitemradio', { name: 'Dark' }).click()
    await first.tab.waitForFunction(() => localStorage.getItem('studio.theme') === 'dark')
    await first.tab.close()
    const tab = await context.newPage()
    tab.setDefaultTimeout(patience)
    await tab.route('**/assets/chunk-*.js', (r) => r.abort())
    await tab.goto(server.url)
    await tab.waitForFunction(() => document.documentElement.dataset.theme === 'dark')
    await context.close()
  })

  test('without the program when that is late: it comes when it is there', async () => {
    const context = await chrome.newContext()
    const { tab, failures, letGo, firstDrawn } = await begin(context, ['/api/files/main.go'])
    await tab.getByRole('button', { name: 'Run', exact: true }).waitFor()
    assert.deepEqual(await firstDrawn(), [])
    letGo()
    await program(tab).getByText('package main').waitFor()
    await tab.getByRole('region', { name: 'Board', exact: true }).waitFor()
    assert.deepEqual(failures, [])
    await context.close()
  })
})
