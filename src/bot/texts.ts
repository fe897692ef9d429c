import { createInstance } from 'i18next'
import type { Locale } from '../locales.ts'
import en from './texts/en.json' with { type: 'json' }
import ru from './texts/ru.json' with { type: 'json' }
import uz from './texts/uz.json' with { type: 'json' }

/** The name of a text, without the ending that a plural form has. */
export type TextKey = NameOf<keyof typeof ru>

type NameOf<Key> = Key extends `${infer Name}_${'one' | 'few' | 'many' | 'other'}` ? Name : Key

export type TextParams = Record<string, string | number>

const i18n = createInstance({
  resources: { ru: { bot: ru }, en: { bot: en }, uz: { bot: uz } },
  defaultNS: 'bot',
  keySeparator: false,
  nsSeparator: false,
  fallbackLng: false,
  initAsync: false,
  interpolation: { escape: (value: string) => setApart(escapeHtml(value)) },
})
void i18n.init()

/** A text in Telegram's HTML; what is put into it is escaped. */
export function text(locale: Locale, key: TextKey, params: TextParams = {}): string {
  return i18n.t(key, { lng: locale, ...named(params, locale) })
}

/** A text that is no HTML: a button's label, an answer to a press. */
export function plainText(locale: Locale, key: TextKey, params: TextParams = {}): string {
  return i18n.t(key, {
    lng: locale,
    ...named(params, locale),
    interpolation: { escapeValue: false },
  })
}

/** As the first migration calls the first project: until somebody names it, each reads it in their language. */
const UNNAMED = 'Main'

/** A project's name as people read it. */
export function projectName(name: string, locale: Locale): string {
  return name === UNNAMED ? plainText(locale, 'project.unnamed') : name
}

function named(params: TextParams, locale: Locale): TextParams {
  const { project } = params
  return typeof project === 'string' ? { ...params, project: projectName(project, locale) } : params
}

/** Words written from right to left would turn the words around them unless they are set apart. */
function setApart(value: string): string {
  return /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/.test(value) ? `\u2068${value}\u2069` : value
}

/** The three characters that Telegram's HTML gives a meaning. */
export function escapeHtml(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
