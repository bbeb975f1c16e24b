// Files of www/ and the addresses under which the board shows them.

// A file that is only on the board has its tab under this name.
export const boardPrefix = 'board:'

// A file that programs are built from, but that is none of the project's, has its tab under this name.
export const libraryPrefix = 'library:'

// isOutside: the tab is none of a file of the project.
export const isOutside = (path: string): boolean => path.startsWith(boardPrefix) || path.startsWith(libraryPrefix)

// pageOf is the address that shows a file of www/ on the board, or nothing for other files.
export function pageOf(path: string): string | undefined {
  const plain = path.startsWith(boardPrefix) ? path.slice(boardPrefix.length) : path
  if (!/^www\/.+\.html?$/i.test(plain)) return undefined
  return (
    '/' +
    plain
      .slice(4)
      .replace(/(^|\/)index\.html$/, '$1')
      .split('/')
      .map(encodeURIComponent)
      .join('/')
  )
}

// isOtherProgram tells whether the board's program was made from a project with another title. The board knows the
// title's first 64 bytes, without what a linker does not take.
export function isOtherProgram(program: string, title: string): boolean {
  return program !== '' && title !== '' && !plain(title).startsWith(plain(program))
}

const plain = (title: string) => title.replace(/"/g, "'").replace(/[\x00-\x1f\x7f\ufffd]/g, '')
