// What goes wrong in a board's page, as its author sees it: in Problems at the line, once, with what to do; long
// messages whole.
import assert from 'node:assert/strict'
import { after, afterEach, before, describe, test } from 'node:test'
import { browser, hanging, Page, picture, Server, until } from './studio.mjs'

const foreign = `<!DOCTYPE html>
<meta charset="utf-8">
<title>Lamp</title>
<canvas id="c"></canvas>
<script src="https://cdn.invalid/chart.js"></script>
<script>
new Chart(c, {});
</script>
<script>
function connect() {
  var ws = new WebSocket('ws://' + location.host + '/chat');
  ws.onclose = function () { setTimeout(connect, 200); };
}
connect();
fetch('/api/status').then(function (r) { return r.json(); }).catch(function () {});
var old = new WebSocket('ws://' + location.hostname + ':81/');
old.onopen = function () { old.send('begin ' + 'x'.repeat(6000) + ' end'); };
</script>
`

describe('a page that was made for another board', { timeout: hanging }, () => {
  let server, chrome, context, page, other
  before(async () => {
    server = await Server.start()
    chrome = await browser()
    context = await chrome.newContext({ viewport: { width: 1280, height: 800 } })
    page = await Page.open(context, server.url)
    await page.run()
  })
  afterEach(async (t) => {
    if (!t.passed) await picture(page.tab, `failed ${t.name.slice(0, 30)}`)
  })
  after(async () => {
    await chrome?.close()
    await server?.stop()
  })
  const problem = (text) => page.problems.getByRole('listitem').filter({ hasText: text })

  test('what it needs from the internet is told while it is written', async () => {
    await page.newFile('www/page.html')
    await page.type('www/page.html', foreign)
    await page.below('Problems')
    await problem('chart.js lies on the internet (cdn.invalid)').waitFor()
    await page.onBoard('page.html')
  })

  test('what fails is told at its line, with what to write', async () => {
    const state = await (await page.tab.request.get(new URL('/api/state', page.tab.url()).href)).json()
    other = await context.newPage()
    await other.goto(state.board.pageUrl + 'page.html')
    for (const [text, place] of [
      ['There is no WebSocket at /chat on this board. Use "/ws", or add board.OnSocket("/chat", …)', 'page.html:11'],
      ['The page asks for /api/status, and nothing answers there', 'page.html:15'],
      ['The page connects to port 81', 'page.html:16'],
      ['The page uses Chart, and there is nothing with that name. It comes from chart.js', 'page.html:7'],
      ['The board closed the WebSocket: a message was too long', 'page.html:17'],
    ]) {
      const one = problem(text)
      await one.waitFor()
      await until(`the place of “${text}”`, async () => new RegExp(`\\b${place}\\b`).test(await one.innerText()))
      assert.equal(await one.count(), 1, text)
    }
    const library = problem('chart.js lies on the internet (cdn.invalid)') // told once, though it was told before
    assert.equal(await library.count(), 1)
    assert.match(await library.innerText(), /page\.html:5/)
    assert.equal(await page.problems.getByText('.studio').count(), 0)
    await picture(page.tab, 'problems of a page')
  })

  test('a loop is counted', async () => {
    await until('a number', async () => /×([3-9]|\d\d)/.test(await problem('There is no WebSocket at /chat').innerText()))
    assert.equal(await problem('There is no WebSocket at /chat').count(), 1)
    await page.below('Messages')
    await page.messages
      .getByText(/^×\d+$/)
      .first()
      .waitFor()
    assert.ok((await page.messages.getByText('WebSocket /chat').count()) <= 1)
  })

  test('a long message is whole in its details', async () => {
    await other.close()
    const row = page.messages.getByRole('row').filter({ hasText: 'begin xxx' }).first()
    await row.getByText('shown cut').waitFor()
    await row.click()
    await page.tab
      .getByRole('region', { name: 'The whole message' })
      .getByText(/x{100} end$/)
      .first()
      .waitFor()
  })

  test('fetching what is on the internet says how it ended', async () => {
    await page.below('Problems')
    await problem('chart.js lies on the internet').getByRole('button', { name: 'Fetch it into www/' }).click()
    await page.tab.getByRole('alert').getByText('cdn.invalid does not answer: is this computer on the internet?').waitFor()
  })

  test('its problems go when it is mended', async () => {
    await page.type('www/page.html', '<!DOCTYPE html>\n<meta charset="utf-8">\n<title>Lamp</title>\n<p>Lamp\n')
    await page.onBoard('page.html')
    other = await context.newPage()
    const state = await (await page.tab.request.get(new URL('/api/state', page.tab.url()).href)).json()
    await other.goto(state.board.pageUrl + 'page.html')
    await page.tab.getByText('No problems.').waitFor()
  })
})
