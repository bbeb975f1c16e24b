// A board's address on the network: as a link, to copy, and as a QR code for a phone.
import { copy } from '../console/console'
import { Dialog } from '../parts/dialog'
import { QR } from '../parts/qr'
import { board } from '../state'
import { say } from '../words'
import { joinCode } from './signal'

export function Address({ path = '/' }: { path?: string }) {
  const w = board.value.wifi
  const host = w.address || board.value.address
  if (!host) return null
  const url = `http://${host}${path}`
  const own = w.ap !== '' && w.state !== 'joined'
  return (
    <div class="addresses">
      {own && (
        <div class="address">
          <QR text={joinCode(w.ap)} label={say('wifi.joinCode', { ap: w.ap })} />
          <p>
            <strong>{say('wifi.first')}</strong> {say('wifi.joinAP')}
          </p>
          <p>
            <code>{w.ap}</code>
          </p>
        </div>
      )}
      <div class="address">
        <QR text={url} label={say('wifi.addressCode', { url })} />
        <p>
          {own && (
            <>
              <strong>{say('wifi.second')}</strong>{' '}
            </>
          )}
          {say('wifi.openPage')}
        </p>
        <p>
          <a href={url} target="_blank" rel="noopener">
            {url}
          </a>{' '}
          <button type="button" class="plain small" onClick={() => void copy(url)}>
            {say('tools.copy')}
          </button>
        </p>
        {w.name && !own && (
          <p class="muted">
            {say('wifi.orName')}{' '}
            <a href={`http://${w.name}${path}`} target="_blank" rel="noopener">
              {w.name}
            </a>
          </p>
        )}
      </div>
    </div>
  )
}

export function AddressDialog({ close, path }: { close: () => void; path: string }) {
  return (
    <Dialog title={say('wifi.addressTitle')} close={close}>
      <p class="muted">{say('wifi.addressText')}</p>
      <Address path={path} />
      <div class="row end">
        <button type="button" class="secondary" onClick={close}>
          {say('dialog.close')}
        </button>
      </div>
    </Dialog>
  )
}
