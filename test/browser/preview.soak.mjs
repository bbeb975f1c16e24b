// The board's page stays in its frame: whatever it does, keys go where the user last clicked or tabbed, the editor goes
// on, and the preview can be reloaded. What it keeps in the browser is its project's.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { Feigned } from './feigned.mjs'
import { hostile, html, hungry } from './hostile.mjs'
import { browser, Page, picture, Server, until } from './studio.mjs'

const rounds = process.env.STUDIO_SOAK ? 20 : 1

// What it prints would stop a terminal, swallow the rest, or be answered into the board's line.
const program = String.raw`package main

import "studio/board"

func main() {
	print("begin \x1b[999999999M \x1b[31mred\x1b[0m \x1b[6n\x1b]52;c;eA==\x07\x1b[999999999b 10%\r\x1b[K done\n\x1b]open end\n")
	board.Serve()
}
`

// What the pages of these tests are called on the board, and what they do. The preview shows the first one by itself.
const pages = {
  calm: ['Calm', ''],
  keeper: ['Keeper', ''],
  grabber: ['Grabber', 'field.focus(); setInterval(function () { field.focus(); window.focus(); }, 20);'],
  sly: [
    'Sly',
    `
    var realm = document.createElement('iframe');
    document.documentElement.appendChild(realm);
    var ways = [
      function () { realm.contentWindow.HTMLElement.prototype.focus.call(field); },
      function () { var l = document.createElement('label'); l.htmlFor = 'field'; document.body.appendChild(l); l.click(); l.remove(); },
      function () { var d = document.createElement('dialog'); d.innerHTML = '<input>'; document.body.appendChild(d); d.showModal(); d.querySelector('input').onkeydown = function (e) { keys += e.key; }; setTimeout(function () { d.remove(); }, 200); },
      function () { realm.contentDocument.body.innerHTML = '<input>'; realm.contentWindow.focus(); realm.contentDocument.querySelector('input').click(); realm.contentWindow.HTMLElement.prototype.focus.call(realm.contentDocument.querySelector('input')); },
    ], n = 0;
    setInterval(function () { ways[n++ % ways.length](); }, 700);`,
  ],
  greedy: [
    'Greedy',
    `
    var realm = document.createElement('iframe');
    document.documentElement.appendChild(realm);
    setTimeout(function () { setInterval(function () { realm.contentWindow.HTMLElement.prototype.focus.call(field); }, 20); }, 500);`,
  ],
  dialogs: ['Dialogs', 'setTimeout(function () { alert("once"); button.textContent = confirm("sure?"); }, 200);'],
  wild: [
    'Wild',
    `
    setInterval(function () {
      tryIt(function () { top.location = 'about:blank'; });
      tryIt(function () { top.location.href = '/'; });
      tryIt(function () { window.open('/', '_top'); });
      tryIt(function () { document.documentElement.requestFullscreen(); });
      tryIt(function () { document.body.requestPointerLock(); });
      tryIt(function () { return navigator.keyboard.lock(); });
      tryIt(function () { return Notification.requestPermission(); });
      tryIt(function () { return navigator.clipboard.readText(); });
      tryIt(function () { return navigator.serviceWorker.register('/sw.js'); });
      tryIt(function () { navigator.vibrate(1000); });
      tryIt(function () { top.close(); });
      tryIt(function () { history.pushState(0, '', '#' + Math.random()); });
      for (var i = 0; i < 5; i++) {
        parent.postMessage({ studio: 'page' }, '*');
        parent.postMessage({ key: { key: 'x' } }, '*');
        console.log('flood ' + 'x'.repeat(1000));
      }
    }, 100);
    onbeforeunload = function (e) { e.preventDefault(); return 'stay'; };
    for (var i = 0; i < 5000; i++) document.body.appendChild(document.createElement('b')).draggable = true;`,
  ],
}

// Most of these tests wait most of the time, so some of them run at once, each in a window of its own with a file of its
// own. Tabs of one window would not do: there the board's pages share a process, so that one that hangs hangs all.
const lanes = 3

class Lane {
  constructor(n) {
    this.notes = `notes${n}.txt`
  }
  async open(chrome, server) {
    this.again = () => this.open(chrome, server)
    this.context = await chrome.newContext({ viewport: { width: 1280, height: 800 } })
    this.page = await Page.open(this.context, server.url)
    this.tab = this.page.tab
    this.tab.setDefaultTimeout(20_000)
    this.opened = []
    this.asked = []
    this.tab.on('popup', (p) => this.opened.push(p))
    this.tab.on('dialog', (d) => {
      this.asked.push(d.type())
      d.accept().catch(() => undefined)
    })
    this.url = this.tab.url()
    return this
  }
  inside = () => this.tab.frames().find((f) => f !== this.tab.mainFrame() && !f.parentFrame()?.parentFrame())
  heading(name) {
    return this.page.frame.getByRole('heading', { name, exact: true })
  }
  // pick has the preview show a page of the board.
  async pick(file) {
    await this.tab.getByLabel('Page', { exact: true }).selectOption('/' + file)
  }
  async show(page) {
    await this.pick(page + '.html')
    await this.heading(pages[page][0]).waitFor()
  }
  reload() {
    return this.tab
      .getByRole('button', { name: 'Reload the page' })
      .first()
      .evaluate((b) => b.click())
  }
  // empty empties the lane's file, in which the cursor is then.
  async empty() {
    await this.page.openFile(this.notes)
    await this.page.editor(this.notes).click()
    await this.tab.keyboard.press('Control+A')
    await this.tab.keyboard.press('Delete')
  }
  // typed types n letters into the open file, 60 ms each, while the preview is loaded anew, and wants all of them there.
  async typed(n) {
    const text = async () => (await this.page.text(this.notes)).trim()
    let wanted = await text()
    for (let i = 0; i < n; i++) {
      const letter = String.fromCharCode(97 + (i % 26))
      wanted += letter
      await this.tab.keyboard.press(letter)
      await this.tab.waitForTimeout(60)
      if (i % 40 === 10) await this.reload()
    }
    await until('what was typed', async () => (await text()) === wanted, 3000).catch(() => undefined)
    const got = await text()
    assert.equal(got, wanted, `${wanted.length - got.length} of ${n} letters are lost`)
    if (rounds > 1) console.log(`0 of ${n} letters lost`)
  }
  // alive: the editor takes what is typed, which it would not while Studio's page is held up, and Studio is where it was.
  async alive(n = 20) {
    await this.empty()
    await this.typed(n)
    assert.equal(this.tab.url(), this.url)
    assert.equal(await this.tab.evaluate(() => document.fullscreenElement), null)
  }
  // usable: the preview shows another page, which takes clicks.
  async usable() {
    await this.show('calm')
    await this.page.frame.locator('#button').click()
    await this.page.frame.getByRole('button', { name: '1 clicks' }).waitFor()
  }
}

describe('a page that does as it likes', { timeout: 900_000 }, () => {
  let server, chrome
  const free = []
  before(async () => {
    server = await Server.start()
    chrome = await browser({
      args: ['--js-flags=--max-heap-size=256'],
      ignoreDefaultArgs: ['--disable-popup-blocking', '--disable-ipc-flooding-protection'],
    })
    const first = await new Lane(0).open(chrome, server)
    const { origin } = new URL(first.url)
    const put = async (path, data) =>
      assert.equal(
        (
          await first.context.request.put(`${origin}/api/files/${path}`, {
            data,
            headers: { Origin: origin, 'If-Match': '*', 'Content-Type': 'text/plain' },
          })
        ).status(),
        200,
      )
    for (const [file, [name, script]] of Object.entries(pages)) await put(`www/${file}.html`, html(name, script))
    for (const h of hostile) await put(`www/${h.file}`, html(h.name, h.script, h.head))
    await put('www/hungry.html', hungry)
    await put('hungry.txt', '')
    for (let i = 0; i < lanes; i++) await put(`notes${i}.txt`, '')
    await put('main.go', program)
    await first.page.run()
    free.push(first)
    for (let i = 1; i < lanes; i++) free.push(await new Lane(i).open(chrome, server))
  })
  after(async () => {
    await chrome?.close()
    await server?.stop()
  })
  // lane is a test in a window that no other test uses meanwhile.
  const lane = (name, run) =>
    test(name, async () => {
      const mine = free.pop()
      mine.opened.length = mine.asked.length = 0
      try {
        await run(mine)
        free.push(mine)
      } catch (e) {
        await picture(mine.tab, `failed ${name.slice(0, 40)}`).catch(() => undefined)
        void mine.context.close().catch(() => undefined)
        free.push(await mine.again())
        throw e
      }
    })

  describe('in several windows at once', { concurrency: lanes }, () => {
    lane('the console shows what is harmless of what the program printed', async ({ page, tab }) => {
      await page.below('Console')
      const lines = tab.getByRole('region', { name: 'Console output' })
      await lines.getByText('open end').waitFor()
      assert.match(await lines.innerText(), /done/)
      await page.below('Problems')
    })

    lane("what it keeps is there again, and Studio's cookie is not in it", async (l) => {
      await l.show('keeper')
      await l.inside().evaluate(async () => {
        localStorage.setItem('a', 'local')
        sessionStorage.setItem('a', 'session')
        document.cookie = 'a=cookie; path=/; max-age=99'
        await new Promise((done, fail) => {
          const r = indexedDB.open('a', 1)
          r.onerror = () => fail(r.error)
          r.onsuccess = done
        })
        window.old = true
      })
      await l.reload()
      await until('the page to be another one', () =>
        l
          .inside()
          ?.evaluate(() => !window.old && document.readyState === 'complete')
          .catch(() => false),
      )
      const kept = await l
        .inside()
        .evaluate(async () => [
          localStorage.getItem('a'),
          sessionStorage.getItem('a'),
          document.cookie,
          (await indexedDB.databases()).map((d) => d.name).join(),
        ])
      assert.deepEqual(kept, ['local', 'session', 'a=cookie', 'a'])
      const studio = (await l.context.cookies()).find((c) => c.name.startsWith('studio-'))
      assert.ok(studio?.httpOnly)
      const { origin } = new URL(l.tab.url())
      assert.notEqual(new URL(l.inside().url()).origin, origin)
      // It has a process of its own, though its host is Studio's.
      await (await l.context.newCDPSession(l.inside())).detach()
      // Nor may the page do anything with Studio's cookie.
      const tried = await l.inside().evaluate(
        async (studio) => {
          document.cookie = studio.name + '=x; path=/api'
          const get = await fetch(studio.origin + '/api/state', { credentials: 'include' }).then(
            (r) => r.status,
            () => 'refused',
          )
          const post = await fetch(studio.origin + '/api/run', {
            method: 'POST',
            mode: 'no-cors',
            credentials: 'include',
            body: '{}',
          }).then(
            (r) => r.type,
            () => 'refused',
          )
          const socket = await new Promise((done) => {
            const s = new WebSocket(studio.origin.replace('http', 'ws') + '/api/events')
            s.onopen = () => done('open')
            s.onerror = () => done('refused')
          })
          return { get, post, socket }
        },
        { name: studio.name, origin },
      )
      assert.equal(tried.get, 'refused')
      assert.equal(tried.socket, 'refused')
    })

    lane('it takes the focus every 20 ms and at every load: nothing that is typed is lost', async (l) => {
      await l.show('grabber')
      await l.empty()
      for (let i = 0; i < rounds; i++) {
        await l.empty() // the editor draws a part of a very long line only
        await l.typed(300)
      }
      assert.equal(await l.inside().evaluate('keys'), '')
      // It is the user's to use: by a click …
      const field = l.page.frame.locator('#field')
      await l.page.frame.locator('#button').click()
      await l.page.frame.getByRole('button', { name: '1 clicks' }).waitFor()
      await field.click()
      await l.tab.keyboard.type('hello', { delay: 20 })
      assert.equal(await field.inputValue(), 'hello')
      // … until the next one, and by Tab, and out again by F6.
      await l.page.editor(l.notes).click()
      await l.tab.keyboard.type('x', { delay: 100 })
      assert.equal(await field.inputValue(), 'hello')
      await l.tab.getByRole('link', { name: 'Open in a new tab' }).focus()
      await l.tab.keyboard.press('Tab')
      await until('the focus in the page', () => l.tab.evaluate(() => document.activeElement?.tagName === 'IFRAME'))
      await l.tab.waitForTimeout(300)
      await l.tab.keyboard.type('!', { delay: 60 })
      await until('the key in the page', async () => (await field.inputValue()).includes('!'))
      await l.tab.keyboard.press('F6')
      await until('the focus in Studio', () => l.tab.evaluate(() => document.activeElement?.tagName !== 'IFRAME'))
    })

    lane('it takes the focus by ways that no script can close: what is typed comes back', async (l) => {
      await l.show('sly')
      await l.empty()
      await l.typed(100)
      assert.equal(await l.inside().evaluate('keys'), '')
    })

    lane('where it does so without a rest, it is taken off the screen', async (l) => {
      await l.show('greedy')
      await l.tab.getByText('The page takes the keyboard again and again.').waitFor()
      await l.empty()
      await l.typed(5)
      await l.usable()
    })

    for (const h of hostile) {
      lane(`a page that ${h.name}`, async (l) => {
        const ended = () => l.tab.getByText('The page does not answer.').waitFor({ timeout: 60_000 })
        await l.pick(h.file)
        if (!h.untouched && !h.ends) await l.heading(h.name).waitFor()
        await h.before(l)
        if (h.asks) await ended()
        await l.alive(h.asks ? 5 : 20)
        if (h.ends && !h.asks) await ended()
        await h.check(l)
        await l.usable()
      })
    }

    lane('two dialogs are shown and answered', async (l) => {
      await l.show('dialogs')
      await l.page.frame.getByRole('button', { name: 'true' }).waitFor()
      assert.deepEqual(l.asked, ['alert', 'confirm'])
    })

    lane('everything at once: Studio stays, and the page can be loaded anew, put away and changed', async (l) => {
      await l.show('wild')
      await l.alive()
      assert.equal(l.opened.length, 0)
      await l.tab.getByRole('button', { name: 'Reload the page' }).click()
      await l.heading('Wild').waitFor()
      const line = l.tab.getByRole('separator', { name: 'Width of board and page' })
      await line.press('Enter')
      await until('the page to be put away', async () => !(await l.heading('Wild').isVisible()))
      await line.press('Enter')
      await l.usable()
    })

    test('while a Wi-Fi password is asked for, no page is on the screen', async () => {
      const own = await chrome.newContext({ viewport: { width: 1280, height: 800 } })
      const f = await Feigned.open(own, server, (s) => {
        Object.assign(s.board, {
          virtual: true,
          wifi: { state: 'ap', ssid: '', reason: '', rssi: 0, address: '192.168.4.1', name: '', ap: 'Studio-1A2B' },
        })
      })
      await f.answers('board/wifi/scan', { networks: [{ ssid: 'Home', rssi: -50, secure: true, channel: 6 }] })
      await f.page.frame.getByRole('heading').first().waitFor()
      await f.tab.getByRole('banner').getByRole('button', { name: /Wi-Fi/ }).click()
      await f.dialog.getByRole('button', { name: /Home/ }).click()
      await f.tab.getByText('The page is not shown while a password is asked for.').waitFor({ state: 'attached' })
      assert.equal(f.tab.frames().length, 1)
      await f.tab.keyboard.type('a secret')
      assert.equal(await f.dialog.getByLabel('Password', { exact: true }).inputValue(), 'a secret')
      await f.tab.keyboard.press('Escape')
      await f.page.frame.getByRole('heading').first().waitFor()
      await own.close()
    })
  })

  // Playwright gives up a tab whose frame has died, though the tab itself has not: what it shows is asked for by other
  // ways. It holds up new frames there, too, so that the next page is not waited for.
  test('a page takes memory until its process dies', async () => {
    const context = await chrome.newContext({ viewport: { width: 1280, height: 800 } })
    const { tab } = await Page.open(context, server.url)
    const devtools = await context.newCDPSession(tab)
    const run = async (f, ...args) =>
      (await devtools.send('Runtime.evaluate', { expression: `(${f})(...${JSON.stringify(args)})`, returnByValue: true })).result.value
    const pick = (file) =>
      run((file) => {
        const list = document.querySelector('select.url')
        list.value = `/${file}`
        list.dispatchEvent(new Event('change', { bubbles: true }))
      }, file)
    const text = () => run(() => document.querySelector('.cm-content').innerText.trim())
    await tab.getByRole('navigation', { name: 'Files' }).getByRole('button', { name: 'hungry.txt' }).first().click()
    await tab.getByRole('textbox', { name: 'Text of hungry.txt' }).click()
    let hasDied = false
    tab.once('crash', () => (hasDied = true))
    await pick('hungry.html')
    let typed = ''
    for (let i = 0; i < 40 || (!hasDied && i < 2000); i++) {
      const letter = String.fromCharCode(97 + (i % 26))
      await devtools.send('Input.dispatchKeyEvent', { type: 'keyDown', key: letter, text: letter })
      await devtools.send('Input.dispatchKeyEvent', { type: 'keyUp', key: letter })
      typed += letter
      await new Promise((done) => setTimeout(done, 60))
    }
    await until('what was typed', async () => (await text()) === typed)
    await until('the words', () => run(() => document.body.innerText.includes('The page does not answer.')))
    await pick('calm.html')
    await until('another frame', () => run(() => document.querySelector('iframe')?.src.endsWith('/calm.html')))
    assert.equal(await text(), typed)
  })

  // What follows changes what all windows show.

  lane('a page that hangs is mended in the editor', async (l) => {
    const hung = hostile.find((h) => h.name === 'never ends')
    await l.page.openFile(hung.file)
    await l.tab.waitForTimeout(1500) // it hangs by now
    await l.page.type(`www/${hung.file}`, html('Mended', ''))
    await l.heading('Mended').waitFor()
  })

  lane('another project finds nothing of it', async (l) => {
    await l.show('calm')
    const { origin } = new URL(l.inside().url())
    await l.page.newProject('Echo')
    await l.page.run()
    await l.page.frame.getByRole('heading').first().waitFor()
    await until('a page of another origin', () => l.inside() && new URL(l.inside().url()).origin !== origin)
    assert.deepEqual(await l.inside().evaluate(async () => [localStorage.length, document.cookie, (await indexedDB.databases()).length]), [
      0,
      '',
      0,
    ])
  })
})
