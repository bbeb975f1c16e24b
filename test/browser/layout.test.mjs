// The page at every width: the editor has 60 columns or the whole width, nothing overlaps, nothing is cut.
import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, afterEach, before, describe, test } from 'node:test'
import { Feigned, kind } from './feigned.mjs'
import { at, faults } from './fit.mjs'
import { browser, hanging, Page, picture, Server, until } from './studio.mjs'

const windows = [
  [360, 800],
  [400, 800],
  [768, 1024],
  [820, 1180],
  [1024, 768],
  [1280, 800],
  [1366, 768],
  [1920, 1080],
  [2560, 1440],
]
const long = 'Donaudampfschifffahrtsgesellschaftskapitänsmützenbeleuchtung'

describe('the page at every width', { timeout: hanging }, () => {
  let server, chrome, page
  before(async () => {
    server = await Server.start()
    chrome = await browser()
    page = await Page.open(await chrome.newContext({ viewport: { width: 1280, height: 800 } }), server.url)
  })
  afterEach(async (t) => {
    if (!t.passed) await picture(page.tab, `failed ${t.name.slice(0, 40)}`)
  })
  after(async () => {
    await chrome?.close()
    await server?.stop()
  })

  // fits gives the window each of the sizes and looks; show brings up what is to be looked at.
  async function fits(tab, what, sizes, show = async () => {}) {
    const wrong = []
    for (const [width, height] of sizes) {
      await at(tab, width, height)
      const end = await show(width)
      for (const f of await faults(tab)) wrong.push(`${what}, ${width} × ${height}: ${f}`)
      if (process.env.PICTURES && wrong.some((w) => w.startsWith(`${what}, ${width} × ${height}`))) await picture(tab, `${what} ${width}`)
      await end?.()
    }
    assert.deepEqual(wrong, [])
  }
  // sweep is every 40 px; step takes fewer.
  const sweep = (step = 1) =>
    Array.from({ length: 56 }, (_, i) => 360 + 40 * i)
      .filter((_, i) => i % step === 0)
      .map((w) => [w, w < 700 ? 800 : 768])
  const views = ['Code', 'Board', 'Messages', 'Page']
  const view = (tab, name) => tab.getByRole('navigation', { name: 'Views' }).getByRole('button', { name }).click()
  const isPhone = (tab) => tab.evaluate(() => document.documentElement.dataset.layout === 'phone')

  test('before the first Run', () => fits(page.tab, 'first', windows))

  test('after Run, with messages', async () => {
    await page.run()
    await page.onBoard('led.html')
    await page.frame.getByRole('button', { name: 'LED on' }).click()
    await page.messages.getByText('Reply for LEDon').first().waitFor()
    await fits(page.tab, 'running', windows)
  })

  test('at each width in between', () => fits(page.tab, 'sweep', sweep()))

  test('every view, tab and panel', async () => {
    const wrong = []
    for (const [width, height] of windows) {
      await at(page.tab, width, height)
      for (const v of (await isPhone(page.tab)) ? views : ['']) {
        if (v) await view(page.tab, v)
        for (const b of !v || v === 'Messages' ? ['Console', 'Problems', 'Messages'] : ['']) {
          if (b) await page.below(b)
          for (const f of await faults(page.tab)) wrong.push(`${width} ${v} ${b}: ${f}`)
        }
      }
      const boardTab = page.tab.getByRole('complementary').getByRole('tab', { name: 'Board' })
      if (await boardTab.isVisible()) {
        await boardTab.click()
        for (const f of await faults(page.tab)) wrong.push(`${width} board: ${f}`)
        await page.tab.getByRole('complementary').getByRole('tab', { name: 'Page' }).click()
      }
      if (await isPhone(page.tab)) await view(page.tab, 'Code')
      const files = page.tab.getByRole('button', { name: 'Files', exact: true })
      if (await files.isVisible()) {
        await files.click()
        for (const f of await faults(page.tab)) wrong.push(`${width} files: ${f}`)
        await files.click()
      }
    }
    assert.deepEqual(wrong, [])
  })

  test('every view of the messages, and the search', async () => {
    const tests = join(server.home, 'projects', 'LED-over-WebSocket', 'tests')
    const steps = [{ send: 'LEDon' }, { expect: `${long} ${long}`, within: '50 ms' }]
    await mkdir(tests, { recursive: true })
    await writeFile(
      join(tests, 'long.json'),
      JSON.stringify({ name: `LED ${long}`, messages: { [long.slice(0, 55)]: 'LEDoff', LED: 'LEDon' }, steps }),
    )
    const panel = page.tab.locator('#below-messages')
    const viewOf = async (name) => {
      await page.below('Messages')
      await page.tab.getByTitle('View of the messages').click()
      await page.tab.getByRole('menuitemradio', { name }).click()
    }
    const wrong = []
    for (const [width, height] of [[320, 640], [512, 384], [600, 900], ...windows.slice(0, 6)]) {
      await at(page.tab, width, height)
      if (await isPhone(page.tab)) await view(page.tab, 'Messages')
      for (const v of ['Chart', 'Timeline', 'Tests', 'List']) {
        await viewOf(v)
        if (v === 'Tests') {
          await panel.getByRole('button', { name: `Run LED ${long}` }).click()
          await panel.getByText('failed after').first().waitFor()
        }
        for (const tab of await page.tab.locator('.below [role=tab]').all()) {
          const clipped = await tab.evaluate((el) => el.getBoundingClientRect().right > el.parentElement.getBoundingClientRect().right + 1)
          if (clipped && width >= 360) wrong.push(`${width} ${v}: the tab ${await tab.textContent()} is cut`)
        }
        for (const f of await faults(page.tab)) wrong.push(`${width} ${v}: ${f}`)
      }
      await page.tab.keyboard.press('Control+Shift+f')
      await page.tab.getByRole('textbox', { name: 'Search', exact: true }).fill('board')
      await page.tab.locator('.searching .found mark').first().waitFor()
      for (const f of await faults(page.tab)) wrong.push(`${width} search: ${f}`)
      await page.tab.getByRole('button', { name: 'Close the search' }).click()
    }
    assert.deepEqual(wrong, [])
  })

  test('the tools of the messages stay in their row, and the newest message in sight when its list gets taller', async () => {
    await at(page.tab, 1280, 800)
    await page.below('Messages')
    await page.tab.getByRole('button', { name: 'Clear', exact: true }).click()
    const record = page.tab.getByRole('button', { name: 'Record', exact: true })
    const before = (await record.boundingBox()).y
    await record.click()
    const stop = page.tab.getByRole('button', { name: /^Stop · \d/ })
    await stop.waitFor()
    assert.equal((await stop.boundingBox()).y, before, 'Record moves when it is pressed')
    await stop.click()
    await record.waitFor()
    await page.openFile('led.html')
    const text = server.file('www/led.html')
    await page.type('www/led.html', text.replace('</main>', ''))
    await page.tab.getByRole('tab', { name: /^Problems.*[1-9]/ }).waitFor()
    assert.equal((await record.boundingBox()).y, before, 'a problem moves what is above the messages')
    await page.type('www/led.html', text)
    await page.tab.getByRole('tab', { name: 'Problems', exact: true }).waitFor()

    const line = page.tab.getByRole('textbox', { name: 'Message to the board' })
    const said = async (word) => {
      for (const letter of 'abcdefgh') {
        await line.fill(word + letter)
        await line.press('Enter')
        await page.messages.getByText(`Reply for ${word}${letter}`, { exact: true }).waitFor({ timeout: 10_000 })
      }
    }
    const tall = (height) =>
      page.tab.locator('.below').evaluate(async (el, height) => {
        el.style.minHeight = height // as it gets when a row above it goes, of which no event of the window tells
        for (let i = 0; i < 3; i++) await new Promise((done) => requestAnimationFrame(done))
      }, height)
    await said('low')
    await tall('400px')
    await said('tall')
    await tall('')
    await said('low again')
  })

  test('with the chart offered, too, a problem that comes moves no tool of the messages', async () => {
    const { tab } = page
    await at(tab, 1280, 800)
    const source = server.file('main.go')
    await page.openFile('main.go')
    await page.type('main.go', source.replace('"Reply for " + ', ''))
    await page.run()
    await page.below('Messages')
    const line = tab.getByRole('textbox', { name: 'Message to the board' })
    for (const n of [20, 21, 22, 23]) {
      await line.fill(`temp: ${n}`)
      await line.press('Enter')
    }
    const row = tab.locator('.below > .tabs')
    await row.getByRole('button', { name: /^Chart/ }).waitFor()
    const show = async (name) => {
      await tab.getByTitle('View of the messages').click()
      await tab.getByRole('menuitemradio', { name }).click()
    }
    const heights = async () => {
      const all = {}
      await show('Chart')
      for (const width of [430, 400, 360]) {
        await at(tab, width, 800)
        await view(tab, 'Messages')
        all[`${width} chart`] = Math.round((await row.boundingBox()).height)
      }
      await show('List')
      for (const [width, height] of [
        [1280, 800],
        [1024, 768],
        [820, 1180],
        [600, 900],
        [400, 800],
        [360, 800],
      ]) {
        await at(tab, width, height)
        if (await isPhone(tab)) await view(tab, 'Messages')
        all[width] = Math.round((await row.boundingBox()).height)
        for (const f of await faults(tab)) all[`${width} ${f}`] = 'fault'
      }
      await at(tab, 1280, 800)
      return all
    }
    const before = await heights()
    await page.openFile('led.html')
    const text = server.file('www/led.html')
    await page.type('www/led.html', text.replace('</main>', ''))
    await tab.getByRole('tab', { name: /^Problems.*[1-9]/ }).waitFor()
    assert.deepEqual(await heights(), before)
    assert.deepEqual([...new Set(Object.values(before))], [before[1280]], 'the tools have a row of their own')
    await page.type('www/led.html', text)
    await tab.getByRole('tab', { name: 'Problems', exact: true }).waitFor()
    await page.openFile('main.go')
    await page.type('main.go', source)
    await page.run()
  })

  test('how a Run ended lies over no button', async () => {
    const { tab } = page
    await at(tab, 768, 1024)
    await page.run()
    const under = () =>
      tab.locator('.ended').evaluate((box) => {
        const { left, right, top, bottom } = box.getBoundingClientRect()
        const isUnder = (r) => r.width > 0 && r.left < right && r.right > left && r.top < bottom && r.bottom > top
        const all = [...document.querySelectorAll('button, [role=tab], input')].filter((b) => !box.contains(b))
        return all.filter((b) => isUnder(b.getBoundingClientRect())).map((b) => b.getAttribute('aria-label') ?? b.textContent)
      })
    assert.deepEqual(await under(), [])
    await at(tab, 1280, 800)
  })

  test('on a phone a Run that failed covers no word of what is wrong', async () => {
    const { tab } = page
    const source = server.file('main.go')
    await page.openFile('main.go')
    await at(tab, 400, 800)
    await view(tab, 'Code')
    await page.type('main.go', 'package main\n\nfunc main( {\n}\n')
    await page.explain.getByText('never closed').waitFor()
    await page.runButton.click()
    const ended = tab.locator('.ended')
    await ended.getByText('main.go:3').waitFor()
    const [said, told] = [await page.explain.boundingBox(), await ended.boundingBox()]
    assert.ok(said.y + said.height <= told.y + 1, `what is wrong ends at ${said.y + said.height}, the word on it begins at ${told.y}`)
    await picture(tab, 'failed on a phone')
    await page.type('main.go', source)
    await page.run()
    await at(tab, 1280, 800)
  })

  test('what the board has of a file is whole while its actions are shown', async () => {
    const { tab } = page
    await at(tab, 1280, 800)
    for (const name of ['main.go', 'led.html']) {
      await page.onBoard(name)
      await page.file(name).hover()
      const cut = await tab
        .getByRole('listitem')
        .filter({ has: tab.getByRole('button', { name: `Actions for ${name}` }) })
        .evaluate((row) =>
          [...row.querySelectorAll('.text, .tag')].filter((el) => el.scrollWidth > el.clientWidth).map((el) => el.textContent),
        )
      assert.deepEqual(cut, [], name)
    }
  })

  test('on a phone how a push ended covers neither the newest message nor the line that sends', async () => {
    const { tab } = page
    await at(tab, 400, 800)
    await view(tab, 'Messages')
    await page.below('Messages')
    const line = tab.getByRole('textbox', { name: 'Message to the board' })
    for (let i = 0; i < 30; i++) {
      await line.fill(`full ${i}`)
      await line.press('Enter')
    }
    const newest = page.messages.getByText('Reply for full 29', { exact: true })
    await newest.waitFor()
    const before = await line.boundingBox()
    const text = server.file('www/led.html')
    await writeFile(join(server.home, 'projects', 'LED-over-WebSocket', 'www', 'led.html'), `${text}\n`)
    await tab.locator('.ended .result').waitFor()
    const isSeen = (of) =>
      of.evaluate((el) => {
        const r = el.getBoundingClientRect()
        return el.contains(document.elementFromPoint(r.left + r.width / 2, r.top + r.height / 2))
      })
    assert.ok(await isSeen(newest), 'the newest message is covered')
    assert.ok(await isSeen(line), 'the line that sends is covered')
    assert.deepEqual(await line.boundingBox(), before, 'the line that sends moves')
    const wide = await tab.locator('.ended').evaluate((el) => el.offsetWidth - el.parentElement.clientWidth)
    assert.equal(wide, 0, 'its line ends before the panel does')
    const chips = tab.getByRole('group', { name: 'Send again' }).getByRole('button')
    const cut = await chips.evaluateAll((all) =>
      all
        .filter((el) => el.style.visibility !== 'hidden' && el.scrollWidth > el.clientWidth && el.textContent.length < 24)
        .map((el) => el.textContent),
    )
    assert.deepEqual(cut, [], 'what was sent before is cut')
    await picture(tab, 'ended in messages')
    await writeFile(join(server.home, 'projects', 'LED-over-WebSocket', 'www', 'led.html'), text)
    await at(tab, 1280, 800)
  })

  test('on a phone the name of the file in front is whole', async () => {
    for (const width of [320, 360]) {
      await at(page.tab, width, 720)
      await view(page.tab, 'Code')
      const right = (of) => page.tab.locator(of).evaluate((el) => el.getBoundingClientRect().right)
      const cut = (await right('.tab.on')) - (await right('.scroll:has(> .tab.on)'))
      assert.ok(cut <= 1, `${width}: ${cut} px of the tab are cut`)
    }
    await at(page.tab, 1280, 800)
  })

  test('where room is short, the name of a new project and the button that makes it are in sight', async () => {
    await at(page.tab, 640, 400)
    await page.tab.getByRole('button', { name: /^Project/ }).click()
    await page.tab.getByRole('menuitem', { name: 'New project…' }).click()
    const make = page.tab.getByRole('dialog').getByRole('button', { name: 'Make the project' })
    const { y, height } = await make.boundingBox()
    assert.ok(y + height <= 400, `it ends at ${y + height} of 400 px`)
    await page.tab.keyboard.press('Escape')
    await at(page.tab, 1280, 800)
  })

  test('200 % zoom is half the width and half the height', () =>
    fits(
      page.tab,
      'zoom',
      windows.slice(2).map(([w, h]) => [w / 2, h / 2]),
    ))

  // Without grounds of colours of their own, what is loud, chosen or next needs an edge to be seen.
  test('forced colours leave edges', async () => {
    const edge = (l) =>
      l.evaluate((el) => {
        const s = getComputedStyle(el)
        const width = (style, w) => (style === 'none' ? 0 : parseFloat(w))
        return Math.max(width(s.borderTopStyle, s.borderTopWidth), width(s.outlineStyle, s.outlineWidth))
      })
    await page.tab.emulateMedia({ forcedColors: 'active' })
    try {
      for (const [what, l] of Object.entries({
        Run: page.runButton,
        'the file in front': page.tab.locator('.tree li.sel'),
      }))
        assert.ok((await edge(l)) >= 1, `${what} has no edge`)
    } finally {
      await page.tab.emulateMedia({ forcedColors: null })
    }
  })

  test('in one row with Run the names of project and board have the room', async () => {
    const before = page.tab.viewportSize()
    await at(page.tab, 640, 480)
    try {
      const chosen = page.tab.getByRole('banner').locator('.chosen')
      const isWhole = (el) => el.scrollHeight <= el.clientHeight + 1 && el.scrollWidth <= el.clientWidth
      await until('whole names', async () => (await Promise.all((await chosen.all()).map((l) => l.evaluate(isWhole)))).every(Boolean))
    } finally {
      await page.tab.setViewportSize(before)
    }
  })

  test('what a key does stands beside it', async () => {
    await page.tab.getByRole('button', { name: 'Help', exact: true }).click()
    await page.tab.locator('.keys div').first().waitFor() // it is loaded when it is asked for
    const far = await page.tab.locator('.keys div').evaluateAll((rows) =>
      rows
        .filter((row) => {
          const [key, does] = [row.querySelector('dt'), row.querySelector('dd')]
          const words = document.createRange()
          words.selectNodeContents(does)
          const lefts = [...words.getClientRects()].map((r) => r.left - key.getBoundingClientRect().right)
          return Math.max(...lefts) > 24
        })
        .map((row) => row.textContent),
    )
    assert.deepEqual(far, [])
    await page.tab.keyboard.press('Escape')
    await page.tab.getByRole('dialog').waitFor({ state: 'detached' })
  })

  test('menus and dialogs', async () => {
    const open = {
      'project menu': async () => {
        await page.tab
          .getByRole('banner')
          .getByRole('button', { name: /^Project/ })
          .click()
      },
      'board menu': async () => {
        await page.tab
          .getByRole('banner')
          .getByRole('button', { name: /^Board/ })
          .click()
      },
      'theme menu': async () => {
        await page.tab.getByRole('button', { name: 'Theme' }).click()
      },
      help: async () => {
        await page.tab.getByRole('button', { name: 'Help', exact: true }).click()
      },
      'new project': async () => {
        await page.tab
          .getByRole('banner')
          .getByRole('button', { name: /^Project/ })
          .click()
        await page.tab.getByRole('menuitem', { name: 'New project…' }).click()
      },
      'other port': async () => {
        await page.tab
          .getByRole('banner')
          .getByRole('button', { name: /^Board/ })
          .click()
        await page.tab.getByRole('menuitem', { name: 'Other port…' }).click()
      },
    }
    for (const [what, show] of Object.entries(open)) {
      await fits(
        page.tab,
        what,
        [
          [360, 800],
          [400, 800],
          [820, 1180],
          [1280, 800],
        ],
        async () => {
          await show()
          await (/menu/.test(what) ? page.tab.locator('.popup') : page.tab.getByRole('dialog')).waitFor()
          return async () => {
            await page.tab.keyboard.press('Escape')
            await page.tab.locator('.popup, dialog[open]').waitFor({ state: 'detached' })
          }
        },
      )
    }
  })

  test('panels that were made wide in a wide window give way in a narrow one', async () => {
    await at(page.tab, 2560, 1440)
    const panel = (name) => page.tab.getByRole('separator', { name })
    for (const name of ['Width of the files', 'Width of board and page', 'Height of console and messages', 'Height of the board']) {
      await panel(name).focus()
      await page.tab.keyboard.press('End')
      await fits(page.tab, `${name} at 2560`, [[2560, 1440]])
    }
    await fits(page.tab, 'wide panels', sweep(2))
    await at(page.tab, 2560, 1440)
    for (const name of ['Width of the files', 'Width of board and page', 'Height of console and messages', 'Height of the board']) {
      await panel(name).focus()
      await page.tab.keyboard.press('Home')
    }
    await fits(page.tab, 'narrow panels', windows)
    await at(page.tab, 1280, 800)
    for (const name of ['Width of the files', 'Width of board and page', 'Height of console and messages']) await panel(name).dblclick()
    await fits(page.tab, 'folded panels', windows)
    await at(page.tab, 1280, 800)
    for (const name of ['Width of the files', 'Width of board and page', 'Height of console and messages']) await panel(name).dblclick()
    await fits(page.tab, 'unfolded panels', windows)
  })

  test('a program that does not build', async () => {
    await at(page.tab, 1280, 800)
    await page.openFile('main.go')
    await page.type('main.go', server.file('main.go').replace('board.LED.High()', `board.LED.${long.replace(/[^a-z]/gi, '')}()`))
    await page.runButton.click()
    await page.explain.waitFor()
    await until('the end of the Run', () => page.runButton.isVisible())
    await fits(page.tab, 'mistake', sweep(4))
  })

  test('long names', async () => {
    await at(page.tab, 1280, 800)
    await page.newFile(`www/${long}.html`)
    await page.tab
      .getByRole('banner')
      .getByRole('button', { name: /^Project/ })
      .click()
    await page.tab.getByRole('menuitem', { name: 'Rename…' }).click()
    await page.tab.getByRole('dialog').getByLabel('Name').fill(`${long} ${long}`.slice(0, 80))
    await page.tab.getByRole('dialog').getByRole('button', { name: 'Rename' }).click()
    await page.tab.getByRole('button', { name: new RegExp(`^Project.*${long}`) }).waitFor()
    await fits(page.tab, 'long names', sweep(2))
    await fits(
      page.tab,
      'long names, messages',
      [
        [360, 800],
        [400, 800],
        [820, 1180],
      ],
      async () => {
        if (!(await isPhone(page.tab))) return
        await view(page.tab, 'Page')
        return () => view(page.tab, 'Code')
      },
    )
  })

  test('Studio is gone', async () => {
    await server.kill()
    await at(page.tab, 1280, 800)
    await page.tab.getByRole('alert').getByText('Studio is not running').waitFor()
    await fits(page.tab, 'gone', windows)
  })

  test('the page had no failures of its own', () => assert.deepEqual(page.failures, []))
})

describe('a real board at every width', { timeout: hanging }, () => {
  let server, chrome
  before(async () => {
    server = await Server.start()
    chrome = await browser()
  })
  after(async () => {
    await chrome?.close()
    await server?.stop()
  })
  const sizes = [
    [360, 800],
    [400, 800],
    [768, 1024],
    [1024, 768],
    [1280, 800],
    [1920, 1080],
  ]
  const look = async (tab, what) => {
    const wrong = []
    for (const [width, height] of sizes) {
      await at(tab, width, height)
      for (const f of await faults(tab)) wrong.push(`${what}, ${width}: ${f}`)
      if (wrong.length) await picture(tab, `${what} ${width}`)
    }
    assert.deepEqual(wrong, [])
  }

  test('long names of board and network, the Wi-Fi dialog, the choice of a board', async () => {
    const context = await chrome.newContext({ viewport: { width: 1280, height: 800 } })
    const f = await Feigned.open(context, server, (s) => {
      s.kinds = [kind, ...Array.from({ length: 12 }, (_, i) => ({ ...kind, id: `other${i}`, name: `${long} ${i}` }))]
      s.board.name = long
      s.board.wifi = {
        state: 'joined',
        ssid: long.slice(0, 32),
        reason: '',
        rssi: -50,
        address: '192.168.178.117',
        name: 'studio-1a2b.local',
        ap: '',
      }
      s.board.address = '192.168.178.117'
    })
    await f.answers('board/wifi/scan', {
      networks: [
        { ssid: long.slice(0, 32), rssi: -80, secure: true, channel: 1 },
        { ssid: 'Home', rssi: -50, secure: true, channel: 6 },
      ],
    })
    await look(f.tab, 'real board')
    await at(f.tab, 1280, 800)
    await f.tab.getByRole('banner').getByRole('button', { name: /Wi-Fi/ }).click()
    await f.dialog.getByRole('heading', { name: 'Wi-Fi of the board' }).waitFor()
    await look(f.tab, 'Wi-Fi')
    await f.tab.keyboard.press('Escape')
    f.say({ id: '', state: 'silent', text: 'Something answers, but not a program of Studio.' })
    await at(f.tab, 1280, 800)
    await f.tab.getByRole('button', { name: 'Which board is it?' }).click()
    await f.dialog.waitFor()
    await look(f.tab, 'choice')
    await context.close()
  })

  test('words that are a third longer, as in German', async () => {
    const context = await chrome.newContext({ viewport: { width: 1280, height: 800 } })
    const tab = await context.newPage()
    let changed = 0
    await tab.route('**/assets/*.js', async (r) => {
      const answer = await r.fetch()
      const body = (await answer.text()).replace(/\{text:"((?:[^"\\]|\\.)*)"/g, (_, words) => {
        changed++
        return `{text:"${words.replace(/([A-Za-z]{3,})(?![^{]*\})/g, (w) => w + 'n'.repeat(Math.ceil(w.length / 3)))}"`
      })
      await r.fulfill({ response: answer, body })
    })
    await tab.goto(server.url)
    await tab.locator('.run').waitFor()
    assert.ok(changed > 200, `${changed} sentences`)
    await look(tab, 'longer')
    await context.close()
  })
})
