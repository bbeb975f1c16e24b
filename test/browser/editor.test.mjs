// The editor as one uses it every day: what can be seen and reached of what it shows.
import assert from 'node:assert/strict'
import { after, afterEach, before, describe, test } from 'node:test'
import { at } from './fit.mjs'
import { Page, Server, browser, hanging, picture, until } from './studio.mjs'

describe('the editor', { timeout: hanging }, () => {
  let server, chrome, page, blank
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

  // paint is how many pixels there are of each colour in a box of the page.
  const paint = async (locator) => {
    const clip = await locator.boundingBox()
    if (!clip) return {} // it has just been taken away
    const png = (await page.tab.screenshot({ clip, caret: 'hide' })).toString('base64')
    return blank.evaluate(async (png) => {
      const image = new Image()
      image.src = `data:image/png;base64,${png}`
      await image.decode()
      const canvas = document.createElement('canvas')
      canvas.width = image.width
      canvas.height = image.height
      const context = canvas.getContext('2d')
      context.drawImage(image, 0, 0)
      const { data } = context.getImageData(0, 0, image.width, image.height)
      const of = {}
      for (let i = 0; i < data.length; i += 4) {
        const colour = [data[i], data[i + 1], data[i + 2]].join()
        of[colour] = (of[colour] ?? 0) + 1
      }
      return of
    }, png)
  }
  const most = (of) => Object.entries(of).sort((a, b) => b[1] - a[1])[0]?.[0]
  const reds = (of) =>
    Object.entries(of).reduce((n, [colour, count]) => {
      const [r, g, b] = colour.split(',').map(Number)
      return r > 130 && r - g > 70 && r - b > 70 ? n + count : n
    }, 0)

  before(async () => {
    server = await Server.start()
    chrome = await browser()
    page = await Page.open(await chrome.newContext({ viewport: { width: 1280, height: 800 } }), server.url)
    await page.openFile('main.go')
    await page.editor('main.go').waitFor()
    blank = await page.tab.context().newPage()
    await page.tab.bringToFront()
  })
  afterEach(() => page.tab.emulateMedia({ colorScheme: 'light', forcedColors: 'none' }))
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

    await page.type('main.go', 'e'.repeat(1100))
    await key('Control+f')
    await find.fill('e')
    await says(/more than 1,000 places$/)
    await key('Escape')

    await key('Control+h')
    await until('the focus in what is put instead', () =>
      page.tab.getByRole('textbox', { name: 'Replace with' }).evaluate((el) => el === document.activeElement),
    )
    await key('Escape')
    await put(program, 6)
  })
  test('dragged with Alt the pointer selects a rectangle alone; a click with Alt adds a caret, and takes it away', async () => {
    const at = async (n, column) => {
      const box = await page.tab
        .locator('.cm-line')
        .nth(n - 1)
        .boundingBox()
      return [box.x + 6 + column * wide, box.y + box.height / 2]
    }
    await put('aaaa\nbbbb\ncccc\ndddd\n', 4)
    const wide = await line(1).evaluate((el) => {
      const range = document.createRange()
      range.selectNodeContents(el)
      return range.getBoundingClientRect().width / 4
    })
    await page.tab.keyboard.down('Alt')
    await page.tab.mouse.move(...(await at(1, 1)))
    await page.tab.mouse.down()
    await page.tab.mouse.move(...(await at(2, 2)))
    await page.tab.mouse.move(...(await at(3, 3)))
    await page.tab.mouse.up()
    await page.tab.keyboard.up('Alt')
    await page.tab.keyboard.type('X')
    await until('the rectangle replaced', async () => (await text()) === 'aXa\nbXb\ncXc\ndddd\n')

    const click = async (n, column, modifiers) => {
      if (modifiers) await page.tab.keyboard.down('Alt')
      await page.tab.mouse.click(...(await at(n, column)))
      if (modifiers) await page.tab.keyboard.up('Alt')
    }
    await click(1, 0)
    await click(2, 0, true)
    await click(3, 0, true)
    await click(2, 0, true)
    await page.tab.keyboard.type('Y')
    await until('two carets', async () => (await text()) === 'YaXa\nbXb\nYcXc\ndddd\n')
    await key('Escape')
  })

  test('what is selected is told from the rest in forced colours, and a mark keeps its own colour', async () => {
    await put('package main\n\nfunc main() {\n\tprintln("abc)\n}\n', 1)
    const mark = page.tab.locator('.cm-lintRange-error', { hasText: '"abc)' }).first() // not the one of the program before
    await page.tab.mouse.move(5, 5)
    let plain = 0
    await until('the mark', async () => (await mark.count()) > 0 && (plain = reds(await paint(mark))) > 3)
    await until('what is told of it', async () => {
      await key('Control+Home')
      await key('F8') // a check that ends in that moment takes it away
      return page.tab.locator('.cm-tooltip').isVisible()
    })
    await key('Escape')
    await page.tab.locator('.cm-tooltip').waitFor({ state: 'detached' })
    await until('the mark selected', async () => (await page.tab.locator('.cm-selectionBackground').count()) > 0)
    const selected = reds(await paint(mark))
    assert.ok(selected > plain / 2, `${selected} of ${plain} red pixels`)

    await page.tab.emulateMedia({ forcedColors: 'active' })
    const under = (tab) => tab.evaluate((el) => getComputedStyle(el).borderBottomColor)
    const [front, other] = [page.tab.locator('.editor .tab.on'), page.tab.locator('.editor .tab:not(.on)').first()]
    assert.notEqual(await under(front), await under(other), 'the file in front')
    const below = page.tab.locator('.panel.below')
    assert.notEqual(
      await under(below.locator('[aria-selected=true]')),
      await under(below.locator('[aria-selected=false]').first()),
      'the tab below',
    )
    const marker = page.tab.locator('.cm-lint-marker-error').first()
    assert.notEqual(most(await paint(marker)), most(await paint(page.tab.locator('.cm-gutter-lint').first())), 'the sign beside the line')
    await put(program, 6)
    await key('Enter')
    await page.tab.keyboard.type('board.')
    const chosen = page.tab.locator('.cm-tooltip-autocomplete [aria-selected=true]')
    await chosen.waitFor()
    assert.notEqual(most(await paint(chosen)), most(await paint(page.tab.locator('.cm-tooltip-autocomplete li').nth(3))), 'the proposal')
    await key('Escape')
    await put('same\nsame\n', 1)
    await key('Control+d')
    const second = async () => JSON.stringify(await paint(line(2)))
    const before = await second()
    await key('Control+d')
    await until('the second one to be seen', async () => (await second()) !== before)
    await key('Home')
    await key('Escape')
  })
  test('what is to be filled in is seen on dark ground', async () => {
    await page.tab.emulateMedia({ colorScheme: 'dark' })
    await put('package main\n\nfunc main() {\n\t\n}\n', 4)
    await page.tab.keyboard.type('for')
    await key('Control+Space')
    await page.accept(/^for loop/)
    const fields = page.tab.locator('.cm-snippetField')
    await until('its fields', async () => (await fields.count()) > 2)
    const light = (of) => Math.max(...most(of).split(',').map(Number))
    const [field, around] = [light(await paint(fields.nth(2))), light(await paint(page.tab.locator('.cm-activeLine')))]
    assert.ok(field >= around + 15, `${field} on ${around}`)
    await picture(page.tab, 'fields dark')
    await key('Escape')
  })
  test('what is shown beside the code is as large as the code, and no field is tiny', async () => {
    const size = (of) => of.evaluate((el) => Number.parseFloat(getComputedStyle(el).fontSize))
    const letters = async (px) => {
      await page.tab.getByRole('button', { name: 'Find, commands and preferences' }).click()
      await page.tab.getByRole('menuitem', { name: 'Editor preferences' }).click()
      await page.tab.getByRole('spinbutton', { name: 'Text size' }).fill(`${px}`)
      await until(`${px} pixels`, async () => (await size(page.tab.locator('.cm-content'))) === px)
      await key('Escape')
      await page.tab.getByRole('dialog').waitFor({ state: 'detached' })
    }
    await letters(22)
    await put(program, 6)
    await key('Enter')
    await page.tab.keyboard.type('board.')
    const list = page.tab.locator('.cm-tooltip-autocomplete')
    await list.locator('li').first().waitFor()
    await picture(page.tab, 'proposals 22 px')
    assert.equal(await size(list.locator('li').first()), 21)
    assert.equal(await size(page.tab.locator('.cm-completionInfo')), 21)
    await key('Escape')
    await letters(14)
    await page.editor('main.go').focus()
    await key('Control+Alt+g')
    const field = page.tab.getByRole('textbox', { name: 'Go to line' })
    await picture(page.tab, 'go to line')
    assert.ok((await size(field)) >= 13)
    await key('Escape')
  })
})
