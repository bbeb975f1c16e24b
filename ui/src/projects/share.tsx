// A link that contains the project. Nothing is sent anywhere: what is behind # of an address stays in the browser.
import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import { api } from '../api'
import { bytes } from '../format'
import { Dialog } from '../parts/dialog'
import { announce, openDialog } from '../state'
import { say } from '../words'

export async function share(name: string, title: string): Promise<void> {
  const { fragment } = await api.linkProject(name)
  openDialog((close) => <Share title={title} link={`${location.origin}/${fragment}`} close={close} />)
}

function Share({ title, link, close }: { title: string; link: string; close: () => void }) {
  const box = useRef<HTMLTextAreaElement>(null)
  const [copied, setCopied] = useState(false)
  useLayoutEffect(() => box.current?.select(), [])
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(link)
    } catch {
      box.current?.select() // where the browser does not allow it, Ctrl+C does
      return
    }
    setCopied(true)
    announce(say('share.copied'))
  }
  return (
    <Dialog title={say('share.title', { title })} close={close}>
      <p class="muted">{say('share.text', { size: bytes(link.length) })}</p>
      <label class="field">
        <span>{say('share.link')}</span>
        <textarea ref={box} readOnly rows={4} class="link-box" value={link} onFocus={(e) => e.currentTarget.select()} />
      </label>
      <div class="row end">
        <button type="button" class="plain" onClick={close}>
          {say('dialog.close')}
        </button>
        <button type="button" class="secondary" onClick={() => void copy()}>
          {say(copied ? 'share.copied' : 'share.copy')}
        </button>
      </div>
    </Dialog>
  )
}
