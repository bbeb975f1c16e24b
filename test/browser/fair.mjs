// What axe-core says of a part of the page, in both themes and at two widths.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { at } from './fit.mjs'
import { picture } from './studio.mjs'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

// ends says where the buttons at a dialog's end stand in another order than everywhere: what takes something away apart at the
// left, then what closes it, then what it is for. It runs in the page.
const ends = (within) =>
  [...document.querySelectorAll(`${within} .sheet > .row.end, ${within} form > .row.end`)].flatMap((row) => {
    const all = [...row.querySelectorAll('.grow, button')]
    const names = all.slice(all.findIndex((el) => el.matches('.grow')) + 1).map((b) => b.textContent.trim())
    const at = Math.max(
      names.indexOf('Close'),
      names.indexOf('Close') < 0 ? names.findIndex((n) => n === 'Cancel' || n.startsWith('Keep')) : 0,
    )
    return at > 0 ? [`“${names[at]}” comes after “${names[0]}”`] : []
  })

// fair looks at what a selector finds, for people (PICTURES) and for axe. fits: nothing sticks out of it at its side, either.
// The window has size afterwards, and is light.
export async function fair(tab, name, { within = 'dialog', widths = [1280, 400], size = { width: 1280, height: 800 }, fits = false } = {}) {
  await tab.locator(within).first().waitFor()
  if (!(await tab.evaluate(() => 'axe' in window))) await tab.evaluate(axe)
  const all = widths.flatMap((width) => [
    [width, 'light'],
    [width, 'dark'],
  ])
  const wrong = []
  for (const [width, colorScheme] of process.env.PICTURES ? all : [all[0], all.at(-1)]) {
    await tab.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await at(tab, width, size.height)
    await picture(tab, `${name} ${width} ${colorScheme}`)
    const found = await tab.evaluate(
      (scope) =>
        window.axe.run(
          { include: [scope], exclude: ['iframe'] },
          { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'], resultTypes: ['violations'], iframes: false },
        ),
      within,
    )
    for (const v of found.violations)
      for (const n of v.nodes) wrong.push(`${name}, ${width}, ${colorScheme}: ${v.id} ${n.target.join(' ')} ${n.failureSummary}`)
    wrong.push(...(await tab.evaluate(ends, within)).map((w) => `${name}, ${width}: ${w}`))
    if (!fits) continue
    const wide = await tab.evaluate((it) => document.querySelector(it).scrollWidth - document.querySelector(it).clientWidth, within)
    if (wide > 0) wrong.push(`${name}, ${width}: ${wide} px stick out`)
  }
  await tab.emulateMedia({ colorScheme: 'light' })
  await at(tab, size.width, size.height)
  assert.deepEqual(wrong, [])
}
