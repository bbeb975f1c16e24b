// What the tests of src/**/*.test.ts check with. A check that fails says so, and the process ends with 1 when all are through.
declare const process: { exitCode: number }

export function fail(what: string): void {
  process.exitCode = 1
  console.error(what)
}

// same wants two values to be the same as JSON.
export function same(what: string, got: unknown, want: unknown): void {
  const [g, w] = [JSON.stringify(got), JSON.stringify(want)]
  if (g !== w) fail(`${what}: got ${g}, want ${w}`)
}
