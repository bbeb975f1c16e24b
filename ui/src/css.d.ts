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
