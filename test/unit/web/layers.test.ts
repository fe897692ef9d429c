import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'

const ROOT = new URL('../../../web/src/', import.meta.url).pathname

/** From the ground up; a file imports from its own layer and from those below. */
const LAYERS = ['ground', 'ui', 'features', 'app'] as const

function layerOf(path: string): (typeof LAYERS)[number] {
  const [folder = ''] = path.split('/')
  if (path === 'main.tsx') return 'app'
  return LAYERS.find((layer) => layer === folder) ?? 'ground'
}

function importsOf(path: string): string[] {
  const code = readFileSync(join(ROOT, path), 'utf8')
  const found = code.matchAll(/(?:from|import\()\s*'(\.[^']+)'/g)
  return [...found]
    .map(([, to = '']) => join(dirname(path), to))
    .filter((to) => !to.startsWith('..'))
}

const EDGES = readdirSync(ROOT, { recursive: true, encoding: 'utf8' })
  .filter((path) => /\.tsx?$/.test(path))
  .flatMap((from) => importsOf(from).map((to) => ({ from, to })))

describe('imports of the portal', () => {
  it('go downward only', () => {
    const wrong = EDGES.filter(
      ({ from, to }) => LAYERS.indexOf(layerOf(from)) < LAYERS.indexOf(layerOf(to)),
    )
    expect(wrong).toEqual([])
  })

  it('never go from one feature into another', () => {
    const featureOf = (path: string) => /^features\/([\w-]+)\//.exec(path)?.[1]
    const wrong = EDGES.filter(({ from, to }) => {
      const [one, other] = [featureOf(from), featureOf(to)]
      return one !== undefined && other !== undefined && one !== other
    })
    expect(wrong).toEqual([])
  })
})
