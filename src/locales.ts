/** The languages everything is said in, the first being the default. */
export const LOCALES = ['ru', 'en', 'uz'] as const

export type Locale = (typeof LOCALES)[number]

/** The language we speak with somebody whose client says `code` (an IETF tag, may be missing). */
export function localeFor(code: string | undefined, fallback: Locale): Locale {
  const language = code?.toLowerCase().split('-')[0]
  return LOCALES.find((locale) => locale === language) ?? fallback
}
