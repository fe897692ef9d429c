import { rememberedChoice } from './choice.ts'

/** Looks of the portal; `system` follows the device. */
export const THEMES = ['system', 'light', 'dark'] as const

export type Theme = (typeof THEMES)[number]

function isTheme(value: string): value is Theme {
  return THEMES.some((theme) => theme === value)
}

/** The look this person chose on this device. */
export const themeChoice = rememberedChoice('theme', isTheme, () => 'system')

/** Shows the chosen look, now and whenever it changes. */
export function showTheme(): void {
  const apply = () => {
    document.documentElement.dataset['theme'] = themeChoice.get()
  }
  themeChoice.subscribe(apply)
  apply()
}
