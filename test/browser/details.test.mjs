// Details of the page that people stumble over: dropped folders, what failures say, keys that Help promises, the phone.
import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, afterEach, before, describe, test } from 'node:test'
import { at } from './fit.mjs'
import { browser, hanging, Page, picture, Server, until } from './studio.mjs'

const size = { viewport: { width: 1280, height: 800 } }

// drop lets files and folders of this computer fall on an element, as a person's hand does.
async function drop(tab, element, files) {
  await element.scrollIntoViewIfNeeded()
  const box = await element.boundingBox()
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2]
  const chrome = await tab.context().newCDPSession(tab)
  for (const type of ['dragEnter', 'dragOver', 'drop'])
    await chrome.send('Input.dispatchDragEvent', { type, x, y, data: { items: [], files, dragOperationsMask: 1 } })
  await chrome.detach()
}

describe('files from this computer, and what failures say', { timeout: hanging }, () => {
  let server, chrome, page, dir
  const has = (path) => {
    try {
      return server.file(path)
    } catch {
      return undefined
    }
  }
  const notice = (text) => page.tab.locator('.banner').filter({ hasText: text }).last()
  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'studio-drop-'))
    server = await Server.start()
    chrome = await browser()
    page = await Page.open(await chrome.newContext(size), server.url)
    await page.editor('main.go').waitFor()
  })
  afterEach(async (t) => {
    if (!t.passed) await picture(page.tab, `failed ${t.name.slice(0, 30)}`)
  })
  after(async () => {
    await chrome?.close()
    await server?.stop()
    await rm(dir, { recursive: true, force: true })
  })

  test('a folder goes into www/ with all that is in it, and what is left out is said', async () => {
    const site = join(dir, 'site')
    for (const [path, text] of [
      ['index.html', '<h1>Site</h1>'],
      ['css/deep/a.css', 'h1 { color: red }'],
      ['img/dot.png', Buffer.from('89504e470d0a1a0a', 'hex')],
      ['.git/HEAD', 'x'],
      ['node_modules/a/b.js', 'x'],
      ['big.bin', Buffer.alloc(9 << 20)],
    ]) {
      await mkdir(join(site, path, '..'), { recursive: true })
      await writeFile(join(site, path), text)
    }
    await drop(page.tab, page.file('studio.json'), [site])
    await until(
      'the last file',
      async () =>
        has('www/site/img/dot.png') !== undefined &&
        has('www/site/css/deep/a.css') !== undefined &&
        has('www/site/index.html') !== undefined,
    )
    const told = notice('3 files are in the project now.')
    await told.waitFor()
    const words = await told.textContent()
    for (const part of ['.git', 'node_modules', 'big.bin (9.0 MB)', '8.0 MB']) assert.ok(words.includes(part), `${part} in ${words}`)
    assert.equal(has('www/site/.git/HEAD'), undefined)
    await page.editor('www/site/index.html').waitFor()
    await told.getByRole('button', { name: 'Dismiss' }).click()
  })

  test('more than a hundred files, dropped on the editor; and on a folder of the list', async () => {
    const many = join(dir, 'many')
    await mkdir(many)
    for (let i = 0; i < 130; i++) await writeFile(join(many, `f${i}.txt`), `file ${i}`)
    await drop(page.tab, page.tab.locator('.cm-content'), [many])
    const names = Array.from({ length: 130 }, (_, i) => `f${i}.txt`)
    await until('all of them', async () => names.every((name) => has(`www/many/${name}`) !== undefined))
    assert.ok(!has('www/site/index.html').includes('file 0'), 'nothing was written into the text')
    for (const name of names) await page.file(name).waitFor() // until then rows move, and with them where the next file is dropped
    await writeFile(join(dir, 'here.txt'), 'x')
    await drop(page.tab, page.tab.locator('[data-folder="www/site/css/deep"]').first(), [join(dir, 'here.txt')])
    await until('the file', async () => has('www/site/css/deep/here.txt') !== undefined)
  })

  test('what is there already is asked about once, and replaced only then', async () => {
    await writeFile(join(dir, 'site', 'index.html'), '<h1>New site</h1>')
    await rm(join(dir, 'site', 'big.bin'))
    await rm(join(dir, 'site', '.git'), { recursive: true })
    await rm(join(dir, 'site', 'node_modules'), { recursive: true })
    await drop(page.tab, page.runButton, [join(dir, 'site')])
    const ask = page.tab.getByRole('dialog', { name: 'Replace 3 files?' })
    await ask.getByRole('button', { name: 'Cancel' }).click()
    assert.equal(has('www/site/index.html'), '<h1>Site</h1>')
    await drop(page.tab, page.runButton, [join(dir, 'site')])
    await ask.getByRole('button', { name: 'Replace' }).click()
    await until('the new text', async () => has('www/site/index.html') === '<h1>New site</h1>')
  })

  test('a file that the project cannot take says why, by its name', async () => {
    await writeFile(join(dir, 'what?.txt'), 'x')
    await drop(page.tab, page.runButton, [join(dir, 'what?.txt')])
    const told = notice('Nothing was added to the project.')
    await told.waitFor()
    const words = await told.textContent()
    assert.match(words, /what\?\.txt/)
    assert.doesNotMatch(words, /does not answer/)
    await told.getByRole('button', { name: 'Dismiss' }).click()
  })

  test('gone, refused, broken and cut off are told apart', async () => {
    const clear = async () => {
      await page.below('Messages')
      await page.tab.getByRole('button', { name: 'Clear' }).click()
    }
    const answers = [
      [
        'refused in words',
        (r) => r.fulfill({ status: 422, json: { error: { code: 'x.y', text: 'The board says no.', help: 'Ask again.' } } }),
        'The board says no. Ask again.',
      ],
      ['no words at all', (r) => r.fulfill({ status: 500, body: '<html>oops' }), 'Studio answered with status 500.'],
      ['cut off', (r) => r.abort(), 'The connection to Studio broke off'],
    ]
    for (const [what, answer, words] of answers) {
      await page.tab.route('**/api/messages/clear', answer)
      await clear()
      await notice(words).waitFor()
      assert.equal(await notice('does not answer').count(), 0, what)
      await notice(words).getByRole('button', { name: 'Dismiss' }).click()
      await page.tab.unroute('**/api/messages/clear')
    }
    await page.tab.route('**/api/snapshots', (r) => r.fulfill({ status: 200, body: '{"snapshots": [' }))
    await page.tab.getByRole('button', { name: /^Project/ }).click()
    await page.tab.getByRole('menuitem', { name: 'History' }).click()
    await page.tab.getByRole('dialog').getByText("Studio's answer could not be read.").waitFor()
    await page.tab.keyboard.press('Escape')
    const addr = server.addr
    await server.kill()
    await page.tab.getByRole('alert').getByText('Studio is not running').waitFor()
    await clear()
    await notice('Studio does not answer.').waitFor()
    await server.launch(addr)
    await page.tab.getByRole('alert').getByText('Studio is not running').waitFor({ state: 'detached' })
  })

  test('the page had no failures of its own', () => assert.deepEqual(page.failures, []))
})

describe('keys, the console, the empty editor, the phone', { timeout: hanging }, () => {
  let server, chrome, page, key, source
  before(async () => {
    server = await Server.start()
    chrome = await browser()
    page = await Page.open(await chrome.newContext(size), server.url)
    key = (k) => page.tab.keyboard.press(k)
    await page.editor('main.go').waitFor()
    source = server.file('main.go')
  })
  afterEach(async (t) => {
    if (!t.passed) await picture(page.tab, `failed ${t.name.slice(0, 30)}`)
  })
  after(async () => {
    await chrome?.close()
    await server?.stop()
  })
  const focused = () => page.tab.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent)

  const closed = () => page.tab.getByRole('dialog').waitFor({ state: 'detached' })

  // Help's list of keys, each tried. What is not tried here fails.
  const promises = {
    'Ctrl+Enter': async () => {
      await key('Control+Enter')
      await page.running()
      await page.onBoard('led.html')
      await key('Control+Shift+Enter')
      await page.tab.getByText('Restarted.').first().waitFor()
    },
    'Ctrl+S': async () => {
      await key('Control+S')
      await page.tab.getByRole('status', { name: 'Announcements' }).getByText('All files are saved.').waitFor()
    },
    F6: async () => {
      const panel = () => page.tab.evaluate(() => document.activeElement.closest('[data-panel]')?.dataset.panel)
      await page.editor('main.go').focus()
      await key('F6')
      await until('the panel below', async () => (await panel()) === 'below')
      await key('Shift+F6')
      await until('the editor', async () => (await panel()) === 'editor')
    },
    'Ctrl+F': async () => {
      await page.editor('main.go').focus()
      await key('Control+F')
      await page.tab.getByRole('textbox', { name: 'Replace with' }).waitFor()
      await key('Escape')
    },
    'Ctrl+Z': async () => {
      await page.editor('main.go').focus()
      const before = await page.text('main.go')
      await page.tab.keyboard.insertText('xyz')
      await key('Control+Z')
      await until('the text as it was', async () => (await page.text('main.go')) === before)
    },
    'Ctrl+Space': async () => {
      const list = page.tab.locator('.cm-tooltip-autocomplete')
      const ask = async (text, wanted) => {
        await page.type('main.go', text)
        await key('Control+Space')
        await until(`${wanted} in the list`, async () =>
          wanted.test((await list.locator('.cm-completionLabel').allTextContents()).join(' ')),
        )
        await key('Escape')
        await list.waitFor({ state: 'detached' })
      }
      await ask('package main\n\nfunc main() {\n\tboard.', /LED.*OnText|OnText.*LED/)
      await ask('package main\n\nfunc main() {\n\tboard.LED.', /High.*Low/)
      await ask('package main\n\nfunc f(from *board.Client) {\n\tfrom.', /SendText/)
      await ask('package main\n\nfunc main() {\n\tmachine.', /LED/)
      await ask('package main\n\nvar temperature int\n\nfunc main() {\n\t', /temperature/)
      await page.type('main.go', 'package main\n\nfunc main() {\n\tboard.OnTex')
      await key('Control+Space')
      await page.accept(/^OnText/)
      await until('the call', async () => /board\.OnText\(func\(from \*board\.Client, msg string\) \{/.test(await page.text('main.go')))
      await key('Escape')
      await page.type('main.go', source)
    },
    F8: async () => {
      await page.type('main.go', `${source}\nfunc broken( {\n`)
      await page.tab.locator('.cm-lintRange-error').first().waitFor()
      await key('Control+Home')
      await key('F8')
      await until('the cursor at the problem', () =>
        page.tab.evaluate(() => document.querySelector('.cm-activeLine')?.textContent !== document.querySelector('.cm-line')?.textContent),
      )
      await page.type('main.go', source)
    },
    'Esc, Tab': async () => {
      await page.editor('main.go').focus()
      await key('Escape') // closes what is open, if something is
      await page.tab.locator('.cm-tooltip').waitFor({ state: 'detached' })
      await key('Escape')
      await key('Tab')
      assert.equal(await page.tab.evaluate(() => !!document.activeElement.closest('.cm-content')), false)
    },
    'Ctrl+M': async () => {
      await page.editor('main.go').focus()
      await key('Control+m')
      await key('Tab')
      assert.equal(await page.tab.evaluate(() => !!document.activeElement.closest('.cm-content')), false)
      await page.editor('main.go').focus()
      await key('Control+m')
    },
    'F2, Del': async () => {
      await page.file('led.html').focus()
      await key('F2')
      await page.tab.getByRole('dialog', { name: 'Rename led.html' }).waitFor()
      await key('Escape')
      await closed()
      await page.file('led.html').focus()
      await key('Delete')
      await page.tab.getByRole('dialog', { name: 'Remove led.html?' }).waitFor()
      await key('Escape')
      await closed()
    },
    Esc: async () => {
      await page.tab.getByRole('button', { name: 'Theme' }).click()
      await key('Escape')
      await page.tab.getByRole('menu').waitFor({ state: 'detached' })
    },
    F1: async () => {
      await key('F1')
      await page.tab.getByRole('dialog', { name: 'What board can do' }).waitFor()
      await key('Escape')
      await closed()
    },
  }
  test('every key that Help promises does what it says', async () => {
    await page.tab.getByRole('button', { name: 'Help', exact: true }).click()
    await page.tab.locator('.keys kbd').first().waitFor() // it is loaded when it is asked for
    const listed = await page.tab.locator('.keys kbd').allTextContents()
    await key('Escape')
    await closed()
    assert.deepEqual(listed, Object.keys(promises))
    for (const [name, keeps] of Object.entries(promises))
      await keeps().catch((err) => {
        throw new Error(`${name}: ${err.message}`)
      })
  })

  // An animation without end would have browsers draw the page 60 times a second, as long as it is open.
  test('the caret blinks, and nothing on the page is animated', async () => {
    await page.openFile('main.go')
    await page.editor('main.go').click()
    await key('Control+Home')
    const still = () =>
      until(
        'nothing to move',
        async () =>
          (await page.tab.evaluate(() =>
            document
              .getAnimations()
              .map((a) => a.animationName)
              .join(),
          )) === '',
      )
    await still()
    const box = await page.tab.locator('.cm-line').first().boundingBox()
    const look = async () => (await page.tab.screenshot({ caret: 'initial', clip: { ...box, width: 12 } })).toString('base64')
    const first = await look()
    await until('the caret to blink', async () => (await look()) !== first)
    await until('the caret to blink again', async () => (await look()) === first)

    await key('Control+Alt+ArrowDown')
    await until('a second caret', async () => (await page.tab.locator('.cm-cursor:visible').count()) === 1) // the first is the browser's
    await still()
    await key('Escape')
    await until('one caret', async () => (await page.tab.locator('.cm-cursor').count()) === 0)
  })

  test('what is selected stays to be seen when the focus is elsewhere', async () => {
    await page.openFile('main.go')
    await page.editor('main.go').click()
    await key('Control+Home')
    await key('Shift+End')
    const painted = async () => {
      const box = await page.tab.locator('.cm-line').first().boundingBox()
      return (await page.tab.screenshot({ clip: { ...box, width: 40 } })).toString('base64')
    }
    const selected = () => page.tab.locator('.cm-selectionBackground').evaluateAll((all) => all.map((el) => Math.round(el.clientWidth)))
    await until('the selection', async () => (await selected())[0] > 20)
    const there = await painted()
    await page.tab.getByRole('button', { name: 'Help', exact: true }).focus()
    assert.ok((await selected())[0] > 20)
    await page.editor('main.go').focus()
    await key('Home')
    await until('no selection', async () => (await selected()).length === 0)
    assert.notEqual(await painted(), there, 'the selection had been painted')
  })

  test('the way out of the editor is said to those who came by keyboard', async () => {
    const hint = page.tab.locator('#leave-hint')
    const isShown = () => hint.evaluate((el) => el.offsetWidth > 20)
    await page.tab.locator('.cm-content').click()
    assert.equal(await isShown(), false, 'after a click')
    await page.tab.getByRole('tab', { name: 'main.go' }).focus()
    for (let i = 0; i < 4 && (await focused()) !== 'Text of main.go'; i++) await key('Tab')
    assert.equal(await focused(), 'Text of main.go')
    assert.equal(await isShown(), true)
    assert.equal(await page.editor('main.go').getAttribute('aria-describedby'), 'leave-hint')
    assert.match(await hint.textContent(), /Esc/)
    await key('Escape')
    await key('Tab')
    assert.equal(await isShown(), false)
  })

  test("the console's dot comes back", async () => {
    const dot = page.tab.getByRole('tab', { name: /^Console/ }).getByRole('img', { name: 'new text' })
    const say = async () => {
      await page.below('Messages')
      await page.tab.getByRole('textbox', { name: 'Message to the board' }).fill('LEDon')
      await key('Enter')
    }
    for (let i = 0; i < 2; i++) {
      await say()
      await dot.waitFor()
      await page.below('Console')
      await dot.waitFor({ state: 'detached' })
    }
    await page.below('Messages')
  })

  test('a program that crashes later is shown at its line, and the keyboard stays where it is', async () => {
    const far = Array.from({ length: 150 }, (_, i) => `// line ${i}`).join('\n')
    await page.type(
      'main.go',
      `package main\n\nimport "studio/board"\n\nvar list []int\n\n${far}\n\nfunc main() {\n` +
        '\tboard.OnText(func(from *board.Client, msg string) {\n\t\tif msg == "boom" {\n\t\t\tlist[len(msg)] = 1 // here\n\t\t}\n\t})\n' +
        '\tboard.Serve()\n}\n',
    )
    await page.run()
    await page.openFile('led.html')
    await page.below('Messages')
    await page.tab.getByRole('textbox', { name: 'Message to the board' }).fill('boom')
    await key('Enter')
    const line = page.tab.locator('.cm-activeLine').filter({ hasText: '// here' })
    await line.waitFor()
    await until('the line to be in sight', async () => {
      const [at, all] = await Promise.all([line.boundingBox(), page.tab.locator('.cm-scroller').first().boundingBox()])
      return at && at.y >= all.y && at.y + at.height <= all.y + all.height
    })
    assert.equal(await focused(), 'Message to the board')
    await page.type('main.go', source)
    await page.run()
  })

  test('the first steps, when all are done, give their room back to the files', async () => {
    const list = page.tab.getByRole('region', { name: 'First steps' })
    const files = page.tab.getByRole('navigation', { name: 'Files' })
    const height = async (el) => (await el.boundingBox()).height
    const tick = (steps) =>
      page.tab.evaluate(
        (steps) =>
          fetch('/api/settings', { method: 'PUT', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ steps }) }).then(
            (r) => r.ok,
          ),
        steps,
      )
    // What another tab has seen done is not taken back by what this one sees a moment before.
    const all = ['connect', 'run', 'led', 'page', 'program']
    assert.ok((await tick([])) && (await tick(all)))
    await page.tab.waitForTimeout(1000)
    const { settings } = await page.tab.evaluate(() => fetch('/api/state').then((r) => r.json()))
    assert.deepEqual(settings.steps.toSorted(), all.toSorted())
    assert.ok(await tick(['connect', 'run', 'led', 'page']))
    await list.getByRole('listitem').nth(4).waitFor()
    const before = [await height(list), await height(files)]
    assert.ok(await tick(['connect', 'run', 'led', 'page', 'program']))
    await list.getByText('✓').waitFor()
    await list.getByRole('listitem').first().waitFor({ state: 'detached' })
    // Whose only page leaves www/ has not done what was left to do with it.
    const move = (from, to) =>
      page.tab.evaluate(
        (names) =>
          fetch('/api/files-rename', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(names) }).then(
            (r) => r.ok,
          ),
        { from, to },
      )
    assert.ok(await tick(['connect', 'run', 'program']))
    await list.getByRole('listitem').nth(4).waitFor()
    assert.ok(await move('www/led.html', 'led.html'))
    await list.waitFor({ state: 'detached' })
    assert.ok(await move('led.html', 'www/led.html'))
    await list.getByRole('listitem').nth(4).waitFor()
    assert.ok(await tick(all))
    await list.getByText('✓').waitFor()
    const after = [await height(list), await height(files)]
    assert.ok(after[0] < 60 && after[1] - before[1] > 60, `list and files were ${before} high, then ${after}`)
    await page.tab.reload()
    await page.editor('main.go').waitFor()
    await until('the room', async () => (await height(files)) >= after[1] + after[0] - 2)
    assert.equal(await list.count(), 0)
  })

  test('on a phone a Run says how it ended, with the way to the page', async () => {
    await at(page.tab, 390, 800)
    const last = async () => (await page.state()).progress
    const { id } = await last()
    await page.runButton.click()
    await until('the end of the Run', async () => {
      const now = await last()
      return now.id !== id && now.state === 'done'
    })
    const see = page.tab.getByRole('button', { name: 'See the page' })
    await Promise.all([
      see.waitFor(),
      page.tab
        .locator('.ended')
        .getByText(/Running/)
        .waitFor(),
    ])
    await picture(page.tab, 'phone-ended')
    await see.click()
    await page.frame.getByRole('heading', { name: 'LED over WebSocket' }).waitFor()
    await page.tab.getByRole('navigation', { name: 'Views' }).getByRole('button', { name: 'Code' }).click()
    await page.tab.setViewportSize(size.viewport)
  })

  test('an empty editor offers what can be opened; no project, a new one', async () => {
    for (const file of ['main.go', 'led.html']) {
      await page.openFile(file) // its tab may have gone with its file, which was away
      await page.tab.getByRole('tab', { name: file, selected: true }).focus()
      await key('Delete')
      await page.tab.getByRole('tab', { name: file }).waitFor({ state: 'detached' })
    }
    const editor = page.tab.getByRole('region', { name: 'Editor' })
    await editor.getByRole('button', { name: 'New project…' }).click()
    await page.tab.getByRole('dialog', { name: 'New project' }).waitFor()
    await key('Escape')
    await editor.getByRole('button', { name: 'Open main.go' }).click()
    await page.editor('main.go').waitFor()
    await page.tab.getByRole('button', { name: /^Project/ }).click()
    await page.tab.getByRole('menuitem', { name: 'Remove…' }).click()
    await page.tab.getByRole('dialog').getByRole('button', { name: 'Remove' }).click()
    await editor.getByRole('button', { name: 'Trash' }).waitFor()
    const facts = await page.board.locator('.facts').innerText()
    assert.doesNotMatch(facts, /Files\s+0/, 'the board still has its files')
    await editor.getByRole('button', { name: 'Trash' }).click() // what was removed by mistake is a click away
    await page.tab.getByRole('dialog', { name: 'Trash' }).getByRole('button', { name: 'Bring back' }).first().click()
    await page.editor('main.go').waitFor()
    await key('Escape')
    await page.tab.getByRole('button', { name: /^Project/ }).click()
    await page.tab.getByRole('menuitem', { name: 'Remove…' }).click()
    await page.tab.getByRole('dialog').getByRole('button', { name: 'Remove' }).click()
    await editor.getByRole('button', { name: 'New project…' }).click()
    await page.tab.getByRole('dialog', { name: 'New project' }).getByRole('button', { name: 'Make the project' }).click()
    await page.editor('main.go').waitFor()
  })

  test('the page had no failures of its own', () => assert.deepEqual(page.failures, []))
})
