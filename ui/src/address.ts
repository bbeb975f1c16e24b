// Files of www/ and the addresses under which the board shows them.

// A file that is only on the board has its tab under this name.
export const boardPrefix = 'board:'

// pageOf is the address that shows a file of www/ on the board, or nothing for other files.
export function pageOf(path: string): string | undefined {
  const plain = path.startsWith(boardPrefix) ? path.slice(boardPrefix.length) : path
  if (!/^www\/.+\.html?$/i.test(plain)) return undefined
  return '/' + plain.slice(4).replace(/(^|\/)index\.html$/, '$1').split('/').map(encodeURIComponent).join('/')
}
