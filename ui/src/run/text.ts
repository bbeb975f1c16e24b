// What an action says while it is under way: shortly where the button was, at length in a banner.

const sentenceEnd = /[.!?](?=\s)/

// isLong tells a text that does not fit where the button was: several sentences, or a very long one.
export const isLong = (text: string): boolean => sentenceEnd.test(text) || text.length > 48

// brief is the first sentence, without its full stop: "Waiting for the board".
export function brief(text: string): string {
  const end = text.search(sentenceEnd)
  return (end < 0 ? text : text.slice(0, end)).replace(/\.$/, '')
}
