// Pages of a board that do what they should not. Each is in the preview for as long as it takes to type some letters into
// the editor; preview.soak.mjs says what has to hold meanwhile, and here is what has to hold of this one beside that.
import assert from 'node:assert/strict'
import { until } from './studio.mjs'

// html is a page with a field, a button that counts its clicks, and a list of the keys that it has seen.
export const html = (name, script, head = '') => `<!DOCTYPE html>
<meta charset="utf-8">
<title>${name}</title>
${head}
<h1>${name}</h1>
<p><input id="field" autofocus> <button id="button">none</button></p>
<script>
var field = document.getElementById('field'), button = document.getElementById('button'), keys = '', clicks = 0;
addEventListener('keydown', function (e) { keys += e.key; }, true);
button.addEventListener('click', function () { button.textContent = ++clicks + ' clicks'; });
function tryIt(f) { try { var p = f(); if (p && p.catch) p.catch(function () {}); } catch (e) {} }
${script}
</script>
`

const nothing = async () => {}

// name; script: what the page does; untouched: the test runs no script in it, which browsers take for a click, or the page
// leaves before it could; ends: Studio has to end it; asks: until then what is typed goes to its dialogs; check looks at what
// came of it; killsBrowser: see preview.soak.mjs.
export const hostile = [
  {
    name: 'starts 100 downloads',
    script: `
    var n = 0, t = setInterval(function () {
      var a = document.createElement('a');
      a.href = URL.createObjectURL(new Blob(['x']));
      a.download = 'x' + n + '.txt';
      a.click();
      if (++n === 100) clearInterval(t);
    }, 10);`,
  },
  {
    name: 'opens windows without a click',
    script: `
    setInterval(function () {
      tryIt(function () { window.open('/', '_blank'); });
      tryIt(function () { window.open('about:blank', 'other', 'width=200,height=200'); });
      var a = document.createElement('a');
      a.href = '/'; a.target = '_blank';
      document.body.appendChild(a); a.click(); a.remove();
      var f = document.createElement('form');
      f.action = '/'; f.target = '_blank';
      document.body.appendChild(f); f.submit(); f.remove();
    }, 50);`,
    untouched: true,
    check: async ({ opened, inside }) => {
      assert.deepEqual(
        opened.map((w) => w.url()),
        [],
      )
      await inside().evaluate(0) // as good as a click: it has tried all the while
      await until('a window', () => opened.length > 0)
      await opened[0].close()
    },
  },
  {
    name: 'uses a click for all it can',
    script: `
    button.addEventListener('click', function () {
      tryIt(function () { top.location = 'about:blank'; });
      tryIt(function () { window.open('/', '_top'); });
      tryIt(function () { window.open('about:blank', '_parent'); });
      tryIt(function () { return document.documentElement.requestFullscreen(); });
      tryIt(function () { return document.body.requestPointerLock(); });
      tryIt(function () { return navigator.keyboard.lock(); });
      tryIt(function () { top.close(); });
      for (var i = 0; i < 20; i++) tryIt(function () {
        var w = window.open('about:blank');
        w.document.write('<script>try { opener.top.location = "about:blank"; } catch (e) {} try { opener.parent.close(); } catch (e) {}<\\/script>');
      });
    });`,
    check: async ({ page, opened }) => {
      await page.frame.locator('#button').click()
      await page.frame.getByRole('button', { name: '1 clicks' }).waitFor()
      await until('the window that a click may open', () => opened.length > 0)
      assert.equal(opened.length, 1, 'one click opens one window')
      await opened[0].close()
      assert.deepEqual(await page.tab.evaluate(() => [document.fullscreenElement, document.pointerLockElement]), [null, null])
    },
  },
  { name: 'loads itself again and again', head: '<meta http-equiv="refresh" content="0">', script: '', untouched: true },
  {
    name: 'goes elsewhere in a loop',
    script: 'setInterval(function () { location = "?" + Math.random(); }, 1); location = "?first";',
    untouched: true,
  },
  {
    name: 'floods the history',
    script: `
    setInterval(function () {
      for (var i = 0; i < 8; i++) tryIt(function () { history.pushState(0, '', '#' + Math.random()); });
      tryIt(function () { history.go(-50); });
      tryIt(function () { location.hash = Math.random(); });
    }, 20);`,
    untouched: true,
  },
  {
    name: 'lays out 20,000 elements without a rest',
    script: `
    for (var i = 0; i < 20000; i++) document.body.appendChild(document.createElement('b')).textContent = 'x';
    setInterval(function () {
      for (var end = Date.now() + 200; Date.now() < end;) { document.body.style.width = 300 + Math.random() * 99 + 'px'; document.body.offsetHeight; }
    }, 0);`,
    untouched: true,
  },
  {
    name: 'keeps every core busy',
    script: `
    var burn = URL.createObjectURL(new Blob(['for (;;);']));
    for (var i = 0; i < 4; i++) new Worker(burn);`,
  },
  {
    name: 'takes the focus with forms, dialogs and addresses',
    script: `
    document.body.insertAdjacentHTML('beforeend', '<form><input required id="must"></form><dialog><input autofocus></dialog><div popover><input autofocus></div><math><mi id="x" tabindex="0">x</mi></math>');
    var one = document.querySelector('dialog'), two = document.querySelector('[popover]'), form = document.querySelector('form'), n = 0;
    var ways = [
      function () { form.reportValidity(); },
      function () { form.requestSubmit(); },
      function () { one.showModal(); setTimeout(function () { one.close(); }, 50); },
      function () { two.showPopover(); setTimeout(function () { two.hidePopover(); }, 50); },
      function () { location.replace('#must'); location.replace('#field'); },
      function () { document.getElementById('x').focus(); },
      function () { window.find('starts'); },
      function () { var i = document.createElement('input'); i.autofocus = true; document.body.appendChild(i); setTimeout(function () { i.remove(); }, 50); },
    ];
    setInterval(function () { tryIt(ways[n++ % ways.length]); }, 350);`,
    check: async ({ inside }) => assert.equal(await inside().evaluate('keys'), '', 'keys that were not meant for the page'),
  },
  {
    name: 'asks whether it may be left',
    script: 'onbeforeunload = function (e) { e.preventDefault(); return "stay"; };',
    before: async ({ page }) => {
      await page.frame.locator('#button').click() // browsers ask only for pages that were used
      await page.frame.getByRole('button', { name: '1 clicks' }).waitFor()
    },
    check: async ({ page, asked }) => {
      assert.equal(asked.length, 0, 'dialogs')
      await page.frame.getByRole('button', { name: 'none' }).waitFor() // and it was loaded anew
    },
  },
  { name: 'prints in a loop', script: 'setInterval(function () { print(); }, 20);' },
  { name: 'never ends', script: 'setTimeout(function () { for (;;); }, 300);', ends: true },
  {
    name: 'opens dialogs in a loop',
    script: 'setTimeout(function () { for (;;) { alert("again"); confirm("again"); prompt("again"); } }, 300);',
    ends: true,
    asks: true,
    check: async ({ asked }) => assert.ok(asked.length > 0 && asked.length <= 10, `${asked.length} dialogs`),
  },
  {
    name: 'opens dialogs of a window within it',
    script: `
    var realm = document.createElement('iframe');
    document.documentElement.appendChild(realm);
    setTimeout(function () { for (;;) realm.contentWindow.alert("again"); }, 300);`,
    ends: true,
    asks: true,
    killsBrowser: true,
  },
].map((h, i) => ({ before: nothing, check: nothing, file: `hostile${i}.html`, ...h }))

// hungry takes memory until its process dies.
export const hungry = html(
  'Hungry',
  'setTimeout(function () { for (var all = []; ;) all.push(new Array(10000).fill(Math.random())); }, 300);',
)
