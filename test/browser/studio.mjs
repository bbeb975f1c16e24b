// The built Studio, boards for it, and its page as a person uses it:
// everything is found by role and name.
import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'

export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
export const binary = process.env.STUDIO ?? join(root, 'bin', 'studio')

// patience is for a busy computer; nothing waits that long when all is well.
export const patience = Number(process.env.PATIENCE ?? 90_000)

// hanging ends a file that would never end. What is slow has patience for each of its steps, and as many as it takes.
export const hanging = 3600_000

export class Server {
  // more are further arguments of studio serve.
  static async start(env = {}, more = []) {
    const s = new Server()
    s.env = env
    s.more = more
    s.home = env.STUDIO_HOME ?? (await mkdtemp(join(tmpdir(), 'studio-browser-')))
    await s.launch()
    return s
  }
  async launch(addr = '127.0.0.1:0') {
    this.process = spawn(binary, ['serve', '--addr', addr, '--no-open', '--json', ...this.more], {
      env: { ...process.env, ...this.env, STUDIO_HOME: this.home },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.log = ''
    this.process.stderr.on('data', (d) => {
      this.log += d
    })
    this.ended = new Promise((done) => this.process.once('exit', done))
    const lines = createInterface({ input: this.process.stdout })
    const url = await Promise.race([
      (async () => {
        for await (const line of lines) {
          const e = JSON.parse(line)
          if (e.event === 'serving') return e.url
          if (e.error) throw new Error(e.error.text)
        }
      })(),
      this.ended.then((code) => {
        throw new Error(`studio ended with ${code}: ${this.log}`)
      }),
    ])
    this.addr = new URL(url).host
  }
  // url is an address that lets one browser in: another one each time.
  get url() {
    const said = spawnSync(binary, ['open', '--no-open', '--json'], {
      env: { ...process.env, ...this.env, STUDIO_HOME: this.home },
      encoding: 'utf8',
    })
    const { url } = JSON.parse(said.stdout || '{}')
    if (!url) throw new Error(`studio open: ${said.stdout}${said.stderr}`)
    return url
  }
  // file reads a file of the first project from the disk.
  file(path) {
    return readFileSync(join(this.home, 'projects', 'LED-over-WebSocket', path), 'utf8')
  }
  async kill() {
    this.process.kill('SIGKILL')
    await this.ended
  }
  async stop() {
    if (this.process.exitCode === null && this.process.signalCode === null) {
      this.process.kill('SIGINT')
      await this.ended
    }
    await rm(this.home, { recursive: true, force: true })
  }
}

// Pico is an emulated Raspberry Pi Pico on a serial port of the system. It is new: it waits in its bootloader.
export class Pico {
  static get missing() {
    if (process.platform !== 'linux') return 'there is no port for an emulated board on this system'
    return spawnSync('tinygo', ['version']).error ? 'TinyGo is not on PATH' : false
  }
  static async start() {
    const p = new Pico()
    p.dir = await mkdtemp(join(tmpdir(), 'studio-pico-'))
    const program = join(p.dir, 'picoport')
    const built = spawnSync('go', ['build', '-o', program, './test/rp2040/picoport'], { cwd: root, encoding: 'utf8' })
    if (built.status !== 0) throw new Error(built.stderr)
    p.process = spawn(program, [p.dir], { stdio: ['pipe', 'pipe', 'inherit'] })
    p.ended = new Promise((done) => p.process.once('exit', done))
    p.pins = {}
    const ready = new Promise((done) => {
      createInterface({ input: p.process.stdout }).on('line', (line) => {
        const e = JSON.parse(line)
        if (e.event === 'pin') p.pins[e.pin] = e.level
        if (e.event === 'drive') done()
      })
    })
    await Promise.race([
      ready,
      p.ended.then((code) => {
        throw new Error(`picoport ended with ${code}`)
      }),
    ])
    p.port = join(p.dir, 'pico')
    p.env = { STUDIO_VOLUMES: join(p.dir, 'volumes'), STUDIO_PORTS: p.port }
    return p
  }
  // choose chooses the board where it waits: as a drive.
  async choose(page) {
    await page.tab.getByRole('button', { name: /^Board/ }).click()
    await page.tab.getByRole('menuitemradio', { name: /waiting for a program/ }).click()
    await page.board.getByText('The board waits for a program. Press Run.').waitFor()
  }
  // ledIs waits for the LED itself, not for a picture of it.
  async ledIs(word) {
    await until(`the board's own LED to be ${word}`, async () => this.pins[25] === (word === 'lit'))
  }
  async stop() {
    this.process.stdin.end()
    await this.ended
    await rm(this.dir, { recursive: true, force: true })
  }
}

// ESP32C3 is a board with an emulated ESP32-C3 on a serial port of the system. It is new: it waits in its bootloader.
export class ESP32C3 {
  static get missing() {
    if (process.platform !== 'linux') return 'there is no port for an emulated board on this system'
    if (spawnSync('/usr/bin/python3', ['-c', 'import unicorn']).status !== 0) return 'python3-unicorn is not installed'
    return spawnSync('tinygo', ['version']).error ? 'TinyGo is not on PATH' : false
  }
  static async start() {
    const b = new ESP32C3()
    b.dir = await mkdtemp(join(tmpdir(), 'studio-esp32c3-'))
    const program = join(b.dir, 'c3port'),
      home = join(b.dir, 'home')
    const built = spawnSync('go', ['build', '-o', program, './test/esp32c3/c3port'], { cwd: root, encoding: 'utf8' })
    if (built.status !== 0) throw new Error(built.stderr)
    b.process = spawn(program, [b.dir, home], { stdio: ['pipe', 'pipe', 'inherit'] })
    b.ended = new Promise((done) => b.process.once('exit', done))
    b.pins = {}
    const ready = new Promise((done) => {
      createInterface({ input: b.process.stdout }).on('line', (line) => {
        const e = JSON.parse(line)
        if (e.event === 'pin') b.pins[e.pin] = e.level
        if (e.event === 'ready') done(e.port)
      })
    })
    b.port = await Promise.race([
      ready,
      b.ended.then((code) => {
        throw new Error(`c3port ended with ${code}`)
      }),
    ])
    b.env = { STUDIO_HOME: home, STUDIO_PORTS: b.port }
    return b
  }
  // choose chooses the board where it waits: on a port that Studio lists.
  async choose(page) {
    await page.tab.getByRole('button', { name: /^Board/ }).click()
    await page.tab.getByRole('menuitemradio', { name: /esp32c3/ }).click()
    await page.tab.getByRole('button', { name: /^Board.*esp32c3/ }).waitFor()
  }
  async ledIs(word) {
    await until(`the board's own LED to be ${word}`, async () => this.pins[10] === (word === 'lit'))
  }
  async stop() {
    this.process.stdin.end()
    await this.ended
    await rm(this.dir, { recursive: true, force: true })
  }
}

export const browserOptions = {
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  timeout: 120_000,
  args: [
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--no-first-run',
  ],
}

// browser starts a Chromium. On a busy computer that may take it longer than playwright waits, which says nothing of
// us: it is tried again, and said.
export async function browser(more = {}) {
  for (let tries = 1; ; tries++) {
    try {
      const chrome = await chromium.launch({ ...browserOptions, ...more, args: [...browserOptions.args, ...(more.args ?? [])] })
      const { newContext } = chrome
      chrome.newContext = async (options) => patient(await newContext.call(chrome, options))
      return chrome
    } catch (e) {
      if (tries === 3 || !/launch: Timeout|Failed to launch/.test(e.message)) throw e
      console.log(`RETRY: Chromium has not started in time, which says nothing of us yet (${e.message.split('\n')[0]})`)
    }
  }
}

// patient has all tabs of a context wait as long as a busy computer may take.
export function patient(context) {
  context.setDefaultTimeout(patience)
  return context
}

// Page is one tab.
export class Page {
  static async open(context, url) {
    const p = new Page()
    p.tab = await patient(context).newPage()
    p.failures = []
    p.tab.on('pageerror', (e) => p.failures.push(e.message))
    await p.tab.goto(url)
    await p.runButton.waitFor()
    return p
  }
  get runButton() {
    return this.tab.getByRole('button', { name: 'Run', exact: true })
  }
  get board() {
    return this.tab.getByRole('region', { name: 'Board', exact: true })
  }
  get frame() {
    return this.tab.frameLocator('iframe[title="The board\'s page"]')
  }
  get problems() {
    return this.tab.getByRole('list', { name: 'Problems' })
  }
  get messages() {
    return this.tab.getByRole('grid', { name: 'Messages' })
  }
  get explain() {
    return this.tab.getByRole('status', { name: 'What is wrong' })
  }
  editor(path) {
    return this.tab.getByRole('textbox', { name: `Text of ${path}` })
  }
  file(name) {
    return this.tab.getByRole('navigation', { name: 'Files' }).getByRole('button', { name }).first()
  }
  async below(name) {
    await this.tab.getByRole('tab', { name: new RegExp(`^${name}`) }).click()
  }
  async openFile(name) {
    await this.file(name).click()
  }

  // choosePort chooses a board by the name of its port.
  async choosePort(name) {
    await this.tab.getByRole('button', { name: /^Board/ }).click()
    await this.tab.getByRole('menuitem', { name: 'Other port…' }).click()
    const box = this.tab.getByRole('textbox', { name: 'Name of the port' })
    await box.fill(name)
    await box.press('Enter')
    await this.tab.getByRole('button', { name: new RegExp(`^Board.*${name}`) }).waitFor()
  }
  // chooseKind answers which board it is, when Run asks.
  async chooseKind(name) {
    const dialog = this.tab.getByRole('dialog')
    await dialog.getByRole('radio', { name }).check()
    await dialog.getByRole('button', { name: 'It is this one' }).click()
  }
  // state is what Studio itself knows, which the page may hear a moment later.
  async state() {
    return (await this.tab.request.get(new URL('/api/state', this.tab.url()).href)).json()
  }
  async run() {
    const action = async () => (await this.state()).progress?.id
    const before = await action()
    await this.runButton.click()
    await until('a new Run to begin', async () => (await action()) !== before) // the page may still speak of another one
    await this.running()
  }
  // running waits as long as Studio is at it: a compiler alone takes minutes on a busy computer.
  async running() {
    const shown = this.tab.getByText(/^Running/).first()
    for (let end = Date.now() + patience; !(await shown.isVisible()); ) {
      if ((await this.state()).progress?.state === 'running') end = Date.now() + patience
      if (Date.now() > end) throw new Error('the program does not run')
      await new Promise((r) => setTimeout(r, 30))
    }
  }
  async ledIs(word) {
    await this.board.getByRole('img', { name: `LED is ${word}` }).waitFor()
  }
  // type replaces the whole text of the open file.
  async type(path, text) {
    const box = this.editor(path)
    await box.click()
    await this.tab.keyboard.press('Control+A')
    await this.tab.keyboard.insertText(text)
  }
  async text(path) {
    return this.editor(path).evaluate((el) => [...el.querySelectorAll('.cm-line')].map((l) => l.textContent).join('\n'))
  }
  // empty empties a file of the project, in which the cursor is then.
  async empty(path) {
    await this.openFile(path)
    await this.editor(path).click()
    await this.tab.keyboard.press('Control+A')
    await this.tab.keyboard.press('Delete')
  }
  // typed types n letters into the open file, 60 ms each, while the preview is loaded anew at times, and wants all of them there.
  async typed(path, n) {
    const text = async () => (await this.text(path)).trim()
    let wanted = await text()
    for (let i = 0; i < n; i++) {
      const letter = String.fromCharCode(97 + (i % 26))
      wanted += letter
      await this.tab.keyboard.press(letter)
      await this.tab.waitForTimeout(60)
      if (i % 40 === 20)
        await this.tab
          .getByRole('button', { name: 'Reload the page' })
          .first()
          .evaluate((b) => b.click())
    }
    await until('what was typed', async () => (await text()) === wanted).catch(() => undefined)
    const got = await text()
    assert.equal(got, wanted, `${wanted.length - got.length} of ${n} letters are lost`)
  }
  // proposals waits for a list of proposals that takes keys: no other answer is on its way, and as much of the page's own time
  // has passed as CodeMirror leaves to who goes on typing (interactionDelay), counted from after the list was made.
  async proposals() {
    const list = this.tab.locator('.cm-tooltip-autocomplete:not(.cm-tooltip-autocomplete-disabled)')
    await until('a list that takes keys', async () => {
      await list.waitFor()
      return list
        .evaluate(async (el) => {
          const since = Date.now()
          while (Date.now() - since < 75) await new Promise((done) => requestAnimationFrame(done))
          return el.isConnected && !el.matches('.cm-tooltip-autocomplete-disabled')
        })
        .catch(() => false) // it has gone meanwhile
    })
    return list
  }
  // accept takes a proposal of the list by Enter.
  async accept(label) {
    await until(`${label} to be the one that is selected`, async () => {
      const selected = (await this.proposals()).locator('[aria-selected=true]')
      return label.test(await selected.textContent({ timeout: 1000 }).catch(() => ''))
    })
    await this.tab.keyboard.press('Enter')
  }
  async newFile(name) {
    await this.tab.getByRole('button', { name: 'Add a file' }).click()
    await this.tab.getByRole('menuitem', { name: 'New file…' }).click()
    await this.tab.getByRole('dialog').getByLabel('Name').fill(name)
    await this.tab.getByRole('button', { name: 'Make the file' }).click()
    await this.editor(name).waitFor()
  }
  // newProject makes one from the template with that title, and waits for its program.
  async newProject(template) {
    await this.tab.getByRole('button', { name: /^Project/ }).click()
    await this.tab.getByRole('menuitem', { name: 'New project…' }).click()
    const dialog = this.tab.getByRole('dialog')
    await dialog.getByRole('radio', { name: new RegExp(`^${template}`) }).check()
    await dialog.getByRole('button', { name: 'Make the project' }).click()
    await dialog.waitFor({ state: 'detached' })
    await this.tab.getByRole('button', { name: new RegExp(`^Project.*${template}`) }).waitFor()
    await this.editor('main.go').waitFor()
  }
  // onBoard waits until the board has a file as the editor has it. The row alone does not tell: it may say so from before.
  async onBoard(name) {
    const row = this.file(new RegExp(`${name}.*on board`))
    await until(`${name} on the board`, async () => {
      if (!(await row.count())) return false // the edits are not saved yet, or not there
      const { boardFiles } = await this.state()
      return boardFiles?.some((f) => f.state === 'same' && f.path.split('/').at(-1) === name)
    })
  }
}

// until polls what has no event to wait for.
export async function until(what, ok, ms = patience) {
  const end = Date.now() + ms
  for (;;) {
    const v = await ok()
    if (v) return v
    if (Date.now() > end) throw new Error(`waited ${ms} ms for ${what}`)
    await new Promise((r) => setTimeout(r, 30))
  }
}

export async function picture(tab, name) {
  if (process.env.PICTURES) await writeFile(join(process.env.PICTURES, `${name}.png`), await tab.screenshot())
}
