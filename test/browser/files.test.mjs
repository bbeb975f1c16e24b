// Files as they are: what is no text, old encodings, other programs that change what is open, two files side by side, what
// keys and snippets do in each language, what is dropped, and the trash. One Studio for all.
import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, afterEach, before, describe, test } from 'node:test'
import { fair } from './fair.mjs'
import { browser, hanging, Page, picture, Server, until } from './studio.mjs'

// A PNG of 3 × 2 pixels, and a tenth of a second of silence.
const png = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAMAAAACCAIAAAASFvFNAAAAEElEQVR4nGP4z8AARAwQCgAf7gP9i18U1AAAAABJRU5ErkJggg==', 'base64')
const wav = (() => {
  const b = Buffer.alloc(44 + 800, 0x80)
  b.write('RIFF', 0)
  b.writeUInt32LE(36 + 800, 4)
  b.write('WAVEfmt ', 8)
  for (const [at, n] of [
    [16, 16],
    [24, 8000],
    [28, 8000],
    [40, 800],
  ])
    b.writeUInt32LE(n, at)
  b.writeUInt16LE(1, 20)
  b.writeUInt16LE(1, 22)
  b.writeUInt16LE(1, 32)
  b.writeUInt16LE(8, 34)
  b.write('data', 36)
  return b
})()
const latin1 = (s) => Buffer.from(s, 'latin1')

describe('files as they are', { timeout: hanging }, () => {
  let server, chrome, page, dir, tab
  const root = () => join(server.home, 'projects', 'LED-over-WebSocket')
  const put = (path, content) => {
    mkdirSync(join(root(), path, '..'), { recursive: true })
    writeFileSync(join(root(), path), content)
  }
  const bytes = (path) => readFileSync(join(root(), path))
  const open = async (path) => {
    await page.file(path.slice(path.lastIndexOf('/') + 1)).click()
    await tab.locator(`[role=tab][data-path="${path}"][aria-selected=true]`).waitFor()
  }
  const text = (path) => page.text(path)
  const said = (words) => tab.locator('.half:not([hidden])').getByText(words)
  const dialog = () => tab.getByRole('dialog')
  const menu = async (item) => {
    await tab.getByRole('button', { name: /^Project/ }).click()
    await tab.getByRole('menuitem', { name: item }).click()
    await dialog().waitFor()
  }
  const looks = (name, within, widths) => fair(tab, name, { within, widths })
  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'studio-files-'))
    server = await Server.start()
    chrome = await browser()
    page = await Page.open(await chrome.newContext({ viewport: { width: 1280, height: 800 } }), server.url)
    tab = page.tab
    await page.editor('main.go').waitFor()
  })
  afterEach(async (t) => {
    if (t.passed) return
    await tab.unroute('**/api/files/**')
    await picture(tab, `failed ${t.name.slice(0, 30)}`)
    await tab.reload() // nothing is in the way of the next one
  })
  after(async () => {
    await chrome?.close()
    await server?.stop()
    await rm(dir, { recursive: true, force: true })
  })

  test('what is no text is shown as what it is', async () => {
    const svg =
      '<svg xmlns="http://www.w3.org/2000/svg" width="30" height="20"><script>top.hacked = 1</script><rect width="9" height="9"/></svg>'
    const large = Buffer.alloc(1 << 20, 0xfe)
    large.write('the end', large.length - 7)
    put('www/dot.png', png)
    put('www/beep.wav', wav)
    put('www/large.bin', large)
    put('www/fake.png', '<script>top.hacked = 1</script>\0')
    put('www/sign.svg', svg)
    await page.file('sign.svg').waitFor()
    await open('www/dot.png')
    await tab.getByText('3 × 2 pixels').waitFor()
    await looks('picture', '.editing')
    await tab.getByRole('group', { name: 'Show as' }).getByRole('button', { name: 'Bytes' }).click()
    await tab.getByRole('row', { name: /0000\s+89 50 4e 47 0d 0a 1a 0a/ }).waitFor()
    await open('www/beep.wav')
    await until('the sound', () => tab.evaluate(() => document.querySelector('.raw audio')?.readyState > 0))
    await open('www/fake.png')
    await said('no picture that browsers can show').waitFor()
    await open('www/large.bin')
    await tab.getByRole('row').first().waitFor()
    assert.ok((await tab.getByRole('row').count()) < 100, 'only what is in sight is there')
    assert.equal(
      await tab.getByRole('table').getAttribute('aria-rowcount'),
      String((1 << 20) / ((await tab.locator('.hex').evaluate((e) => e.clientWidth < 620)) ? 8 : 16)),
    )
    await tab.getByLabel('Go to byte').fill('0xffff8')
    await tab.keyboard.press('Enter')
    await tab.getByRole('row', { name: /0?ffff8.*\.the end|the end/ }).waitFor()
    await looks('bytes', '.editing')
    await open('www/sign.svg')
    await page.editor('www/sign.svg').waitFor()
    await tab.getByRole('group', { name: 'Show as' }).getByRole('button', { name: 'Picture' }).click()
    await tab.getByText('30 × 20 pixels').waitFor()
    await looks('svg', '.editing')
    await tab.getByRole('group', { name: 'Show as' }).getByRole('button', { name: 'Text' }).click()
    await page.editor('www/sign.svg').waitFor()
    assert.equal(await tab.evaluate(() => window.hacked), undefined, 'no file runs as a script here')
    assert.ok(bytes('www/dot.png').equals(png) && bytes('www/large.bin').equals(large) && bytes('www/sign.svg').equals(Buffer.from(svg)))
  })

  test('what is no picture says so on a computer that draws late', async () => {
    await tab.evaluate(() => {
      const { requestAnimationFrame, setTimeout } = window
      window.requestAnimationFrame = (f) => setTimeout(() => requestAnimationFrame(f), 700)
      window.setTimeout = (f, ms, ...more) => setTimeout(f, 700 + (ms ?? 0), ...more)
      window.soonAgain = () => Object.assign(window, { requestAnimationFrame, setTimeout })
    })
    put('www/late.png', 'no picture\0')
    await page.file('late.png').waitFor()
    await open('www/late.png')
    await tab.getByRole('row', { name: /6e 6f 20 70/ }).waitFor() // its bytes
    await tab.evaluate(() => window.soonAgain())
    await said('no picture that browsers can show').waitFor()
  })

  test('encodings, byte order marks and line ends stay as they were', async () => {
    const utf16 = (s) => Buffer.from(`\ufeff${s}`, 'utf16le')
    const files = {
      'www/latin.html': [latin1('<meta charset="iso-8859-1">\n<p>Z\xfcrich</p>\n'), 'WINDOWS-1252 LF'],
      'www/wide.txt': [utf16('Zürich\r\n'), 'UTF-16LE with BOM CRLF'],
      'www/mark.css': [Buffer.from('\ufeffp { color: red }\r\n\r\n'), 'UTF-8 with BOM CRLF'],
      'www/mixed.js': [Buffer.from('let a\nlet b\r\nlet c\nlet d'), 'UTF-8 LF, mixed'],
      'www/kana.html': [Buffer.concat([latin1('<meta charset=shift_jis>'), Buffer.from('93fa967b', 'hex')]), 'SHIFT_JIS LF'],
    }
    for (const [path, [content]] of Object.entries(files)) put(path, content)
    await page.file('wide.txt').waitFor()
    for (const [path, [content, style]] of Object.entries(files)) {
      await open(path)
      await page.editor(path).click()
      await tab
        .getByRole('button', { name: `Encoding and line ends: ${style}`, exact: false })
        .waitFor()
        .catch(async () => {
          assert.fail(`${path}: ${await tab.locator('.tabs .style').getAttribute('aria-label')}, want ${style}`)
        })
      await tab.keyboard.press('Control+End')
      await tab.keyboard.type('x')
      const want = Buffer.concat([content, path === 'www/wide.txt' ? utf16('x').subarray(2) : Buffer.from('x')])
      await until(`${path} as it was, and an x`, () => bytes(path).equals(want)).catch(() =>
        assert.equal(bytes(path).toString('latin1'), want.toString('latin1')),
      )
    }
    await open('www/latin.html')
    await page.editor('www/latin.html').click()
    await tab.keyboard.press('Control+End')
    await tab.keyboard.insertText('→')
    await said('“→” in line 3 of latin.html cannot be written in').waitFor()
    await looks('cannot be written', '.editing')
    await tab.getByRole('alert').getByRole('button', { name: 'Make it UTF-8' }).click()
    await until('UTF-8', () => bytes('www/latin.html').equals(Buffer.from('<meta charset="utf-8">\n<p>Zürich</p>\nx→')))
    await tab.locator('.tabs .style').click()
    await tab.getByRole('menuitemradio', { name: 'Lines end with CRLF' }).click()
    await until('CRLF', () => bytes('www/latin.html').equals(Buffer.from('<meta charset="utf-8">\r\n<p>Zürich</p>\r\nx→')))
    await tab.locator('.tabs .style').click()
    await tab.getByRole('menuitem', { name: 'Read in another encoding…' }).click()
    await looks('read as')
    await dialog().getByLabel('Encoding').selectOption('windows-1252')
    await dialog().getByRole('button', { name: 'Read it again' }).click()
    await tab.getByText('ZÃ¼rich').waitFor()
    assert.ok(bytes('www/latin.html').includes(Buffer.from('Zürich')), 'nothing is written by that')
  })

  test('another program changes what is open', async () => {
    const lines = Array.from({ length: 300 }, (_, i) => `<p>line ${i}</p>`)
    const page0 = () => `${lines.join('\n')}\n`
    put('www/long.html', page0())
    await page.file('long.html').waitFor()
    await open('www/long.html')
    await page.editor('www/long.html').click()
    const scroller = tab.locator('.half:not([hidden]) .cm-scroller')
    await scroller.evaluate((e) => (e.scrollTop = 3000))
    const inSight = () =>
      tab.evaluate(() => {
        const box = document.querySelector('.half:not([hidden]) .cm-scroller').getBoundingClientRect()
        return document.elementFromPoint(box.left + 120, box.top + 30)?.closest('.cm-line')?.textContent
      })
    await until('the place', async () => /line \d+/.test(await inSight()))
    await tab.mouse.click(...(await scroller.evaluate((e) => [e.getBoundingClientRect().left + 150, e.getBoundingClientRect().top + 100])))
    const [seen, cursor] = [await inSight(), await tab.locator('.half:not([hidden]) .cm-activeLine').textContent()]
    lines[3] = '<p>theirs</p>\n<p>one more</p>\n<p>and more</p>'
    lines[290] = '<p>below</p>'
    const height = () => scroller.evaluate((e) => e.scrollHeight)
    const before = await height()
    put('www/long.html', page0())
    await until('the new lines', async () => (await height()) > before)
    await tab.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))) // it is drawn
    assert.equal(await inSight(), seen, 'what is in sight stays')
    assert.equal(await tab.locator('.half:not([hidden]) .cm-activeLine').textContent(), cursor, 'and the cursor')
    await tab.keyboard.press('Control+Home')
    await until('the new text', async () => (await text('www/long.html')).includes('one more'))

    // Edited here, in another line, while nobody can save: both are in the text.
    await tab.route('**/api/files/**', (r) => (r.request().method() === 'PUT' ? r.fulfill({ status: 500, body: 'no' }) : r.continue()))
    await tab.keyboard.type('MINE')
    lines[4] = '<p>theirs as well</p>'
    put('www/long.html', page0())
    await said('long.html was changed in one place by somebody else').waitFor()
    await looks('merged', '.editing')
    await tab.unroute('**/api/files/**')
    await until('both', () => bytes('www/long.html').toString() === `MINE${page0()}`)
    await tab.getByRole('status').filter({ hasText: 'somebody else' }).getByRole('button', { name: 'Dismiss' }).click()
    await page.editor('www/long.html').click()
    await tab.keyboard.press('Control+z')
    await until(
      'theirs undone',
      () => bytes('www/long.html').toString().includes('<p>line 4</p>') && !bytes('www/long.html').includes('theirs as well'),
    )

    // The same line: asked, with the difference.
    put('www/two.html', 'one\ntwo\nthree\n')
    await page.file('two.html').waitFor()
    await open('www/two.html')
    await page.editor('www/two.html').click()
    await tab.route('**/api/files/**', (r) => (r.request().method() === 'PUT' ? r.fulfill({ status: 500, body: 'no' }) : r.continue()))
    await tab.keyboard.press('Control+Home')
    await tab.keyboard.type('MINE ')
    put('www/two.html', 'THEIRS one\ntwo\nthree\n')
    await said('two.html was changed somewhere else').waitFor()
    await looks('asked', '.editing')
    await tab.getByRole('button', { name: 'Compare' }).click()
    await looks('mine and theirs')
    await dialog().getByText('THEIRS').first().waitFor()
    await dialog().getByRole('button', { name: 'Keep mine' }).click()
    await tab.unroute('**/api/files/**')
    await until('mine', () => bytes('www/two.html').toString() === 'MINE one\ntwo\nthree\n')

    // Renamed, and deleted.
    renameSync(join(root(), 'www/two.html'), join(root(), 'www/three.html'))
    await tab.getByText('two.html is called www/three.html now.').waitFor()
    await page.editor('www/three.html').waitFor()
    await tab.locator('.banner').getByRole('button', { name: 'Dismiss' }).click()
    rmSync(join(root(), 'www/three.html'))
    await said('three.html is gone').waitFor()
    await looks('gone', '.editing')
    await tab.reload()
    await tab.getByRole('tab', { name: 'three.html' }).click()
    await said('three.html is gone').waitFor()
    await tab.getByRole('button', { name: 'Save it again' }).click()
    await until(
      'it is back',
      () => existsSync(join(root(), 'www/three.html')) && bytes('www/three.html').toString() === 'MINE one\ntwo\nthree\n',
    )
  })

  test('a tab behind another one follows its file, however often another program renames it', async () => {
    const at = (name) => join(root(), 'www', name)
    const called = async (from, to) => {
      renameSync(at(from), at(to))
      await tab.getByRole('tab', { name: to }).waitFor()
      assert.equal(await tab.getByRole('tab', { name: from }).count(), 0)
    }
    put('www/four.html', 'four\n')
    await page.file('four.html').waitFor()
    await open('www/four.html')
    await page.editor('www/four.html').waitFor()
    await page.openFile('main.go')
    await page.editor('main.go').waitFor()
    await called('four.html', 'five.html')
    await called('five.html', 'six.html')
    await tab.getByRole('tab', { name: 'six.html' }).click()
    await until('its text', async () => (await text('www/six.html')).startsWith('four'))

    // With what is not saved.
    await tab.route('**/api/files/**', (r) => (r.request().method() === 'PUT' ? r.fulfill({ status: 500, body: 'no' }) : r.continue()))
    await page.editor('www/six.html').click()
    await tab.keyboard.press('Control+Home')
    await tab.keyboard.type('MINE ')
    await page.openFile('main.go')
    await page.editor('main.go').waitFor()
    await called('six.html', 'seven.html')
    await called('seven.html', 'eight.html')
    await tab.unroute('**/api/files/**')
    await tab.getByRole('tab', { name: 'eight.html' }).click()
    await until('mine', () => bytes('www/eight.html').toString() === 'MINE four\n')

    // One whose text this page never had.
    await page.openFile('main.go')
    await page.editor('main.go').waitFor()
    await tab.reload()
    await page.editor('main.go').waitFor()
    await called('eight.html', 'nine.html')
    await called('nine.html', 'ten.html')
    rmSync(at('ten.html'))
    await tab.getByRole('tab', { name: 'ten.html' }).waitFor({ state: 'detached' })
    await until('the notices', async () => {
      const notice = tab.locator('.banner').getByRole('button', { name: 'Dismiss' })
      if (await notice.count()) await notice.first().click()
      return (await notice.count()) === 0
    })
  })

  test('program and page side by side, by keyboard', async () => {
    await open('main.go')
    const button = tab.getByRole('button', { name: 'Two files side by side' })
    await tab.setViewportSize({ width: 820, height: 1180 })
    await button.waitFor({ state: 'detached' })
    await tab.setViewportSize({ width: 1680, height: 900 })
    await button.waitFor()
    await page.editor('main.go').click()
    await tab.keyboard.press('Control+\\')
    const [left, right] = ['Left: main.go', /^Right: .*\.html$/].map((name) => tab.getByRole('group', { name }))
    const focused = () => tab.evaluate(() => document.activeElement.getAttribute('aria-label') ?? '')
    await right.getByRole('textbox', { name: /^Text of/ }).waitFor()
    await until('the cursor stays in main.go', async () => (await focused()) === 'Text of main.go')
    for (const half of [left, right])
      await until('room for a line', async () => (await half.getByRole('textbox', { name: /^Text of/ }).boundingBox()).width > 480)
    await looks('split', '.editor', [1680, 1280])
    await tab.setViewportSize({ width: 1680, height: 900 })
    await right.getByRole('textbox', { name: /^Text of/ }).waitFor()
    await page.editor('main.go').click()
    await tab.keyboard.press('F6')
    await until('the cursor in the right half', async () => /^Text of www/.test(await focused()))
    const selected = tab.getByRole('tab', { selected: true }).first()
    await until('the tab of that file', async () => (await selected.getAttribute('data-path'))?.endsWith('.html'))
    const path = await selected.getAttribute('data-path')
    await tab.keyboard.press('Control+Home')
    await tab.keyboard.type('<!-- right -->')
    await until('saved on the right', () => bytes(path).toString().startsWith('<!-- right -->'))
    await page.editor('main.go').click()
    await tab.keyboard.press('Control+Home')
    await tab.keyboard.type('// left\n')
    await until('saved on the left', () => bytes('main.go').toString().startsWith('// left'))
    await tab.setViewportSize({ width: 400, height: 800 })
    await until('one editor on a phone', async () => (await tab.locator('.half:visible').count()) === 1)
    await tab.setViewportSize({ width: 1680, height: 900 })
    await right.getByRole('textbox', { name: /^Text of/ }).waitFor()
    await page.editor('main.go').click()
    await tab.keyboard.press('Control+\\')
    await right.waitFor({ state: 'detached' })
    await page.editor('main.go').waitFor()
    await tab.setViewportSize({ width: 1280, height: 800 })
  })

  test('keys for lines, comments, cursors and brackets in each language', async () => {
    const cases = {
      'keys.go': ['package main\n\nvar a = (1)\nvar b = 2\n', '// '],
      'www/keys.html': ['<p>\n<i>a</i>\n<b>b</b>\n</p>\n', '<!-- '],
      'www/keys.css': ['p {\n  color: red;\n  width: 1px;\n}\n', '/* '],
      'www/keys.js': ['f(\n  a,\n  b,\n)\n', '// '],
    }
    for (const [path, [content]] of Object.entries(cases)) put(path, content)
    await page.file('keys.js').waitFor()
    const key = (k) => tab.keyboard.press(k)
    for (const [path, [content, comment]] of Object.entries(cases)) {
      const lines = content.split('\n')
      const n = path === 'keys.go' ? 2 : 1 // the line that the cursor goes to
      await open(path)
      await page.editor(path).click()
      const at = async () => {
        await key('Control+Home')
        for (let i = 0; i < n; i++) await key('ArrowDown')
      }
      const want = async (what, list) =>
        until(`${path}: ${what}`, async () => (await text(path)) === list.join('\n')).catch(async () =>
          assert.equal(await text(path), list.join('\n'), what),
        )
      await at()
      await key('Alt+ArrowDown')
      const moved = [...lines.slice(0, n), lines[n + 1], lines[n], ...lines.slice(n + 2)]
      await want('moved', moved)
      await key('Alt+ArrowUp')
      await want('moved back', lines)
      await key('Shift+Alt+ArrowDown')
      await want('duplicated', [...lines.slice(0, n + 1), ...lines.slice(n)])
      await key('Control+z')
      await at()
      await key('Control+/')
      await until(`${path}: a comment`, async () => (await text(path)).split('\n')[n].trim().startsWith(comment))
      await key('Control+/')
      await want('no comment', lines)
      await at()
      await key('Control+Alt+ArrowDown')
      await tab.keyboard.type('x')
      await want('two cursors', [...lines.slice(0, n), `x${lines[n]}`, `x${lines[n + 1]}`, ...lines.slice(n + 2)])
      await key('Control+z')
      await key('Escape')
      if (path === 'www/keys.html') continue
      await key('Control+Home')
      for (let i = 0; i < (path === 'keys.go' ? 2 : 0); i++) await key('ArrowDown')
      await key('Home')
      for (let i = 0; i < { 'keys.go': 8, 'www/keys.css': 2, 'www/keys.js': 1 }[path]; i++) await key('ArrowRight')
      await until(`${path}: brackets`, async () => (await tab.locator('.half:not([hidden]) .cm-matchingBracket').count()) === 2)
    }
    await open('keys.go')
    await rm(join(root(), 'keys.go'))
    await tab.getByRole('button', { name: 'Close the file' }).click()
  })

  test('snippets have fields, bring what they need, and run', async () => {
    await open('main.go')
    await page.type('main.go', 'package main\n\nimport "studio/board"\n\nfunc main() {\n\t\n}\n')
    for (let i = 0; i < 2; i++) await tab.keyboard.press('ArrowUp')
    await tab.keyboard.press('End')
    await tab.keyboard.type('timer', { delay: 30 })
    await page.accept(/^timer/)
    await tab.keyboard.type('250')
    await tab.keyboard.press('Tab')
    await tab.keyboard.type('board.LED.Toggle()')
    const want =
      'package main\n\nimport "time"\nimport "studio/board"\n\nfunc main() {\n' +
      '\tboard.Every(250*time.Millisecond, func() {\n\t\tboard.LED.Toggle()\n\t})\n}\n'
    await until('the program', () => bytes('main.go').toString() === want).catch(() => assert.equal(bytes('main.go').toString(), want))
    put('www/new.html', '<h1>New</h1>\n')
    await page.file('new.html').waitFor()
    await open('www/new.html')
    await page.editor('www/new.html').click()
    await tab.keyboard.press('Control+End')
    await tab.keyboard.type('slid', { delay: 30 })
    await looks('snippets', '.cm-tooltip', [1280])
    await page.accept(/^slider/)
    await tab.keyboard.type('Speed')
    await tab.keyboard.press('Tab')
    await tab.keyboard.type('speed')
    await until('the slider', () =>
      /<label>Speed <input id="speed"[\s\S]*new WebSocket[\s\S]*getElementById\("speed"\)/.test(bytes('www/new.html').toString()),
    )
    await tab.keyboard.press('Escape')
    await tab.keyboard.press('Control+End')
    await tab.keyboard.press('Enter')
    await tab.keyboard.type('<butt', { delay: 30 })
    await page.accept(/^<button/)
    await until(
      'the button',
      () =>
        (
          bytes('www/new.html')
            .toString()
            .match(/new WebSocket/g) ?? []
        ).length === 1 && bytes('www/new.html').includes('<button id="led">LED on</button>'),
    )
  })

  test('a zip, a folder and a picture, dropped on the list', async () => {
    const drop = async (element, files) => {
      const box = await element.boundingBox()
      const cdp = await tab.context().newCDPSession(tab)
      for (const type of ['dragEnter', 'dragOver', 'drop'])
        await cdp.send('Input.dispatchDragEvent', {
          type,
          x: box.x + box.width / 2,
          y: box.y + box.height / 2,
          data: { items: [], files, dragOperationsMask: 1 },
        })
      await cdp.detach()
    }
    mkdirSync(join(dir, 'site', 'img'), { recursive: true })
    writeFileSync(join(dir, 'site', 'img', 'dropped.png'), png)
    writeFileSync(join(dir, 'single.png'), png)
    const tree = tab.getByRole('navigation', { name: 'Files' }).locator('li').first()
    await tab.keyboard.press('Escape')
    await drop(tree, [join(dir, 'site'), join(dir, 'single.png')])
    await until('both', () => existsSync(join(root(), 'www/site/img/dropped.png')) && existsSync(join(root(), 'www/single.png')))
    await tab.getByText('3 × 2 pixels').waitFor()
    const zip = join(dir, 'elsewhere.zip')
    writeFileSync(zip, await (await tab.request.get(new URL('/api/projects/LED-over-WebSocket/zip', tab.url()).href)).body())
    await drop(tree, [zip])
    await dialog().waitFor()
    await looks('dropped zip')
    await tab.keyboard.press('Escape')
    await dialog().waitFor({ state: 'detached' })
  })

  test('the trash is emptied, after a question', async () => {
    await page.file('single.png').focus()
    await tab.keyboard.press('Delete')
    await dialog().getByRole('button', { name: 'Remove' }).click()
    await until('it is gone', () => !existsSync(join(root(), 'www/single.png')))
    await menu('Trash')
    await looks('trash with a button')
    await dialog().getByRole('button', { name: 'Empty the trash' }).click()
    await looks('empty the trash')
    await dialog().getByRole('button', { name: 'Cancel' }).click()
    await dialog().getByText('www/single.png').waitFor()
    await dialog().getByRole('button', { name: 'Empty the trash' }).click()
    await dialog().getByRole('button', { name: 'Empty the trash' }).click()
    await dialog().getByText('Nothing is in the trash.').waitFor()
    await tab.keyboard.press('Escape')
    assert.ok(existsSync(join(root(), '.studio/snapshots')), 'the history stays')
  })

  test('what a project needs is neither asked about nor closed', async () => {
    await open('main.go')
    for (const [key, words] of [
      ['Delete', 'main.go cannot be removed'],
      ['F2', 'main.go cannot be renamed'],
    ]) {
      await page.file('main.go').focus()
      await tab.keyboard.press(key)
      await tab.getByRole('alert').getByText(words).waitFor()
      assert.equal(await dialog().count(), 0, 'something is asked')
      await tab.getByRole('button', { name: 'Dismiss' }).click()
    }
    await tab.locator('[role=tab][data-path="main.go"][aria-selected=true]').waitFor()
  })

  test('the list of files is two stops of the Tab key, however long', async () => {
    const stops = await tab
      .getByRole('list', { name: 'Files of the project' })
      .getByRole('button')
      .evaluateAll((all) => all.filter((b) => b.tabIndex >= 0).map((b) => b.getAttribute('aria-label') ?? b.textContent))
    assert.equal(stops.length, 2, stops.join(', '))
    const focused = () => tab.evaluate(() => document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent)
    await page.file('main.go').focus()
    await tab.keyboard.press('End')
    await until('the last file', async () => /studio.json/.test(await focused()))
    await tab.keyboard.press('Tab')
    await until('what can be done with a file to be the next stop', async () => (await focused()) === 'Actions for studio.json')
    await tab.keyboard.press('Tab')
    assert.doesNotMatch(await focused(), /^Actions/)
  })

  test('the page had no failures of its own', () => assert.deepEqual(page.failures, []))
})
