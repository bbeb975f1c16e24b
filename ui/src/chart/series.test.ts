// What is a series, and what is none.
import { type Head, readings } from './series'
import { same } from '../same'

// brief writes readings as `name=value unit`, on and off with a question mark.
const brief = (text: string, head?: Head) =>
  readings(text, head)
    .found.map((r) => `${r.name}=${r.value}${r.unit && ` ${r.unit}`}${r.onOff ? '?' : ''}`)
    .join('; ')

const cases: [text: string, want: string][] = [
  // A number alone.
  ['23.5', '=23.5'],
  ['-4', '=-4'],
  ['+7', '=7'],
  ['−12.25', '=-12.25'], // a true minus sign
  ['.5', '=0.5'],
  ['1e3', '=1000'],
  ['+2.350000e+001', '=23.5'], // as println writes a float on a board
  ['  42\r\n', '=42'],
  ['0', '=0'],
  ['23.5 °C', '=23.5 °C'],
  ['23.5°C', '=23.5 °C'],
  ['23,5 °C', '=23.5 °C'],
  ['45%', '=45 %'],
  ['3300mV', '=3300 mV'],
  ['5 apples', ''],
  ['12345678901234567890', ''], // an identifier
  ['', ''],
  ['NaN', ''],
  ['Infinity', ''],

  // Named.
  ['t=23.5 h=40', 't=23.5; h=40'],
  ['t=23.5,h=40', 't=23.5; h=40'],
  ['t=23.5; h=40', 't=23.5; h=40'],
  ['t=23.5&h=40', 't=23.5; h=40'],
  ['t = 23.5', 't=23.5'],
  ['temp: 23.5 °C', 'temp=23.5 °C'],
  ['temp: 23,5 °C', 'temp=23.5 °C'],
  ['temp: 23.5C', 'temp=23.5 C'],
  ['temp (°C): 23.5', 'temp=23.5 °C'],
  ['a:1,b:2', 'a=1; b=2'], // Arduino's Serial Plotter
  ['a:1\tb:2', 'a=1; b=2'],
  ['a:-1.5,b:+2,c:.25', 'a=-1.5; b=2; c=0.25'],
  ['Room temp: 23.5 °C', 'Room temp=23.5 °C'],
  ['Room temp: 23.5 °C, Humidity: 40 %', 'Room temp=23.5 °C; Humidity=40 %'],
  ['temp: 23.5 °C hum: 40 %', 'temp=23.5 °C; hum=40 %'],
  ['m: 5 s: 7 h: 8', 'm=5; s=7; h=8'], // units that are names
  ['t=5 h=7', 't=5; h=7'],
  ['got t=5', 't=5'],
  ['Temperature: 21.', 'Temperature=21'],
  ['Temperature: 21. Humidity: 40.', 'Temperature=21; Humidity=40'],
  ['Température: 21 °C', 'Température=21 °C'],
  ['温度: 21', '温度=21'],
  ['"speed": 5', 'speed=5'],
  ['sensor_1=5 sensor_2=6', 'sensor_1=5; sensor_2=6'],
  ['adc[0]=5 adc[1]=6', 'adc[0]=5; adc[1]=6'],
  ['env.t=21', 'env.t=21'],
  ['acc=1,2,3', 'acc[0]=1; acc[1]=2; acc[2]=3'],
  ['12:34:56.789 -> temp=23', 'temp=23'],
  ['12:34:56 temp: 23', 'temp=23'],
  ['[2024-05-06 12:34:56] temp: 23', 'temp=23'],
  ['U=3.3V I=20mA', 'U=3.3 V; I=20 mA'],
  ['speed: 3 m/s', 'speed=3 m/s'],
  ['p: 1013.2 hPa', 'p=1013.2 hPa'],
  ['led: on', 'led=1?'],
  ['door=closed, light=HIGH', 'door=0?; light=1?'],
  ['led: once', ''],
  ['temp 23.5', 'temp=23.5'],
  ['temp 23.5 hum 40', 'temp=23.5; hum=40'],
  ['Room temp 23.5 °C', 'Room temp=23.5 °C'],
  ['temp: nan', ''],
  ['temp:', ''],

  // Columns.
  ['1,2,3', '1=1; 2=2; 3=3'],
  ['1, 2, 3', '1=1; 2=2; 3=3'],
  ['1;2;3', '1=1; 2=2; 3=3'],
  ['1,5;2,5', '1=1.5; 2=2.5'],
  ['1\t2', '1=1; 2=2'],
  ['1 2 3', '1=1; 2=2; 3=3'],
  ['1,,3', '1=1; 3=3'],
  ['1,nan,3', '1=1; 3=3'],
  ['1,2,', '1=1; 2=2'],
  ['1,two,3', ''],
  ['1\n2', '=1; =2'],
  ['a,b\n1,2\n3,4', 'a=1; b=2; a=3; b=4'],
  ['temp (°C);hum [%]\n21,5;40', 'temp=21.5 °C; hum=40 %'],
  ['time,temp\n1000,21', 'temp=21'],

  // JSON.
  ['{"t":23.5}', 't=23.5'],
  ['{"t":23.5,"h":40}', 't=23.5; h=40'],
  ['{"env":{"t":1,"h":{"in":2}}}', 'env.t=1; env.h.in=2'],
  ['{"adc":[1,2]}', 'adc[0]=1; adc[1]=2'],
  ['[1,2]', '1=1; 2=2'],
  ['[23.5]', '[0]=23.5'],
  ['{"led":true}', 'led=1?'],
  ['{"t":"23.5 °C","v":"v1.2"}', 't=23.5 °C'],
  ['{"value":23.5,"unit":"°C"}', 'value=23.5 °C'],
  ['{"sensor":"temp","value":23.5}', 'temp=23.5'],
  ['[{"name":"t","value":1},{"name":"h","value":2}]', 't=1; h=2'],
  ['{"id":7,"timestamp":1700000000,"t":1}', 't=1'],
  ['{"t":null}', ''],
  ['{"t":23.5', ''], // cut
  ['{}', ''],
  ['{\n  "t": 1\n}', 't=1'],

  // None.
  ['2024-05-06', ''],
  ['2024-05-06T12:34:56Z', ''],
  ['06.05.2024', ''],
  ['5/6/2024', ''],
  ['12:34', ''],
  ['12:34:56', ''],
  ['date: 2024-05-06', ''],
  ['started: 2024-05-06', ''],
  ['started: 12:34:56', ''],
  ['since=06.05.2024', ''],
  ['1.2.3', ''],
  ['v1.2', ''],
  ['version: 1.2', ''],
  ['tinygo: 0.41.1', ''],
  ['firmware=2', ''],
  ['192.168.4.1', ''],
  ['ip: 192.168.4.1', ''],
  ['board=192.168.4.1', ''],
  ['gateway: 10.0.0.1:80', ''],
  ['fe80::1', ''],
  ['00:1a:2b:3c:4d:5e', ''],
  ['0x1F', ''],
  ['reg=0x1F', ''],
  ['reg: 1F2E', ''],
  ['DEADBEEF', ''],
  ['ESP32', ''],
  ['led2', ''],
  ['model: 3b', ''],
  ['model=ESP32', ''],
  ['3/4', ''],
  ['range: 3-4', ''],
  ['size: 3x4', ''],
  ['http://192.168.4.1:80/a?t=1x', ''],
  ['http://localhost:8080/', ''],
  ['LEDon', ''],
  ['Hello, world', ''],
  ['I have 5 apples and 6 pears', ''],
  ['Button 1 pressed 3 times', ''],
  ['+49 89 1234-5678', ''],
]
for (const [text, want] of cases) same(JSON.stringify(text), brief(text), want)
if (cases.length < 60) same('as many cases as there have to be', cases.length, 60)

// A head is one only if columns follow, and holds until another one comes.
let head: Head = {}
const next = (text: string) => {
  const r = readings(text, head)
  head = r.head
  return r.found.map((it) => `${it.name}=${it.value}`).join('; ')
}
same('a head', next('temp,hum'), '')
same('its columns', next('21,40'), 'temp=21; hum=40')
same('a greeting is no head', next('Hello, world'), '')
same('… as something else follows', next('LEDon'), '')
same('and the head holds', next('22,41'), 'temp=22; hum=41')
same('other columns have no head', next('1,2,3'), '1=1; 2=2; 3=3')
same('a new head', next('a,b'), '')
same('… takes its place', next('1,2'), 'a=1; b=2')
same('another sign, another table', next('1;2'), '1=1; 2=2')

// However long or odd a text is, an answer comes soon.
const started = performance.now()
for (const bad of [
  'a'.repeat(8000),
  'a '.repeat(4000),
  '1,'.repeat(4000),
  'a=1 '.repeat(2000),
  '['.repeat(8000),
  `${'1'.repeat(8000)}x`,
  'a.'.repeat(4000),
  'a b '.repeat(2000) + ':',
  'x 1 '.repeat(2000),
])
  readings(bad)
const took = performance.now() - started
// In one run: no more than 100 times what as many ordinary texts of that length take.
const plainStart = performance.now()
for (let i = 0; i < 9; i++) readings('temp: 23.5 °C, hum: 40 %\n'.repeat(300))
const plainTook = performance.now() - plainStart
if (took > 100 * Math.max(plainTook, 1)) same('milliseconds for odd texts', took, plainTook)
same('no more than there is room for', readings('a=1 '.repeat(200)).found.length, 64)
