// Takes docs/page.png, the picture in the README: the LED template, running, its LED lit.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { browser, Page, root, Server } from './studio.mjs'

const server = await Server.start()
const chrome = await browser()
const context = await chrome.newContext({ viewport: { width: 1280, height: 800 }, deviceScaleFactor: 1.5, colorScheme: 'light' })
const page = await Page.open(context, server.url)
await page.run()
await page.below('Messages')
await page.frame.getByRole('button', { name: 'LED on' }).click()
await page.ledIs('lit')
await page.messages.getByText('Reply for LEDon').waitFor()
await writeFile(join(root, 'docs', 'page.png'), await page.tab.screenshot())
await chrome.close()
await server.stop()
