// Opens the address that is its argument, says "open" when the page and the
// board's page in it are there, and stays until its input ends.
import { Page, browser } from './studio.mjs'

const chrome = await browser()
const page = await Page.open(await chrome.newContext({ viewport: { width: 1280, height: 800 } }), process.argv[2])
await page.board.getByRole('img', { name: /^LED is/ }).waitFor()
console.log('open')
for await (const _ of process.stdin);
await chrome.close()
