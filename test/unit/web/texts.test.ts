import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import en from '../../../web/src/texts/en.json' with { type: 'json' }
import ru from '../../../web/src/texts/ru.json' with { type: 'json' }
import uz from '../../../web/src/texts/uz.json' with { type: 'json' }

type Texts = Record<string, string>

const TEXTS = { ru, en, uz } as const satisfies Record<string, Texts>
const PLURAL = /_(zero|one|two|few|many|other)$/

/** The names texts are asked for by: without the endings of plural forms. */
function namesIn(texts: Texts): Set<string> {
  const names = Object.keys(texts).map((key) => {
    const base = key.replace(PLURAL, '')
    return `${base}_other` in texts ? base : key
  })
  return new Set(names)
}

function placeholdersIn(texts: Texts, name: string): string[] {
  const text = texts[name] ?? texts[`${name}_other`] ?? ''
  return [...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, word = '']) => word).toSorted()
}

describe('texts', () => {
  it.each(['en', 'uz'] as const)('are as many in %s as in Russian', (locale) => {
    expect(namesIn(TEXTS[locale])).toEqual(namesIn(ru))
  })

  it.each(['en', 'uz'] as const)('take in %s what they take in Russian', (locale) => {
    for (const name of namesIn(ru)) {
      expect([name, placeholdersIn(TEXTS[locale], name)]).toEqual([name, placeholdersIn(ru, name)])
    }
  })

  it.each(['ru', 'en', 'uz'] as const)('have every plural form that %s needs', (locale) => {
    const texts: Texts = TEXTS[locale]
    const needed = new Intl.PluralRules(locale).resolvedOptions().pluralCategories
    for (const key of Object.keys(texts).filter((key) => key.endsWith('_other'))) {
      const base = key.replace(PLURAL, '')
      expect(needed.filter((form) => !(`${base}_${form}` in texts))).toEqual([])
    }
  })

  it('have no Cyrillic in English and Uzbek, and no typewriter apostrophes in Uzbek', () => {
    for (const texts of [en, uz]) {
      for (const text of Object.values(texts)) expect(text).not.toMatch(/\p{Script=Cyrillic}/u)
    }
    for (const text of Object.values(uz)) expect(text).not.toMatch(/['`]/)
  })

  it('name twelve months and seven days of the week', () => {
    for (const texts of Object.values(TEXTS)) {
      expect(texts['date.months'].split(' ')).toHaveLength(12)
      expect(texts['date.months_short'].split(' ')).toHaveLength(12)
      expect(texts['date.weekdays_short'].split(' ')).toHaveLength(7)
    }
  })

  it('are all used', () => {
    const patterns = keyPatternsIn(sources())
    const unused = [...namesIn(ru)].filter((name) => !patterns.some((one) => one.test(name)))
    expect(unused).toEqual([])
  })
})

function sources(): string {
  const root = new URL('../../../web/src/', import.meta.url)
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
  return files
    .filter((file) => /\.tsx?$/.test(file))
    .map((file) => readFileSync(new URL(file, root), 'utf8'))
    .join('\n')
}

/** What the sources may ask for: literals as they are, `${…}` of a template as any one name. */
function keyPatternsIn(code: string): RegExp[] {
  const literals = code.matchAll(/(['"`])([a-z_]+(?:\.(?:[\w:-]|\$\{[^}]+\})+)+)\1/gi)
  const keys = new Set([...literals].map(([, , key = '']) => key))
  return [...keys].map((key) => {
    const escaped = key.replace(/\$\{[^}]+\}/g, '*').replace(/[.:]/g, '\\$&')
    return new RegExp(`^${escaped.replaceAll('*', '[^.]+')}$`)
  })
}
