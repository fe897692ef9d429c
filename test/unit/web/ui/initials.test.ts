import { expect, it } from 'vitest'
import { initialsOf } from '../../../../web/src/ui/initials.ts'

it.each([
  ['Сардор Юлдашев', 'СЮ'],
  ['oʻktam', 'O'],
  ['Анна-Мария Константинопольская', 'АК'],
  ['🔥 Ремонт «Под ключ»', 'РП'],
  ['+998', ''],
])('the initials of %s are %s', (name, initials) => {
  expect(initialsOf(name)).toBe(initials)
})
