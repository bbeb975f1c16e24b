// The connections of the message console, and which of them messages are sent by.
import { computed, signal, type ReadonlySignal } from '@preact/signals'
import { socket, sockets } from '../state'
import type { Socket } from '../wire'

const $wanted = signal(1)

// connections are all of them, the first one first.
export const connections: ReadonlySignal<Socket[]> = computed(() => [{ ...socket.value, conn: 1 }, ...sockets.value])

// chosen is the one that is written to: the first, when the one that was chosen is gone.
export const chosen: ReadonlySignal<Socket> = computed(
  () => connections.value.find((c) => c.conn === $wanted.value) ?? connections.value[0]!,
)

export function choose(conn: number): void {
  $wanted.value = conn
}

// placeOf is where a connection leads.
export const placeOf = (s: Socket): string => s.url || s.path
