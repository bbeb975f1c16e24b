declare module '*.css'
declare module 'go:names' {
  // The exported names of packages that programs import; made by ui/bundle from their sources.
  const names: Record<
    string,
    {
      name: string
      kind: string
      of?: string
      type?: string
      params?: [string, string][]
      result?: string
      doc?: string
      example?: string
    }[]
  >
  export default names
}
declare module 'go:reference' {
  // What there is to look up of package board; made by ui/bundle from its sources (internal/reference).
  interface Block {
    text: string
    code?: boolean
  }
  interface Statement {
    text: string
    setter?: string
    params?: string[]
    body?: string
    setup?: boolean
  }
  interface Example {
    says?: string
    code: string
    program: string
    imports: string[]
    names: string[]
    parts: Statement[]
    ends?: boolean
  }
  interface Entry {
    name: string
    also?: string[]
    kind: string
    signature: string
    sentence: string
    more?: Block[]
    limits?: string
    example: Example
  }
  const reference: { groups: { id: string; entries: Entry[] }[] }
  export default reference
}
declare module 'css:words' {
  // What style sheets can say: internal/check/css.txt.
  const table: string
  export default table
}
declare module 'ts:libs' {
  // TypeScript's declarations of the language and of the browser, by their files' names; made by ui/bundle.
  const libs: Record<string, string | undefined>
  export default libs
}
declare module 'page:worker' {
  // The address of the worker that web/worker.ts becomes.
  const address: string
  export default address
}
