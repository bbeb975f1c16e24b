// A page whose server's words are changed on their way, for what takes a radio, a download or a board of somebody's.
import { Page } from './studio.mjs'

export const kind = {
  id: 'esp32c3',
  name: 'ESP32-C3 board',
  chip: 'ESP32-C3',
  picture: 'devkit',
  network: 'wifi',
  files: 'store',
  led: 8,
  ledLow: true,
  boot: 'Hold BOOT, tap RESET, release BOOT.',
  tried: 'built',
  notes: [],
}
export const noGopls = { version: '', path: '', offer: '' }
export const missing = { code: 'toolchain.missing', text: 'TinyGo is not installed.', help: 'Install it.' }

// Feigned is a page whose board is a real one as far as it is told. say changes the board, tell sends an event.
export class Feigned {
  static async open(context, server, change) {
    const f = new Feigned()
    f.asked = []
    f.board = {}
    const told = new Set() // what of the state is another one than Studio's
    const apply = (s) => {
      const before = Object.fromEntries(Object.entries(s).map(([part, is]) => [part, JSON.stringify(is)]))
      s.kinds = [kind]
      s.toolchain = { version: '0.41.1', path: '/tinygo', offer: '0.41.1', gopls: noGopls }
      Object.assign(s.board, {
        port: '/dev/ttyACM0',
        id: kind.id,
        name: kind.name,
        chip: kind.chip,
        virtual: false,
        state: 'running',
        link: true,
      })
      change(s)
      f.board = s.board
      f.ports = s.ports
      for (const part in s) if (JSON.stringify(s[part]) !== before[part]) told.add(part)
    }
    const tab = await context.newPage()
    await tab.route('**/api/ports', (r) => r.fulfill({ json: f.ports })) // a menu that opens asks for them
    await tab.route('**/api/state', async (r) => {
      const answer = await r.fetch()
      const s = await answer.json()
      apply(s)
      await r.fulfill({ response: answer, json: s })
    })
    let begun
    const beginning = new Promise((done) => {
      begun = done
    })
    await tab.routeWebSocket(/\/api\/events/, (ws) => {
      f.tell = (e) => {
        f.ports = e.ports ?? f.ports
        ws.send(JSON.stringify(e))
      }
      ws.connectToServer().onMessage((m) => {
        const e = JSON.parse(m)
        if (e.snapshot) apply(e.snapshot)
        else if (Object.keys(e).some((part) => told.has(part))) return
        ws.send(JSON.stringify(e))
        if (e.snapshot) begun()
      })
    })
    context.newPage = async () => tab // Page.open takes this one
    f.page = await Page.open(context, server.url)
    f.tab = tab
    await beginning // what is told after it is not replaced by it
    return f
  }
  say(part) {
    this.tell({ board: Object.assign(this.board, part) })
  }
  // answers takes what the page posts to path; give is what it gets.
  async answers(path, give) {
    await this.tab.route(`**/api/${path}`, async (r) => {
      this.asked.push([path, r.request().postDataJSON()])
      await r.fulfill(give === undefined ? { status: 204 } : { json: give })
    })
  }
  get dialog() {
    return this.tab.getByRole('dialog')
  }
}
