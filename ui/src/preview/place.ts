// Where the preview finds the board's page: at Studio's own host in Chromium, else at localhost. A page in a frame has its
// localStorage, cookies and IndexedDB as at the top level only if its site is Studio's, and a site is a host name. Chromium
// gives each origin a process of its own all the same, so that a page that hangs does not hang Studio; other browsers put
// a site into one, and keep storage for pages of another site too, though apart from that of a tab.

const isChromium = 'userAgentData' in navigator && window.originAgentCluster

// placeOf is the board's page, as Studio names it, where this browser should have it. Both are the board's own origin
// on this computer, apart from Studio's by the port.
export function placeOf(pageUrl: string): string {
  if (!isChromium || location.hostname !== '127.0.0.1') return pageUrl
  return pageUrl.replace(/^http:\/\/localhost:/, 'http://127.0.0.1:')
}
