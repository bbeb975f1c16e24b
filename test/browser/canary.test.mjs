// Text from boards, files and the air is text: whatever is written in it, no element comes of it and no script runs.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { Feigned } from './feigned.mjs'
import { browser, hanging, picture, Server, until } from './studio.mjs'

// Each makes an element with data-canary, sets window.canary, or asks canary.invalid for something, where it is taken
// for HTML, a URL or a script.
const payloads = [
  '<b data-canary>x</b>',
  '<img data-canary src=x onerror="window.canary=1">',
  '<svg data-canary onload="window.canary=1">',
  '"><script data-canary>window.canary=1</script>',
  '\'"--></style></script></title></textarea><b data-canary>',
  '<iframe data-canary srcdoc="<script>parent.canary=1</script>"></iframe>',
  '<a data-canary href="javascript:window.canary=1">x</a>',
  '"onmouseover="window.canary=1" data-canary="',
  'javascript:window.canary=1',
  '<math data-canary><mi xlink:href="data:x,<script>">',
  '<style data-canary>@import "http://canary.invalid/x.css"</style>',
  '<link data-canary rel=stylesheet href=http://canary.invalid/>',
  '<object data-canary data="data:text/html,x">',
  '<base data-canary href=http://canary.invalid/>',
  '<meta data-canary http-equiv=refresh content="0;url=http://canary.invalid/">',
  '<template data-canary><b></template>',
  '&lt;b data-canary&gt;',
  '<b\u0000 data-canary>',
  '\u001b]8;;javascript:window.canary=1\u0007link\u001b]8;;\u0007<b data-canary>',
  '<details data-canary open ontoggle="window.canary=1">',
  '<form data-canary action=http://canary.invalid/><input name=x autofocus onfocus="window.canary=1">',
  '${window.canary=1}{{constructor.constructor("window.canary=1")()}}',
  '<b data-canary>\u202e',
  '[x](javascript:window.canary=1)<b data-canary>',
]

describe('text from elsewhere', { timeout: hanging }, () => {
  let server, chrome, context, f
  let count = 0
  const bad = (what) => {
    count++
    return `«${what}» ${payloads[count % payloads.length]}`
  }
  // all gives what on each of its payloads.
  const all = (make) => payloads.map((p, i) => make(`«${i}» ${p}`, i))

  before(async () => {
    server = await Server.start()
    chrome = await browser()
    context = await chrome.newContext({ viewport: { width: 1280, height: 900 } })
  })
  after(async () => {
    await chrome?.close()
    await server?.stop()
  })

  test('is shown, and does nothing', async () => {
    const asked = []
    context.on('request', (r) => {
      if (r.url().includes('canary.invalid')) asked.push(r.url())
    })
    const problem = (what) => ({ code: 'x.y', text: bad(`${what} text`), help: bad(`${what} help`) })
    const own = { state: 'ap', ssid: '', reason: '', rssi: 0, address: bad('address'), name: bad('host name'), ap: bad('access point') }
    f = await Feigned.open(context, server, (s) => {
      s.kinds.push({
        ...s.kinds[0],
        id: 'other',
        name: bad('kind'),
        chip: bad('kind chip'),
        boot: bad('boot'),
        notes: all((p) => p),
        problem: problem('kind'),
      })
      s.ports = [
        { name: '/dev/ttyACM0', title: bad('port'), serial: bad('serial') },
        { name: bad('port name'), title: bad('other port'), problem: problem('port') },
      ]
      s.projects.push(...all((p, i) => ({ name: `P${i}`, title: p, board: 'virtual', modified: 1, gone: i % 2 === 0 })))
      s.templates.push(...all((p, i) => ({ id: `t${i}`, title: p, about: p })))
      s.project.trust = { trusted: false, author: bad('author') }
      Object.assign(s.board, {
        name: bad('board'),
        chip: bad('chip'),
        program: bad('program'),
        text: bad('state'),
        lastEnd: bad('last end'),
        kinds: 'esp32c3 other',
        wifi: own,
        problem: problem('board'),
      })
      s.console = all((p) => p).join('\r\n')
      s.consoleAt = s.console.length
      s.problems = all((p, i) => ({
        path: i % 3 ? 'main.go' : '',
        line: 1 + (i % 5),
        column: 1,
        endLine: 1 + (i % 5),
        endColumn: 4,
        severity: i % 2 ? 'error' : 'warning',
        source: ['go', 'js', 'page', 'board', 'html'][i % 5],
        code: `c.${i}`,
        text: p,
        help: p,
        raw: p,
        fix: i % 4 ? undefined : { title: p, line: 1, column: 1, endLine: 1, endColumn: 2, text: p },
        library: i % 6 ? undefined : `https://canary.invalid/${encodeURIComponent(p)}`,
      }))
      s.messages = all((p, i) => ({
        seq: i + 1,
        time: 1,
        from: i % 2 ? 'page' : 'console',
        conn: i % 2,
        kind: ['open', 'sent', 'received', 'close', 'error', 'log'][i % 6],
        binary: false,
        data: p,
        size: p.length,
        code: i % 6 === 3 ? 4000 : undefined,
        millis: -1,
        level: 'error',
        path: i % 6 === 5 ? 'www/led.html' : undefined,
        line: 1,
        column: 1,
      }))
      s.socket = { state: 'closed', path: bad('socket path'), code: 4001, reason: bad('close reason'), auto: false }
      s.boardFiles.push(...all((p) => ({ path: `www/${p.replaceAll('/', '∕')}`, state: 'boardOnly', size: 1 })))
      s.pins = all((p, i) => ({
        pin: i,
        name: p.slice(0, 40),
        mode: 'output',
        level: true,
        value: 30000,
        colours: i % 5 ? undefined : '"><b data-canary>',
      }))
      s.toolchain = {
        version: bad('version'),
        path: bad('path'),
        offer: '0.41.1',
        gopls: { version: bad('gopls'), path: bad('gopls path'), offer: bad('offer') },
      }
      s.sizes = {
        board: 'esp32c3',
        flash: 10,
        flashMax: 20,
        ram: 1,
        ramMax: 2,
        heap: 1,
        largest: [{ name: bad('size'), flash: 1, ram: 1 }],
      }
      s.progress = {
        id: 'r0',
        action: 'run',
        phase: 'build',
        text: bad('progress'),
        done: 0,
        total: 0,
        state: 'failed',
        millis: 1,
        problem: problem('progress'),
      }
    })
    await f.answers('board/wifi/scan', { networks: all((p, i) => ({ ssid: p, rssi: -40 - i, secure: i % 2 === 0, channel: 6 })) })
    await f.answers('board/wifi/join')
    const tab = f.tab
    tab.on('dialog', (d) => {
      asked.push(`a dialog: ${d.message()}`)
      d.dismiss()
    })
    const seen = new Set()
    let lines = 0
    // look notes what is on the page and wants nothing of it to be more than text.
    const look = async (where) => {
      const found = await tab.evaluate(() => {
        const said = [
          document.body.innerText,
          ...[...document.querySelectorAll('[title],[aria-label],[placeholder],input,textarea')].flatMap((e) => [
            e.title,
            e.getAttribute('aria-label') ?? '',
            e.getAttribute('placeholder') ?? '',
            e.value ?? '',
          ]),
        ].join('\n')
        return {
          elements: [
            ...document.querySelectorAll(
              '[data-canary],[onerror],[onload],[onmouseover],[ontoggle],[onfocus],base,object,embed,' +
                'a[href^="javascript:" i],form[action*="canary" i]',
            ),
          ].map((e) => e.outerHTML.slice(0, 200)),
          ran: window.canary,
          marks: [...said.matchAll(/«([^»]+)»/g)].map((m) => m[1]),
          where: location.href,
        }
      })
      assert.deepEqual(found.elements, [], where)
      assert.equal(found.ran, undefined, `${where}: a script ran`)
      assert.ok(found.where.startsWith(`http://${server.addr}/`), `${where}: the page went to ${found.where}`)
      lines += found.marks.length
      for (const m of found.marks) seen.add(m)
    }
    const escape = async () => {
      await tab.keyboard.press('Escape')
      await tab
        .getByRole('dialog')
        .waitFor({ state: 'detached' })
        .catch(() => undefined)
    }
    // shows looks until what has been told is on the page.
    const shows = (where, what) =>
      until(`${what} to be shown`, async () => {
        await look(where)
        return seen.has(what)
      })
    for (const what of ['access point', 'progress text', 'chip', 'last end']) await shows('the first screen', what)
    for (const name of ['Console', 'Problems', 'Messages']) {
      await f.page.below(name)
      await until(`${name} to be drawn`, async () => {
        await look(name)
        return name !== 'Messages' || seen.has('close reason')
      })
    }
    for (const name of [/^Board/, /^Project/]) {
      await tab.getByRole('button', { name }).first().click()
      await tab.getByRole('menu').first().waitFor()
      await look(String(name))
      await tab.keyboard.press('Escape')
    }
    await tab.getByRole('banner').getByRole('button', { name: /Wi-Fi/ }).first().click()
    await f.dialog.getByRole('list', { name: 'Networks that the board sees' }).getByRole('button').first().waitFor()
    await look('networks')
    await f.dialog.getByRole('list', { name: 'Networks that the board sees' }).getByRole('button').first().click()
    f.say({ wifi: { ...own, state: 'failed', ssid: bad('network'), reason: bad('reason') } })
    await shows('a network', 'network')
    f.say({
      wifi: { ...own, state: 'joined', ssid: bad('joined'), address: '192.168.1.17', name: bad('joined name'), ap: '' },
      address: '192.168.1.17',
    })
    await shows('joined', 'joined')
    await escape()
    // The same as events, one after the other.
    all((p, i) => {
      f.tell({
        progress: {
          id: `r${i}`,
          action: ['run', 'push', 'flash', 'format', 'library', 'toolchain'][i % 6],
          phase: 'build',
          text: p,
          done: 0,
          total: 0,
          state: 'running',
          millis: 0,
        },
      })
      f.tell({
        progress: {
          id: `r${i}`,
          action: ['run', 'push', 'flash', 'format', 'library', 'toolchain'][i % 6],
          phase: 'done',
          text: p,
          done: 0,
          total: 0,
          state: 'failed',
          millis: 1,
          problem: { code: 'x.y', text: p, help: p },
        },
      })
      f.tell({ console: { text: `${p}\r\n`, at: 1e6 + i * 1000 } })
      f.tell({
        message: [
          {
            seq: 1000 + i,
            time: 1,
            from: 'page',
            conn: 1,
            kind: ['close', 'error', 'log', 'received'][i % 4],
            binary: false,
            data: p,
            size: p.length,
            millis: -1,
            code: 4000,
            level: 'warn',
            path: 'www/led.html',
          },
        ],
      })
      f.tell({ socket: { state: 'closed', path: p, code: 4000, reason: p, auto: false } })
      f.tell({ notice: { code: 'x.y', text: p, help: p } })
      f.say({
        lastEnd: p,
        text: p,
        program: p,
        name: p,
        chip: p,
        state: ['crashed', 'silent', 'foreign', 'absent', 'running'][i % 5],
        problem: i % 2 ? { code: 'x.y', text: p, help: p } : undefined,
      })
    })
    for (const name of ['Console', 'Problems', 'Messages']) {
      await f.page.below(name)
      await look(`${name}, after the events`)
    }
    await tab.waitForTimeout(500) // what would still run
    await look('the end')
    assert.deepEqual(asked, [])
    assert.ok(lines > 200, `only ${lines} of the texts were on the page`)
    for (const what of ['access point', 'progress text', 'network', 'joined', 'close reason', 'chip', 'last end', '3', '12'])
      assert.ok(seen.has(what), `“${what}” was never shown; these were: ${[...seen].join(', ')}`)
    console.log(`${payloads.length} payloads, ${lines} times on the page, in ${seen.size} places`)
  })

  test('of a flood the newest is kept, and what is not is said', async () => {
    const { tab } = f
    const gone = (n) => tab.getByRole('note').filter({ hasText: `${n} older ones are no longer here` })
    await f.page.below('Messages')
    const list = tab.getByRole('grid', { name: 'Messages' })
    f.tell({ message: [] }) // cleared
    const [times, each] = [53, 200]
    for (let i = 0; i < times; i++) {
      const one = (_, k) => ({
        seq: 10_000 + i * each + k,
        time: 1,
        from: 'console',
        conn: 1,
        kind: 'received',
        data: 'x',
        size: 1,
        millis: -1,
      })
      f.tell({ message: Array.from({ length: each }, one) })
    }
    await until('the newest 10,000', async () => (await list.getAttribute('aria-rowcount')) === '10000')
    assert.equal(await gone('').count(), 0, 'that is said where it is looked for: at the beginning')
    await list.locator('[aria-rowindex="10000"]').focus()
    await tab.keyboard.press('Home')
    await gone(times * each - 10_000).waitFor()
    await gone('').getByRole('button', { name: 'Record to keep all that come' }).waitFor()
    f.tell({ message: [] })
    await gone('').waitFor({ state: 'detached' })

    await f.page.below('Console')
    await tab.locator('.xterm').waitFor()
    f.tell({ console: { text: '', at: 2e6, clear: true } })
    for (let i = 0; i < 10; i++) {
      const text = Array.from({ length: 2100 }, (_, k) => `line ${i * 2100 + k}\n`).join('')
      f.tell({ console: { text, at: 3e6 + i * 1e5 } })
      await tab.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))))
    }
    await tab.getByRole('button', { name: 'Find', exact: true }).click()
    const find = tab.getByRole('searchbox', { name: 'Find' })
    await find.fill('line 20999')
    await tab.getByText('1 of 1', { exact: true }).waitFor()
    await find.fill('LINE 2099')
    await tab.getByText('1 of 11', { exact: true }).waitFor()
    await tab.keyboard.press('Shift+Enter') // around, to the oldest: line 2099
    await tab.getByText('11 of 11', { exact: true }).waitFor()
    await find.fill('line') // each of them: the oldest is the first that is still here
    await tab.getByText(/^1 of 20,[0-9]{3}$/).waitFor()
    await tab.keyboard.press('Shift+Enter')
    await tab.getByRole('note').filter({ hasText: 'The console keeps the newest 20,000 lines' }).waitFor()
    await tab.keyboard.press('Escape')
    await find.waitFor({ state: 'detached' })
  })

  test('what was left out on its way is said in its place: in the console, the messages and the timeline', async () => {
    const { tab } = f
    await f.page.below('Console')
    f.tell({ console: { text: '', at: 9e6, clear: true } })
    const time = Date.now() + 1e6 // long after the flood
    f.tell({ time, console: { text: 'before\nha', at: 9e6 + 1 } })
    f.tell({ time, console: { text: 'after\n', at: 9e6 + 2, lost: 1234 } })
    const shown = tab.locator('.xterm-rows')
    await until('the console to say it', async () => /before\s*ha\s*… 1,234 lines left out.*…\s*after/.test(await shown.textContent()))
    await f.page.below('Messages')
    const one = (seq) => ({ seq, time: 2, from: 'page', conn: 1, kind: 'received', data: `number ${seq}`, size: 1, millis: -1 })
    f.tell({ message: [one(90_001), one(90_002)] })
    f.tell({ message: [one(90_100)] })
    const said = tab.getByRole('row').filter({ hasText: '97 messages came faster than they can be shown' })
    await said.waitFor()
    await picture(tab, 'messages that came too fast')
    const around = await tab.getByRole('row').allTextContents()
    const at = around.findIndex((t) => t.includes('97 messages'))
    assert.match(`${around[at - 1]}, ${around[at + 1]}`, /number 90002.*, .*number 90100/)
    await tab
      .getByRole('button', { name: /^(List|Chart|Timeline)$/ })
      .last()
      .click()
    await tab.getByRole('menuitemradio', { name: 'Timeline' }).click()
    await tab.getByRole('region', { name: 'Everything that happens, on one clock' }).getByText('… 1,234 lines left out').waitFor()
    await picture(tab, 'lines that came too fast, in the timeline')
  })

  test('the page had no failures of its own', () => assert.deepEqual(f.page.failures, []))
})
