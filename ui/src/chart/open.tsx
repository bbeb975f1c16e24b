// The chart's place among the views of the messages. What draws it is loaded when it is first looked at.
import { signal } from '@preact/signals'
import type { ComponentType } from 'preact'
import { useEffect } from 'preact/hooks'
import { late } from '../api'
import { addView, showView } from '../messages/messages'
import { attempt } from '../state'
import type { Message } from '../wire'
import { look, seen, showOther, some } from './live'

const $panel = signal<{ Chart: ComponentType<{ shown: boolean }>; ChartTools: ComponentType } | undefined>(undefined)

function Panel({ shown }: { shown: boolean }) {
  useEffect(() => {
    if (!shown) return
    look()
    void attempt(async () => ($panel.value ??= await late(import('./panel'))))
  }, [shown])
  const Chart = $panel.value?.Chart
  return Chart ? <Chart shown={shown} /> : <div class="messages" />
}

function Tools() {
  const Its = $panel.value?.ChartTools
  return Its ? <Its /> : null
}

addView({ id: 'chart', label: 'chart.view', Panel, Tools, some, seen })

// chartMessages shows the numbers of any messages, such as a recording's, oldest first.
export async function chartMessages(title: string, messages: readonly Message[]): Promise<void> {
  const part = await attempt(() => late(import('./collect')))
  if (!part) return
  const numbers = new part.Numbers()
  numbers.messages(messages)
  showOther(title, numbers)
  showView('chart')
}
