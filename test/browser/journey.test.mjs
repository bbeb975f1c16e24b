// The journey of a beginner, in a real browser, with the built binary: once with the virtual board, and with programs
// that TinyGo has built: on an emulated Pico that Studio reaches over a serial port and its bootloader's drive, and on
// an emulated ESP32-C3, whose bootloader is on the same port.
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, afterEach, before, describe, test } from 'node:test'
import { browser, ESP32C3, hanging, Page, Pico, picture, root, Server, until } from './studio.mjs'

const size = { viewport: { width: 1280, height: 800 } }

journey('the virtual board', {})
journey('an emulated Pico', { skip: Pico.missing, plugIn: Pico.start, kind: 'Raspberry Pi Pico' })
journey('an emulated ESP32-C3', { skip: ESP32C3.missing, plugIn: ESP32C3.start, kind: 'Seeed XIAO ESP32C3' })

// journey is the same for every board. Without plugIn it is the one that Studio starts with; kind is what the user
// answers when he is asked which board it is.
function journey(name, { skip = false, plugIn, kind }) {
  describe(`the journey with ${name}`, { timeout: hanging, skip }, () => {
    let board, server, chrome, context, page
    before(async () => {
      board = await plugIn?.()
      server = await Server.start(board?.env)
      chrome = await browser()
      context = await chrome.newContext(size)
      page = await Page.open(context, server.url)
    })
    afterEach(async (t) => {
      if (!t.passed) await picture(page.tab, `failed ${t.name.slice(0, 30)}, ${name}`)
    })
    after(async () => {
      await chrome?.close()
      await server?.stop()
      await board?.stop()
    })
    const ledIs = async (word) => {
      await page.ledIs(word)
      await board?.ledIs(word)
    }

    test('first screen: project, board, one big Run', async () => {
      await page.tab.getByRole('button', { name: /LED over WebSocket/ }).waitFor()
      await page.tab.getByRole('button', { name: /Virtual ESP32-C3/ }).waitFor()
      await page.editor('main.go').waitFor()
      await picture(page.tab, `first, ${name}`)
    })

    test('a new board is chosen where it waits, and Run asks which one it is', {
      skip: !plugIn && 'Studio has the board already',
    }, async () => {
      await board.choose(page)
      await page.runButton.click()
      await page.chooseKind(new RegExp(`^${kind} board`))
      await page.running()
      await page.tab.getByRole('button', { name: new RegExp(`^Board.*${kind}`) }).waitFor()
    })

    test('one click: the page of the board appears and switches the LED', async () => {
      await page.run()
      await page.onBoard('main.go')
      await page.onBoard('led.html')
      await page.frame.getByRole('button', { name: /on/i }).first().click()
      await ledIs('lit')
      await page.below('Messages')
      await page.messages.getByText('LEDon', { exact: true }).first().waitFor()
      await page.messages.getByText('Reply for LEDon').first().waitFor()
      await picture(page.tab, `lit, ${name}`)
      await page.tab.getByRole('button', { name: 'Reload the page' }).click()
      await page.messages.getByText('LED is on', { exact: true }).waitFor()
      await page.frame.getByRole('img', { name: 'LED, on' }).waitFor() // the page asks how the LED is
      await page.frame.getByRole('button', { name: /off/i }).first().click()
      await ledIs('dark')
      await page.below('Console')
      await page.tab.locator('.xterm-rows', { hasText: 'LEDoff' }).waitFor()
    })

    test('the message console speaks to the board', async () => {
      await page.below('Messages')
      const box = page.tab.getByRole('textbox', { name: 'Message to the board' })
      await box.fill('LEDOn')
      await box.press('Enter')
      await page.messages.getByText('Reply for LEDOn', { exact: true }).waitFor()
      await ledIs('lit')
    })

    test('WebSocket close and reconnect', async () => {
      await page.below('Messages')
      await page.tab.getByRole('button', { name: 'Disconnect' }).click()
      await page.tab.getByRole('menuitem', { name: 'Close (1000)' }).click()
      await page.tab.getByText('Closed with 1000').first().waitFor()
      await page.tab.getByRole('button', { name: 'Connect', exact: true }).click()
      await page.tab.getByRole('menuitem', { name: 'Connect to /ws' }).click()
      await page.tab.getByText('Connected to /ws').first().waitFor()
    })

    test('a changed page is on the board a moment later, and the preview is fresh', async () => {
      await page.openFile('led.html')
      await page.type(
        'www/led.html',
        '<!doctype html><title>T</title><h1>Brand new</h1><script>console.log("hello from the page")</script>',
      )
      await page.frame.getByRole('heading', { name: 'Brand new' }).waitFor()
      await page.onBoard('led.html')
      await page.below('Messages')
      await page.messages.getByText('hello from the page').first().waitFor()
    })

    test('a page error is shown with its place', async () => {
      await page.openFile('led.html')
      await page.type(
        'www/led.html',
        '<!doctype html>\n<title>T</title>\n<button id="go">Go</button>\n' +
          '<script>\ngo.onclick = () => board.sned("x")\nconst board = { send() {} }\n</script>',
      )
      await page.onBoard('led.html')
      await page.frame.getByRole('button', { name: 'Go' }).click()
      await page.below('Problems')
      const problem = page.problems.getByText(/sned/).first()
      await problem.waitFor()
      await problem.click()
      await picture(page.tab, `page-error, ${name}`)
    })

    test('a JavaScript mistake is marked before it is sent', async () => {
      await page.newFile('www/app.js')
      await page.type('www/app.js', 'function f( {\n  return 1\n')
      await page.tab.locator('.cm-lintRange-error').first().waitFor()
      await page.explain.waitFor()
      await page.type('www/app.js', 'function f() {\n  return 1\n}\n')
      await page.tab.locator('.cm-lintRange-error').first().waitFor({ state: 'detached' })
    })

    test('a file that is not there is a 404', async () => {
      let url // while the page is loaded anew, its new frame has none yet
      await until(
        'the address of the page',
        async () => (url = await page.tab.locator('iframe[title="The board\'s page"]').getAttribute('src')),
      )
      const answer = await context.request.get(new URL('/none.html', url).href)
      assert.equal(answer.status(), 404)
    })

    test('a mistake in main.go: squiggle, plain words, the board goes on', async () => {
      await page.openFile('main.go')
      const good = server.file('main.go')
      await page.type('main.go', good.replace('board.LED.High()', 'board.led.High()'))
      await page.runButton.click()
      await page.tab.locator('.cm-lintRange-error').first().waitFor()
      await page.explain.waitFor()
      await picture(page.tab, `mistake, ${name}`)
      await page.frame.getByRole('button', { name: 'Go' }).waitFor()
      await page.explain.getByRole('button', { name: 'Change to LED' }).click()
      await until('the mended program', async () => server.file('main.go') === good)
      await page.run()
    })

    test('Stop holds the program, Reset starts it again', async () => {
      await page.tab.getByRole('button', { name: 'Stop', exact: true }).click()
      await page.tab.getByText('Stopped.').first().waitFor()
      await page.board.getByText(/The program is stopped/).waitFor()
      await page.tab.getByRole('button', { name: 'Reset', exact: true }).click()
      await page.tab.getByText('Restarted.').first().waitFor()
      await page.frame.getByRole('button', { name: 'Go' }).waitFor()
      await page.onBoard('led.html')
    })

    test('two tabs see the same state', async () => {
      const other = await Page.open(context, server.url)
      await page.openFile('led.html')
      await page.type('www/led.html', '<!doctype html><title>T</title><h1>From the first tab</h1>')
      await other.openFile('led.html')
      await until('the text in the other tab', async () => (await other.text('www/led.html')).includes('From the first tab'))
      await other.frame.getByRole('heading', { name: 'From the first tab' }).waitFor()
      await other.type('www/led.html', '<!doctype html><title>T</title><h1>From the second tab</h1>')
      await until('the text in the first tab', async () => (await page.text('www/led.html')).includes('From the second tab'))
      assert.deepEqual(other.failures, [])
      await other.tab.close()
    })

    test('Studio killed and started again: everything is as it was', async () => {
      await page.openFile('led.html')
      await page.type('www/led.html', '<!doctype html><title>T</title><h1>Kept</h1>')
      await page.frame.getByRole('heading', { name: 'Kept' }).waitFor() // its name says “on board” from before
      await page.onBoard('led.html')
      await until('the settings on disk', async () =>
        readFileSync(join(server.home, 'config', 'settings.json'), 'utf8').includes('www/app.js'),
      )
      const addr = server.addr
      await server.kill()
      await page.tab.getByRole('alert').getByText('Studio is not running').waitFor()
      await server.launch(addr)
      // The page finds it again by itself.
      await page.tab.getByRole('alert').getByText('Studio is not running').waitFor({ state: 'detached' })
      await page.tab.goto(server.url)
      await page.editor('www/led.html').waitFor()
      assert.match(await page.text('www/led.html'), /Kept/)
      for (const name of ['main.go', 'led.html', 'app.js']) await page.tab.getByRole('tab', { name }).waitFor()
      await page.onBoard('led.html')
      await page.frame.getByRole('heading', { name: 'Kept' }).waitFor()
    })

    test('the page had no failures of its own', () =>
      assert.deepEqual(
        page.failures.filter((f) => !f.includes('sned')),
        [],
      )) // that one is the board's page's
  })
}

describe("the tutorial's own pages", { timeout: hanging }, () => {
  const at = (name) => join(root, '..', 'shared', 'tutorial', name)
  const skip = existsSync(at('led.html')) ? false : 'they are not at hand'
  let server, chrome, page
  before(async () => {
    if (skip) return
    server = await Server.start()
    chrome = await browser()
    page = await Page.open(await chrome.newContext(size), server.url)
  })
  afterEach(async (t) => {
    if (!t.passed) await picture(page.tab, `failed ${t.name.slice(0, 30)}`)
  })
  after(async () => {
    await chrome?.close()
    await server?.stop()
  })

  test('led.html, pasted as it is, lights the LED', { skip }, async () => {
    await page.openFile('led.html')
    await page.type('www/led.html', readFileSync(at('led.html'), 'utf8'))
    await page.run()
    await page.frame.getByText('-- CONNECTED --').waitFor()
    await page.frame.getByText('Reply for Hello world :)').waitFor()
    await page.frame.getByRole('button', { name: 'LED ON' }).click()
    await page.ledIs('lit')
    await page.frame.getByText('Reply for LEDon').waitFor()
    await page.frame.getByRole('button', { name: 'LED OFF' }).click()
    await page.ledIs('dark')
    await page.frame.getByRole('button', { name: 'Say HELLO' }).click()
    await page.frame.getByText('Reply for HELLO from button').waitFor()
    await page.frame.getByRole('button', { name: 'Close connection' }).click()
    await page.frame.getByText('-- DISCONNECTED --').waitFor()
    await picture(page.tab, 'tutorial')
  })

  test('wstest.html says hello and closes after five seconds', { skip }, async () => {
    await page.newFile('www/wstest.html')
    await page.type('www/wstest.html', readFileSync(at('wstest.html'), 'utf8'))
    await page.onBoard('wstest.html')
    await page.tab.getByRole('combobox', { name: 'Page' }).selectOption({ label: 'wstest.html' })
    await page.frame.getByText('Reply for Hello world :)').waitFor()
    await page.frame.getByText('-- DISCONNECTED --').waitFor()
  })
})
