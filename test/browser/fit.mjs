// What a person with eyes would say about a page's layout, measured: words that are cut, controls that are covered or
// out of reach, things that lie on each other, and an editor that is too narrow.

// faults gives what is wrong with the page as it is now, as sentences. It runs in the page.
export const faults = (tab) =>
  tab.evaluate(() => {
    const found = []
    const name = (el) =>
      [
        el.tagName.toLowerCase(),
        el.id && `#${el.id}`,
        ...[...el.classList].map((c) => `.${c}`),
        ` “${(el.getAttribute('aria-label') || el.textContent || el.placeholder || '').trim().replace(/\s+/g, ' ').slice(0, 40)}”`,
      ].join('')
    const foreign = '.cm-editor, .xterm, iframe, svg *, .qr, .hidden, .skip'
    const scope = document.querySelector('dialog[open]') ?? document.body
    const over = (el) => el.closest('.popup, .drawer, .ended, .banner') // lies over the rest on purpose
    const remember = (f) => {
      const known = new Map()
      return (el) => {
        if (!known.has(el)) known.set(el, f(el))
        return known.get(el)
      }
    }
    const styleOf = remember((el) => getComputedStyle(el))
    const rectOf = remember((el) => el.getBoundingClientRect())
    const round = (r) => ({ left: r.left, right: r.right, top: r.top, bottom: r.bottom })
    // visible cuts a box to what its surroundings let through; scrolls says whether the rest can be scrolled to.
    const seen = (from0, box) => {
      const b = round(box)
      let scrolls = false
      for (let p = from0; p; p = p.parentElement) {
        const s = styleOf(p)
        const out =
          p === document.body || p === document.documentElement ? { left: 0, right: innerWidth, top: 0, bottom: innerHeight } : rectOf(p)
        for (const [overflow, from, to] of [
          [s.overflowX, 'left', 'right'],
          [s.overflowY, 'top', 'bottom'],
        ]) {
          if (overflow === 'visible' && p !== document.body) continue
          if (overflow === 'auto' || overflow === 'scroll') scrolls ||= b[from] < out[from] - 1 || b[to] > out[to] + 1
          else if (!scrolls && (b[from] < out[from] - 1.5 || b[to] > out[to] + 1.5)) b.cut = p
          b[from] = Math.max(b[from], out[from])
          b[to] = Math.min(b[to], out[to])
        }
        if (s.position === 'fixed') break
      }
      b.scrolls = scrolls
      return b
    }
    const isShown = remember((el) => {
      if (el.closest(foreign)) return false
      const s = styleOf(el)
      const r = rectOf(el)
      return (
        s.visibility !== 'hidden' && r.width > 1 && r.height > 1 && el.checkVisibility({ opacityProperty: true, visibilityProperty: true })
      )
    })
    if (document.documentElement.scrollWidth > innerWidth) found.push(`the page is ${document.documentElement.scrollWidth} px wide`)

    // Words that do not fit their box need an ellipsis and the whole of it in a tooltip.
    for (const el of scope.querySelectorAll('*')) {
      if (!isShown(el) || el.scrollWidth <= el.clientWidth + 1 || el.clientWidth === 0) continue
      const s = styleOf(el)
      if (s.overflowX === 'visible' || s.overflowX === 'auto' || s.overflowX === 'scroll' || s.display === 'inline') continue
      if (el.tagName === 'INPUT' || el.tagName === 'SELECT') continue
      if (s.textOverflow === 'ellipsis' && el.closest('[title]')) continue
      if (
        [...el.children].every(
          (c) => getComputedStyle(c).visibility === 'hidden' || c.getBoundingClientRect().right <= el.getBoundingClientRect().right + 1,
        )
      )
        continue
      if ([...el.querySelectorAll('*')].some((c) => getComputedStyle(c).overflowX !== 'visible')) continue // told where it happens
      found.push(`cut: ${name(el)} has ${el.scrollWidth} px of words in ${el.clientWidth} px`)
    }
    for (const el of scope.querySelectorAll('input[placeholder]')) {
      if (!isShown(el) || el.value || (el.title && styleOf(el).textOverflow === 'ellipsis')) continue
      const pen = document.createElement('canvas').getContext('2d')
      const s = getComputedStyle(el)
      pen.font = `${s.fontSize} ${getComputedStyle(el, '::placeholder').fontFamily}`
      if (pen.measureText(el.placeholder).width > el.clientWidth - parseFloat(s.paddingLeft) - parseFloat(s.paddingRight) + 1)
        found.push(`cut: the hint of ${name(el)}`)
    }

    // Boxes: every control, and every run of words.
    const boxes = []
    for (const el of scope.querySelectorAll('button, input, select, a[href], summary, [role=tab], [role=separator], label'))
      if (isShown(el)) boxes.push({ el, box: seen(el.parentElement, rectOf(el)), control: true, over: !!over(el) })
    const walk = document.createTreeWalker(scope, NodeFilter.SHOW_TEXT)
    for (let t; (t = walk.nextNode()); ) {
      const el = t.parentElement
      if (!t.data.trim() || !isShown(el) || el.tagName === 'OPTION' || el.tagName === 'SELECT') continue
      const range = document.createRange()
      range.selectNodeContents(t)
      for (const r of range.getClientRects())
        if (r.width > 1)
          boxes.push({
            el,
            box: seen(el, r),
            control: false,
            over: !!over(el),
            ellipsis:
              el.closest('[title]') &&
              [el, el.parentElement, el.parentElement?.parentElement].some((o) => o && getComputedStyle(o).textOverflow === 'ellipsis'),
          })
    }
    for (const { el, box, control, ellipsis } of boxes) {
      const gone = box.right <= box.left || box.bottom <= box.top
      if (box.cut && !box.scrolls && !ellipsis) found.push(`${gone ? 'out of sight' : 'cut'}: ${name(el)} by ${name(box.cut).slice(0, 60)}`)
      if (!control || gone || box.scrolls || el.tagName === 'LABEL') continue
      // What is clicked in its middle has to be itself.
      const top = document.elementFromPoint((box.left + box.right) / 2, (box.top + box.bottom) / 2)
      if (top && !el.contains(top) && !top.contains(el) && !(over(top) && !over(el)) && !top.closest('iframe'))
        found.push(`covered: ${name(el)} by ${name(top)}`)
    }
    for (let i = 0; i < boxes.length; i++) {
      for (let k = i + 1; k < boxes.length; k++) {
        const [a, b] = [boxes[i], boxes[k]]
        if (
          Math.min(a.box.right, b.box.right) - Math.max(a.box.left, b.box.left) <= 2 ||
          Math.min(a.box.bottom, b.box.bottom) - Math.max(a.box.top, b.box.top) <= 3
        )
          continue
        const popup = (el) => !!el.closest('.popup')
        if (a.over === b.over && popup(a.el) === popup(b.el) && !a.el.contains(b.el) && !b.el.contains(a.el))
          found.push(`overlap: ${name(a.el)} and ${name(b.el)}`)
      }
    }

    // The editor.
    const scroller = document.querySelector('.cm-scroller')
    if (scroller?.checkVisibility() && scroller.clientWidth > 0) {
      const editor = document.querySelector('.panel.editor')
      const columns = columnsOf(scroller)
      if (columns < 60 && editor.offsetWidth < innerWidth - 20) found.push(`the editor has ${columns} columns in ${editor.offsetWidth} px`)
      if (scroller.clientHeight < 5 * 22 && innerHeight >= 400) found.push(`the editor is ${scroller.clientHeight} px high`)
    }
    function columnsOf(scroller) {
      const probe = document.createElement('span')
      const content = scroller.querySelector('.cm-content')
      probe.textContent = '0'.repeat(100)
      probe.style.cssText = 'position: absolute; visibility: hidden; white-space: pre'
      probe.style.font = getComputedStyle(content).font
      document.body.append(probe)
      const width = probe.getBoundingClientRect().width / 100
      probe.remove()
      return Math.floor((scroller.clientWidth - scroller.querySelector('.cm-gutters').offsetWidth - 18) / width)
    }
    return [...new Set(found)]
  })

// at gives the window a size and waits until the page has taken it.
export async function at(tab, width, height) {
  await tab.setViewportSize({ width, height })
  await tab.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => requestAnimationFrame(done)))))
}
