// The reference of package board: found, read, put into a program, tried out; by pointer and by keyboard.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { after, afterEach, before, describe, it } from 'node:test'
import { at } from './fit.mjs'
import { browser, hanging, Page, picture, Server, until } from './studio.mjs'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const led = `package main

import "studio/board"

func main() {
	board.OnText(func(from *board.Client, msg string) {
		if board.Fold(msg) == "ledon" {
			board.LED.High()
		}
	})

	board.Serve()
}
`

describe('the reference of board', { timeout: hanging }, () => {
  let server, chrome, page
  const key = (k) => page.tab.keyboard.press(k)
  const dialog = () => page.tab.getByRole('dialog', { name: 'What board can do' })
  const heading = (name) => dialog().getByRole('heading', { level: 3, name, exact: true })
  const searchBox = () => dialog().getByRole('searchbox')
  const inEditor = () => page.editor('main.go').evaluate((el) => el.contains(document.activeElement))
  const gone = () => dialog().waitFor({ state: 'detached' })
  const loaded = (part) =>
    page.tab.evaluate((name) => performance.getEntriesByType('resource').some((e) => e.name.includes(`/assets/${name}-`)), part)
  const cursor = async (text, behind) => {
    const lines = text.slice(0, text.indexOf(behind) + behind.length).split('\n')
    await page.editor('main.go').focus()
    await key('Control+Home')
    for (let i = 1; i < lines.length; i++) await key('ArrowDown')
    await key('Home')
    await key('Home')
    const now = () => page.tab.evaluate(() => getSelection().focusOffset)
    if ((await now()) !== 0) await key('Home') // it goes to the first letter and to the beginning in turns
    for (let i = 0; i < lines.at(-1).length; i++) await key('ArrowRight')
  }
  const violations = async (what) => {
    const wrong = []
    await dialog().waitFor() // it is loaded when it is asked for
    for (const colorScheme of ['light', 'dark']) {
      await page.tab.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      await picture(page.tab, `reference ${what} ${colorScheme}`)
      const found = await page.tab.evaluate(() =>
        window.axe.run(
          { include: [['dialog']] },
          {
            resultTypes: ['violations'],
            iframes: false,
            runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
          },
        ),
      )
      for (const v of found.violations) for (const n of v.nodes) wrong.push(`${what}, ${colorScheme}: ${v.id}: ${n.target.join(' ')}`)
    }
    return wrong
  }

  before(async () => {
    server = await Server.start({ STUDIO_GOPLS: '/nowhere/gopls' })
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

  it('is loaded when it is opened, while the list of names is there before the first key', async () => {
    await until('the names', () => loaded('go_names'))
    assert.equal(await loaded('reference'), false)
    const button = page.tab.getByRole('button', { name: 'Look up what board can do' })
    await button.click()
    await searchBox().waitFor()
    await until('the focus in the search', () => searchBox().evaluate((el) => el === document.activeElement))
    assert.equal(await loaded('reference'), true)
    await key('Escape')
    await gone()
    await until('the focus at the button', () => button.evaluate((el) => el === document.activeElement))
  })

  it('finds by the names of other tutorials, and by keyboard alone', async () => {
    await page.editor('main.go').focus()
    await key('Control+Home')
    await key('F1') // package: it has nothing to say
    await searchBox().waitFor()
    await until('the focus in the search', () => searchBox().evaluate((el) => el === document.activeElement))
    await page.tab.keyboard.type('digitalWrite(13, HIGH)')
    await dialog().getByText('digitalWrite is board.Pin(…).High() here').waitFor()
    await key('ArrowDown')
    await key('ArrowDown')
    await key('ArrowUp')
    await key('Enter')
    await heading('Pin.High').waitFor()
    await dialog().getByText('func (p board.Pin) High()').waitFor()
    await dialog().getByRole('heading', { name: 'What it costs, how far it goes' }).waitFor()
    await until('the focus at the title', () => heading('Pin.High').evaluate((el) => el === document.activeElement))
    await key('Escape')
    await gone()
    await until('the focus in the editor', inEditor)
  })

  it('opens the name at the cursor, and puts an example where it belongs, which one undo takes back', async () => {
    await page.type('main.go', led)
    await cursor(led, 'board.Fo')
    await key('F1')
    await heading('Fold').waitFor()
    await searchBox().fill('setInterval')
    await searchBox().press('Enter')
    await heading('Every').waitFor()
    await dialog().getByRole('button', { name: 'Put it into my program' }).click()
    await gone()
    const put = led
      .replace('import "studio/board"', 'import (\n\t"studio/board"\n\t"time"\n)')
      .replace('\tboard.Serve()', '\tboard.Every(250*time.Millisecond, func() {\n\t\tboard.LED.Toggle()\n\t})\n\n\tboard.Serve()')
    await until('the example', async () => (await page.text('main.go')).trimEnd() === put.trimEnd())
    await until('the focus in the editor', inEditor)
    await key('Control+z')
    await until('the program as it was', async () => (await page.text('main.go')).trimEnd() === led.trimEnd())

    await cursor(led, 'OnTex') // its example goes into the function that is there
    await key('F1')
    await heading('OnText').waitFor()
    await dialog().getByRole('button', { name: 'Put it into my program' }).click()
    await until('the example', async () => /msg string\) \{\n\t\tswitch board\.Fold\(msg\) \{/.test(await page.text('main.go')))
    assert.equal((await page.text('main.go')).match(/OnText/g).length, 1)
    await key('Control+z')
    await until('it to be saved', () => server.file('main.go') === led)
  })

  it('says why a computer with little memory has no help while typing', async () => {
    const context = await chrome.newContext()
    const small = (text) => {
      const state = JSON.parse(text, (key, value) =>
        key === 'gopls' && value?.offer
          ? {
              version: '',
              path: '',
              offer: value.offer,
              problem: { ...value.problem, code: 'gopls.memory', text: 'It has 1024 MB of memory.' },
            }
          : value,
      )
      return JSON.stringify(state)
    }
    await context.route('**/api/state', async (route) => {
      const answer = await route.fetch()
      await route.fulfill({ response: answer, body: small(await answer.text()) })
    })
    await context.routeWebSocket(/\/api\/events/, (ws) => {
      const studio = ws.connectToServer()
      studio.onMessage((message) => ws.send(typeof message === 'string' ? small(message) : message))
    })
    const other = await Page.open(context, server.url)
    await other.tab.getByRole('button', { name: 'No help while typing…' }).click()
    const why = other.tab.getByRole('dialog', { name: 'Help while you type' })
    await why.getByText('It has 1024 MB of memory.').waitFor()
    assert.equal(await why.getByRole('button', { name: 'Install gopls' }).count(), 0)
    await context.close()
  })

  it('is for everybody, on every screen', async () => {
    const wrong = []
    for (const [width, height] of [
      [1280, 800],
      [820, 1180],
      [400, 800],
    ]) {
      await at(page.tab, width, height)
      await page.tab.getByRole('button', { name: 'Look up what board can do' }).click()
      wrong.push(...(await violations(`list ${width}`)))
      await searchBox().fill('Serial.println')
      wrong.push(...(await violations(`found ${width}`)))
      await searchBox().press('Enter')
      await heading('println').waitFor()
      wrong.push(...(await violations(`entry ${width}`)))
      const box = await dialog().boundingBox()
      if (box.x < 0 || box.x + box.width > width || box.y < 0 || box.y + box.height > height)
        wrong.push(`${width}: the dialog is at ${JSON.stringify(box)}`)
      const put = await dialog().getByRole('button', { name: 'Put it into my program' }).boundingBox()
      if (put.x + put.width > width) wrong.push(`${width}: the button is at ${JSON.stringify(put)}`)
      if (width === 400) {
        await dialog().getByRole('button', { name: 'Back to the list' }).click()
        await searchBox().waitFor()
      }
      await key('Escape')
      await gone()
    }
    await page.tab.emulateMedia({ colorScheme: null })
    await at(page.tab, 1280, 800)
    assert.deepEqual(wrong, [])
  })

  it('makes a project of an example, which runs, and of one of the gallery', async () => {
    await page.editor('main.go').focus()
    await key('F1')
    await searchBox().fill('ExampleLED blinks')
    await dialog().getByText('Nothing here is called').waitFor()
    await searchBox().fill('LED')
    await searchBox().press('Enter')
    await heading('LED').waitFor()
    await dialog().getByRole('button', { name: 'Try it in a new project' }).click()
    await gone()
    await page.tab.getByRole('button', { name: /^Project.*LED/ }).waitFor()
    await until('its program', async () => /board\.LED\.Toggle/.test(await page.text('main.go')))
    await page.run()
    await page.ledIs('lit')
    await page.ledIs('dark')
    await page.tab.getByRole('button', { name: 'Help', exact: true }).click()
    await page.tab.getByRole('dialog').getByRole('button', { name: 'Look up what board can do' }).click()
    await searchBox().fill('morse')
    await dialog()
      .getByRole('button', { name: /^Morse/ })
      .click()
    await gone()
    await page.tab.getByRole('button', { name: /^Project.*Morse/ }).waitFor()
    assert.deepEqual(page.failures, [])
  })
})
