// How this browser comes in again when Studio was started anew: the page makes a key pair whose private half cannot leave
// the browser, Studio keeps the public one, and a signature of Studio's question opens the door. Nothing that is sent or
// kept could be used by anybody else. The page that says that nobody comes in does the same (internal/server/door.js).
import type { Challenge, RememberKey, Resume } from './wire'

const post = <In>(method: string, path: string, body: In) =>
  fetch(path, {
    method,
    cache: 'no-store',
    credentials: 'same-origin',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  })

const base64 = (b: ArrayBuffer) => btoa(String.fromCharCode(...new Uint8Array(b)))

const done = <T>(r: IDBRequest<T>) =>
  new Promise<T>((ok, fail) => {
    r.onsuccess = () => ok(r.result)
    r.onerror = () => fail(r.error)
  })

async function keys(mode: IDBTransactionMode): Promise<IDBObjectStore> {
  const open = indexedDB.open('studio-door', 1)
  open.onupgradeneeded = () => open.result.createObjectStore('keys')
  return (await done(open)).transaction('keys', mode).objectStore('keys')
}

async function pair(): Promise<CryptoKeyPair> {
  const old = (await done((await keys('readonly')).get('pair'))) as CryptoKeyPair | undefined
  if (old) return old
  const fresh = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign', 'verify'])
  const store = await keys('readwrite')
  const now = (await done(store.get('pair'))) as CryptoKeyPair | undefined // another tab may have been first
  if (now) return now
  await done(store.put(fresh, 'pair'))
  return fresh
}

const publicHalf = async (p: CryptoKeyPair) => base64(await crypto.subtle.exportKey('raw', p.publicKey))

// remember makes this browser known to Studios that start later. Where a browser keeps no keys (a private window may not),
// Studio has to be opened anew after a restart.
export async function remember(): Promise<void> {
  try {
    await post<RememberKey>('PUT', '/api/door/key', { key: await publicHalf(await pair()) })
  } catch {
    // as said above
  }
}

let trying: Promise<boolean> | undefined

// comeIn asks a Studio that does not know this browser's session to open a new one, and tells whether it did.
export function comeIn(): Promise<boolean> {
  trying ??= sign()
    .catch(() => false)
    .finally(() => {
      trying = undefined
    })
  return trying
}

async function sign(): Promise<boolean> {
  const p = await pair()
  const asked = await post('POST', '/api/door/challenge', {})
  if (!asked.ok) return false
  const { nonce } = (await asked.json()) as Challenge
  const text = new TextEncoder().encode(`studio resume\n${location.host}\n${nonce}`)
  const signature = await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, p.privateKey, text)
  return (await post<Resume>('POST', '/api/door/resume', { key: await publicHalf(p), nonce, signature: base64(signature) })).ok
}
