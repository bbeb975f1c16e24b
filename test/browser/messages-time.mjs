// Prints what a list of very many messages costs: the tab's memory in MB, and frames per second while it is scrolled by wheel,
// and by the scrollbar. Arguments: STUDIO (without a path), a recording’s name, how many messages it has; the token is in
// STUDIO_TOKEN.
import { frames, memory, open } from './measure.mjs'

const [studio, name, count] = process.argv.slice(2)
const { chrome, tab } = await open(studio)
await tab.getByRole('tab', { name: /^Messages/ }).click()
await tab.getByRole('button', { name: 'More for messages' }).click()
await tab.getByRole('menuitem', { name: 'Recordings' }).click()
await tab.getByRole('button', { name: `Open ${name}` }).click()
const list = tab.getByRole('grid', { name: 'Messages' })
await tab.waitForFunction((n) => document.querySelector('.msgs')?.getAttribute('aria-rowcount') === n, count)
await list.getByRole('row').last().focus()
const result = { wheel: await frames(tab, '.msgs', 'wheel', 5000), bar: await frames(tab, '.msgs', 'bar', 5000) }
const filter = tab.getByRole('searchbox', { name: 'Filter' })
const began = Date.now()
await filter.fill('needle')
await tab.getByText(/^[0-9,]+ of [0-9,]+ messages$/).waitFor()
result.search = Date.now() - began
await filter.fill('')
await tab.waitForFunction((n) => document.querySelector('.msgs')?.getAttribute('aria-rowcount') === n, count)
await frames(tab, '.msgs', 'bar', 3000)
Object.assign(result, await memory(chrome, tab))
await chrome.close()
process.stdout.write(JSON.stringify(result))
