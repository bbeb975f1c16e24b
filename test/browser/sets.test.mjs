// Sets of messages: buttons beside the line to send, tests that pass and fail, the form, and what was sent saved as a test.
import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, afterEach, before, describe, test } from 'node:test'
import { fair } from './fair.mjs'
import { browser, hanging, Page, picture, Server, until } from './studio.mjs'

describe('sets of messages', { timeout: hanging }, () => {
  let server, chrome, page, tab
  const panel = () => tab.locator('#below-messages')
  const dialog = () => tab.getByRole('dialog')
  const set = (name) => panel().getByRole('listitem').filter({ hasText: name })
  const onDisk = (path) => JSON.parse(server.file(path))
  const view = async (name) => {
    await tab.getByTitle('View of the messages').click()
    await tab.getByRole('menuitemradio', { name }).click()
  }

  before(async () => {
    server = await Server.start()
    const tests = join(server.home, 'projects', 'LED-over-WebSocket', 'tests')
    await mkdir(tests, { recursive: true })
    const write = (name, content) => writeFile(join(tests, name), content)
    await write(
      'led.json',
      `{"name":"LED","messages":{"Lights":"LEDon","Dark":{"text":"LEDoff"}},"steps":[{"send":{"message":"Lights"}},
{"expect":"/Reply for .*/"},{"repeat":3,"every":"20 ms","steps":[{"comment":"mine","send":"LEDoff"},{"waitFor":{"contains":"LEDoff"}}]}]}`,
    )
    await write('wrong.json', '{"name":"Wrong","steps":[{"send":"LEDon"},\n{"expect":"Reply for LEDoff"}]}')
    await write('broken.json', '{"steps":[\n{"sned":"LEDon"}]}')
    await write('slow.json', '{"name":"Slow","steps":[{"repeat":1000,"every":"1 s","steps":[{"send":"LEDon"},{"waitFor":"/LEDon/"}]}]}')
    chrome = await browser()
    page = await Page.open(await chrome.newContext({ viewport: { width: 1280, height: 800 } }), server.url)
    tab = page.tab
    await page.run()
    await page.running()
    await page.below('Messages')
  })
  afterEach(async (t) => {
    if (t.passed) return
    await picture(tab, `failed ${t.name.slice(0, 30)}`)
    await tab.reload() // no dialog is in the way of the next one
  })
  after(async () => {
    await chrome?.close()
    await server?.stop()
    assert.deepEqual(page?.failures ?? [], [])
  })

  test('a message that has a name is a button', async () => {
    await panel().getByRole('button', { name: 'Lights', exact: true }).click()
    await panel().getByText('Reply for LEDon').first().waitFor()
    await page.ledIs('lit')
    await fair(tab, 'sets named', { within: '#below-messages', widths: [1280, 820, 400], fits: true })
  })

  test('tests run, and say what came instead', async () => {
    await page.below('Messages')
    await view('Tests')
    await set('LED').getByRole('button', { name: 'Run LED' }).click()
    await set('LED').getByRole('img', { name: 'passed' }).first().waitFor()
    await set('Wrong').getByRole('button', { name: 'Run Wrong' }).click()
    await set('Wrong').getByText('“Reply for LEDon” came instead of “Reply for LEDoff”.').waitFor()
    await set('broken').getByText('Line 2:').waitFor()
    await fair(tab, 'sets tests', { within: '#below-messages', widths: [1280, 820, 400], fits: true })
    await page.below('Messages')
    await set('Wrong').getByRole('button', { name: 'Go to line 2' }).click()
    await page.editor('tests/wrong.json').waitFor()
    await page.below('Messages')
  })

  test('a test can be cancelled while it runs', async () => {
    await set('Slow').getByRole('button', { name: 'Run Slow' }).click()
    await set('Slow').getByText('(round 1 of 1000)').waitFor()
    await tab.getByRole('button', { name: 'Cancel the tests' }).click()
    await set('Slow').getByRole('img', { name: 'cancelled' }).first().waitFor()
    await until('the next Run to be possible', () => set('Slow').getByRole('button', { name: 'Run Slow' }).isEnabled())
  })

  test('the form keeps what it does not show, and tells mistakes before it saves', async () => {
    await set('LED').getByRole('button', { name: 'More about LED' }).click()
    await tab.getByRole('menuitem', { name: 'Edit…' }).click()
    await fair(tab, 'sets form', { widths: [1280, 820, 400] })
    await dialog().getByRole('textbox', { name: 'Name', exact: true }).fill('LED and more')
    await dialog().getByRole('button', { name: 'Add a step' }).last().click()
    const step = dialog().getByRole('group', { name: 'Step 4' })
    await step.getByRole('combobox', { name: 'What the step does' }).selectOption('expectNothing')
    await step.getByRole('textbox', { name: 'For how long' }).fill('soon')
    await dialog().getByRole('button', { name: 'Save', exact: true }).click()
    await dialog().getByText('has to be a time').waitFor()
    assert.equal(onDisk('tests/led.json').name, 'LED')
    await tab.keyboard.press('Escape')
    await dialog().getByText('is not saved yet').waitFor()
    await step.getByRole('textbox', { name: 'For how long' }).fill('100 ms')
    await dialog().getByRole('button', { name: 'Save', exact: true }).click()
    await dialog().waitFor({ state: 'detached' })
    const saved = onDisk('tests/led.json')
    assert.equal(saved.name, 'LED and more')
    assert.deepEqual(saved.messages, { Lights: 'LEDon', Dark: 'LEDoff' })
    assert.deepEqual(saved.steps.slice(2), [
      { repeat: 3, every: '20 ms', steps: [{ send: 'LEDoff', comment: 'mine' }, { waitFor: { contains: 'LEDoff' } }] },
      { expectNothing: '100 ms' },
    ])
    await set('LED and more').getByRole('button', { name: 'Run LED and more' }).click()
    await set('LED and more').getByRole('img', { name: 'passed' }).first().waitFor()
  })

  test('what was sent and received becomes a test that passes', async () => {
    await view('List')
    await tab.getByRole('button', { name: 'Clear', exact: true }).click()
    await panel().getByText('Reply for LEDoff').first().waitFor({ state: 'detached' })
    const line = panel().getByRole('textbox', { name: 'Message to the board' })
    await line.fill('LEDoff')
    await line.press('Enter')
    await panel().getByText('Reply for LEDoff').first().waitFor()
    await tab.getByRole('button', { name: 'More for messages' }).click()
    await tab.getByRole('menuitem', { name: 'Save as test…' }).click()
    await dialog().getByRole('textbox', { name: 'Name' }).fill('Off again')
    await fair(tab, 'sets save')
    await dialog().getByRole('button', { name: 'Save', exact: true }).click()
    await set('Off again').getByRole('button', { name: 'Run Off again' }).click()
    await set('Off again').getByRole('img', { name: 'passed' }).first().waitFor()
    assert.deepEqual(onDisk('tests/off-again.json').steps, [{ send: 'LEDoff' }, { expect: 'Reply for LEDoff' }])
    await until('the panel to rest', async () => (await panel().getByRole('button', { name: 'Run Off again' }).count()) === 1)
  })

  test('pretend pages say in words whether the board answers them', async () => {
    await view('Tests')
    await tab.getByRole('button', { name: 'New…' }).click()
    await tab.getByRole('menuitem', { name: 'Pretend pages…' }).click()
    await dialog().getByRole('button', { name: 'Does the board still answer page 7?' }).click()
    await dialog()
      .getByText(/^Yes: 7 of 7 were answered, the slowest after [0-9.]+ ms\.$/)
      .waitFor()
    await dialog().getByRole('spinbutton', { name: 'Pages (1,000 at most)' }).fill('60')
    await dialog().getByRole('spinbutton', { name: 'Messages of each' }).fill('2')
    await dialog().getByRole('spinbutton', { name: 'Time between messages, ms' }).fill('10')
    await dialog().getByRole('button', { name: 'Start' }).click()
    await dialog()
      .getByText(/^Yes(, in turns: all of 60 pages|: 120 of 120) were answered/)
      .waitFor()
    await fair(tab, 'sets pretend', { widths: [1280, 820, 400] })
    await dialog().getByRole('spinbutton', { name: 'Messages of each' }).fill('1000')
    await dialog().getByRole('button', { name: 'Start' }).click()
    await dialog()
      .getByText(/pages are connected now/)
      .waitFor()
    await dialog().getByRole('button', { name: 'Cancel' }).click()
    await dialog()
      .getByText(/^Cancelled(:| while the board was full:) \d+ of/)
      .waitFor()
    await dialog().getByRole('button', { name: 'Close' }).click()
    await dialog().waitFor({ state: 'detached' })
  })
})
