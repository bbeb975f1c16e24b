// Nothing is lost: the history of a project and what is on the board, the trash, zips and links, and what was typed when
// browser and Studio were killed. Everything by keyboard where it can be.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, readFileSync, rmSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, afterEach, before, describe, test } from 'node:test'
import { chromium } from 'playwright-core'
import { fair } from './fair.mjs'
import { binary, browser, browserOptions, hanging, Page, picture, Server, until } from './studio.mjs'

const pause = (ms) => new Promise((done) => setTimeout(done, ms))

// typeOn presses keys, 50 ms each, until stop is called, and knows when each was pressed, and how long the slowest took.
function typeOn(tab) {
  const at = []
  let on = true
  let slowest = 0
  const over = (async () => {
    while (on) {
      const begun = Date.now()
      await tab.keyboard.press(String.fromCharCode(97 + (at.length % 26)))
      at.push(Date.now())
      slowest = Math.max(slowest, Date.now() - begun)
      await pause(50)
    }
  })().catch(() => undefined) // the browser is gone
  return {
    at,
    // most is how much may be missing. On a computer at rest it is less than a second; where a key takes long, so does a save.
    most: () => Math.max(2000, 5 * slowest),
    stop: () => {
      on = false
      return over
    },
  }
}

// killBrowser ends all processes of a browser at once, by the folder that only this one has.
function killBrowser(profile) {
  const found = spawnSync('pgrep', ['-f', profile], { encoding: 'utf8' }).stdout.split('\n').filter(Boolean)
  for (const pid of found) {
    try {
      process.kill(Number(pid), 'SIGKILL')
    } catch {
      // it has ended with another one
    }
  }
  return found.length
}

describe('nothing is lost', { timeout: hanging }, () => {
  let server, chrome, page, dir
  const dialog = () => page.tab.getByRole('dialog')
  const menu = async (item) => {
    await page.tab.getByRole('button', { name: /^Project/ }).click()
    await page.tab.getByRole('menuitem', { name: item }).click()
    await dialog().waitFor()
  }
  const closed = () => dialog().waitFor({ state: 'detached' })
  const looks = (name) => fair(page.tab, name, { fits: true })
  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'studio-history-'))
    server = await Server.start()
    chrome = await browser()
    page = await Page.open(await chrome.newContext({ viewport: { width: 1280, height: 800 }, acceptDownloads: true }), server.url)
    await page.editor('main.go').waitFor()
  })
  afterEach(async (t) => {
    if (t.passed) return
    await picture(page.tab, `failed ${t.name.slice(0, 30)}`)
    await page.tab.reload() // no dialog is in the way of the next one
  })
  after(async () => {
    await chrome?.close()
    await server?.stop()
    await rm(dir, { recursive: true, force: true })
  })

  test('a Run is an entry; its differences are read and brought back by keyboard alone', async () => {
    const original = server.file('www/led.html')
    await page.run()
    await page.onBoard('led.html')
    await page.openFile('led.html')
    const lines = original.split('\n')
    lines[3] = '<!-- mine -->'
    lines.splice(lines.length - 3, 1)
    await page.type('www/led.html', lines.join('\n'))
    await until('the save', async () => server.file('www/led.html').includes('mine'))
    await menu('History')
    const entry = dialog().getByRole('button', { name: /Run on Virtual ESP32-C3/ })
    await entry.waitFor()
    await looks('history')
    await entry.focus()
    await page.tab.keyboard.press('Enter')
    await dialog().getByText('Changed since then:').waitFor()
    await looks('history unfolded')
    for (
      let i = 0;
      !(await dialog()
        .getByRole('button', { name: 'Compare www/led.html with how it is now' })
        .evaluate((b) => b === document.activeElement));
      i++
    ) {
      assert.ok(i < 5, 'Tab leads to Compare')
      await page.tab.keyboard.press('Tab')
    }
    await page.tab.keyboard.press('Enter')
    await dialog().getByRole('button', { name: 'Next change' }).waitFor()
    await looks('diff')
    const says = (words) => dialog().getByRole('status').getByText(words, { exact: true }).waitFor()
    await says('2 changes')
    await page.tab.keyboard.press('F8')
    await says('Change 1 of 2')
    const change = await page.tab.evaluate(() => document.activeElement.textContent)
    assert.ok(
      change.includes('+') && change.includes('−') && change.includes('<!-- mine -->'),
      `a change tells its sides by signs: ${change}`,
    )
    await page.tab.keyboard.press('F8')
    await says('Change 2 of 2')
    await page.tab.keyboard.press('F8')
    await says('Change 1 of 2')
    await page.tab.keyboard.press('Shift+F8')
    await says('Change 2 of 2')
    const gap = dialog()
      .getByRole('button', { name: /^Show \d+ equal lines/ })
      .first()
    const n = Number((await gap.textContent()).match(/\d+/)[0])
    const rows = await dialog().getByRole('row').count()
    await gap.focus()
    await page.tab.keyboard.press('Enter')
    await until('the folded lines', async () => (await dialog().getByRole('row').count()) === rows - 1 + n)
    await page.tab.keyboard.press('Escape')
    const back = dialog().getByRole('button', { name: 'Bring back www/led.html as it was' })
    await back.focus()
    await page.tab.keyboard.press('Enter')
    await until('the old text', async () => server.file('www/led.html') === original)
    await dialog()
      .getByRole('button', { name: /Before www\/led.html was brought back/ })
      .waitFor()
    await page.tab.keyboard.press('Escape')
    await closed()
    await until('the editor to have it as well', async () => {
      const shown = (await page.text('www/led.html')).trim() // the lines that are on the screen
      return shown.length > 100 && original.includes(shown)
    })
  })

  test('what is on the board is an entry, and its files come back from there', async () => {
    await page.tab.getByRole('button', { name: /^Board/ }).waitFor()
    const settings = { autoPush: false }
    await page.tab.evaluate(
      (s) => fetch('/api/settings', { method: 'PUT', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(s) }),
      settings,
    )
    await page.onBoard('led.html')
    await page.type('www/led.html', '<h1>only here</h1>\n')
    await page.file(/led\.html.*changed/).waitFor()
    await page.openFile('main.go')
    await page.type('main.go', `${server.file('main.go')}\n// mine\n`)
    await until('the save', async () => server.file('main.go').includes('// mine'))
    await menu('History')
    await dialog()
      .getByRole('button', { name: /^On the board now/ })
      .click()
    await dialog()
      .getByText(/Its program is the one of the Run of/)
      .waitFor()
    await looks('on the board')
    const before = dialog().getByRole('button', { name: /Before www\/led.html was brought back/ })
    const had = await before.count()
    await dialog().getByRole('button', { name: 'Bring back www/led.html from the board' }).click()
    await until('the text of the board', async () => server.file('www/led.html').includes('<title>'))
    await until('the entry of that', async () => (await before.count()) > had) // with it the list moves on
    await dialog()
      .getByRole('button', { name: /Run on Virtual/ })
      .last()
      .click()
    let come
    const late = new Promise((done) => (come = done))
    await page.tab.route('**/restore', async (route) => {
      await late
      await route.continue()
    })
    await dialog().getByRole('button', { name: 'Bring all back' }).click()
    await dialog().getByRole('progressbar', { name: 'Bringing back what was kept…' }).waitFor()
    come()
    await dialog().getByRole('progressbar').waitFor({ state: 'detached' })
    await page.tab.unroute('**/restore')
    await until('the program', async () => !server.file('main.go').includes('// mine'))
    await page.tab.keyboard.press('Escape')
    await closed()
  })

  test('removed files and projects come back', async () => {
    await page.file('led.html').focus()
    await page.tab.keyboard.press('Delete')
    await dialog().getByRole('button', { name: 'Remove' }).click()
    await until('it to be gone', async () => !existsSync(join(server.home, 'projects', 'LED-over-WebSocket', 'www', 'led.html')))
    await menu('Trash')
    await looks('trash')
    await dialog()
      .getByRole('button', { name: /Bring back www\/led.html/ })
      .first()
      .click()
    await until('it to be back', async () => existsSync(join(server.home, 'projects', 'LED-over-WebSocket', 'www', 'led.html')))
    await page.tab.keyboard.press('Escape')
    await closed()
    await page.newProject('Echo')
    await menu('Remove…')
    await dialog().getByRole('button', { name: 'Remove' }).click()
    await page.tab.getByText('No project is open').first().waitFor()
    await menu('Trash')
    await dialog()
      .getByRole('button', { name: /Bring back Echo/ })
      .click()
    await page.tab.getByRole('button', { name: /^Project.*Echo/ }).waitFor()
    await page.tab.keyboard.press('Escape')
    await closed()
  })

  test('projects of one title are told apart by their folders', async () => {
    const at = (name) => join(server.home, 'projects', name)
    cpSync(at('Echo'), at('Echo-of-Ada'), { recursive: true })
    const button = page.tab.getByRole('button', { name: /^Project/ })
    await until('both in the menu', async () => {
      await button.click()
      const names = await page.tab.getByRole('menuitemradio').allTextContents()
      await page.tab.keyboard.press('Escape')
      const echoes = names.map((n) => n.trim()).filter((n) => /^.?Echo/.test(n))
      return echoes.length === 2 && echoes.some((n) => /Echo Echo-of-Ada$/.test(n)) && echoes.some((n) => /Echo Echo$/.test(n))
    })
    rmSync(at('Echo-of-Ada'), { recursive: true })
  })

  test('a project goes as a zip and as a link, and comes back as a stranger', async () => {
    await page.tab.getByRole('button', { name: /^Project/ }).click()
    const [download] = await Promise.all([
      page.tab.waitForEvent('download'),
      page.tab.getByRole('menuitem', { name: 'Download as a zip' }).click(),
    ])
    assert.equal(download.suggestedFilename(), 'Echo.zip')
    const zip = join(dir, 'Echo.zip')
    await download.saveAs(zip)
    await menu('Open from elsewhere…')
    await looks('from elsewhere')
    const [chooser] = await Promise.all([
      page.tab.waitForEvent('filechooser'),
      dialog().getByRole('button', { name: 'Choose a zip…' }).click(),
    ])
    await chooser.setFiles(zip)
    await dialog().getByText('main.go').waitFor()
    await looks('look inside')
    await dialog().getByRole('button', { name: 'Make the project' }).click()
    await closed()
    await page.tab.getByRole('button', { name: /^Project.*Echo 2/ }).waitFor()
    await page.tab.getByRole('button', { name: 'Sandboxed' }).waitFor()

    await menu('Share as a link')
    await looks('share')
    const link = await dialog().getByLabel('Link').inputValue()
    assert.match(link, /^http:\/\/127\.0\.0\.1:\d+\/#project=[\w-]+$/)
    assert.ok(link.length < 32 << 10)
    await page.tab.keyboard.press('Escape')
    await closed()
    await page.tab.goto(link) // somebody follows it
    await dialog()
      .getByText(/^\d files$/)
      .first()
      .waitFor()
    assert.equal(new URL(page.tab.url()).hash, '', 'it is not made again when the page is loaded anew')
    await dialog().getByRole('button', { name: 'Make the project' }).click()
    await page.tab.getByRole('button', { name: /^Project.*Echo 2 2|^Project.*Echo 3/ }).waitFor()
    const made = spawnSync(binary, ['import', link, join(dir, 'by-hand'), '--json'], {
      env: { ...process.env, STUDIO_HOME: server.home },
      encoding: 'utf8',
    })
    assert.equal(made.status, 0, made.stdout + made.stderr)
    assert.ok(existsSync(join(dir, 'by-hand', 'main.go')))

    await menu('Open from elsewhere…')
    await dialog().getByLabel('Or a shared link').fill('http://127.0.0.1/#project=garbage')
    await dialog().getByRole('button', { name: 'Look inside' }).click()
    await dialog().getByText('The project in this link is damaged').waitFor()
    const site = join(dir, 'site')
    await mkdir(join(site, 'data'), { recursive: true })
    await writeFile(join(site, 'data', 'index.html'), '<title>Pages</title>')
    await dialog().getByLabel('Or a shared link').fill(site)
    await page.tab.keyboard.press('Enter')
    await dialog().getByRole('button', { name: 'Make a project of its pages' }).click()
    await page.tab.getByRole('button', { name: /^Project.*site/ }).waitFor()
    await menu('Duplicate…')
    await page.tab.keyboard.press('Enter')
    await page.tab.getByRole('button', { name: /^Project.*site copy/ }).waitFor()
    await closed()
    assert.equal(server.process.exitCode, null)
  })

  test('Studio and the browser are killed while somebody types: at most the last second is missing', async (t) => {
    const profile = join(dir, 'profile')
    t.after(() => killBrowser(profile)) // else a failure leaves it, and this file never ends
    const { addr } = server
    const file = join(server.home, 'projects', 'LED-over-WebSocket', 'notes.txt')
    const visit = async (script) => {
      const context = await chromium.launchPersistentContext(profile, browserOptions)
      if (script) await context.addInitScript(script)
      return { context, page: await Page.open(context, server.url) }
    }
    await page.tab.goto('about:blank')
    let { context, page: mine } = await visit()
    await mine.tab.getByRole('button', { name: /^Project/ }).click()
    await mine.tab.getByRole('menuitemradio', { name: 'LED over WebSocket' }).click()
    await mine.editor('main.go').waitFor()
    await mine.newFile('notes.txt')
    const alphabet = (n) => Array.from({ length: n }, (_, i) => String.fromCharCode(97 + (i % 26))).join('')
    // Without a save in the middle of typing all of it would be missing: twice what may be.
    const typed = (typing) =>
      until('four seconds of typing', async () => typing.at.length >= 20 && Date.now() - typing.at[0] > 2 * typing.most())
    // missing tells how long ago the first key that is not in the text was pressed when all ended.
    const missing = (typing, text, ended) => {
      const had = text.trim().length
      assert.equal(text.trim(), alphabet(had), 'what is there is what was typed')
      return Math.max(0, ended - (typing.at[had] ?? ended))
    }

    await mine.editor('notes.txt').click()
    let typing = typeOn(mine.tab)
    await typed(typing)
    server.process.kill('SIGKILL')
    assert.ok(killBrowser(profile) > 0)
    const both = missing(typing, readFileSync(file, 'utf8'), Date.now())
    const most = typing.most()
    await typing.stop()
    await server.ended

    await server.launch(addr)
    await rm(join(profile, 'SingletonLock'), { force: true })
    // What is left of the killed browser may hold the store for a moment: the page cannot open it at first.
    ;({ context, page: mine } = await visit(() => {
      const open = IDBFactory.prototype.open
      let held = 2
      IDBFactory.prototype.open = function (...args) {
        if (held-- <= 0) return open.apply(this, args)
        const request = { error: new DOMException('Internal error opening backing store for indexedDB.open.', 'UnknownError') }
        setTimeout(() => request.onerror?.())
        return request
      }
    }))
    await mine.openFile('notes.txt')
    await mine.empty('notes.txt')
    await until('the empty file', async () => readFileSync(file, 'utf8') === '')
    await server.kill()
    typing = typeOn(mine.tab) // Studio is gone already
    await typed(typing)
    killBrowser(profile)
    const ended = Date.now()
    await typing.stop()
    await server.launch(addr)
    await rm(join(profile, 'SingletonLock'), { force: true })
    ;({ context, page: mine } = await visit())
    await mine.openFile('notes.txt')
    await until('the text that the browser has kept', async () => readFileSync(file, 'utf8') !== '')
    const alone = missing(typing, readFileSync(file, 'utf8'), ended)
    await context.close()
    console.log(`missing of 4 s: ${both} ms when both were killed, ${alone} ms when Studio was gone before`)
    assert.ok(both < most && alone < typing.most(), `${most} and ${typing.most()} ms may be missing`)
  })
})
