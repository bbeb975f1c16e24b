// Programs as the editor knows them, and how its help with them is.

// Help is how it is with gopls: not asked for, missing on this computer, on its way, there, used by another page, or it does not run.
export type Help = 'none' | 'missing' | 'starting' | 'ready' | 'elsewhere' | 'failed'

export const isGo = (path: string | undefined): boolean => !!path && /\.go$/i.test(path)

// goKeys are the keys of what gopls does at the cursor.
export const goKeys = { definition: 'F12', uses: 'Shift-F12', rename: 'F2', hover: 'Mod-k Mod-i', outline: 'Mod-Shift-o' } as const
