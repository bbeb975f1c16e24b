// Chromium against the board's server: chromium.mjs HOST:PORT. Its page comes
// from the board itself, and runs the cases that ws.mjs runs in Node.
import { chromium } from 'playwright-core'

const address = process.argv[2]
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  timeout: 120_000,
  args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'],
})
const tab = await browser.newPage()
tab.on('pageerror', (e) => console.log(`the page fails: ${e.message}`))
await tab.goto(`http://${address}/`)
await tab.waitForFunction(() => document.title !== 'running', null, { timeout: 120_000 })
console.log(await tab.textContent('pre'))
const passed = await tab.title() === 'passed'
await browser.close()
process.exit(passed ? 0 : 1)
