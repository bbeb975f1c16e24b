// The editor as one uses it every day: what can be seen and reached of what it shows.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { at } from './fit.mjs'
import { Page, Server, browser, hanging, picture, until } from './studio.mjs'

describe('the editor', { timeout: hanging }, () => {
  let server, chrome, page
  const key = (k) => page.tab.keyboard.press(k)
  const line = (n) => page.tab.locator('.cm-line').nth(n - 1)
  const text = () => page.text('main.go')
  const program = `package main

import "studio/board"

func main() {
	board.LED.Low()
	board.LED.Low()
	board.Serve()
}
`
  // put makes the program another one, and has the cursor at the end of a line.
  const put = async (text, n) => {
    await page.type('main.go', text)
    await line(n).click()
    await key('End')
  }

  before(async () => {
    server = await Server.start()
    chrome = await browser()
    page = await Page.open(await chrome.newContext({ viewport: { width: 1280, height: 800 } }), server.url)
    await page.openFile('main.go')
    await page.editor('main.go').waitFor()
  })
  after(async () => {
    await chrome?.close()
    await server?.stop()
  })

  test('what is told of a proposal is seen, and covers none of them', async () => {
    const list = page.tab.locator('.cm-tooltip-autocomplete')
    const info = page.tab.locator('.cm-completionInfo')
    // seen are those of the elements whose middle is what one sees there.
    const seen = (of) =>
      of.evaluateAll((all) =>
        all.map((el) => {
          const list = el.parentElement.getBoundingClientRect()
          const r = el.getBoundingClientRect()
          const top = Math.max(r.top, list.top)
          const bottom = el.matches('li') ? Math.min(r.bottom, list.bottom) : r.bottom
          if (bottom - top < 6) return true // scrolled out of the list
          const at = [
            [r.left + 3, top + 3],
            [r.left + 3, bottom - 3],
            [r.right - 20, top + 3],
            [(r.left + r.right) / 2, (top + bottom) / 2],
          ]
          return at.every(([x, y]) => el.contains(document.elementFromPoint(x, y)))
        }),
      )
    for (const [width, height] of [
      [1280, 800],
      [900, 600],
      [400, 800],
    ]) {
      await at(page.tab, width, height)
      await put(program, 6)
      await key('Enter')
      await page.tab.keyboard.type('board.')
      await list.getByText('Broadcast', { exact: true }).waitFor()
      await page.tab.waitForTimeout(150) // before that the list takes no keys
      await key('ArrowDown')
      await info.getByText('Broadcast sends a text message').waitFor()
      await until('the place of what is told', async () => (await info.boundingBox())?.height > 20 && (await seen(info))[0])
      assert.deepEqual(
        (await seen(list.locator('li'))).filter((is) => !is),
        [],
        `a proposal is covered, at ${width} px`,
      )
      await picture(page.tab, `proposals ${width}`)
      await list.getByRole('option', { name: 'Broadcast (msg string)', exact: true }).waitFor()
      await key('Escape')
    }
    await at(page.tab, 1280, 800)
  })
  test('finding says how many places there are, at which one is, and why there is none', async () => {
    const find = page.tab.getByRole('textbox', { name: 'Find' })
    const says = (words) => page.tab.locator('.cm-search').getByRole('status').getByText(words, { exact: true }).waitFor()
    const selected = () => page.tab.evaluate(() => document.querySelector('.cm-searchMatch-selected')?.textContent)
    await put(program, 1)
    await key('Control+f')
    await page.tab.keyboard.type('low')
    await says('1 of 2 places')
    assert.equal(await selected(), 'Low', 'it goes there while one types')
    await key('Enter')
    await says('2 of 2 places')
    await key('Shift+Enter')
    await says('1 of 2 places')
    await page.tab.getByLabel('match case').check()
    await says('Nothing found.')
    assert.equal(await find.getAttribute('aria-invalid'), 'false')

    await find.fill('LED.(')
    await says('Nothing found.')
    await page.tab.getByLabel('regular expression').check()
    await says(/^This is no regular expression yet/)
    assert.equal(await find.getAttribute('aria-invalid'), 'true')
    await picture(page.tab, 'find wrong')
    await find.fill('LED.(L|H)') // pasted by the pointer, for what a page can tell
    await says('2 of 2 places')
    assert.equal(await selected(), 'LED.L')

    await page.tab.getByRole('textbox', { name: 'Replace with' }).fill('LED.X$1')
    await page.tab.getByRole('button', { name: 'Replace', exact: true }).click()
    await until('one of them replaced', async () => /LED\.Low[\s\S]*LED\.XLow/.test(await text()))
    await says('1 of 1 place')
    await page.tab.getByRole('button', { name: 'All', exact: true }).click()
    await key('Escape')
    await key('Control+f') // what was looked for, and how, is there again
    await page.tab.getByLabel('regular expression').uncheck()
    await page.tab.getByLabel('match case').uncheck()
    await find.fill('')
    await key('Escape')

    await page.type('main.go', '// e\n'.repeat(1100))
    await key('Control+f')
    await find.fill('e')
    await says(/more than 1000 places$/)
    await key('Escape')
    await put(program, 6)
  })
})
