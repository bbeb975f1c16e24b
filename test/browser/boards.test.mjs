// What the page does for real boards. Where that takes a radio or a download, the server's words are changed on their
// way to the page; what the page asks for is what a real server would get.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { after, afterEach, before, beforeEach, describe, test } from 'node:test'
import { fair } from './fair.mjs'
import { Feigned, kind, missing, noGopls } from './feigned.mjs'
import { at } from './fit.mjs'
import { binary, browser, hanging, Page, picture, root, Server, until } from './studio.mjs'

const size = { viewport: { width: 1280, height: 800 } }

describe('files, ports and the editor', { timeout: hanging }, () => {
  let server, chrome, page
  before(async () => {
    server = await Server.start()
    chrome = await browser()
    page = await Page.open(await chrome.newContext(size), server.url)
  })
  afterEach(async (t) => {
    if (!t.passed) await picture(page.tab, `failed ${t.name.slice(0, 30)}`)
  })
  after(async () => {
    await chrome?.close()
    await server?.stop()
  })

  test("another project's files leave the board in one go", async () => {
    await page.run()
    await page.onBoard('led.html')
    await page.newFile('www/left.txt')
    await page.onBoard('left.txt')
    await page.tab.getByRole('button', { name: /^Project/ }).click()
    await page.tab.getByRole('menuitem', { name: 'New project…' }).click()
    await page.tab.getByRole('button', { name: 'Make the project' }).click()
    await page.file(/left\.txt.*board only/).waitFor()
    // All of them are one line, which unfolds.
    const line = page.tab.getByRole('navigation', { name: 'Files' }).getByText('board only')
    const row = page.tab.getByRole('navigation', { name: 'Files' }).getByText('left.txt', { exact: true })
    await until('one line for all of them', async () => (await line.count()) === 1 && (await row.count()) === 0)
    await picture(page.tab, 'others-1280-light')
    await line.click()
    await row.waitFor()
    await until('the line to stay', async () => (await line.count()) === 1)
    await page.tab.getByRole('button', { name: 'Remove these…' }).click()
    await page.tab.getByRole('dialog', { name: 'Remove left.txt from the board?' }).waitFor()
    await page.tab.getByRole('dialog').getByRole('button', { name: 'Remove from the board' }).click()
    await page.file(/left\.txt/).waitFor({ state: 'detached' })
  })

  test('a page in an older encoding stays as it is until it is made UTF-8', async () => {
    const folder = join(server.home, 'projects', 'LED-over-WebSocket-2', 'www')
    const old = Buffer.from('<meta charset="iso-8859-1"><p>Z\u00fcrich', 'latin1')
    await writeFile(join(folder, 'old.html'), old)
    await page.file(/old\.html/).click()
    await page.tab.locator('.cm-content').getByText('Z\u00fcrich').waitFor()
    const style = page.tab.getByRole('button', { name: /^Encoding and line ends: Windows-1252/ })
    await style.waitFor()
    await picture(page.tab, 'older-encoding-1280-light')
    assert.deepEqual(await readFile(join(folder, 'old.html')), old)
    await style.click()
    await page.tab.getByRole('menuitemradio', { name: /UTF-8$/ }).click()
    await until('UTF-8', async () => (await readFile(join(folder, 'old.html'), 'utf8')).includes('Z\u00fcrich'))
    assert.equal(await readFile(join(folder, 'old.html'), 'utf8'), '<meta charset="utf-8"><p>Z\u00fcrich')
    await page.onBoard('old.html')
    await rm(join(folder, 'old.html'))
    await page.tab.getByRole('button', { name: 'Remove these…' }).click()
    await page.tab.getByRole('dialog').getByRole('button', { name: 'Remove from the board' }).click()
    await page.file(/old\.html/).waitFor({ state: 'detached' })
  })

  test('a project without a page does not show the page that another one left, and Run says that it is there', async () => {
    const frame = page.tab.locator('iframe[title="The board\'s page"]')
    await page.newProject('Blink')
    await page.tab.getByText('This project has no page.').waitFor()
    assert.equal(await frame.count(), 0)
    await page.run()
    const left = page.tab.getByRole('status').filter({ hasText: "pages that are not this project's: led.html" })
    await left.waitFor()
    assert.equal(await frame.count(), 0)
    await page.tab.getByRole('combobox', { name: 'Page' }).selectOption({ label: 'led.html (board)' })
    await page.frame.getByRole('heading', { name: 'LED over WebSocket' }).waitFor()
    await picture(page.tab, 'left-1280-light')
    await left.getByRole('button', { name: 'Remove them…' }).click()
    await page.tab.getByRole('dialog').getByRole('button', { name: 'Remove from the board' }).click()
    await page.file(/led\.html/).waitFor({ state: 'detached' })
    await left.waitFor({ state: 'detached' })
    await page.tab.getByText('This project has no page.').waitFor()
  })

  test("before its first Run a project's page is not another one's of that name", async () => {
    await page.newProject('Robot car')
    await page.tab.getByText('The board runs another program, Blink.').waitFor()
    const steps = page.tab.getByRole('region', { name: 'First steps' })
    await steps.getByText('Use the page').waitFor()
    assert.equal(await steps.getByText('Switch the LED').count(), 0, 'its page does not')
    await page.run()
    await page.frame.getByRole('application', { name: 'Joystick' }).waitFor()
    await page.newProject('Sensor')
    await page.tab.getByText('The board runs another program, Robot car.').waitFor()
    assert.equal(await page.tab.getByText('older version').count(), 0)
    await page.run()
    await page.frame.getByRole('button', { name: 'Pause' }).waitFor()
    assert.equal(await page.tab.getByText(/^The board still has pages/).count(), 0, 'other files than pages may stay')
    await page.newProject('LED over WebSocket')
  })

  test('what hangs on the virtual board: a voltage by a slider, a coloured LED, a dimmed one, in own files and folders', async () => {
    await page.newProject('Blink')
    await page.newFile('light/light_arm.go')
    await page.type(
      'light/light_arm.go',
      `package light

import (
	"image/color"
	"machine"

	"tinygo.org/x/drivers/ws2812"
)

var strip = ws2812.New(machine.GPIO3)

func Show(level uint16) {
	strip.WriteColors([]color.RGBA{{R: uint8(level >> 8)}, {G: 255}})
}
`,
    )
    await page.openFile('main.go')
    await page.type(
      'main.go',
      `package main

import (
	"machine"
	"time"

	"blink/light"
	"studio/board"
)

func main() {
	machine.InitADC()
	pot := machine.ADC{Pin: machine.ADC0}
	pot.Configure(machine.ADCConfig{})
	pwm := machine.PWM0
	pwm.Configure(machine.PWMConfig{})
	led, _ := pwm.Channel(machine.LED)
	board.Every(20*time.Millisecond, func() {
		light.Show(pot.Get())
		pwm.Set(led, uint32(pot.Get())*pwm.Top()/65535)
	})
	board.Serve()
}
`,
    )
    await page.run()
    const slider = page.board.getByRole('slider', { name: 'GPIO0' })
    await slider.fill('330')
    await page.board.locator('output', { hasText: '3.30 V' }).waitFor()
    await page.board.getByRole('img', { name: 'GPIO3: a strip of 2 coloured LEDs, 2 lit' }).waitFor()
    await page.board.locator('[data-strip="3"] i[title="#fe0000"]').waitFor() // the driver's brightness makes 254 of 255
    await page.ledIs('lit')
    const glow = () => page.board.locator('.glow').getAttribute('opacity').then(Number)
    await until('the LED to be bright', async () => (await glow()) === 1)
    await slider.fill('33')
    await until('the LED to be dim', async () => Math.abs((await glow()) - Math.sqrt(0.1)) < 0.05)
    await page.tab.getByRole('button', { name: 'Reset' }).click()
    await page.board.locator('output', { hasText: '0.33 V' }).waitFor()
    // What cannot be set goes back to where the board has it, and the page says why.
    const why = { code: 'virtual.voltage', class: 'bad-input', step: 'none', text: 'The board does not take that.', help: '' }
    await page.tab.route('**/api/board/pins', (r) => r.fulfill({ status: 409, json: { error: why } }))
    const told = page.tab.locator('.banner.bad')
    await slider.fill('300')
    await told.waitFor()
    await until('the slider to go back', async () => (await slider.inputValue()) === '33')
    await page.board.locator('output', { hasText: '0.33 V' }).waitFor()
    await told.getByRole('button', { name: 'Dismiss' }).click()
    const boot = page.board.getByRole('button', { name: 'BOOT button' })
    await boot.focus()
    await page.tab.keyboard.down('Space')
    await told.waitFor()
    await until('the button to come up', async () => (await boot.getAttribute('aria-pressed')) === 'false')
    await page.tab.keyboard.up('Space')
    await told.getByRole('button', { name: 'Dismiss' }).click()
    await page.tab.unroute('**/api/board/pins')
    await slider.fill('0')
    await page.board.getByRole('img', { name: 'GPIO3: a strip of 2 coloured LEDs, 1 lit' }).waitFor()
    await page.ledIs('dark')
    await picture(page.tab, 'pins-1280-light')
    await page.newProject('LED over WebSocket')
  })

  test('a page outside www/ says that it is not served', async () => {
    await page.newFile('style.css')
    const tag = page.file(/style\.css/).getByText('not served')
    await tag.waitFor()
    assert.match(await tag.getAttribute('title'), /www\/style\.css/)
  })

  test('a file opens at its beginning, and a tab stays where it was', async () => {
    const scroller = page.tab.locator('.cm-scroller')
    // rest waits until the editor has measured itself, and stays where it is.
    const rest = async () => {
      let last
      await until('the editor to rest', async () => {
        const now = await scroller.evaluate(
          (el) =>
            new Promise((done) => {
              let frames = 10
              const next = () => (frames-- ? requestAnimationFrame(next) : setTimeout(() => done(el.scrollTop)))
              next()
            }),
        )
        const rests = now === last
        last = now
        return rests
      })
      return last
    }
    const isAt = async (y, what) => {
      const now = await rest()
      assert.ok(Math.abs(now - y) < 4, `${what} is at ${now}, not at ${y}`)
    }
    const scroll = async (y) => {
      await scroller.evaluate((el, y) => el.scrollTo(0, y), y)
      await isAt(y, 'what was scrolled')
    }
    await page.openFile('main.go')
    await page.editor('main.go').waitFor()
    await scroll(300)
    await page.openFile('led.html')
    await page.editor('www/led.html').waitFor()
    assert.equal(await rest(), 0, 'a file that was not open')
    await scroll(700)
    await page.openFile('main.go')
    await page.editor('main.go').waitFor()
    await isAt(300, 'main.go')
    await page.openFile('led.html')
    await page.editor('www/led.html').waitFor()
    await isAt(700, 'led.html')
    await page.openFile('main.go')
    await page.editor('main.go').waitFor()
    for (let i = 0; i < 2; i++) {
      await scroll(400)
      await page.newProject('LED over WebSocket')
      assert.equal(await rest(), 0, 'a new project')
    }
  })

  test("the editor's search speaks as the page does", async () => {
    await page.openFile('main.go')
    await page.editor('main.go').click()
    await page.tab.keyboard.press('Control+F')
    await page.tab.getByText('whole words').waitFor()
    await page.tab.getByRole('textbox', { name: 'Replace with' }).waitFor()
    await page.tab.keyboard.press('Escape')
  })

  test('a port by name: one that is not there says so, and the way back is the menu', async () => {
    await page.tab.getByRole('button', { name: /^Board/ }).click()
    await page.tab.getByRole('menuitem', { name: 'Other port…' }).click()
    const box = page.tab.getByRole('textbox', { name: 'Name of the port' })
    await box.fill('/dev/no-such')
    await box.press('Enter')
    await page.board.getByText(/There is no port \/dev\/no-such/).waitFor()
    await page.tab.getByRole('button', { name: /^Board/ }).click()
    await page.tab.getByRole('menuitemradio', { name: '/dev/no-such', checked: true }).waitFor()
    await page.tab.getByRole('menuitemradio', { name: /Virtual ESP32-C3/ }).click()
    await page.board.getByRole('img', { name: /LED is/ }).waitFor()
  })

  test('a board behind a serial port: Run asks which it is, and its LED glows in the picture', {
    skip: process.platform === 'win32' && 'there are no pseudo terminals',
  }, async () => {
    const other = await serialBoard(server.home)
    try {
      await page.choosePort(other.port)
      await page.runButton.click()
      await page.chooseKind(/Virtual ESP32-C3/)
      await page.onBoard('led.html')
      await page.frame.getByRole('button', { name: /on/i }).first().click()
      await page.ledIs('lit')
      await page.frame.getByRole('button', { name: /off/i }).first().click()
      await page.ledIs('dark')
    } finally {
      await other.stop()
    }
  })

  test('the page had no failures of its own', () => assert.deepEqual(page.failures, []))
})

describe('a board that is plugged in', { timeout: hanging }, () => {
  let server, chrome, page, volumes
  before(async () => {
    volumes = await mkdtemp(join(tmpdir(), 'studio-volumes-'))
    server = await Server.start({ STUDIO_VOLUMES: volumes })
    chrome = await browser()
    page = await Page.open(await chrome.newContext(size), server.url)
  })
  after(async () => {
    await chrome?.close()
    await server?.stop()
    await rm(volumes, { recursive: true, force: true })
  })

  test('is offered, and taken with one click; it can be pulled out again', async () => {
    await page.tab.getByRole('button', { name: /^Board.*Virtual/ }).waitFor()
    // What is there already was not plugged in: with its menu the page asks for that.
    const listed = page.tab.waitForResponse('**/api/ports')
    await page.tab.getByRole('button', { name: /^Board/ }).click()
    await (await listed).finished()
    await page.tab.getByRole('menuitemradio', { name: /Virtual ESP32-C3/ }).waitFor()
    await page.tab.keyboard.press('Escape')
    await page.tab.getByRole('menu').waitFor({ state: 'detached' })
    const drive = join(volumes, 'RPI-RP2')
    await mkdir(drive)
    await writeFile(join(drive, 'INFO_UF2.TXT'), 'UF2 Bootloader v3.0\r\nModel: Raspberry Pi RP2\r\nBoard-ID: RPI-RP2\r\n')
    const offer = page.tab.getByRole('status').filter({ hasText: 'Plugged in: Pico or Pico W, waiting for a program.' })
    await offer.getByRole('button', { name: 'Use it' }).click()
    await page.tab.getByRole('button', { name: /^Board.*Pico or Pico W, waiting/ }).waitFor()
    await page.board.getByText('The board waits for a program. Press Run.').waitFor()
    await page.board.getByText('Several boards fit what is plugged in.').waitFor()
    await offer.waitFor({ state: 'detached' })
    await rm(drive, { recursive: true })
    await page.board.getByText('No board waits for a program.').waitFor()
    assert.deepEqual(page.failures, [])
  })
})

// serialBoard is a virtual board that another program has on a serial port of the system.
async function serialBoard(home) {
  const p = spawn(binary, ['virtual', 'browser', '--pty', '--download', '--json'], {
    env: { ...process.env, STUDIO_HOME: home },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = new Promise((done) => p.once('exit', done))
  const { value } = await createInterface({ input: p.stdout })[Symbol.asyncIterator]().next()
  return {
    port: JSON.parse(value).port,
    stop: async () => {
      p.kill('SIGINT')
      await ended
    },
  }
}

describe('a real board', { timeout: hanging }, () => {
  let server, chrome, context, f
  before(async () => {
    server = await Server.start()
    chrome = await browser()
  })
  beforeEach(async () => {
    context = await chrome.newContext(size)
  })
  afterEach(async (t) => {
    if (!t.passed && f) await picture(f.tab, `failed ${t.name.slice(0, 30)}`)
    assert.deepEqual(f?.page.failures, [])
    await context.close()
  })
  after(async () => {
    await chrome?.close()
    await server?.stop()
  })

  test('Wi-Fi: scan, pick, wrong password, right password, and the address as a QR code', async () => {
    const own = { state: 'ap', ssid: '', reason: '', rssi: 0, address: '192.168.4.1', name: '', ap: 'Studio-1A2B' }
    f = await Feigned.open(context, server, (s) => {
      s.board.wifi = own
    })
    await f.answers('board/wifi/scan', {
      networks: [
        { ssid: 'Far', rssi: -80, secure: true, channel: 1 },
        { ssid: 'Home', rssi: -50, secure: true, channel: 6 },
        { ssid: '', rssi: -40, secure: true, channel: 6 },
      ],
    })
    await f.answers('board/wifi/join')
    await f.answers('board/wifi/forget')
    await f.tab.getByRole('banner').getByRole('button', { name: /Wi-Fi/ }).click()
    const names = f.dialog.getByRole('list', { name: 'Networks that the board sees' }).getByRole('button')
    await names.first().getByText('Home').waitFor()
    assert.equal(await names.count(), 3, 'two names, and one to write')
    await fair(f.tab, 'wifi', { size: size.viewport })
    await names.first().click()
    const password = f.dialog.getByLabel('Password', { exact: true })
    await password.fill('not this one')
    const joined = () => f.tab.waitForResponse('**/api/board/wifi/join')
    let answered = joined()
    await f.dialog.getByRole('button', { name: 'Join' }).dblclick()
    await answered
    await f.dialog.getByRole('progressbar').waitFor()
    // A board may answer before the page has been drawn again: here a press holds it still.
    await names.first().hover()
    await f.tab.mouse.down()
    f.say({ wifi: { ...own, state: 'joining', ssid: 'Home' } })
    f.say({ wifi: { ...own, state: 'failed', ssid: 'Home', reason: 'password' } })
    await f.tab.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 100))))
    await f.tab.mouse.up()
    await f.dialog
      .getByRole('alert')
      .getByText(/did not accept the password/)
      .waitFor()
    await fair(f.tab, 'wifi password', { size: size.viewport })
    await password.fill('the right one')
    answered = joined()
    await password.press('Enter')
    await answered
    f.say({ wifi: { ...own, state: 'joining', ssid: 'Home' } })
    f.say({
      wifi: { state: 'joined', ssid: 'Home', reason: '', rssi: -50, address: '192.168.1.17', name: 'studio-1a2b.local', ap: '' },
      address: '192.168.1.17',
    })
    await f.dialog.getByText('The board is in the network Home.').waitFor()
    assert.deepEqual(
      f.asked.filter(([p]) => p.endsWith('join')),
      [
        ['board/wifi/join', { ssid: 'Home', password: 'not this one' }],
        ['board/wifi/join', { ssid: 'Home', password: 'the right one' }],
      ],
    )
    assert.equal(
      await f.tab.evaluate(() => document.documentElement.outerHTML.includes('the right one')),
      false,
      'the password is gone from the page',
    )
    assert.equal(await readCode(f.dialog.getByRole('img', { name: 'QR code of http://192.168.1.17/' })), 'http://192.168.1.17/')
    const forgotten = f.tab.waitForResponse('**/api/board/wifi/forget')
    await f.dialog.getByRole('button', { name: 'Forget Home' }).click()
    await forgotten
    f.say({ wifi: own })
    await f.dialog.getByText(/network of its own, Studio-1A2B/).waitFor()
    assert.deepEqual(f.asked.at(-1), ['board/wifi/forget', {}])
  })

  test('several boards fit: Run asks which it is, and goes on', async () => {
    f = await Feigned.open(context, server, (s) => {
      s.kinds = [
        kind,
        { ...kind, id: 'xiaoesp32c3', name: 'Seeed XIAO ESP32C3', picture: 'stick' },
        { ...kind, id: 'pico', name: 'Raspberry Pi Pico', picture: 'pico' },
      ]
      Object.assign(s.board, { id: '', name: '', kinds: 'esp32c3 xiaoesp32c3' })
    })
    await f.answers('board/kind')
    await f.answers('run', { id: 'r1', action: 'run', phase: 'build', text: 'Building.', done: 0, total: 0, state: 'running', millis: 0 })
    await f.page.runButton.click()
    await f.dialog.getByRole('radio', { name: /XIAO/ }).check()
    assert.equal(await f.dialog.getByRole('group', { name: 'These fit what is plugged in' }).getByRole('radio').count(), 2)
    const chosen = f.tab.waitForResponse('**/api/board/kind')
    await f.dialog.getByRole('button', { name: 'It is this one' }).click()
    await chosen
    f.say({ id: 'xiaoesp32c3', name: 'Seeed XIAO ESP32C3', kinds: '' })
    await f.tab.getByRole('progressbar').waitFor()
    assert.deepEqual(
      f.asked.map(([p]) => p),
      ['board/kind', 'run'],
    )
    assert.deepEqual(f.asked[0][1], { id: 'xiaoesp32c3' })
  })

  test('without TinyGo, Run offers it, shows how far it is, and goes on by itself', async () => {
    f = await Feigned.open(context, server, (s) => {
      s.kinds = [{ ...kind, problem: missing }]
      s.toolchain = { version: '', path: '', problem: missing, offer: '0.41.1', gopls: noGopls }
    })
    const step = { id: 't1', action: 'toolchain', phase: 'fetch', text: 'Fetching TinyGo.', done: 0, total: 0, state: 'running', millis: 0 }
    await f.answers('toolchain/install', step)
    await f.answers('run', { id: 'r1', action: 'run', phase: 'build', text: 'Building.', done: 0, total: 0, state: 'running', millis: 0 })
    await f.page.runButton.click()
    await f.dialog.getByRole('button', { name: 'Install TinyGo 0.41.1' }).click()
    f.tell({
      progress: { ...step, state: 'failed', problem: { code: 'toolchain.hash', text: 'The download was damaged.', help: 'Try again.' } },
    })
    await f.dialog.getByRole('alert').getByText('The download was damaged.').waitFor()
    await fair(f.tab, 'install', { size: size.viewport })
    await f.answers('toolchain/install', { ...step, id: 't2' })
    await f.dialog.getByRole('button', { name: 'Try again' }).click()
    f.tell({ progress: { ...step, id: 't2', done: 30, total: 60 } })
    await f.dialog.getByText('30 of 60 B').waitFor()
    f.tell({ kinds: [kind] })
    f.tell({ toolchain: { version: '0.41.1', path: '/tinygo', offer: '0.41.1', gopls: noGopls } })
    f.tell({ progress: { ...step, id: 't2', state: 'done', text: 'TinyGo is there.' } })
    await f.dialog.waitFor({ state: 'detached' })
    await f.tab.getByText('Building').first().waitFor()
    assert.deepEqual(
      f.asked.map(([p]) => p),
      ['toolchain/install', 'toolchain/install', 'run'],
    )
  })

  test('without gopls the editor offers it, and says how far it is', async () => {
    const absent = { ...noGopls, offer: '0.23.0', problem: { code: 'gopls.missing', text: 'gopls is not installed.', help: 'Install it.' } }
    f = await Feigned.open(context, server, (s) => {
      s.toolchain = { version: '0.41.1', path: '/tinygo', offer: '0.41.1', gopls: absent }
    })
    const step = { id: 'g1', action: 'gopls', phase: 'build', text: 'Building gopls.', done: 0, total: 0, state: 'running', millis: 0 }
    await f.answers('toolchain/install/gopls', step)
    await f.page.openFile('main.go')
    await f.tab.getByRole('button', { name: 'Help while typing…' }).click()
    await f.dialog.waitFor()
    await fair(f.tab, 'gopls', { size: size.viewport })
    await f.dialog.getByRole('button', { name: 'Install gopls' }).click()
    await f.dialog.getByText('Building gopls.').waitFor()
    await fair(f.tab, 'gopls being built', { size: size.viewport })
    f.tell({
      progress: { ...step, state: 'failed', problem: { code: 'gopls.build', text: 'gopls could not be built.', help: 'Try again.' } },
    })
    await f.dialog.getByRole('alert').getByText('gopls could not be built.').waitFor()
    await f.tab.keyboard.press('Escape')
    await f.dialog.waitFor({ state: 'detached' })
  })

  test('a board without USB ids is in the menu by its name, and is not said to be missing', async () => {
    f = await Feigned.open(context, server, (s) => {
      s.ports = [
        { name: 'virtual:', title: 'Virtual ESP32-C3' },
        { name: '/dev/ttyACM0', title: 'Serial' },
        { name: '/dev/ttyS0', title: 'Serial port (/dev/ttyS0)' },
      ]
    })
    await f.tab.getByRole('button', { name: /^Board/ }).click()
    await f.tab.getByRole('menuitemradio', { name: 'Serial port (/dev/ttyS0)', exact: true }).waitFor() // its name once
    await f.tab.getByRole('menuitemradio', { name: kind.name, checked: true }).waitFor()
    assert.equal(await f.tab.getByText('No real board is connected.').count(), 0)
    await picture(f.tab, 'menu-1280-light')
    f.say({ state: 'absent' })
    f.tell({ ports: [{ name: 'virtual:', title: 'Virtual ESP32-C3' }] })
    await f.tab.getByText('No real board is connected.').waitFor()
    // A port that the system lists is a board, whether it answers or not, is in use or not.
    for (const port of ['/dev/ttyACM0', '/dev/ttyUSB3', 'virtual:']) {
      f.say({ port, state: 'absent', virtual: port === 'virtual:' })
      f.tell({
        ports: [
          { name: 'virtual:', title: 'Virtual ESP32-C3' },
          { name: '/dev/ttyACM0', title: 'Serial' },
        ],
      })
      await f.tab
        .getByRole('menuitemradio', { name: '/dev/ttyACM0' })
        .or(f.tab.getByRole('menuitemradio', { name: /Serial/ }))
        .or(f.tab.getByRole('menuitemradio', { name: kind.name }))
        .first()
        .waitFor()
      assert.equal(await f.tab.getByText('No real board is connected.').count(), 0, `${port} is in use`)
    }
  })

  test("messages say whose connection they came over: Studio's or a page's", async () => {
    f = await Feigned.open(context, server, () => {})
    const got = { kind: 'received', binary: false, data: 'noon', size: 4, millis: -1, time: Date.now() }
    f.tell({
      message: [
        { ...got, seq: 9001, from: 'console', conn: 1 },
        { ...got, seq: 9002, from: 'page', conn: 2 },
      ],
    })
    await f.page.below('Messages')
    const cell = f.page.messages.getByRole('gridcell', { name: 'board to Studio' })
    assert.match(await cell.getAttribute('title'), /connection of its own/)
    await f.page.messages.getByRole('gridcell', { name: 'board to page 2' }).waitFor()
    await picture(f.tab, 'messages-1280-light')
    await at(f.tab, 400, 800)
    await f.tab.emulateMedia({ colorScheme: 'dark' })
    await f.tab.getByRole('navigation', { name: 'Views' }).getByRole('button', { name: 'Messages' }).click()
    await cell.waitFor()
    await picture(f.tab, 'messages-400-dark')
    for (const c of await f.page.messages.locator('.dir').all())
      assert.equal(await c.evaluate((el) => el.scrollWidth > el.clientWidth), false)
  })

  test('what is small for a finger is not small to touch, and nothing covers a badge', async () => {
    f = await Feigned.open(context, server, (s) => {
      s.boardFiles = [
        { path: 'main.go', state: 'same' },
        { path: 'www/led.html', state: 'same' },
      ]
    })
    const row = f.page.file('main.go')
    await row.hover()
    const [badge, dots] = await Promise.all(
      [row.locator('.tag'), f.tab.getByRole('button', { name: 'Actions for main.go' })].map((l) => l.boundingBox()),
    )
    assert.ok(badge.x + badge.width <= dots.x, 'the menu is beside the badge')
    await picture(f.tab, 'files-1280-light')
    await at(f.tab, 400, 800)
    const x = await f.tab.locator('.tab.on .x').boundingBox()
    assert.ok(x.width >= 40 && x.height >= 40, `${x.width} x ${x.height}`)
    await picture(f.tab, 'tabs-400-light')
  })

  test('what Run asks the user for is there in full, on a phone, too, and read aloud', async () => {
    f = await Feigned.open(context, server, () => {})
    const text = 'Waiting for the board. Unplug the board, hold its BOOTSEL button, plug it in, and let go of the button.'
    const step = { id: 'r1', action: 'run', phase: 'flash', text: 'Looking for the board', done: 0, total: 0, state: 'running', millis: 0 }
    f.tell({ progress: step })
    await f.tab.getByRole('progressbar', { name: 'Looking for the board' }).waitFor()
    f.tell({ progress: { ...step, text } })
    await f.tab.getByRole('status', { name: 'Announcements' }).getByText(text).waitFor()
    const banner = f.tab.locator('.banner').filter({ hasText: text })
    for (const width of [1280, 400]) {
      for (const colorScheme of ['light', 'dark']) {
        await at(f.tab, width, 800)
        await f.tab.emulateMedia({ colorScheme })
        assert.equal(
          await banner.evaluate((el) =>
            [el, ...el.querySelectorAll('*')].some((e) => e.scrollWidth > Math.max(e.clientWidth, e.offsetWidth)),
          ),
          false,
        )
        for (const name of ['Cancel', 'Theme', 'Help'])
          assert.equal(await f.tab.getByRole('banner').getByRole('button', { name }).isVisible(), true, `${name} at ${width}`)
        await picture(f.tab, `asking-${width}-${colorScheme}`)
      }
    }
    f.tell({ progress: { ...step, text: 'Writing 36 KB', phase: 'flash' } })
    await banner.waitFor({ state: 'detached' })
  })

  test('sizes, and what they say when the program does not fit', async () => {
    const sizes = {
      board: kind.id,
      flash: 700 * 1024,
      flashMax: 2 << 20,
      ram: 98 * 1024,
      ramMax: 321 * 1024,
      heap: 223 * 1024,
      largest: [{ name: 'Wi-Fi', flash: 400_000, ram: 60_000 }],
    }
    f = await Feigned.open(context, server, (s) => {
      s.sizes = sizes
    })
    const box = f.tab.getByRole('group', { name: 'Size of the program' })
    await box.getByText('700 KB of 2.0 MB').waitFor()
    await box.getByText('98 KB, leaves 223 KB').waitFor()
    await box.getByText('Largest parts').click()
    await box.getByRole('row', { name: /Wi-Fi/ }).waitFor()
    f.tell({ sizes: { ...sizes, flash: 3 << 20 } })
    await box.getByText('1.0 MB too large').waitFor()
  })

  test('a program that was started again says why, beside the board and under Problems', async () => {
    f = await Feigned.open(context, server, (s) => {
      s.board.lastEnd = 'panic: index out of range'
    })
    await f.page.board.getByText(/panic: index out of range/).waitFor()
    await f.page.below('Problems')
    await f.page.problems.getByText(/panic: index out of range/).waitFor()
  })

  test('an LED that is lit while its pin is low glows then', async () => {
    f = await Feigned.open(context, server, (s) => {
      s.board.led = 8
      s.pins = [{ pin: 8, name: 'LED', mode: 'output', level: false }]
    })
    await f.page.ledIs('lit')
    f.tell({ pins: [{ pin: 8, name: 'LED', mode: 'output', level: true }] })
    await f.page.ledIs('dark')
  })

  test('the button that has to be pressed is shown', async () => {
    f = await Feigned.open(context, server, () => {})
    f.tell({
      progress: {
        id: 'r1',
        action: 'run',
        phase: 'flash',
        text: '',
        done: 0,
        total: 0,
        state: 'failed',
        millis: 1,
        problem: { code: 'flash.hold-boot', text: 'The board started its program.', help: 'Hold BOOT.' },
      },
    })
    await f.page.board.getByRole('status').filter({ hasText: kind.boot }).waitFor()
    await until('BOOT and RESET', async () => (await f.page.board.locator('.point').count()) === 2)
  })
})

// readCode reads a QR code from its drawing, with a reader instead of the writer that drew it.
async function readCode(picture) {
  const { default: read } = await import(join(root, 'ui', 'node_modules', 'qr', 'decode.js'))
  const [side, path] = await picture.evaluate((el) => [el.viewBox.baseVal.width, el.querySelector('path').getAttribute('d')])
  const zoom = 8
  const width = side * zoom
  const data = new Uint8Array(width * width * 4).fill(255)
  for (const [, x, y] of path.matchAll(/M(\d+) (\d+)h1v1h-1z/g)) {
    for (let i = 0; i < zoom * zoom; i++)
      data.fill(
        0,
        4 * ((y * zoom + Math.floor(i / zoom)) * width + x * zoom + (i % zoom)),
        4 * ((y * zoom + Math.floor(i / zoom)) * width + x * zoom + (i % zoom)) + 3,
      )
  }
  return read({ width, height: width, data })
}
