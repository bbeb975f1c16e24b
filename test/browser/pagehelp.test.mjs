// Help with pages, style sheets and scripts while they are typed.
import assert from 'node:assert/strict'
import { after, afterEach, before, describe, it } from 'node:test'
import { browser, hanging, Page, picture, Server, until } from './studio.mjs'

describe('help with web files', { timeout: hanging }, () => {
  let server, chrome, page
  const loaded = []
  const path = 'www/led.html'
  const list = () => page.tab.locator('.cm-tooltip-autocomplete')
  const option = (label) =>
    list()
      .locator('li')
      .filter({ has: page.tab.getByText(label, { exact: true }) })
  const key = (k) => page.tab.keyboard.press(k)
  const type = (text) => page.tab.keyboard.type(text)
  const choose = async (label) => {
    await option(label).first().waitFor()
    await page.proposals()
    await option(label).first().click()
  }

  // put makes a file's text another one and the cursor stand at the | in it.
  const put = async (file, text) => {
    const at = text.indexOf('|')
    await key('Escape') // a list may lie over the text
    await page.editor(file).focus()
    await key('Control+a')
    await page.tab.keyboard.insertText(text.replace('|', ''))
    const after = text.slice(at + 1)
    await key('Control+End')
    const lines = after.split('\n')
    for (let i = 1; i < lines.length; i++) await key('ArrowUp')
    await key('End')
    for (let i = 0; i < lines[0].length; i++) await key('ArrowLeft')
  }
  const has = async (piece) => until(`${piece} in the text`, async () => (await page.text(path)).includes(piece))

  before(async () => {
    server = await Server.start()
    chrome = await browser()
    page = await Page.open(await chrome.newContext({ viewport: { width: 1300, height: 850 } }), server.url)
    page.tab.on('request', (r) => loaded.push(new URL(r.url()).pathname))
    await page.openFile('led.html')
    await page.editor(path).waitFor()
  })
  afterEach(async (t) => {
    if (!t.passed) await picture(page.tab, `failed ${t.name.slice(0, 30)}`)
  })
  after(async () => {
    await chrome?.close()
    await server?.stop()
  })

  it('proposes tags, attributes, values, names and files of the project', async () => {
    await put(path, '<!DOCTYPE html>\n<style>.card { color: red } #gauge { color: #00f }</style>\n<p id="output" class="big"></p>\n|\n')
    await type('<butt')
    await choose('button')
    await type(' cla')
    await choose('class')
    await choose('card')
    await has('<button class="card"')
    await key('End')
    await type('>')
    await has('<button class="card"></button>')
    await key('End')
    await type('<label for="')
    await choose('output')
    await has('<label for="output"')
    await key('End')
    await type('></label><p id="')
    await choose('gauge') // the style sheet has it, and no element
    await has('<p id="gauge"')
  })

  it('proposes what style sheets can say', async () => {
    await put(path, '<style>\n:root { --accent: #336699 }\n.card { | }\n</style>\n<p class="card"></p>\n')
    await type('displ')
    await choose('display')
    await choose('flex')
    await has('display: flex')
    await type('; background: v')
    await choose('var(--accent)')
    await has('background: var(--accent)')
    await key('Control+End')
    await type('<style>.c')
    await option('card').first().waitFor()
    await key('Escape')
  })

  // The editor reads a text for some milliseconds with each change: where others use the computer, that is next to nothing.
  it('lists what a property takes on a computer that gets to nothing', async () => {
    await page.tab.evaluate(() => {
      const { now } = Date
      let ahead = 0
      Date.now = () => now() + (ahead += 30)
      window.restOfTime = () => (Date.now = now)
    })
    try {
      await put(path, '<style>\n.card { | }\n</style>\n<p class="card"></p>\n')
      await type('displ')
      await choose('display')
      await choose('flex')
      await has('display: flex')
      await key('Control+End')
      await type('<p cla')
      await choose('class')
      await choose('card')
      await has('<p class="card"')
      await key('End')
      await type('>')
      await has('<p class="card"></p>\n<p class="card"></p>')
    } finally {
      await page.tab.evaluate(() => window.restOfTime())
    }
  })

  it('shows colours, and changes them by the picker and by keys', async () => {
    await put(path, '<style>\np { color: #ff0000; background: rgb(0, 128, 0) }\n</style>\n<p style="color: navy">|x</p>\n')
    const swatches = page.editor(path).locator('.cm-swatch')
    await until('three swatches', async () => (await swatches.count()) === 3)
    assert.deepEqual(await swatches.evaluateAll((all) => all.map((s) => s.value)), ['#ff0000', '#008000', '#000080'])
    const pick = (n, colour) =>
      swatches.nth(n).evaluate((s, c) => {
        s.value = c
        s.dispatchEvent(new Event('change', { bubbles: true }))
      }, colour)
    await pick(0, '#00ff00')
    await has('color: #00ff00;')
    await pick(1, '#0000ff')
    await has('background: rgb(0, 0, 255)')
    await page.editor(path).focus()
    await key('Control+z')
    await has('background: rgb(0, 128, 0)')
    await key('Control+End')
    await key('ArrowUp')
    for (let i = 0; i < 18; i++) await key('ArrowRight')
    await key('Control+Alt+c')
    await until('the swatch to have the focus', () => page.tab.evaluate(() => document.activeElement.className === 'cm-swatch'))
    assert.match(await page.tab.evaluate(() => document.activeElement.getAttribute('aria-label')), /navy/)
    await key('Escape') // the browser's picker
    await page.editor(path).focus()
  })

  const script = (text) =>
    `<!DOCTYPE html>\n<input id="slider" type="range">\n<p id="output"></p>\n<script>\nfunction sayHello(who) {}\n${text}\n</script>\n`
  const ofWorker = () => loaded.filter((p) => p.includes('/worker-')).length

  it('loads what knows JavaScript with the first edit of a script', async () => {
    await put(path, '<p>|</p>\n<script>\nlet a = 1\n</script>\n')
    await type('hello <b')
    await key('Escape')
    await page.tab.waitForTimeout(300)
    assert.equal(ofWorker(), 0)
    // The first dot is typed long before what knows JavaScript has come.
    await page.tab.route('**/scripts-*.js', async (r) => {
      await page.tab.waitForTimeout(1000)
      await r.continue()
    })
    await put(path, script('document|'))
    await type('.')
    await option('getElementById').first().waitFor()
    assert.equal(ofWorker(), 1)
  })

  it('proposes the browser with its documentation, and the page', async () => {
    await put(path, script('|'))
    await type('new WebSock')
    await option('WebSocket').first().waitFor()
    await list().getByText('WebSocket', { exact: true }).first().waitFor()
    await page.tab
      .locator('.cm-completionInfo')
      .getByText(/creating and managing a WebSocket/)
      .waitFor()
    await key('Escape')
    await put(path, script('|'))
    await type('slider.valueAs')
    await option('valueAsNumber').first().waitFor()
    await key('Escape')
    await put(path, script('document.getElementById("|")'))
    await type('sl')
    await option('slider').first().waitFor()
    await key('Escape')
    await put(path, script('|'))
    await type('sayHello(')
    await page.tab.locator('.cm-go-signature').getByText('who').first().waitFor()
    await type('1)')
  })

  it('tells what a name is, and goes to where it comes from', async () => {
    await put(path, script('say|Hello(1)'))
    await key('Control+k')
    await key('Control+i')
    await page.tab.locator('.cm-go-doc').getByText('function sayHello(who: any): void').waitFor()
    await key('Escape')
    await key('F12')
    await until('the cursor at the function', () =>
      page.tab.evaluate(() => document.querySelector('.cm-activeLine')?.textContent.startsWith('function sayHello')),
    )
  })

  it('marks what is wrong for certain, once, with what mends it', async () => {
    await put(path, script('sayHelo(1)\nlet l = [1]\nl.lenght|'))
    const marked = page.editor(path).locator('.cm-lintRange-warning')
    await until('both to be marked', async () => (await marked.allTextContents()).join() === 'sayHelo,lenght')
    await key('ArrowUp')
    await key('ArrowUp')
    await page.explain.getByText('Nothing is called sayHelo here.').waitFor()
    await page.explain.getByText('Did you mean sayHello?').waitFor()
    await page.explain.getByRole('button', { name: 'Change to sayHello' }).click()
    await has('sayHello(1)')
    await until('one mark', async () => (await page.editor(path).locator('.cm-lintRange-warning').count()) === 1)
  })

  it('hints at a message that the program does nothing with', async () => {
    await page.openFile('main.go')
    const handler = 'board.OnText(func(from *board.Client, msg string) {\nif msg == "on" {\nboard.LED.High()\n}\n})\n'
    await put('main.go', `package main\n\nimport "studio/board"\n\nfunc main() {\n${handler}board.Serve()|\n}\n`)
    await page.openFile('led.html')
    await put(path, '<script>\nconst ws = new WebSocket(`ws://${location.host}/ws`);\nws.onopen = () => ws.send("hello");|\n</script>\n')
    await page.editor(path).locator('.cm-lintRange-hint').getByText('hello').waitFor()
    await page.explain.getByText('The page sends "hello", and the program does nothing with it.').waitFor()
    await key('ArrowUp')
    await until('nothing but the line under the text', async () => (await page.explain.count()) === 0)
    await page.below('Problems')
    const hint = (file) => page.tab.getByRole('list', { name: 'Problems' }).getByRole('button', { name: new RegExp(`^hint ${file}`) })
    await hint('led.html').waitFor()
    await hint('main.go').waitFor() // which looks again when the page is saved
    await picture(page.tab, 'hint')
  })

  it('starts again what hangs, and types on meanwhile', async () => {
    await put(path, script('|'))
    const worker = page.tab.workers()[0]
    worker
      .evaluate(() => {
        for (;;);
      })
      .catch(() => undefined)
    await type('let typed = 1; document.')
    await has('let typed = 1; document.')
    // Who asks while a worker begins anew gets no answer, and types on.
    await until('a list of another worker', async () => {
      await key('Backspace')
      await type('.')
      return option('getElementById')
        .first()
        .waitFor({ timeout: 5000 })
        .then(
          () => true,
          () => false,
        )
    })
    assert.ok(page.tab.workers().some((w) => w !== worker))
    assert.deepEqual(page.failures, [])
  })
})
