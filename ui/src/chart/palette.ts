// How the curves are told apart: by colour, in hues that people with colour-blindness tell apart as well, and by dashes.
// Both themes' colours have a contrast of 3 : 1 at least with their ground; see palette.test.ts.

export const light = ['#0b63ce', '#b84a00', '#00715a', '#9b3a7c', '#7a5c00', '#3d4654', '#1f83b0', '#b3261e'] as const
export const dark = ['#6db1ff', '#ff9a56', '#3fd0a4', '#e58bc6', '#e8c547', '#d5dce5', '#5fd0f0', '#ff8b82'] as const

// dashes go on where colours begin again, and no two neighbours have the same.
const dashes: readonly (readonly number[])[] = [[], [8, 4], [2, 3], [12, 3, 2, 3], [5, 2], [1, 4], [16, 5], [8, 3, 2, 3, 2, 3]]

export interface Look {
  colour: string
  dash: readonly number[]
}

// look is how the nth series is drawn. The first eight differ in both; no two of the first 64 are the same.
export function look(n: number, isDark: boolean): Look {
  const colours = isDark ? dark : light
  return { colour: colours[n % colours.length]!, dash: dashes[(n + Math.floor(n / colours.length)) % dashes.length]! }
}
