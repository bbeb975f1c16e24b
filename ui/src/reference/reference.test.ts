// Tests of how things are found in the reference, with the real one. `go test ./ui/bundle` runs them.
import names from 'go:names'
import reference from 'go:reference'
import { elsewhere } from '../editor/propose'
import { entryFor, hintsFor, leadsTo, nameAt, search } from './find'
import { put } from './insert'
import { same } from '../same'

const { groups } = reference
const all = groups.flatMap((g) => g.entries)
const first = (query: string) => search(groups, query)[0]?.name

same('nothing asked: everything, in its order', search(groups, ' ').length, all.length)
for (const [query, name] of [
  ['OnText', 'OnText'],
  ['ontext', 'OnText'],
  ['board.OnText(func', 'OnText'],
  ['High', 'Pin.High'],
  ['pin.high', 'Pin.High'],
  ['Pin', 'Pin'],
  ['Pin(12, Pin.OUT)', 'Pin'],
  ['PullUp', 'Pull'],
  ['MaxMessage', 'Limits'],
  ['CloseTooLong', 'CloseNormal'],
  ['digitalWrite', 'Pin.High'],
  ['digitalWrite(13, HIGH)', 'Pin.High'],
  ['digitalRead', 'Pin.Get'],
  ['analogWrite', 'Pin.Duty'],
  ['pinMode', 'Pin.Input'],
  ['Serial.println', 'println'],
  ['Serial.println("x")', 'println'],
  ['print(', 'println'],
  ['console.log', 'println'],
  ['delay', 'time.Sleep'],
  ['sleep', 'time.Sleep'],
  ['millis', 'time.Now'],
  ['setTimeout', 'time.AfterFunc'],
  ['setInterval', 'Every'],
  ['thermometer', 'Thermometer'],
  ['subprotocol', 'Protocols'],
] as const)
  same(query, first(query), name)
same('what nobody has', search(groups, 'flux capacitor'), [])
same('words in any order', first('types console'), 'OnLine')
same(
  'every name of other tutorials leads somewhere, or is not needed',
  elsewhere.filter(([, , template]) => template !== '' && !leadsTo(template).some((n) => all.some((e) => e.name === n))),
  [],
)
same('what it is here', hintsFor('Serial.println("x")'), [{ name: 'Serial.println', here: 'println(…)' }])
same('what is not needed', hintsFor('Serial.begin'), [{ name: 'Serial.begin', here: '// not needed' }])

const program = `package main

import "studio/board"

func main() {
	lamp := board.Pin(4)
	lamp.High()
	board.Pin(5).Toggle()
	board.LED.Low()
	board.OnText(func(from *board.Client, msg string) {
		from.SendText(msg)
		from.Value = 3
		println(board.PullUp, board.CloseLost)
		digitalWrite(3)
	})
	board.OnRequest("/x", func(r *board.Request) { r.SendText(r.Value("x")) })
	thing.SendText()
	board.Serve()
}
`
const at = (behind: string) => {
  const found = entryFor(groups, names, nameAt(program, program.indexOf(behind) + behind.length), program)
  return typeof found === 'string' ? `? ${found}` : (found?.name ?? '')
}
for (const [behind, name] of [
  ['lamp.Hi', 'Pin.High'],
  ['board.P', 'Pin'],
  ['board.Pin(5).Tog', 'Pin.Toggle'],
  ['board.LED', 'LED'],
  ['board.LED.L', 'Pin.Low'],
  ['board.OnText', 'OnText'],
  ['*board.Cl', 'Client'],
  ['from.SendText', 'Client.SendText'],
  ['from.Val', 'Client'],
  ['printl', 'println'],
  ['board.PullU', 'Pull'],
  ['board.CloseL', 'CloseNormal'],
  ['digitalW', '? digitalWrite'],
  ['r.Sen', 'Request.SendText'],
  ['r.Value', 'Request.Value'],
  ['thing.Send', '? SendText'],
  ['func ma', ''],
  ['boar', ''],
  ['package ', ''],
  ['"/', ''],
] as const)
  same(`the name at ${behind}`, at(behind), name)

const example = (name: string) => all.find((e) => e.name === name)!.example
function into(text: string, name: string): string {
  const pos = text.indexOf('¦')
  const there = put(text.replace('¦', ''), Math.max(0, pos), example(name))
  if ('already' in there) return 'already'
  let now = text.replace('¦', '')
  for (const e of [...there.edits].sort((a, b) => b.from - a.from)) now = now.slice(0, e.from) + e.insert + now.slice(e.to)
  return now
}
const head = 'package main\n\nimport "studio/board"\n\n'
const lines = (...all: string[]) => `${all.join('\n')}\n`
same(
  'at the cursor',
  into(`${head}func main() {\n\t¦\n\tboard.Serve()\n}\n`, 'Pin.High'),
  `${head}func main() {\n\tboard.LED.High()\n\tboard.Serve()\n}\n`,
)
same(
  'behind the line of the cursor',
  into(`${head}func main() {\n\tprint¦ln(1)\n\tboard.Serve()\n}\n`, 'Pin.Low'),
  `${head}func main() {\n\tprintln(1)\n\tboard.LED.Low()\n\tboard.Serve()\n}\n`,
)
same(
  'where it belongs, with its import',
  into(`${head}func main() {\n\tprintln(1)\n\tboard.Serve()\n}\n\nfunc f() {\n\t¦\n}\n`, 'Every'),
  lines(
    'package main\n\nimport (\n\t"studio/board"\n\t"time"\n)\n\nfunc main() {\n\tprintln(1)\n',
    '\tboard.Every(250*time.Millisecond, func() {\n\t\tboard.LED.Toggle()\n\t})\n',
    '\tboard.Serve()\n}\n\nfunc f() {\n\t\n}',
  ),
)
const sets = '\tboard.OnText(func(c *board.Client, text string) {'
same(
  'into the function that is there',
  into(lines(`${head}func main() {`, sets, '\t\tprintln(text)\n\t})¦\n\tboard.Serve()\n}'), 'Client.SendText'),
  lines(`${head}func main() {`, sets, '\t\tc.SendText("You said " + text)\n\t\tprintln(text)\n\t})\n\tboard.Serve()\n}'),
)
same('what is there already', into(`${head}func main() {\n\tboard.Serve()\n}\n`, 'Serve'), 'already')
same('into nothing', into('¦', 'Pin.High'), example('Pin.High').program)
