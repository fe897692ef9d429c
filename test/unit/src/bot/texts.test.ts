import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { text } from '../../../../src/bot/texts.ts'
import { LOCALES } from '../../../../src/locales.ts'

const SRC = new URL('../../../../', import.meta.url)

function textsOf(locale: string): Record<string, string> {
  return JSON.parse(readFileSync(new URL(`src/bot/texts/${locale}.json`, SRC), 'utf8'))
}

const PLURAL = /_(one|few|many|other)$/

/** The names texts are asked for by: without the endings of plural forms. */
function namesIn(texts: Record<string, string>): string[] {
  const names = Object.keys(texts).map((key) => {
    const base = key.replace(PLURAL, '')
    return `${base}_other` in texts ? base : key
  })
  return [...new Set(names)].sort()
}

function wordsOf(texts: Record<string, string>, name: string): string {
  return texts[name] ?? texts[`${name}_other`] ?? ''
}

function placeholders(words: string): string[] {
  return [...words.matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name ?? '').sort()
}

function sources(): string {
  const files = ['src', 'objects', 'workflows'].flatMap((folder) =>
    readdirSync(new URL(`${folder}/`, SRC), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => readFileSync(new URL(`${folder}/${file}`, SRC), 'utf8')),
  )
  return files.join('\n')
}

describe('the texts of the bot', () => {
  const russian = textsOf('ru')

  it.each(['en', 'uz'])(
    'say in %s everything they say in Russian, with the same blanks',
    (locale) => {
      const texts = textsOf(locale)
      expect(namesIn(texts)).toEqual(namesIn(russian))
      for (const name of namesIn(texts)) {
        const blanks = placeholders(wordsOf(russian, name))
        expect([name, placeholders(wordsOf(texts, name))]).toEqual([name, blanks])
      }
    },
  )

  it.each(LOCALES)('have every plural form that %s needs', (locale) => {
    const texts = textsOf(locale)
    const needed = new Intl.PluralRules(locale).resolvedOptions().pluralCategories
    const counted = Object.keys(texts).filter((key) => key.endsWith('_other'))
    for (const base of counted.map((key) => key.replace(PLURAL, ''))) {
      expect(needed.filter((form) => !(`${base}_${form}` in texts))).toEqual([])
    }
  })

  it('are all used', () => {
    const code = sources()
    const isUsed = (key: string) => {
      // A key may be put together: `card.button.${verb}`.
      const stems = [...key.matchAll(/[._]/g)].map(({ index }) => key.slice(0, index + 1))
      return code.includes(`'${key}'`) || stems.some((stem) => code.includes(`\`${stem}\${`))
    }
    expect(namesIn(russian).filter((key) => !isUsed(key))).toEqual([])
  })

  it('set names written from right to left apart from the words around them', () => {
    const shown = text('ru', 'client.taken', { manager: 'محمد' })
    expect(shown).toContain('<b>\u2068محمد\u2069</b>')
    expect(text('ru', 'client.taken', { manager: 'Olim' })).toContain('<b>Olim</b>')
  })

  it.each(LOCALES)('escape what is put into them (%s)', (locale) => {
    expect(text(locale, 'client.taken', { manager: '<b>&"' })).toContain('&lt;b&gt;&amp;"')
  })
})
