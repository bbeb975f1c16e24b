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
