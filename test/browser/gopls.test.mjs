// Help with Go while it is typed, with the real gopls behind the page.
import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readFileSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fair } from './fair.mjs'
import { Page, Server, browser, until } from './studio.mjs'

const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), process.platform === 'darwin' ? 'Library/Caches' : '.cache')
const gopls = process.env.STUDIO_GOPLS ?? join(cache, 'studio', 'toolchain', 'gopls-0.23.0', 'gopls')
const missing = existsSync(gopls) || process.env.STUDIO_TEST_ALL ? false : 'gopls is not installed: studio toolchain install gopls'

const led = `package main

import "studio/board"

func main() {
	board.OnText(func(from *board.Client, msg string) {
		if board.Fold(msg) == "ledon" {
			board.LED.High()
		}
		from.SendText("Reply for " + msg)
	})
	board.Serve()
}
`

// pids are the processes of gopls that a Studio has started.
function pids(studio) {
  return readdirSync('/proc')
    .filter((n) => /^\d+$/.test(n))
    .filter((n) => {
      try {
        const parent = /^\d+ \(.*\) \S (\d+)/.exec(readFileSync(`/proc/${n}/stat`, 'utf8'))?.[1]
        return Number(parent) === studio && readlinkSync(`/proc/${n}/exe`).includes('gopls')
      } catch {
        return false
      }
    })
    .map(Number)
}

describe('with gopls', { skip: missing }, () => {
  let server, chrome, page
  const list = () => page.tab.locator('.cm-tooltip-autocomplete')
  const menu = () => page.tab.getByRole('button', { name: 'Go to, find, rename' })
  const key = (k) => page.tab.keyboard.press(k)

  const size = { width: 1300, height: 850 }
  const looks = (name, within, widths = [1300]) => fair(page.tab, `gopls ${name}`, { within, widths, size })

  // put makes the program another one, and the cursor stand behind a piece of it.
  const put = async (text, behind) => {
    await page.type('main.go', text)
    if (behind) await cursor(text, behind)
  }
  const cursor = async (text, behind) => {
    const before = text.slice(0, text.indexOf(behind) + behind.length).split('\n')
    const line = before.at(-1)
    await page.editor('main.go').focus()
    await key('Control+Home')
    for (let i = 1; i < before.length; i++) await key('ArrowDown')
    for (let i = 0; i < line.length; i++) await key('ArrowRight')
  }

  before(async () => {
    server = await Server.start({ STUDIO_GOPLS: gopls })
    chrome = await browser()
    page = await Page.open(await chrome.newContext({ viewport: { width: 1300, height: 850 } }), server.url)
    await menu().waitFor() // gopls is there
  })
  after(async () => {
    await chrome?.close()
    await server?.stop()
  })

  it('lists what there is, with its sentence, and fills it in', async () => {
    await put(led.replace('\tboard.Serve()', '\t\n\tboard.Serve()'), '\t})\n\t')
    await page.tab.keyboard.type('board.OnTe')
    await list().getByText('OnText', { exact: true }).first().waitFor()
    await page.tab.getByText('sets what').first().waitFor()
    await looks('list', '.cm-tooltip-autocomplete')
    await page.accept(/^OnText/)
    await until('the call', async () =>
      /board\.OnText\(func\(from \*board\.Client, msg string\) \{\n\t+\n?\t*\}\)/.test(await page.text('main.go')),
    )
  })

  it('tells constants from variables by their signs', async () => {
    await put(led.replace('\tboard.Serve()', '\t\n\tboard.Serve()'), '\t})\n\t')
    await page.tab.keyboard.type('board.CloseN')
    const sign = list()
      .getByRole('option', { name: /^CloseNormal int/ })
      .locator('.cm-completionIcon-constant')
    await until('the sign', () =>
      sign.waitFor({ timeout: 3000 }).then(
        () => true,
        async () => {
          await key('Escape') // gopls was late, and the editor's own list stays
          await key('Control+Space')
          return false
        },
      ),
    )
    await key('Escape')
  })

  it('brings the import along that a name needs', async () => {
    await put(led.replace('\tboard.Serve()', '\t\n\tboard.Serve()'), '\t})\n\t')
    await page.tab.keyboard.type('strconv.Ito')
    const itoa = list().getByText('Itoa', { exact: true }).first()
    await until('Itoa', async () => {
      // gopls gives up looking into other packages after a moment, which is too short where others use the computer
      await key('Control+Space')
      return itoa.waitFor({ timeout: 3000 }).then(
        () => true,
        () => false,
      )
    })
    await page.accept(/^Itoa/)
    await until('the import', async () => /import \(\n\t"strconv"\n/.test(await page.text('main.go')))
    assert.match(await page.text('main.go'), /strconv\.Itoa\(i\)/)
  })

  it('says what a name is, by pointer and by keyboard', async () => {
    await put(led, 'board.Fo')
    await key('Control+k')
    await key('Control+i')
    await page.tab.locator('.cm-tooltip').getByText('func board.Fold(s string) string').waitFor()
    await key('Escape')
    await page.tab.locator('.cm-tooltip').waitFor({ state: 'detached' })
    await page.editor('main.go').getByText('Fold').hover()
    await page.tab.locator('.cm-tooltip').getByText('func board.Fold(s string) string').waitFor()
    await looks('hover', '.cm-tooltip')
    await page.tab.mouse.move(5, 5)
  })

  it('shows the values between the parentheses', async () => {
    await put(led.replace('\tboard.Serve()', '\t\n\tboard.Serve()'), '\t})\n\t')
    await page.tab.keyboard.type('board.Fold(')
    await page.tab.locator('.cm-go-signature').getByText('Fold(s string) string').waitFor()
    await looks('signature', '.cm-go-signature')
    await key('Escape') // once for the list of names, if it is there
    await key('Escape')
    await page.tab.locator('.cm-go-signature').waitFor({ state: 'detached' })
  })

  it('goes to definitions, in the program and in the library', async () => {
    await put(led, 'board.Fo')
    await key('F12')
    await page.tab.getByRole('tab', { name: /fold\.go.*library/ }).waitFor()
    await page.tab.getByText('You can read it here, but not change it.').waitFor()
    await until('the cursor there', async () => /func Fold/.test(await page.tab.locator('.cm-activeLine').textContent()))
    await page.tab.keyboard.type('x')
    assert.doesNotMatch(await page.tab.locator('.cm-activeLine').textContent(), /x/)
    await page.tab.getByRole('tab', { name: 'main.go' }).click()
    await page
      .editor('main.go')
      .getByText('SendText')
      .click({ modifiers: ['Control'] })
    await page.tab.getByRole('tab', { name: /\.go.*library/, selected: true }).waitFor()
    await page.tab.getByRole('tab', { name: 'main.go' }).click()
  })

  it('finds all uses and renames them', async () => {
    await put(led, 'OnText(func(fro')
    await key('Shift+F12')
    const dialog = page.tab.getByRole('dialog')
    await dialog.getByText('2 uses of from').waitFor()
    await looks('uses', 'dialog', [1300, 400])
    await dialog.getByRole('button', { name: /line 10/ }).click()
    await until('the cursor there', async () => /from\.SendText/.test(await page.tab.locator('.cm-activeLine').textContent()))
    await key('F2')
    const name = page.tab.getByRole('textbox', { name: 'New name for from' })
    await name.waitFor()
    await looks('rename', '.editor', [1300, 400])
    await name.fill('client')
    await key('Enter')
    await until('the new name', async () => (await page.text('main.go')).split('client').length === 3)
    await page.editor('main.go').focus()
    await key('Control+z')
    await until('the old name', async () => (await page.text('main.go')) === led.trimEnd() || (await page.text('main.go')) === led)
  })

  it('renames in files that are not open, too', async () => {
    const main = led.replace('from.SendText("Reply for " + msg)', 'from.SendText(reply(msg))')
    writeFileSync(
      join(server.home, 'projects', 'LED-over-WebSocket', 'reply.go'),
      'package main\n\n// reply is the answer.\nfunc reply(to string) string { return "Reply for " + to }\n',
    )
    await page.file('reply.go').waitFor()
    await put(main, 'SendText(rep')
    await until('gopls to know the file', async () => (await page.tab.locator('.cm-lintRange-error').count()) === 0)
    await key('F2')
    await page.tab.getByRole('textbox', { name: 'New name for reply' }).fill('answer')
    await key('Enter')
    await until('the new name here', async () => /SendText\(answer\(msg\)\)/.test(await page.text('main.go')))
    await until('the new name there, on the disk', () => /func answer\(to string\)/.test(server.file('reply.go')))
    assert.match(server.file('reply.go'), /\/\/ answer is the answer/)
    assert.equal(await page.tab.getByRole('tab', { name: 'main.go', selected: true }).count(), 1)
    await until('no mistakes', async () => (await page.tab.locator('.cm-lintRange-error').count()) === 0)
  })

  it('needs no pointer', async () => {
    const focused = () => page.editor('main.go').evaluate((el) => el.contains(document.activeElement))
    const line = () => page.tab.locator('.cm-activeLine').textContent()
    await put(led.replace('\tboard.Serve()', '\t\n\tboard.Serve()'), '\t})\n\t')
    await page.tab.keyboard.type('board.Ser')
    await list().getByText('Serve', { exact: true }).first().waitFor()
    await page.proposals()
    await key('ArrowDown')
    await key('ArrowUp')
    await key('Tab') // Tab indents: it does not choose, and does not leave
    await key('Escape')
    assert.equal(await focused(), true)
    await put(led, 'board.Fo')
    await key('Control+Shift+o')
    await page.tab.getByRole('dialog').getByRole('button', { name: /main/ }).waitFor()
    await key('Tab')
    await key('Enter')
    await until('the cursor there', async () => /func main/.test(await line()))
    await until('the focus in the editor', focused)
    await cursor(led, 'OnText(func(fro')
    await key('Shift+F12')
    await page.tab.getByRole('dialog').getByText('2 uses of from').waitFor()
    await key('Tab')
    await key('Tab')
    await key('Enter')
    await until('the cursor there', async () => /from\.SendText/.test(await line()))
    await until('the focus in the editor', focused)
    await key('Shift+F12')
    await page.tab.getByRole('dialog').getByText('2 uses of from').waitFor()
    await key('Escape')
    await page.tab.getByRole('dialog').waitFor({ state: 'detached' })
    await until('the focus in the editor', focused)
    await key('F2')
    await page.tab.getByRole('textbox', { name: 'New name for from' }).waitFor()
    await key('Escape')
    await page.tab.getByRole('textbox', { name: 'New name for from' }).waitFor({ state: 'detached' })
    await until('the focus in the editor', focused)
    await key('Control+k')
    await key('Control+i')
    await page.tab.locator('.cm-tooltip').getByText('from *board.Client').waitFor()
    await page.tab
      .getByRole('status', { name: 'Announcements' })
      .getByText(/from \*board\.Client/)
      .waitFor()
    await key('Escape')
    await page.tab.locator('.cm-tooltip').waitFor({ state: 'detached' })
  })

  it('shows an outline', async () => {
    await put(led, 'board.Fo')
    await menu().click()
    await page.tab.getByRole('menuitem', { name: /Outline/ }).click()
    await page.tab.getByRole('dialog').getByRole('button', { name: /main/ }).waitFor()
    await looks('outline', 'dialog', [1300, 400])
    await page.tab.getByRole('dialog').getByRole('button', { name: /main/ }).click()
    await until('the cursor there', async () => /func main/.test(await page.tab.locator('.cm-activeLine').textContent()))
  })

  it('marks mistakes in plain words, once, and Run says nothing else', async () => {
    await put(led.replace('board.Fold', 'board.Fodl').replace('from.SendText("Reply for " + msg)', 'from.SendText(7)'))
    await page.explain.getByText('Package board has no Fodl.').waitFor()
    await page.below('Problems')
    const items = async () => (await page.problems.getByRole('listitem').allTextContents()).filter((t) => t.startsWith('error'))
    await until('two mistakes', async () => (await items()).length === 2)
    const typed = await items()
    await page.runButton.click()
    await page.tab.getByText('The program has a mistake').first().waitFor()
    await page.tab.waitForTimeout(300)
    assert.deepEqual(await items(), typed)
    await put(led)
    await until('no mistakes', async () => (await items()).length === 0)
  })

  it('says at the cursor that nothing is known of what is there', async () => {
    await put(led, 'func main() {')
    for (const k of ['F12', 'Shift+F12']) {
      await key(k)
      await page.tab.locator('.cm-tooltip').getByText('Nothing is known of what is at the cursor.').waitFor()
      await key('Escape')
      await page.tab.locator('.cm-tooltip').waitFor({ state: 'detached' })
    }
  })

  it('tells of several mistakes in a line the one at the cursor', async () => {
    await put(led.replace('\tboard.Serve()', '\tvar x int = "one"; println(x, unknownName)\n\tboard.Serve()'), 'from.SendText')
    await until('both marks', async () => (await page.tab.locator('.cm-lintRange-error').count()) === 2)
    await key('F8')
    await page.explain.getByText(/^Line 12: "one"/).waitFor()
    await key('F8')
    await page.explain.getByText(/^Line 12: Go does not know the name unknownName/).waitFor()
    await key('Home')
    await page.explain.getByText(/^Line 12: "one"/).waitFor()
    await key('Escape')
  })

  it('puts imports and form right when the program is saved, which one undo takes back', async () => {
    const rough = led
      .replace('import "studio/board"', 'import (\n\t"fmt"\n\t"studio/board"\n)')
      .replace('\tboard.Serve()', '    board.Serve( )\n\tprintln(strconv.Itoa(3))')
    await put(rough)
    let pressed = 0
    await until('the form', async () => {
      if (Date.now() - pressed > 8000) {
        // on a busy computer gopls may need too long at first
        await key('Control+s')
        pressed = Date.now()
      }
      const text = await page.text('main.go')
      return /"strconv"/.test(text) && !/"fmt"/.test(text) && /\n\tboard\.Serve\(\)\n/.test(text)
    })
    await until('it to be saved', () => /"strconv"/.test(server.file('main.go')))
    await key('Control+z')
    await until('the text as it was', async () => (await page.text('main.go')).trimEnd() === rough.trimEnd())
    await until('that to be saved', () => server.file('main.go') === rough)
  })

  it('leaves the empty line alone in which somebody is about to type, when it saves', async () => {
    const rough = led.replace('\tboard.Serve()\n', '\tboard.Serve( )\n\t\n')
    await put(rough, 'Serve( )\n\t')
    let pressed = 0
    await until('the form', async () => {
      if (Date.now() - pressed > 8000) {
        await key('Control+s')
        pressed = Date.now()
      }
      return /\n\tboard\.Serve\(\)\n/.test(await page.text('main.go'))
    })
    await page.tab.keyboard.type('println()')
    await until('the line at its place', async () => (await page.text('main.go')).includes('\tboard.Serve()\n\tprintln()\n}'))
  })

  it('helps one page, until somebody types in the other', { skip: process.platform !== 'linux' && 'it looks into /proc' }, async () => {
    const other = await Page.open(await chrome.newContext(), server.url)
    const elsewhere = (p) => p.tab.getByText('Help is in another tab')
    await elsewhere(page).waitFor()
    await other.tab.getByRole('button', { name: 'Go to, find, rename' }).waitFor()
    const running = pids(server.process.pid)
    writeFileSync(join(server.home, 'projects', 'LED-over-WebSocket', 'www', 'other.txt'), 'x')
    await page.file('other.txt').waitFor()
    await other.file('other.txt').waitFor()
    await page.tab.waitForTimeout(500)
    assert.equal(await elsewhere(page).count(), 1)
    assert.deepEqual(pids(server.process.pid), running)
    await page.editor('main.go').focus()
    await page.tab.keyboard.type(' ')
    await menu().waitFor()
    await elsewhere(other).waitFor()
    await other.tab.context().close()
  })

  it('loses no key when gopls is killed, and comes back', { skip: process.platform !== 'linux' && 'it looks into /proc' }, async () => {
    const kills = process.env.STUDIO_SOAK ? 100 : 4
    await put(`${led}\n// `)
    await key('Control+End')
    let wanted = `${led}\n// `
    for (let n = 0; n < kills; n++) {
      const [pid] = await until('gopls', () => {
        const list = pids(server.process.pid)
        return list.length > 0 && list
      })
      for (let i = 0; i < 20; i++) {
        if (i === 7) process.kill(pid, 'SIGKILL')
        const letter = String.fromCharCode(97 + ((n + i) % 26))
        wanted += letter
        await key(letter)
      }
    }
    await until('every letter', async () => (await page.text('main.go')) === wanted)
    await until('every letter on the disk', () => server.file('main.go') === wanted)
    await put(led.replace('board.Fold', 'board.Fodl'))
    await page.explain.getByText('Package board has no Fodl.').waitFor()
    await until('one gopls', () => pids(server.process.pid).length === 1)
    await put(led)
    assert.deepEqual(page.failures, [])
  })
})

// A gopls that says nothing is one that has not begun yet: only Studio knows how long that may take.
it('waits for gopls on a slow computer', { skip: process.platform === 'win32' && 'the stand-in is a shell script' }, async () => {
  const dir = mkdtempSync(join(tmpdir(), 'studio-gopls-'))
  const starts = join(dir, 'starts')
  writeFileSync(join(dir, 'gopls'), `#!/bin/sh\necho >>'${starts}'\nexec sleep 600\n`, { mode: 0o755 })
  const server = await Server.start({ STUDIO_GOPLS: join(dir, 'gopls') })
  const chrome = await browser()
  try {
    const context = await chrome.newContext()
    await context.clock.install()
    const page = await Page.open(context, server.url)
    await until('gopls to be started', () => existsSync(starts))
    await context.clock.fastForward(50_000)
    await page.tab.waitForTimeout(500)
    await context.clock.fastForward(5_000)
    await page.tab.waitForTimeout(1500)
    await page.tab.getByText('Help is starting…').waitFor()
    assert.equal(readFileSync(starts, 'utf8'), '\n')

    await context.clock.fastForward(150_000)
    await until('it to be started again', () => readFileSync(starts, 'utf8') === '\n\n')
    assert.deepEqual(page.failures, [])
  } finally {
    await chrome.close()
    await server.stop()
    rmSync(dir, { recursive: true })
  }
})
