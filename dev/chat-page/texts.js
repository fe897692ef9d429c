import { EN } from './texts-en.js'
import { RU } from './texts-ru.js'
import { UZ } from './texts-uz.js'

const LANGUAGES = { ru: RU, en: EN, uz: UZ }
const STORED = 'chat-page-language'

/** The languages of the page, in the order of the switch. */
export const languages = Object.keys(LANGUAGES)

/** The language that is on; Russian unless another was chosen here. */
export const language = languages.find((code) => code === localStorage.getItem(STORED)) ?? 'ru'

/** Changes the language; the page starts again in it. */
export function setLanguage(code) {
  localStorage.setItem(STORED, code)
  location.reload()
}

/** A text of the page, with its `{places}` filled in. */
export const t = (key, values = {}) =>
  LANGUAGES[language][key].replaceAll(/\{(\w+)\}/g, (_, name) => values[name] ?? '')

/** Hours and minutes. */
export const clockTime = (unixTime) =>
  new Date(unixTime * 1000).toLocaleTimeString(language, { hour: '2-digit', minute: '2-digit' })

/** Hours, minutes and seconds of a time in milliseconds. */
export const preciseTime = (ms) => new Date(ms).toLocaleTimeString(language)

/** A day as the line between the messages of two days names it. */
export function dayName(unixTime) {
  const day = new Date(unixTime * 1000)
  const daysAgo = Math.round((startOf(new Date()) - startOf(day)) / 86_400_000)
  if (daysAgo === 0) return t('today')
  if (daysAgo === 1) return t('yesterday')
  return day.toLocaleDateString(language, { day: 'numeric', month: 'long', year: 'numeric' })
}

const startOf = (date) => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime()
