// The palette of commands, quick open, search and replace over all files, and the editor's preferences: by keyboard, in a
// project of 1,000 files.
import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, afterEach, before, describe, test } from 'node:test'
import { fair } from './fair.mjs'
import { browser, hanging, Page, picture, Server, until } from './studio.mjs'

const count = 1000
const nameOf = (i) => `part${i % 10}/note-${String(i).padStart(4, '0')}.txt`

describe('finding', { timeout: hanging }, () => {
  let server, chrome, page, tab
  const key = (k) => tab.keyboard.press(k)
  const dialog = () => tab.getByRole('dialog')
  const closed = () => dialog().waitFor({ state: 'detached' })
  const box = () => dialog().getByRole('combobox')
  const options = () => dialog().getByRole('option')
  const panel = () => tab.getByRole('search', { name: 'Search in all files' })
  const field = (name) => panel().getByRole('textbox', { name })
  const says = (text) => panel().getByText(text).first().waitFor()
  const onDisk = (path) => server.file(path)
  const selection = () => tab.evaluate(() => getSelection().toString())
  const toggle = async (name, on) => {
    const button = panel().getByRole('button', { name })
    if ((await button.getAttribute('aria-pressed')) !== String(on)) await button.click()
  }
  // search fills in the fields, wherever they are just now.
  const search = async (what, replacement) => {
    if (!(await panel().count())) await key('Control+Shift+F')
    await field('Search').fill(what)
    if (!(await field('Replace with').count())) await panel().getByRole('button', { name: 'Replace, too' }).click()
    await field('Replace with').fill(replacement)
  }
  const inEditor = () => tab.evaluate(() => !!document.activeElement?.closest('.cm-content'))

  const looks = (name, within) => fair(tab, name, { within, widths: [1280, 820, 400], fits: true })

  before(async () => {
    server = await Server.start()
    const www = join(server.home, 'projects', 'LED-over-WebSocket', 'www')
    for (let i = 0; i < 10; i++) await mkdir(join(www, `part${i}`), { recursive: true })
    const line = 'what there is to read about the weather and the sea, in a line of some length\n'
    await Promise.all(
      Array.from({ length: count }, (_, i) =>
        writeFile(join(www, nameOf(i)), `${line.repeat(26)}lantern ${i}\n${i % 100 ? '' : 'Lighthouse lighthouses\n'}`),
      ),
    )
    await writeFile(join(www, 'picture.bin'), Buffer.from('lantern\0'))
    chrome = await browser()
    page = await Page.open(await chrome.newContext({ viewport: { width: 1280, height: 800 } }), server.url)
    tab = page.tab
    await page.editor('main.go').waitFor()
    await until(
      'all files',
      async () => (await (await tab.request.get(new URL('/api/state', tab.url()).href)).json()).project.files.length > count,
    )
  })
  afterEach(async (t) => {
    if (t.passed) return
    await picture(tab, `failed ${t.name.slice(0, 30)}`)
    await tab.unrouteAll({ behavior: 'ignoreErrors' })
    await tab.reload() // no dialog is in the way of the next one
    await tab.locator('.cm-content').waitFor()
  })
  after(async () => {
    await chrome?.close()
    await server?.stop()
    assert.deepEqual(page?.failures ?? [], [])
  })

  test('what is typed while a dialog loads is for it', async () => {
    let come
    const late = new Promise((done) => (come = done))
    await tab.route('**/assets/pickers-*.js', async (route) => {
      await late
      await route.continue()
    })
    await page.editor('main.go').click()
    const before = await page.text('main.go')
    await key('Control+P')
    await tab.keyboard.type('mian')
    for (let i = 0; i < 3; i++) await key('Backspace')
    await tab.keyboard.type('ain')
    come()
    const typed = (text) => until(`${text} in the line`, async () => (await box().inputValue()) === text)
    await typed('main')
    await tab.keyboard.type('.go')
    await typed('main.go')
    await key('Escape')
    await closed()
    await tab.unroute('**/assets/pickers-*.js')
    await until('the focus in the editor', inEditor)
    await tab.keyboard.type('x')
    await until('one key more in the editor', async () => (await page.text('main.go')).length === before.length + 1)
    await key('Control+Z')
  })

  test('the palette does everything, and begins with what was used last', async () => {
    await page.editor('main.go').click()
    await key('Control+Shift+P')
    await box().waitFor()
    await tab.getByRole('option', { name: /^Board: Run.*Ctrl\+Enter/ }).waitFor()
    await looks('palette', 'dialog')
    await tab.keyboard.type('wrplng')
    await tab.getByRole('option', { name: /^View: Wrap long lines/, selected: true }).waitFor()
    await key('Enter')
    await closed()
    await tab.locator('.cm-lineWrapping').waitFor()
    await until('the focus in the editor', inEditor)
    await key('Control+Shift+P')
    await box().waitFor()
    await until('what was used last', async () => /^View: Wrap long lines \(on\)recent/.test(await options().first().textContent()))
    await key('ArrowUp')
    await until('the last one', async () => (await options().last().getAttribute('aria-selected')) === 'true')
    await tab.keyboard.type('no such thing')
    await dialog().getByText('No command fits.').waitFor()
    await key('Enter')
    await key('Control+P') // a dialog is open
    assert.equal(await dialog().count(), 1)
    await key('Escape')
    await closed()
    await until('the focus back in the editor', inEditor)
    // A command of a menu, one of the editor, and one that opens a dialog.
    await page.editor('main.go').click()
    await key('Control+Home')
    await key('Control+Shift+P')
    await box().waitFor()
    await tab.keyboard.type('duplicate line below')
    await tab.getByRole('option', { name: /Duplicate the line below/, selected: true }).waitFor()
    await key('Enter')
    await until('the line twice', async () => (await page.text('main.go')).split('\n')[0] === (await page.text('main.go')).split('\n')[1])
    await key('Control+Z')
    await key('Control+Shift+P')
    await box().waitFor()
    await tab.keyboard.type('history')
    await tab.getByRole('option', { name: /History/i, selected: true }).waitFor()
    await key('Enter')
    await dialog()
      .getByText(/^The history keeps|history/i)
      .first()
      .waitFor()
    await key('Escape')
    await closed()
  })

  test('every key is told once, and the menus tell the same', async () => {
    await tab.getByRole('button', { name: 'Help', exact: true }).click()
    await dialog().getByRole('button', { name: 'Keyboard shortcuts' }).click()
    await dialog().getByText('Ctrl+Shift+F').waitFor()
    await looks('shortcuts', 'dialog')
    const told = await dialog()
      .locator('dl.keys > div')
      .evaluateAll((rows) =>
        rows.flatMap((r) => [...r.querySelectorAll('kbd')].map((k) => [k.textContent, r.querySelector('dd').textContent])),
      )
    const of = new Map()
    for (const [k, what] of told) of.set(k, [...(of.get(k) ?? []), what])
    for (const [k, whats] of of) if (!['F2', 'Esc'].includes(k)) assert.equal(whats.length, 1, `${k}: ${whats.join(', ')}`)
    for (const k of ['Ctrl+Enter', 'Ctrl+P', 'Ctrl+Shift+P', 'Ctrl+/', 'Alt+↑', 'F12', 'F4', 'F8', 'Ctrl+F'])
      if (k !== 'F4' && k !== 'F12') assert.ok(of.has(k), k)
    await key('Escape')
    await closed()
    // What is beside the tabs is one stop for the Tab key.
    const tools = tab.getByRole('toolbar', { name: 'Tools of the editor' }).locator(':scope > button')
    const stops = () => tools.evaluateAll((all) => all.map((b) => b.tabIndex))
    assert.ok((await stops()).length > 1)
    assert.deepEqual(
      (await stops()).filter((n) => n === 0),
      [0],
    )
    await tools.first().focus()
    await key('End')
    await until('the last tool', async () => (await tools.last().evaluate((b) => b === document.activeElement && b.tabIndex)) === 0)
    assert.deepEqual(
      (await stops()).filter((n) => n === 0),
      [0],
    )
    await tab.getByRole('button', { name: 'Find, commands and preferences' }).click()
    await tab.getByRole('menuitem', { name: 'Go to file… Ctrl+P' }).click()
    await box().waitFor()
    await key('Escape')
    await closed()
  })

  test('quick open finds a file of 1,000, a line, and what was open last', async () => {
    await key('Control+P')
    await box().waitFor()
    await tab.keyboard.type('note0777:27')
    await tab.getByRole('option', { name: /note-0777\.txt/, selected: true }).waitFor()
    await looks('quick open', 'dialog')
    await key('Enter')
    await page.editor(`www/${nameOf(777)}`).waitFor()
    await until('line 27', async () => (await tab.locator('.cm-activeLine').textContent()) === 'lantern 777')
    await key('Control+P')
    await box().waitFor()
    await key('Enter') // the file before this one
    await page.editor('main.go').waitFor()
    await key('Control+P')
    await box().waitFor()
    await tab.keyboard.type(':3')
    await tab.getByRole('option', { name: 'Go to line 3 of main.go' }).waitFor()
    await key('Enter')
    await until('line 3', async () => (await tab.locator('.cm-lineNumbers .cm-activeLineGutter').textContent()) === '3')
    await key('Control+P')
    await box().waitFor()
    await tab.keyboard.type('>next tab')
    await tab.getByRole('option', { name: /Next tab/ }).waitFor()
    await key('Enter')
    await page.editor('main.go').waitFor({ state: 'detached' })
    await page.openFile('main.go')
  })

  test('search looks into all files, and at what is not saved', async () => {
    await tab.route('**/api/files/www/led.html', (r) => (r.request().method() === 'PUT' ? r.abort() : r.continue()))
    await page.openFile('led.html')
    await page.editor('www/led.html').click()
    await key('Control+Home')
    await tab.keyboard.type('<!-- lantern here -->')
    await key('Control+Shift+F')
    await field('Search').waitFor()
    await until('the focus in the search', () => field('Search').evaluate((el) => el === document.activeElement))
    await tab.keyboard.type('lantern')
    await says('1,001 places in 1,001 files')
    await panel().locator('.head', { hasText: 'led.html' }).waitFor()
    assert.equal(await panel().locator('.head', { hasText: 'picture.bin' }).count(), 0)
    await until('200 files', async () => (await panel().locator('.head').count()) === 200)
    await panel().getByRole('button', { name: 'Show 801 more files' }).click()
    await until('all of them', async () => (await panel().locator('.head').count()) === 1001)
    await tab.unroute('**/api/files/www/led.html')
    await page.editor('www/led.html').click()
    await key('Control+Z')
    await says('1,000 places in 1,000 files')

    await field('Search').fill('LIGHTHOUSE')
    await says('20 places in 10 files')
    await panel().getByRole('button', { name: 'Whole words' }).click()
    await says('10 places in 10 files')
    await panel().getByRole('button', { name: 'Match case' }).click()
    await says('Nothing found.')
    await panel().getByRole('button', { name: 'Match case' }).click()
    await panel().getByRole('button', { name: 'Whole words' }).click()
    await panel().getByRole('button', { name: 'Regular expression' }).click()
    await field('Search').fill('(light')
    await says('A “(” in the regular expression has no “)”.')
    await field('Search').fill('^(light)(h\\w+) ')
    await says('10 places in 10 files')
    await looks('search', '.searching')
    // By keyboard: to the first place, there, and on with F4.
    await field('Search').press('ArrowDown')
    await key('ArrowDown')
    await key('Enter')
    await until('what was found', async () => (await selection()).trim() === 'Lighthouse')
    await until('the focus in the editor', inEditor)
    const first = await tab.getByRole('tab', { selected: true }).first().textContent()
    await key('F4')
    await until('the next file', async () => (await tab.getByRole('tab', { selected: true }).first().textContent()) !== first)
    await until('its place', async () => (await selection()).trim() === 'Lighthouse')
    await field('Search').fill('e')
    await says(/^The first 10,000 places/)
    await panel().getByRole('button', { name: 'Replace, too' }).click()
    await until('no replacing', () => panel().getByRole('button', { name: 'Replace all…', exact: true }).isDisabled())
  })

  test('replace shows what comes, one, a file or all, and everything comes back', async () => {
    const [a, b] = [`www/${nameOf(0)}`, `www/${nameOf(100)}`]
    const before = onDisk(b)
    await search('^(light)(h\\w+) ', '$2-$1 ')
    await toggle('Regular expression', true)
    await panel().locator('ins', { hasText: 'house-Light' }).first().waitFor()
    await looks('replace', '.searching')
    await panel()
      .getByRole('button', { name: `Replace the one in line 28 of ${a.split('/').pop()}` })
      .click()
    await until('it on the disk', async () => onDisk(a).includes('house-Light lighthouses\n'))
    await says('9 places in 9 files')
    await page.editor(a).click()
    await key('Control+Z')
    await until('it back', async () => onDisk(a).includes('Lighthouse lighthouses\n'))
    await says('10 places in 10 files')

    await toggle('Regular expression', false)
    await search('lantern', 'lamp')
    await says('1,000 places in 1,000 files')
    await panel().getByRole('button', { name: 'Replace all…', exact: true }).click()
    await looks('replace all', 'dialog')
    await dialog().getByRole('button', { name: 'Replace all', exact: true }).click()
    await says('Replaced 1,000 places in 1,000 files.')
    assert.equal(onDisk(b), before.replace('lantern', 'lamp'))
    await until('the open one', async () => onDisk(a).includes('lamp 0'))
    await looks('replaced', '.searching')
    await page.editor(a).click()
    await key('Control+Z')
    await until('one undo in the open file', async () => onDisk(a).includes('lantern 0'))
    await panel().getByRole('button', { name: 'History' }).click()
    await dialog()
      .getByRole('button', { name: /Before “lantern” was replaced/ })
      .click()
    await dialog().getByRole('button', { name: 'Bring all back' }).click()
    await until('all back', async () => onDisk(b) === before && onDisk(a).includes('lantern 0'))
    // A thousand files take a while; the list has what was there before when all of them are back.
    await dialog()
      .getByRole('button', { name: /Before something was brought back/ })
      .waitFor({ timeout: hanging })
    await key('Escape')
    await closed()
  })

  test('a file that somebody else has changed is not overwritten', async () => {
    await search('lighthouses', 'towers')
    await toggle('Regular expression', false)
    await says('10 places in 10 files')
    const path = `www/${nameOf(900)}`
    await tab.route('**/api/replace', async (r) => {
      await writeFile(join(server.home, 'projects', 'LED-over-WebSocket', path), 'mine lighthouses\n')
      await r.continue()
    })
    await panel().getByRole('button', { name: 'Replace all…', exact: true }).click()
    await dialog().getByRole('button', { name: 'Replace all', exact: true }).click()
    await says('Replaced 9 places in 9 files.')
    await says(/1 file stays as it was\..*note-0900\.txt has changed/)
    assert.equal(onDisk(path), 'mine lighthouses\n')
    await tab.unroute('**/api/replace')
    await panel().page().getByRole('button', { name: 'Close the search' }).click()
    await tab.getByRole('tab', { name: 'Search' }).waitFor({ state: 'detached' })
  })

  test('preferences hold at once in all editors, and at the next visit', async () => {
    await tab.getByRole('button', { name: 'Find, commands and preferences' }).click()
    await tab.getByRole('menuitem', { name: 'Editor preferences' }).click()
    await looks('preferences', 'dialog')
    const size = dialog().getByRole('spinbutton', { name: 'Text size' })
    await size.fill('99')
    await dialog().getByRole('button', { name: 'Larger text in the editor' }).click()
    await until('15 pixels', async () => (await size.inputValue()) === '15')
    await size.fill('22')
    const look = (name, wanted) =>
      until(`${name} to be ${wanted}`, () =>
        tab.locator('.cm-content').evaluate((el, [name, wanted]) => getComputedStyle(el)[name] === wanted, [name, wanted]),
      )
    await look('fontSize', '22px')
    await dialog()
      .getByRole('combobox', { name: /^Tab width/ })
      .selectOption('8')
    await dialog().getByRole('checkbox', { name: 'Wrap long lines' }).uncheck()
    await key('Escape')
    await closed()
    const front = (name) => tab.getByRole('tab', { name }).click() // large letters leave no room for the files
    await front('main.go')
    await page.editor('main.go').waitFor()
    await look('tabSize', '8')
    await until('no lines to be wrapped', async () => (await tab.locator('.cm-lineWrapping').count()) === 0)
    await front('led.html')
    await page.editor('www/led.html').click()
    await key('Control+Home')
    await key('Tab')
    await until('a tab of that width', async () => (await page.text('www/led.html')).startsWith(' '.repeat(8) + '<'))
    await key('Control+Z')
    await until(
      'the settings',
      async () => (await (await tab.request.get(new URL('/api/state', tab.url()).href)).json()).settings.tabSize === 8,
    )
    await tab.reload()
    await page.editor('www/led.html').waitFor()
    await look('fontSize', '22px')
    await look('tabSize', '8')
  })
})
