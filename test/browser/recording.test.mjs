// Recording messages, looking at recordings of any length, and taking them from one place to another.
import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { fair } from './fair.mjs'
import { browser, hanging, Page, picture, Server, until } from './studio.mjs'

const long = 320_000 // messages: higher than any element may be

describe('recordings', { timeout: hanging }, () => {
  let server, chrome, context, page, tab, dir
  const record = () => tab.getByRole('button', { name: 'Record', exact: true })
  const stop = () => tab.getByRole('button', { name: /^Stop · \d/ })
  const banner = (text) => tab.locator('.recbar').getByText(text).first().waitFor()
  const inBanner = (name) => tab.locator('.recbar').getByRole('button', { name })
  const dialog = () => tab.getByRole('dialog', { name: 'Recordings' })
  const rows = () => page.messages.getByRole('row')
  const view = async (name) => {
    await tab
      .locator('button[aria-haspopup]')
      .filter({ hasText: /^(List|Chart|Timeline)$/ })
      .click()
    await tab.getByRole('menuitemradio', { name }).click()
  }
  const list = async () => {
    await tab.getByRole('button', { name: 'More for messages' }).click()
    await tab.getByRole('menuitem', { name: 'Recordings' }).click()
    await dialog().waitFor()
  }
  const send = async (text) => {
    await tab.getByRole('textbox', { name: /^Message/ }).fill(text)
    await tab.keyboard.press('Enter')
    await page.messages.getByText(text, { exact: true }).first().waitFor()
  }
  const bring = async (name, content) => {
    const path = join(dir, name)
    await writeFile(path, content)
    await dialog().locator('input[type=file]').setInputFiles(path)
  }
  const item = async (recording, name) => {
    await dialog()
      .getByRole('button', { name: `More for ${recording}` })
      .click()
    await tab.getByRole('menuitem', { name }).click()
  }
  const firstRow = async () => Number(await rows().first().getAttribute('aria-rowindex'))

  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'studio-recordings-'))
    server = await Server.start()
    chrome = await browser()
    context = await chrome.newContext({ viewport: { width: 1280, height: 800 } })
    page = await Page.open(context, server.url)
    tab = page.tab
    await page.run()
    await page.below('Messages')
  })
  after(async () => {
    await chrome?.close()
    await server?.stop()
    await rm(dir, { recursive: true, force: true })
  })

  test('goes on while no page is open, and says so', async () => {
    await record().click()
    await stop().waitFor()
    await banner(/It goes on while no page is open/)
    await send('LEDon')
    await tab.close()
    page = await Page.open(context, server.url)
    tab = page.tab
    await page.below('Messages')
    await stop().waitFor()
    await send('LEDoff')
    await until('the count to come', async () => /Show all [1-9]/.test(await tab.locator('.recbar').innerText()))
    await fair(tab, 'recording', { within: '.below', widths: [1280, 820, 400] })
    await stop().click()
    await banner(/^Recorded: [0-9]+ messages/)
    await inBanner('Open').click()
    await banner(/^Recording “/)
    for (const text of ['LEDon', 'LEDoff']) await page.messages.getByText(text, { exact: true }).first().waitFor()
    await fair(tab, 'recording shown', { within: '.below', widths: [1280, 820, 400] })
    // The timeline is of what goes on. Its messages have other numbers than those of the recording.
    await view('Timeline')
    await tab
      .getByRole('region', { name: 'Everything that happens, on one clock' })
      .getByRole('button', { name: /message .*LEDoff/ })
      .last()
      .click()
    await page.messages.locator('.msg.sel').getByText('LEDoff').waitFor()
    assert.equal(await page.messages.locator('.msg.sel').count(), 1)
    await record().waitFor()
  })

  test('bytes are sent as hex and as Base64', async () => {
    const form = async (from, to) => {
      await tab.getByRole('button', { name: `Send: ${from}` }).click()
      await tab.getByRole('menuitemradio', { name: to, exact: true }).click()
    }
    await form('Text', 'Bytes, as hex')
    await tab.getByRole('textbox', { name: /^Message/ }).fill('01 ff 0a')
    await tab.keyboard.press('Enter')
    await page.messages.getByText('01 ff 0a', { exact: true }).first().waitFor()
    await form('Bytes, as hex', 'Bytes, as Base64')
    await tab.getByRole('textbox', { name: /^Message/ }).fill('no Base64!')
    await tab.keyboard.press('Enter')
    await tab.getByText('These are not bytes as Base64.').waitFor()
    await tab.getByRole('textbox', { name: /^Message/ }).fill('TEVE_w')
    await tab.keyboard.press('Enter')
    await page.messages.getByText('4c 45 44 ff', { exact: true }).first().waitFor()
    await form('Bytes, as Base64', 'Text')
  })

  test('is whole when Studio is killed', async () => {
    await record().click()
    await stop().waitFor()
    await send('LEDon')
    await send('the last words')
    await until(
      'it to be written',
      async () => (await (await tab.request.get(new URL('/api/recordings', tab.url()).href)).json()).recordings[0].messages > 3,
    )
    await server.kill()
    await server.launch(server.addr)
    await tab.goto(server.url)
    await page.below('Messages')
    await record().waitFor()
    await list()
    await dialog().getByText('ended when Studio was killed').waitFor()
    await dialog().getByRole('button', { name: /^Open/ }).first().click()
    await page.messages.getByText('the last words', { exact: true }).first().waitFor()
    await inBanner('Back to live').click()
  })

  test('is renamed, removed and brought back', async () => {
    await list()
    const name = await dialog().locator('li strong').first().innerText()
    await item(name, 'Rename…')
    await tab.getByRole('dialog').getByLabel('Name').fill('First <try>')
    await tab.getByRole('dialog').getByRole('button', { name: 'Rename' }).click()
    await dialog().getByText('First <try>', { exact: true }).waitFor()
    await item('First <try>', 'Remove')
    await dialog().getByText('First <try>', { exact: true }).waitFor({ state: 'detached' })
    await dialog().getByRole('button', { name: 'Undo' }).click()
    await dialog().getByText('First <try>', { exact: true }).waitFor()
    await fair(tab, 'recordings', { widths: [1280, 820, 400], fits: true })
  })

  test('goes out as a HAR and comes back; what is none is told with its line', async () => {
    const coming = tab.waitForEvent('download')
    await item('First <try>', 'Export as HAR')
    const file = await coming
    assert.equal(file.suggestedFilename(), 'First -try-.har')
    const har = JSON.parse(await readFile(await file.path(), 'utf8'))
    const sent = har.log.entries.flatMap((e) => e._webSocketMessages).filter((m) => m.type === 'send')
    assert.ok(sent.some((m) => m.data === 'the last words' && m.opcode === 1 && m.time > 1.6e9))
    await bring('again.har', JSON.stringify(har))
    await dialog().getByText('again', { exact: true }).waitFor()
    await bring('bad.jsonl', '{"kind":"sent","time":1,"data":"a"}\nhello\n')
    await dialog().getByText('Line 2 is no message of a recording: it is not JSON.').waitFor()
  })

  test('is replayed, and the answers are compared', async () => {
    await item('First <try>', 'Replay…')
    const replaying = tab.getByRole('dialog', { name: /^Replay/ })
    await replaying.getByRole('radio', { name: 'as fast as answers come' }).check()
    await replaying.getByRole('button', { name: 'Replay', exact: true }).click()
    await replaying.getByText(/^(All answers are the same|Answers to \d+ of \d+ messages differ)/).waitFor()
    await replaying.getByRole('checkbox', { name: 'show what is the same, too' }).check()
    const row = replaying.getByRole('row', { name: /the last words/ })
    await row.waitFor()
    assert.deepEqual(await row.getByRole('cell').allInnerTexts(), ['Reply for the last words', 'Reply for the last words'])
    await fair(tab, 'replay', { widths: [1280, 820, 400], fits: true })
    await replaying.getByRole('button', { name: 'Close' }).click()
    await list()
    await dialog().getByText('First <try> ↻').waitFor()
  })

  test('that is being replayed is known to a page that comes anew', async () => {
    const at = (time, text) => `{"time":${1.7e12 + time},"from":"console","conn":1,"kind":"${text ? 'sent' : 'close'}","data":"${text}"}`
    await bring('slow.jsonl', [at(0, ''), at(3_600_000, 'an hour later')].join('\n'))
    await item('slow', 'Replay…')
    const replaying = tab.getByRole('dialog', { name: /^Replay/ })
    await replaying.getByRole('button', { name: 'Replay', exact: true }).click()
    await replaying.getByRole('button', { name: 'Cancel' }).waitFor()
    await tab.reload()
    await page.below('Messages')
    await banner('A recording is being replayed: 0 of 1 messages sent.')
    await fair(tab, 'replaying', { within: '.below', widths: [1280, 820, 400] })
    await inBanner('Cancel').click()
    await tab.locator('.recbar').waitFor({ state: 'detached' })
    await list()
    await dialog().getByText('slow', { exact: true }).waitFor()
    assert.equal(await dialog().getByText('slow ↻').count(), 0)
  })

  test('is shown as curves', async () => {
    const lines = Array.from(
      { length: 20 },
      (_, i) => `{"time":${1.7e12 + 100 * i},"from":"console","conn":1,"kind":"received","data":"t=${20 + i}"}`,
    )
    await bring('numbers.jsonl', lines.join('\n'))
    await dialog().getByRole('button', { name: 'Open numbers' }).click()
    await inBanner('Chart').click()
    await tab.getByText('Recording “numbers”').waitFor()
    await tab.getByRole('row', { name: /^t/ }).getByText('39').first().waitFor()
    await picture(tab, 'chart of a recording')
    await tab.getByRole('button', { name: 'Back to now' }).click()
    await view('List')
    await inBanner('Back to live').click()
    await list()
  })

  test(`${long} messages: from end to end, searched by Studio`, async () => {
    const lines = Array.from(
      { length: long },
      (_, i) => `{"time":${1.7e12 + i},"from":"console","conn":1,"kind":"received","data":"t=${i}${i % 80_000 === 77 ? ' needle' : ''}"}`,
    )
    await bring('long.jsonl', lines.join('\n'))
    await dialog().getByRole('button', { name: 'Open long' }).click()
    await until('all of them', async () => (await page.messages.getAttribute('aria-rowcount')) === String(long))
    await page.messages.getByText(`t=${long - 1}`, { exact: true }).waitFor() // a list begins at its end
    await page.messages.locator(`[aria-rowindex="${long}"]`).focus()
    await tab.keyboard.press('Home')
    await page.messages.getByText('t=0', { exact: true }).waitFor()
    await until('the first row to have the focus', () => tab.evaluate(() => document.activeElement?.getAttribute('aria-rowindex') === '1'))
    await tab.keyboard.press('PageDown')
    await tab.keyboard.press('PageDown')
    await page.messages.getByText('t=10', { exact: true }).waitFor()
    await tab.keyboard.press('End')
    await page.messages.getByText(`t=${long - 1}`, { exact: true }).waitFor()
    // The wheel goes on by rows, not by its share of the whole.
    await until('the last row to have the focus', () =>
      tab.evaluate((n) => document.activeElement?.getAttribute('aria-rowindex') === String(n), long),
    )
    let before
    await until('the list to rest', async () => {
      const last = before
      await tab.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 200)))))
      before = await firstRow()
      return before === last
    })
    await page.messages.hover()
    await tab.mouse.wheel(0, -270)
    await until('ten rows up', async () => before - (await firstRow()) === 10)
    // The scrollbar leads anywhere.
    await page.messages.evaluate((el) => {
      el.scrollTop = el.scrollHeight / 4
    })
    await until('a quarter', async () => Math.abs((await firstRow()) - long / 4) < 100)
    await until('its text', async () => (await page.messages.getByText(`t=${await firstRow()}`, { exact: true }).count()) === 1)
    await page.messages.evaluate((el) => {
      el.scrollTop = 0
    })
    await page.messages.getByText('t=0', { exact: true }).waitFor()
    const filter = tab.getByRole('searchbox', { name: 'Filter' })
    await filter.fill('NEEDLE')
    await banner(`4 of ${long.toLocaleString('en')} messages`)
    await page.messages.getByText('t=240077 needle').waitFor()
    await rows().nth(1).click()
    await tab.getByRole('region', { name: 'The whole message' }).getByText('t=80077 needle').first().waitFor()
    await picture(tab, 'long recording, filtered')
    await filter.fill('')
    await until('all again', async () => (await page.messages.getAttribute('aria-rowcount')) === String(long))
    await inBanner('Back to live').click()
    assert.deepEqual(page.failures, [])
  })
})
