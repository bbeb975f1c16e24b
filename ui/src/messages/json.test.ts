// Tests of JSON as it was written.
import { same } from '../same'
import { readJSON, searchJSON, type Value } from './json'

// brief writes a value as a text with nothing but what is shown.
const brief = (v: Value | undefined): unknown => (v?.entries ? [v.text, ...v.entries.map(([k, e]) => [k, brief(e)])] : v?.text)
const read = (text: string) => brief(readJSON(text))

same('a long number', read('[12345678901234567890, -1.0, 1e2, 0.1000]'), [
  '[4]',
  ['0', '12345678901234567890'],
  ['1', '-1.0'],
  ['2', '1e2'],
  ['3', '0.1000'],
])
same('names in their order, and twice', read('{"10":1,"2":2,"a":3,"a":4,"__proto__":{}}'), [
  '{5}',
  ['10', '1'],
  ['2', '2'],
  ['a', '3'],
  ['a', '4'],
  ['__proto__', ['{0}']],
])
same('texts with signs of JSON in them', read(String.raw`{"a,]}:\"\\":"[{\"x\":1}]","\u00e9":"\u00e9\n"}`), [
  '{2}',
  [String.raw`a,]}:"\ `.trim(), String.raw`"[{\"x\":1}]"`],
  ['é', String.raw`"é\n"`],
])
same('inside each other', read(' {"a":[[],{"b":[true,null]}] ,"c":""} '), [
  '{2}',
  ['a', ['[2]', ['0', ['[0]']], ['1', ['{1}', ['b', ['[2]', ['0', 'true'], ['1', 'null']]]]]]],
  ['c', '""'],
])
same(
  'what is no object or list, or broken',
  ['1', '"x"', 'LEDon', '{a}', '[1,]', '[NaN]', '{"a":1}}', ''].map((t) => readJSON(t)),
  Array(8).fill(undefined),
)
const deep = readJSON('['.repeat(5000) + ']'.repeat(5000))
same('very deep', [deep?.text, searchJSON(deep!, 'x').length], ['[1]', 0])

const json = readJSON('{"led":true,"sensors":[{"name":"Temp","t":23.5},null]}')!
same('by name', searchJSON(json, 'temp'), [{ path: 'sensors[0].name', value: '"Temp"' }])
same('by number', searchJSON(json, '23'), [{ path: 'sensors[0].t', value: '23.5' }])
same('objects by name', searchJSON(json, 'sensors'), [{ path: 'sensors', value: '[2]' }])
same(
  'in the order of the text',
  searchJSON(readJSON('[{"x":1},{"x":2}]')!, 'x').map((f) => f.value),
  ['1', '2'],
)
same('bounded', searchJSON(readJSON(JSON.stringify(Array(1000).fill('x')))!, 'x').length, 200)
