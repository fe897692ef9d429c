import { LOCALES } from '../locales.ts'
import { plainText, type TextKey } from './texts.ts'

/**
 * Whether words are a label of ours in any of our languages: the keyboard a person presses may be
 * older than the language they have chosen since.
 */
export function isLabel(key: TextKey, words: string): boolean {
  return LOCALES.some((locale) => isSame(plainText(locale, key), words))
}

/** Whether two texts are the same to somebody who types them: case, spaces and apostrophes aside. */
export function isSame(one: string, other: string): boolean {
  return fold(one) === fold(other)
}

function fold(words: string): string {
  return words
    .normalize('NFKC')
    .replace(/[‘’ʻʼ`´]/g, "'")
    .replace(/\s+/g, ' ')
    .trim()
    .toLowerCase()
}
