// What a screen reader, a keyboard and eyes that see fewer colours need: axe-core on the states of the page that a
// beginner meets, in both themes, at desk and phone width.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { after, afterEach, before, describe, test } from 'node:test'
import { fair } from './fair.mjs'
import { at } from './fit.mjs'
import { browser, hanging, Page, picture, Server } from './studio.mjs'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

describe('a page for everybody', { timeout: hanging }, () => {
  let server, chrome, page
  before(async () => {
    server = await Server.start()
    chrome = await browser()
    page = await Page.open(await chrome.newContext({ viewport: { width: 1280, height: 800 } }), server.url)
    await page.editor('main.go').waitFor()
    await page.tab.evaluate(axe)
  })
  afterEach(async (t) => {
    if (!t.passed) await picture(page.tab, `failed ${t.name.slice(0, 30)}`)
  })
  after(async () => {
    await chrome?.close()
    await server?.stop()
  })

  // look runs axe in both themes. The board's own page (a frame) is the user's.
  async function look(what) {
    const wrong = []
    for (const colorScheme of ['light', 'dark']) {
      await page.tab.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      const found = await page.tab.evaluate(() =>
        window.axe.run(
          { exclude: [['iframe']] },
          {
            resultTypes: ['violations'],
            iframes: false,
            runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
            rules: { region: { enabled: false } },
          },
        ),
      )
      for (const v of found.violations)
        for (const n of v.nodes)
          wrong.push(`${what}, ${colorScheme}: ${v.id}: ${n.target.join(' ')} ${n.failureSummary?.split('\n')[1] ?? ''}`)
    }
    return wrong
  }

  test('fresh, running, with a mistake, in menus and dialogs, on a phone', async () => {
    const wrong = [...(await look('fresh'))]
    await page.run()
    await page.onBoard('led.html')
    for (const b of ['Console', 'Problems', 'Messages']) {
      await page.below(b)
      wrong.push(...(await look(`running, ${b}`)))
    }
    await page.tab
      .getByRole('button', { name: /^Board/ })
      .first()
      .click()
    await page.tab.getByRole('menu').waitFor()
    wrong.push(...(await look('board menu')))
    await page.tab.keyboard.press('Escape')
    await page.tab.getByRole('button', { name: 'Help', exact: true }).click()
    await page.tab.getByRole('dialog').waitFor() // it is loaded when it is asked for
    wrong.push(...(await look('help')))
    await page.tab.keyboard.press('Escape')
    await page.tab.getByRole('dialog').waitFor({ state: 'detached' })
    await at(page.tab, 820, 1180)
    await page.tab.getByRole('button', { name: 'Files', exact: true }).click()
    wrong.push(...(await look('drawer')))
    await page.tab.keyboard.press('Escape')
    await at(page.tab, 390, 800)
    for (const v of ['Board', 'Messages', 'Page', 'Code']) {
      await page.tab.getByRole('navigation', { name: 'Views' }).getByRole('button', { name: v }).click()
      wrong.push(...(await look(`phone, ${v}`)))
    }
    await at(page.tab, 1280, 800)
    await page.type('main.go', 'package main\n\nfunc main( {\n}\n')
    await page.tab.locator('.cm-lintRange-error').first().waitFor()
    await page.below('Problems')
    wrong.push(...(await look('mistake')))
    assert.deepEqual(wrong, [])
  })

  test('an item that asks before it acts ends in “…”, and no other', async () => {
    const { tab } = page
    const dialog = tab.getByRole('dialog')
    const menus = {
      project: () => tab.getByRole('button', { name: /^Project/ }).click(),
      file: () => page.file('led.html').click({ button: 'right' }),
    }
    const items = tab.getByRole('menu').getByRole('menuitem')
    const wrong = []
    for (const open of Object.values(menus)) {
      await open()
      const names = (await items.allTextContents()).map((n) => n.trim()).filter((n) => !n.startsWith('Download'))
      await tab.keyboard.press('Escape')
      for (const name of names.filter((n) => n !== 'Open' && !n.startsWith('Send '))) {
        await open()
        await items.filter({ hasText: name }).first().click()
        await dialog.waitFor()
        const asks = await dialog.evaluate((el) => [...el.querySelectorAll('button')].some((b) => /^(Cancel|Keep)/.test(b.textContent)))
        if (asks !== name.endsWith('…')) wrong.push(`${name}: ${asks ? 'asks' : 'only shows'}`)
        await tab.keyboard.press('Escape')
        await dialog.waitFor({ state: 'detached' })
      }
    }
    assert.deepEqual(wrong, [])
  })

  test('dialogs that come rarely, menus, and the editor’s own panels', async () => {
    const { tab } = page
    const size = { width: 1280, height: 800 }
    const looks = (name, within = 'dialog') => fair(tab, `axe ${name}`, { within, widths: [1280, 400], size })
    const dialog = tab.getByRole('dialog')
    const closed = async () => {
      await tab.keyboard.press('Escape')
      await dialog.waitFor({ state: 'detached' })
    }
    const project = async () => {
      await tab.getByRole('button', { name: /^Project/ }).click()
      await tab.getByRole('menuitem').first().waitFor()
    }
    await project()
    await looks('project menu', '.popup')
    const names = await tab.getByRole('menuitem').allTextContents()
    await tab.keyboard.press('Escape')
    const asked = names.map((n) => n.trim()).filter((n) => /…$|^Trusted/.test(n) && !/elsewhere/.test(n))
    assert.ok(asked.length >= 4, `${names}: those that have tests of their own are left out`)
    for (const name of asked) {
      await project()
      await tab.getByRole('menuitem', { name, exact: true }).click()
      await dialog.waitFor()
      await looks(name)
      await closed()
    }
    await tab.getByRole('button', { name: 'Add a file' }).click()
    await tab.getByRole('menuitem', { name: 'New file…' }).click()
    await looks('new file')
    await closed()
    await page.file('led.html').focus()
    await tab.keyboard.press('F2')
    await looks('rename')
    await closed()
    await page.file('led.html').focus()
    await tab.keyboard.press('Delete')
    await looks('remove')
    await closed()
    await tab
      .getByRole('button', { name: /^Board/ })
      .first()
      .click()
    await tab.getByRole('menuitem', { name: 'Other port…' }).click()
    await looks('other port')
    await closed()
    await page.openFile('led.html')
    await page.editor('www/led.html').click()
    await tab.keyboard.press('Control+f')
    await tab.locator('.cm-search').waitFor()
    await looks('find', '.editor')
    await tab.keyboard.press('Escape')
  })
})
