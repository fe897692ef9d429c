import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { text } from '../../../../src/bot/texts.ts'
import { LOCALES } from '../../../../src/locales.ts'

const SRC = new URL('../../../../', import.meta.url)

function textsOf(locale: string): Record<string, string> {
  return JSON.parse(readFileSync(new URL(`src/bot/texts/${locale}.json`, SRC), 'utf8'))
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
      expect(Object.keys(texts).sort()).toEqual(Object.keys(russian).sort())
      for (const [key, words] of Object.entries(texts)) {
        expect([key, placeholders(words)]).toEqual([key, placeholders(russian[key] ?? '')])
      }
    },
  )

  it('are all used', () => {
    const code = sources()
    const isUsed = (key: string) => {
      // A key may be put together: `card.button.${verb}`.
      const stems = [...key.matchAll(/[._]/g)].map(({ index }) => key.slice(0, index + 1))
      return code.includes(`'${key}'`) || stems.some((stem) => code.includes(`\`${stem}\${`))
    }
    expect(Object.keys(russian).filter((key) => !isUsed(key))).toEqual([])
  })

  it.each(LOCALES)('escape what is put into them (%s)', (locale) => {
    expect(text(locale, 'client.taken', { manager: '<b>&"' })).toContain('&lt;b&gt;&amp;"')
  })
})
