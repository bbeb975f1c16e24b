// Tests of keys, and of finding by a few letters.
import { ariaKeys, isPressed, keyText } from './keys'
import { fuzzy, lineIn, ranked } from './fuzzy'
import { same } from '../same'

const press = (text: string, code = '') => {
  const parts = text.split('+')
  const has = (name: string) => parts.includes(name)
  return { key: parts.at(-1)!, code, ctrlKey: has('Ctrl'), metaKey: has('Meta'), shiftKey: has('Shift'), altKey: has('Alt') }
}
same('Ctrl elsewhere', isPressed(press('Ctrl+Shift+P'), 'Mod-Shift-p', false), true)
same('⌘ on a Mac', isPressed(press('Meta+Shift+p'), 'Mod-Shift-p', true), true)
same('not Ctrl on a Mac', isPressed(press('Ctrl+p'), 'Mod-p', true), false)
same('nothing more', isPressed(press('Ctrl+Shift+P'), 'Mod-p', false), false)
same('nothing less', isPressed(press('Ctrl+p'), 'Mod-Shift-p', false), false)
same('AltGr is not Ctrl', isPressed(press('Ctrl+Alt+p'), 'Mod-p', false), false)
same('another keyboard', isPressed(press('Ctrl+з', 'KeyP'), 'Mod-p', false), true)
same('a Latin letter at that place is itself', isPressed(press('Ctrl+l', 'KeyP'), 'Mod-p', false), false)
same('F6', [isPressed(press('F6'), 'F6', false), isPressed(press('Shift+F6'), 'F6', false)], [true, false])
same('CodeMirror writes Shift-Alt-a as Alt-A', isPressed(press('Alt+Shift+A'), 'Alt-A', false), true)
same(
  'how keys are called',
  ['Mod-Shift-p', 'Alt-ArrowUp', 'Mod-k Mod-i', 'Shift-F12', 'Ctrl-Space', 'Mod--', 'Alt-A', 'Escape', 'Delete'].map((k) =>
    keyText(k, false),
  ),
  ['Ctrl+Shift+P', 'Alt+↑', 'Ctrl+K Ctrl+I', 'Shift+F12', 'Ctrl+Space', 'Ctrl+-', 'Alt+Shift+A', 'Esc', 'Del'],
)
same(
  'and on a Mac',
  ['Mod-Shift-p', 'Alt-ArrowUp', 'Ctrl-m', 'Mod-Enter'].map((k) => keyText(k, true)),
  ['⇧⌘P', '⌥↑', '⌃M', '⌘↩'],
)
same('for screen readers', [ariaKeys('Mod-Enter', false), ariaKeys('Mod-p', true)], ['Control+Enter', 'Meta+p'])

const files = [
  'main.go',
  'www/led.html',
  'www/style.css',
  'www/lib/delay.html',
  'www/index.html',
  'www/pictures/led-on.png',
  'blink.go',
  'studio.json',
]
const find = (q: string) => ranked(q, files, (text) => ({ text, own: text.lastIndexOf('/') + 1 })).map((f) => f.it)
same('the name first', find('led')[0], 'www/led.html')
same('beginnings of words', find('lo')[0], 'www/pictures/led-on.png')
same('in any order', find('html led')[0], 'www/led.html')
same('a path', find('wwwindex')[0], 'www/index.html')
same('capital letters do not count', find('MAIN'), ['main.go'])
same('nothing', find('xyz'), [])
same('everything, as it was', find(''), files)
same('where the letters are', fuzzy('msg', 'OnMessage')?.at, [2, 4, 7])
same('together rather than apart', fuzzy('led', 'x lxexd xled')?.at, [9, 10, 11])
same('letters that are two when small', fuzzy('i', 'İ') !== undefined, true)
same('the same letter twice', fuzzy('aa', 'a'), undefined)
const many = Array.from({ length: 2000 }, (_, i) => `www/part${i % 50}/page-number-${i}.html`)
same('the one file of many', ranked('page-number-1999', many, (text) => ({ text }))[0]?.it, 'www/part49/page-number-1999.html')

same(
  'a line',
  [lineIn('led:12'), lineIn(':7'), lineIn('a:1:2'), lineIn('a:'), lineIn('a b')],
  [{ name: 'led', line: 12 }, { name: '', line: 7 }, { name: 'a', line: 1, column: 2 }, { name: 'a' }, { name: 'a b' }],
)
