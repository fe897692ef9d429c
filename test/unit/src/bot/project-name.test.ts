import { describe, expect, it } from 'vitest'
import { projectsScreen } from '../../../../src/bot/admin/screens.ts'
import { plainText, projectName, text } from '../../../../src/bot/texts.ts'
import type { Project } from '../../../../src/store/projects.ts'

describe('the first project, as long as nobody has named it', () => {
  it.each([
    ['ru', 'Основной'],
    ['en', 'Main'],
    ['uz', 'Asosiy'],
  ] as const)('is called so in %s: %s', (locale, name) => {
    expect(projectName('Main', locale)).toBe(name)
    expect(text(locale, 'stats.title', { project: 'Main' })).toContain(name)
    expect(plainText(locale, 'admin.button.remove', { project: 'Main' })).toContain(name)
    const project = { id: 'main', name: 'Main', chatId: null } as Project
    const [[button] = []] = projectsScreen([project], 0, locale).buttons.inline_keyboard
    expect(button?.text).toBe(`⚠️ ${name}`)
  })

  it('keeps the name that somebody has given it', () => {
    expect(projectName('Clinic', 'ru')).toBe('Clinic')
  })
})
