// Finds the numbers in a text that are worth a curve: what sensors, programs and pages send each other, in the forms that
// people write without thinking of charts.
//
// A number alone (`23.5`), named numbers (`t=23.5 h=40`, `temp: 23.5 °C`, `a:1,b:2`), columns (`1,2,3`) with or without a
// head before them, and JSON. What is no measured value is left alone: times and dates, versions, addresses, hexadecimal
// numbers, words with digits.

// Reading is one value that a text holds.
export interface Reading {
  name: string // '' of a number alone; '1', '2', … of columns without a head; else as the text says it: 'temp', 'env.t', 'adc[0]'
  value: number
  unit: string // '' when there is none
  onOff?: true // the text said on or off, true or false; the value is 1 or 0
}

// Head is what a source of texts has said before: the names of its columns. Each source has its own, which begins empty.
export interface Head {
  names?: readonly Name[] // of columns
  sign?: string // between them
  next?: readonly Name[] // those of the text before, which are names if columns follow
  nextSign?: string
}

interface Name {
  name: string
  unit: string
}

const most = 64 // readings of one text
const longest = 8192 // characters of a text that are looked at

// readings finds what a text says, given what its source has said before, and what is to be remembered of it.
export function readings(text: string, head: Head = {}): { found: Reading[]; head: Head } {
  if (text.length > longest) return { found: [], head }
  const whole = text.trim()
  if (/^[{[]/.test(whole)) {
    const found = fromJSON(whole)
    if (found) return { found, head: forget(head) }
    if (/^\{\s*"/.test(whole)) return { found: [], head: forget(head) } // of which an end is missing
  }
  const found: Reading[] = []
  for (const line of whole.split(/\r\n|\n|\r/)) {
    const its = readLine(line.replace(clockBefore, '').trim(), head)
    head = its.head
    found.push(...its.found)
    if (found.length >= most) break
  }
  return { found: found.slice(0, most), head }
}

function forget(head: Head): Head {
  return head.next ? { names: head.names, sign: head.sign } : head
}

// A line may begin with the time of day, as serial monitors put it.
const clockBefore =
  /^\s*\[?(?:\d{4}-\d\d-\d\d[T ])?\d{1,2}:\d\d(?::\d\d(?:[.,]\d+)?)?(?:Z|[+-]\d\d:?\d\d)?\]?(?:\s*(?:->|[-–|])\s+|\s+(?=[^\s\d])|\s*\]\s*)/

// Units that stand behind a value, longest first where one begins another. What is not among them is a word.
const units = [
  'km/h m/s² m/s2 m/s °/s deg/s bit/s kB/s KB/s MB/s B/s °C °F %RH %rH kWh mWh Wh mAh Ah kHz MHz GHz Hz hPa kPa',
  'MPa Pa mbar bar psi mV µV μV uV kV V mA µA μA uA A mW kW MW W lux lx lm cd mm cm km µm μm nm m mg kg µg g ms µs',
  'μs us ns min s h rpm dBm dB ppm ppb kΩ MΩ Ω kOhm MOhm Ohm ohm ml l L rad deg ° µT μT uT mT nF µF μF uF pF Nm N',
  'kJ J px KB kB MB B bps bpm % C F K',
]
  .join(' ')
  .replaceAll(' ', '|')

const plain = '[-+−]?(?:\\d+(?:\\.\\d*)?|\\.\\d+)(?:[eE][-+]?\\d+)?'
const comma = '[-+−]?\\d+,\\d+' // a decimal comma, where nothing else can be meant
const endOfUnit = '(?![\\p{L}\\p{N}_/%°²])'
const aloneForm = new RegExp(`^(?:(${plain})\\s*(${units})?|(${comma})\\s*(${units}))$`, 'u')

// number reads digits; undefined: too many to be one that was measured.
function number(digits: string): number | undefined {
  if (
    digits
      .replace(/[eE].*$/, '')
      .replace(/\D/g, '')
      .replace(/^0+/, '').length > 17
  )
    return undefined
  const n = Number(digits.replace('−', '-').replace(',', '.'))
  return Number.isFinite(n) ? n : undefined
}

const onOff = new Map([
  ...['on', 'true', 'high', 'yes', 'open', 'pressed'].map((w) => [w, 1] as const),
  ...['off', 'false', 'low', 'no', 'closed', 'released'].map((w) => [w, 0] as const),
])

// What has a name like these is no measured value, whatever stands behind it.
const noValues =
  'versions? ver firmware fw ip ipv4 ipv6 mac address addr port dates? time timestamp datetime epoch uuid id build pid hash ssid'
const noSeries = new RegExp(`^(?:.*[\\s._-])?(?:${noValues.replaceAll(' ', '|')})$`, 'i')

const isSeries = (name: string) => !noSeries.test(name)

function readLine(line: string, head: Head): { found: Reading[]; head: Head } {
  if (!line) return { found: [], head: forget(head) }
  const columns = readColumns(line)
  if (columns) {
    const { sign, values } = columns
    if (head.next && head.next.length === values.length && head.nextSign === sign) head = { names: head.next, sign }
    else head = forget(head)
    const names = head.names?.length === values.length && head.sign === sign ? head.names : undefined
    const found: Reading[] = []
    values.forEach((v, i) => {
      const name = names?.[i]?.name ?? (values.length === 1 ? '' : String(i + 1))
      if (v && isSeries(name)) found.push({ ...v, name, unit: v.unit || (names?.[i]?.unit ?? '') })
    })
    return { found, head }
  }
  const named = readNamed(line)
  if (named.length) return { found: named, head: forget(head) }
  const next = readHead(line)
  return { found: [], head: next ? { ...head, ...next } : forget(head) }
}

type Value = Omit<Reading, 'name'>

function readAlone(text: string): Value | undefined {
  const m = aloneForm.exec(text)
  const value = m ? number(m[1] ?? m[3]!) : undefined
  return value === undefined ? undefined : { value, unit: m![2] ?? m![4] ?? '' }
}

const signs = [';', '\t', ',']

// readColumns takes a line that is numbers and nothing else. A cell that is empty, or says that there is no value, stays empty.
function readColumns(line: string): { sign: string; values: (Value | undefined)[] } | undefined {
  const one = readAlone(line)
  if (one) return { sign: '', values: [one] }
  for (const sign of [...signs, ' ']) {
    if (!line.includes(sign)) continue
    const cells = (sign === ' ' ? line.split(/ +/) : line.replace(new RegExp(`${sign}$`), '').split(sign)).map((c) => c.trim())
    if (cells.length < 2 || cells.length > most) continue
    let some = false
    const values = cells.map((c) => {
      if (c === '' || /^(nan|null|none|n\/a|--?|inf|-inf|ovf)$/i.test(c)) return undefined
      const v = readAlone(sign === ';' && /^[-+−]?\d+,\d+$/.test(c) ? c.replace(',', '.') : c)
      some ||= !!v
      return v ?? null
    })
    if (some && !values.includes(null)) return { sign, values: values as (Value | undefined)[] }
  }
  return undefined
}

// readHead takes a line of names, each perhaps with its unit: `temp (°C), hum [%]`.
function readHead(line: string): Head | undefined {
  for (const sign of [...signs, ' ']) {
    if (!line.includes(sign)) continue
    const cells = (sign === ' ' ? line.split(/ +/) : line.split(sign)).map((c) => c.trim().replace(/^"(.*)"$/, '$1'))
    if (cells.length < 2 || cells.length > most || cells.some((c) => c.length > 40 || !/^[\p{L}_#]/u.test(c))) continue
    return {
      nextSign: sign,
      next: cells.map((c) => {
        const m = /^(.*?)\s*(?:\(([^()]{1,12})\)|\[([^[\]]{1,12})\])$/.exec(c)
        return m?.[1] ? { name: m[1], unit: m[2] ?? m[3]! } : { name: c, unit: '' }
      }),
    }
  }
  return undefined
}

// A name: letters first; several words only before a colon, or an equals sign with blanks around it. A value ends where
// something else begins: what has dashes, colons or more points in it is a date, a time, a version or an address.
const word = '[\\p{L}_#$][\\p{L}\\p{N}_.\\-/#²³]*(?:\\[[\\w.]{1,20}\\])?'
const pair = new RegExp(
  `(?<![\\p{L}\\p{N}_.:/+\\-])(?:"(?<quoted>[^"]{1,40})"|(?<name>(?:${word} ){0,3}?${word}))(?: ?\\((?<before>[^()]{1,12})\\))?` +
    `(?<sign> ?= ?| ?: ?)` +
    `(?:(?<list>${plain}(?:,${plain}){2,})(?![\\p{L}\\p{N}_.:])` +
    `|(?<comma>${comma}) ?(?<commaUnit>${units})${endOfUnit}(?! ?[=:])` +
    `|(?<value>${plain})(?: ?(?<unit>${units})${endOfUnit}(?! ?[=:]))?(?<end>$|(?=[\\s,;|&)\\]}]|[.!?](?:\\s|$)))` +
    `|(?<word>[A-Za-z]{2,8})(?![\\p{L}\\p{N}_=:.-]))`,
  'gu',
)
const spaced = new RegExp(`^(?<name>${word}(?: ${word})?) (?<value>${plain})(?: ?(?<unit>${units})${endOfUnit})?$`, 'u')
const spacedEach = new RegExp(`(?<name>${word}) (?<value>${plain})(?: ?(?<unit>${units})${endOfUnit}(?= |$|,))?(?:[ ,;]+|$)`, 'uy')

function readNamed(line: string): Reading[] {
  const found: Reading[] = []
  for (const m of line.matchAll(pair)) {
    const g = m.groups!
    const name = (g.quoted ?? shorten(g.name!, g.sign!)).trim()
    if (!name || !isSeries(name)) continue
    if (g.list) {
      g.list.split(',').forEach((d, i) => {
        const value = number(d)
        if (value !== undefined) found.push({ name: `${name}[${i}]`, value, unit: g.before ?? '' })
      })
    } else if (g.word) {
      const value = onOff.get(g.word.toLowerCase())
      if (value !== undefined) found.push({ name, value, unit: '', onOff: true })
    } else {
      const value = number(g.comma ?? g.value!)
      if (value !== undefined) found.push({ name, value, unit: g.commaUnit ?? g.unit ?? g.before ?? '' })
    }
    if (found.length >= most) break
  }
  return found.length || /[=:]/.test(line) ? found : readSpaced(line)
}

// readSpaced takes `temp 23.5` and `temp 23.5 hum 40`, as println writes them, where nothing else stands in the line.
function readSpaced(line: string): Reading[] {
  const one = spaced.exec(line)?.groups
  if (one) return reading(one)
  const found: Reading[] = []
  spacedEach.lastIndex = 0
  while (spacedEach.lastIndex < line.length) {
    const m = spacedEach.exec(line)
    if (!m) return []
    found.push(...reading(m.groups!))
  }
  return found
}

function reading(g: Record<string, string | undefined>): Reading[] {
  const value = number(g.value!)
  return value === undefined || !isSeries(g.name!) ? [] : [{ name: g.name!, value, unit: g.unit ?? '' }]
}

// shorten takes of the words before a sign those that are a name: one before `=`, all before a colon.
function shorten(name: string, sign: string): string {
  if (!sign.startsWith(' ') && sign.includes('=')) return name.slice(name.lastIndexOf(' ') + 1)
  return name
}

const valueKeys = new Set(['value', 'val', 'reading'])

// fromJSON walks through a JSON text; undefined: it is none.
function fromJSON(text: string): Reading[] | undefined {
  let content: unknown
  try {
    content = JSON.parse(text)
  } catch {
    return undefined
  }
  const found: Reading[] = []
  const visit = (v: unknown, name: string, unit: string, depth: number): void => {
    if (found.length >= most || depth > 6 || !isSeries(name.slice(name.lastIndexOf('.') + 1))) return
    if (typeof v === 'number') {
      if (Number.isFinite(v)) found.push({ name, value: v, unit })
    } else if (typeof v === 'boolean') found.push({ name, value: v ? 1 : 0, unit: '', onOff: true })
    else if (typeof v === 'string') {
      const its = readAlone(v.trim())
      if (its) found.push({ name, value: its.value, unit: its.unit || unit })
    } else if (Array.isArray(v)) {
      const top = name === '' && v.length > 1
      v.slice(0, most).forEach((it, i) => {
        const isObject = typeof it === 'object' && it !== null
        visit(it, top && !isObject ? String(i + 1) : v.length === 1 && isObject ? name : `${name}[${i}]`, unit, depth + 1)
      })
    } else if (v) {
      const o = v as Record<string, unknown>
      const its = [o.unit, o.units].find((u): u is string => typeof u === 'string' && u.length <= 12) ?? unit
      // {"sensor": "temp", "value": 23.5} is one value, and says what it is called.
      const called = [o.name, o.sensor, o.label, o.key].find((n): n is string => typeof n === 'string' && n !== '' && n.length <= 40)
      for (const [key, inner] of Object.entries(o)) {
        if (key === 'unit' || key === 'units' || (called !== undefined && inner === called)) continue
        const own = called !== undefined && valueKeys.has(key) ? called : key
        const outer = called !== undefined && /\[\d+\]$/.test(name) ? '' : name
        visit(inner, outer ? `${outer}.${own}` : own, its, depth + 1)
      }
    }
  }
  visit(content, '', '', 0)
  return found
}
