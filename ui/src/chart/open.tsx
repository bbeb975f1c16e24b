// The chart's place among the views of the messages. What draws it is loaded when it is first looked at.
import { signal } from '@preact/signals'
import type { ComponentType } from 'preact'
import { useEffect } from 'preact/hooks'
import { late } from '../api'
import { addView, showView } from '../messages/messages'
import { drawnBy } from '../messages/recorded'
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

// chartMessages shows the numbers of any messages, such as a recording's, oldest first. It returns false when
// there are none.
export async function chartMessages(title: string, messages: readonly Message[]): Promise<boolean> {
  const { Numbers } = await late(import('./collect'))
  const numbers = new Numbers()
  numbers.messages(messages)
  if (numbers.series.length === 0) return false
  showOther(title, numbers)
  showView('chart')
  return true
}
drawnBy(chartMessages)
