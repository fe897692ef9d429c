/** Lower-case and ё as е, so that Cyrillic is found however it was typed. */
export function fold(text: string): string {
  return text.toLowerCase().replaceAll('ё', 'е')
}

const MAX_WORDS = 8

/** What people type, as an FTS5 query: every word a prefix, a phone one word, nothing an operator. */
export function searchQuery(text: string): string {
  const digits = text.replace(/[\s()+-]/g, '')
  const words = /^\d{4,}$/.test(digits) ? [digits] : (fold(text).match(/[\p{L}\p{N}]+/gu) ?? [])
  if (words.length === 0) return '""'
  return words
    .slice(0, MAX_WORDS)
    .map((word) => `"${word}"*`)
    .join(' ')
}
