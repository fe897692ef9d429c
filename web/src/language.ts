import { createInstance } from 'i18next'
import { initReactI18next } from 'react-i18next'
import type { Locale } from '../../src/locales.ts'
import { rememberedChoice } from './choice.ts'

const TEXTS = {
  ru: () => import('./texts/ru.json'),
  en: () => import('./texts/en.json'),
  uz: () => import('./texts/uz.json'),
} as const satisfies Record<Locale, unknown>

/** The languages of the portal, the first being the one for those who speak none of them. */
export const LOCALES = ['ru', 'en', 'uz'] as const satisfies readonly Locale[]

function isLocale(value: string): value is Locale {
  return LOCALES.some((locale) => locale === value)
}

/** The language this person chose on this device; before that, the device's own. */
export const languageChoice = rememberedChoice('language', isLocale, () => {
  const language = navigator.language.toLowerCase().split('-')[0] ?? ''
  return isLocale(language) ? language : LOCALES[0]
})

const i18n = createInstance()

/** Loads the texts of the chosen language, and of another one when it is chosen. */
export async function startLanguage(): Promise<void> {
  const locale = languageChoice.get()
  await i18n.use(initReactI18next).init({
    lng: locale,
    defaultNS: 'portal',
    fallbackLng: false,
    keySeparator: false,
    nsSeparator: false,
    resources: { [locale]: { portal: await textsOf(locale) } },
    interpolation: { escapeValue: false },
    react: { useSuspense: false },
  })
  document.documentElement.lang = locale
  languageChoice.subscribe(() => void change(languageChoice.get()))
}

async function change(locale: Locale): Promise<void> {
  if (!i18n.hasResourceBundle(locale, 'portal')) {
    i18n.addResourceBundle(locale, 'portal', await textsOf(locale))
  }
  await i18n.changeLanguage(locale)
  document.documentElement.lang = locale
}

async function textsOf(locale: Locale): Promise<Record<string, string>> {
  return (await TEXTS[locale]()).default
}
