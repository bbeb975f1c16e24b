// The view "Tests": its place among the views of the messages, and what stands in the row of the tabs. The panel is loaded
// when it is first looked at.
import { signal } from '@preact/signals'
import type { ComponentType } from 'preact'
import { useEffect } from 'preact/hooks'
import { api, late } from '../api'
import { item, provide, word, type Command } from '../commands/table'
import { MenuButton } from '../parts/menu'
import { attempt, board, project } from '../state'
import { say } from '../words'
import { addView, showView } from './messages'
import { run, runSets, sets, testing } from './sets'

const $panel = signal<{ Tests: ComponentType } | undefined>(undefined)

const load = () => attempt(async () => ($panel.value ??= await late(import('./testspanel'))))

function Panel({ shown }: { shown: boolean }) {
  useEffect(() => {
    if (shown) void load()
  }, [shown])
  const Tests = $panel.value?.Tests
  return Tests ? <Tests /> : null
}

const own = {
  all: {
    id: 'tests.all',
    group: 'messages',
    label: word('tests.runAll'),
    offered: () => sets.value.some((s) => !s.problem && s.steps.length > 0) && !testing.value && !!board.value.port,
    act: () => {
      showView('tests')
      return runSets(
        sets
          .peek()
          .filter((s) => s.problem || s.steps.length > 0)
          .map((s) => s.path),
      )
    },
  },
  cancel: {
    id: 'tests.cancel',
    group: 'messages',
    label: word('tests.cancel'),
    offered: () => testing.value,
    act: () => attempt(() => api.cancelTests()),
  },
  create: {
    id: 'tests.new',
    group: 'messages',
    label: word('tests.new'),
    offered: () => !!project.value,
    act: () => attempt(async () => (await late(import('./setform'))).newSet()),
  },
  save: {
    id: 'tests.save',
    group: 'messages',
    label: word('tests.save'),
    offered: () => !!project.value,
    act: () => attempt(async () => (await late(import('./saveset'))).saveAsTest()),
  },
  pretend: {
    id: 'tests.pretend',
    group: 'messages',
    label: word('pretend.open'),
    offered: () => !!board.value.port,
    act: () => attempt(async () => (await late(import('./pretend'))).pretendPages()),
  },
} satisfies Record<string, Command>
provide(Object.values(own))

function Tools() {
  const all = item(own.all)
  const cancel = item(own.cancel)
  const done = run.value?.sets.filter((s) => s.state !== 'waiting' && s.state !== 'running').length ?? 0
  return (
    <>
      {testing.value ? (
        <>
          <span class="muted" role="status">
            {say('tests.progress', { done, total: run.value!.sets.length })}
          </span>
          <button type="button" class="quiet" onClick={cancel.act}>
            {cancel.label}
          </button>
        </>
      ) : (
        <button type="button" class="quiet" aria-disabled={all.disabled} onClick={() => !all.disabled && all.act()}>
          {all.label}
        </button>
      )}
      <MenuButton
        class="quiet"
        title={say('tests.newTitle')}
        right
        items={() => [item(own.create), item(own.save), item(own.pretend, { line: true })]}
      >
        {say('tests.add')}
      </MenuButton>
    </>
  )
}

addView({ id: 'tests', label: 'messages.viewTests', Panel, Tools, items: () => [item(own.save), item(own.pretend)] })
