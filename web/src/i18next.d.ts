import type ru from './texts/ru.json'

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'portal'
    resources: { portal: typeof ru }
    keySeparator: false
    nsSeparator: false
  }
}
