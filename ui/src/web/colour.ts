// Colours as style sheets write them, and the same with another value.

// notations are the colours that a swatch is shown for, but for those with a name.
export const notations = /#(?:[0-9a-f]{8}|[0-9a-f]{6}|[0-9a-f]{3,4})(?![\w-])|\b(?:rgb|hsl)a?\([^()]{1,60}\)/gi

// inDeclarations finds what may be a colour in the value of a style attribute: where each begins and ends.
export function inDeclarations(text: string): [from: number, to: number][] {
  const found: [number, number][] = []
  const blank = text.replace(/\/\*[\s\S]*?\*\/|url\([^)]*\)/gi, (s) => ' '.repeat(s.length))
  for (const d of blank.matchAll(/:([^;]*)/g)) {
    for (const m of d[1]!.matchAll(/#[0-9a-f]{3,8}(?![\w-])|\b(?:rgb|hsl)a?\([^()]{1,60}\)|(?<![\w#.-])[a-z]+(?![\w(-])/gi)) {
      const from = d.index + 1 + m.index
      found.push([from, from + m[0].length])
    }
  }
  return found
}

type RGB = [number, number, number]

const clamp = (n: number, most: number) => Math.min(most, Math.max(0, n))
const two = (n: number) => Math.round(clamp(n, 255)).toString(16).padStart(2, '0')

// hexOf is a colour as #rrggbb, without how much shines through; undefined: it is not written as one of the notations.
export function hexOf(colour: string): string | undefined {
  const text = colour.trim().toLowerCase()
  const hex = /^#([0-9a-f]{3,8})$/.exec(text)?.[1]
  if (hex) {
    if (hex.length === 3 || hex.length === 4) return `#${[...hex.slice(0, 3)].map((d) => d + d).join('')}`
    return hex.length === 6 || hex.length === 8 ? `#${hex.slice(0, 6)}` : undefined
  }
  const call = /^(rgb|hsl)a?\(([^()]+)\)$/.exec(text)
  if (!call) return undefined
  const parts = call[2]!.split(/[\s,/]+/).filter(Boolean)
  if (parts.length < 3 || parts.length > 4) return undefined
  const number = (part: string, of: number) => (part.endsWith('%') ? (Number.parseFloat(part) * of) / 100 : Number.parseFloat(part))
  const [a, b, c] = parts as [string, string, string]
  const rgb: RGB = call[1] === 'rgb' ? [number(a, 255), number(b, 255), number(c, 255)] : ofHSL(turn(a), number(b, 1), number(c, 1))
  return rgb.some(Number.isNaN) ? undefined : `#${rgb.map(two).join('')}`
}

// turn reads an angle in degrees.
function turn(angle: string): number {
  const n = Number.parseFloat(angle)
  if (angle.endsWith('turn')) return n * 360
  if (angle.endsWith('grad')) return n * 0.9
  return angle.endsWith('rad') ? (n * 180) / Math.PI : n
}

function ofHSL(hue: number, saturation: number, lightness: number): RGB {
  // A percentage without its sign counts as one.
  const s = clamp(saturation > 1 ? saturation / 100 : saturation, 1)
  const l = clamp(lightness > 1 ? lightness / 100 : lightness, 1)
  const part = (n: number) => {
    const k = (((n + hue / 30) % 12) + 12) % 12
    return 255 * (l - s * Math.min(l, 1 - l) * Math.max(-1, Math.min(k - 3, 9 - k, 1)))
  }
  return [part(0), part(8), part(4)]
}

function toHSL([r, g, b]: RGB): RGB {
  const [red, green, blue] = [r / 255, g / 255, b / 255]
  const most = Math.max(red, green, blue)
  const least = Math.min(red, green, blue)
  const l = (most + least) / 2
  const span = most - least
  if (span === 0) return [0, 0, Math.round(l * 100)]
  const sixth = most === red ? (green - blue) / span : most === green ? (blue - red) / span + 2 : (red - green) / span + 4
  return [Math.round((sixth * 60 + 360) % 360), Math.round((span / (1 - Math.abs(2 * l - 1))) * 100), Math.round(l * 100)]
}

// recoloured is a colour (#rrggbb) written as another one was: in its notation, and with as much shining through.
export function recoloured(old: string, hex: string): string {
  const short = /^#(?:[0-9a-f]{3}([0-9a-f])|[0-9a-f]{6}([0-9a-f]{2}))$/i.exec(old)
  if (old.startsWith('#')) {
    const through = short?.[2] ?? (short?.[1] ? short[1] + short[1] : '')
    return /[A-F]/.test(old) ? (hex + through).toUpperCase() : (hex + through).toLowerCase()
  }
  const call = /^(rgb|hsl)(a?)\(([^()]+)\)$/i.exec(old)
  if (!call) return hex
  const rgb = [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)) as RGB
  const [, name, a, inside] = call as unknown as [string, string, string, string]
  const through = inside.split(/[\s,/]+/).filter(Boolean)[3]
  const [h, s, l] = toHSL(rgb)
  const values = /^rgb$/i.test(name) ? rgb.map(String) : [String(h), `${s}%`, `${l}%`]
  const said = inside.includes(',')
    ? [...values, ...(through ? [through] : [])].join(', ')
    : values.join(' ') + (through ? ` / ${through}` : '')
  return `${name}${a}(${said})`
}
