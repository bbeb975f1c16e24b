// A browser that was let in before comes in again by itself: it signs what
// Studio asks with the key that its page has made (ui/src/door.ts). A link from
// another page comes without the cookie, although there is one; then the second
// request, which is this page's own, has it.
(async () => {
	'use strict'
	const there = async () => (await fetch('/', { method: 'HEAD', cache: 'no-store' })).ok
	const known = () => new Promise((done) => {
		const open = indexedDB.open('studio-door', 1)
		open.onupgradeneeded = () => open.result.createObjectStore('keys')
		open.onerror = () => done(undefined)
		open.onsuccess = () => {
			const get = open.result.transaction('keys').objectStore('keys').get('pair')
			get.onsuccess = () => done(get.result)
			get.onerror = () => done(undefined)
		}
	})
	const base64 = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)))
	const post = (path, body) => fetch(path, { method: 'POST', cache: 'no-store', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) })
	const resume = async () => {
		const pair = await known()
		if (!pair) return false
		const { nonce } = await (await post('/api/door/challenge', {})).json()
		const text = new TextEncoder().encode('studio resume\n' + location.host + '\n' + nonce)
		const signature = await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, pair.privateKey, text)
		const key = await crypto.subtle.exportKey('raw', pair.publicKey)
		return (await post('/api/door/resume', { key: base64(key), nonce, signature: base64(signature) })).ok
	}
	if (await there() || await resume()) location.replace('/')
})().catch(() => undefined) // the page says what to do
