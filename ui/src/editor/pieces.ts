// The pieces of programs and pages (see snippets.ts), as a source of completions that is loaded when it is first asked.
import type { CompletionContext, CompletionResult } from '@codemirror/autocomplete'

export const pieces =
  (of: 'programs' | 'pages' | 'scripts') =>
  async (context: CompletionContext): Promise<CompletionResult | null> => {
    try {
      return (await import('./snippets'))[of](context)
    } catch {
      return null // a part of the page that is not there; all else goes on
    }
  }
