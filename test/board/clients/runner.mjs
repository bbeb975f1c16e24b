// runner counts cases; each gets a minute, so that a lost message is a failure and no hang.
export function runner(client) {
  let passed = 0
  const failed = []
  return {
    check: async (name, run) => {
      let timer
      const late = new Promise((_, fail) => { timer = setTimeout(() => fail(new Error('no answer in a minute')), 60_000) })
      try {
        await Promise.race([run(), late])
        passed++
      } catch (e) {
        failed.push(`${client}: ${name}: ${e.message}`)
      }
      clearTimeout(timer)
    },
    end: () => {
      for (const line of failed) console.log(line)
      console.log(`${client}: ${passed} cases passed, ${failed.length} failed`)
      process.exit(failed.length || !passed ? 1 : 0)
    },
  }
}
