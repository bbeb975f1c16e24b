// Curves can be seen, and told apart.
import { fail } from '../same'
import { dark, light, look } from './palette'

const linear = (hex: string) =>
  [1, 3, 5].map((i) => Number.parseInt(hex.slice(i, i + 2), 16) / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
const luminance = ([r, g, b]: number[]) => 0.2126 * r! + 0.7152 * g! + 0.0722 * b!
const contrast = (a: string, b: string) => {
  const [x, y] = [luminance(linear(a)), luminance(linear(b))]
  return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05)
}
// WCAG 1.4.11: 3 : 1 for what has to be seen. The grounds are --code-bg and --panel of tokens.css.
for (const [colours, grounds] of [
  [light, ['#ffffff', '#f4f5f7']],
  [dark, ['#171e27', '#131a22']],
] as const)
  for (const c of colours)
    for (const ground of grounds) if (contrast(c, ground) < 3) fail(`${c} on ${ground}: ${contrast(c, ground).toFixed(2)}`)

// Neighbours in the order of use differ in the eyes of people without red, green or blue cones: either in colour (as
// Viénot, Brettel and Mollon 1999 reckon it for the first two) or by their dashes.
const views: Record<string, number[][]> = {
  all: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  'without red cones': [
    [0.112, 0.888, 0],
    [0.112, 0.888, 0],
    [0.004, -0.004, 1],
  ],
  'without green cones': [
    [0.292, 0.708, 0],
    [0.292, 0.708, 0],
    [-0.022, 0.022, 1],
  ],
}
for (const [who, matrix] of Object.entries(views))
  for (const isDark of [false, true])
    for (let i = 0; i < 8; i++)
      for (let j = 0; j < i; j++) {
        const [a, b] = [look(i, isDark), look(j, isDark)]
        const seen = (hex: string) => matrix.map((row) => row.reduce((sum, f, k) => sum + f * linear(hex)[k]!, 0))
        const [x, y] = [seen(a.colour), seen(b.colour)]
        const apart = Math.hypot(...x.map((v, k) => v - y[k]!))
        if (apart < 0.04 && a.dash.join() === b.dash.join()) fail(`${who}: ${a.colour} and ${b.colour}: ${apart.toFixed(3)}`)
      }
const all = new Set(Array.from({ length: 64 }, (_, n) => JSON.stringify(look(n, false))))
if (all.size !== 64) fail(`${all.size} looks of 64 differ`)
