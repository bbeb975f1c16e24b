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
})
