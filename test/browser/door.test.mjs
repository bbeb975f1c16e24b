// Who the page lets in: a browser by an address that is good once, and later by its own key.
import assert from 'node:assert/strict'
import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { chromium } from 'playwright-core'
import { Page, Server, browser, browserOptions, until } from './studio.mjs'

describe('the door', () => {
  let server, profile, context, page, stranger // another browser
  before(async () => {
    server = await Server.start()
    profile = await mkdtemp(join(tmpdir(), 'studio-profile-'))
    context = await chromium.launchPersistentContext(profile, browserOptions)
  })
  after(async () => {
    await context?.close()
    await stranger?.close()
    await server?.stop()
    rmSync(profile, { recursive: true, force: true })
  })

  test('an address lets one browser in, and does not stay in sight', async () => {
    const address = server.url
    page = await Page.open(context, address)
    assert.equal(page.tab.url(), `http://${server.addr}/`)
    assert.equal(await page.tab.evaluate(() => document.referrer), '')
    stranger = await browser()
    const tab = await stranger.newPage()
    await tab.goto(address)
    await tab.getByText('used already').waitFor()
    await tab.getByText('studio open').waitFor()
    await tab.close()
    await page.tab.goto(address) // as by the Back button: who is in stays in
    await page.runButton.waitFor()
  })

  test('the file that opens a browser leads in', async () => {
    const file = join(server.home, 'open.html')
    const tab = await stranger.newPage()
    writeFileSync(file, `<!doctype html><meta http-equiv="refresh" content="0; url=${server.url}">`)
    await tab.goto(pathToFileURL(file).href).catch(() => undefined) // it leads on at once
    await tab.getByRole('button', { name: 'Run', exact: true }).waitFor()
    await tab.close()
  })

  test('after a restart an open page, and a page that is loaded anew, come in again', async () => {
    const addr = server.addr
    await until('the browser to be remembered', () => existsSync(join(server.home, 'config', 'browsers.json')))
    await server.kill()
    await server.launch(addr)
    await until(
      'the page to be in again',
      async () =>
        (await page.tab
          .evaluate(() =>
            fetch('/api/state').then(
              (r) => r.status,
              () => 0,
            ),
          )
          .catch(() => 0)) === 200, // it may be loaded anew
    )
    await server.kill()
    await page.tab.goto('about:blank')
    await server.launch(addr)
    await page.tab.goto(`http://${addr}/`).catch(() => undefined)
    await page.runButton.waitFor()
  })

  test('a browser that is no longer known is told what to do, and goes on then', async () => {
    const addr = server.addr
    await server.kill()
    rmSync(join(server.home, 'config', 'browsers.json'))
    await server.launch(addr)
    const banner = page.tab.getByRole('alert').filter({ hasText: 'does not know this browser any more' })
    await banner.waitFor()
    const other = await context.newPage()
    await other.goto(server.url)
    await banner.waitFor({ state: 'detached' })
    await other.close()
    assert.deepEqual(page.failures, [])
  })

  test("nothing in the browser's folders lets anybody in", async () => {
    const { token } = JSON.parse(readFileSync(join(server.home, 'config', 'running.json'), 'utf8'))
    const cookies = (await context.cookies()).map((c) => c.value)
    await context.close()
    context = undefined
    const codes = new Set()
    const look = (dir) => {
      for (const e of readdirSync(dir, { withFileTypes: true })) {
        const path = join(dir, e.name)
        if (e.isDirectory()) look(path)
        else if (e.isFile()) {
          const content = readFileSync(path, 'latin1')
          for (const secret of [token, ...cookies]) assert.ok(!content.includes(secret), `${e.name} holds a secret`)
          for (const m of content.matchAll(/\?code=([\w-]{20,})/g)) codes.add(m[1])
        }
      }
    }
    look(profile)
    for (const code of codes) {
      const answer = await fetch(`http://${server.addr}/?code=${code}`, { redirect: 'manual' })
      assert.equal(answer.status, 401, 'a code in the history still opens the door')
    }
    assert.ok(cookies.length > 0)
  })
})
