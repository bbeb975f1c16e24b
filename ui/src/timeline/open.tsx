// The timeline's place among the views of the messages, and marks, which are set from everywhere.
import { signal } from '@preact/signals'
import type { ComponentType } from 'preact'
import { useEffect } from 'preact/hooks'
import { api, late } from '../api'
import { provide, word, type Command } from '../commands/table'
import { addView } from '../messages/messages'
import { announce, attempt } from '../state'
import { say } from '../words'
import { load } from './live'

const $panel = signal<{ Timeline: ComponentType<{ shown: boolean }>; TimelineTools: ComponentType } | undefined>(undefined)

function Panel({ shown }: { shown: boolean }) {
  useEffect(() => {
    if (!shown) return
    void load()
    void attempt(async () => ($panel.value ??= await late(import('./panel'))))
  }, [shown])
  const Its = $panel.value?.Timeline
  return Its ? <Its shown={shown} /> : <div class="messages" />
}

function Tools() {
  const Its = $panel.value?.TimelineTools
  return Its ? <Its /> : null
}

addView({ id: 'timeline', label: 'timeline.view', Panel, Tools })

const own = {
  mark: {
    id: 'timeline.mark',
    group: 'messages',
    label: word('timeline.markTitle'),
    keys: ['Mod-Alt-m'],
    act: () =>
      attempt(async () => {
        await api.mark('')
        announce(say('timeline.marked'))
      }),
  },
} satisfies Record<string, Command>
provide(Object.values(own))
