import { expect, it } from 'vitest'
import { Tokens } from '../../../objects/connection/tokens.ts'
import { seal, type Sealed } from '../../../src/seal.ts'

const OLD = 'MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE='
const NEW = 'MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI='

it('a token that the previous key sealed is sealed with the present one once it was used', async () => {
  const stored = new Map<string, Sealed>()
  const tables = {
    token: (owner: string) => stored.get(owner) ?? null,
    saveToken: (owner: string, sealed: Sealed) => void stored.set(owner, sealed),
  }
  const keys = (present: string, previous?: string) => () => ({
    ENCRYPTION_KEY: present,
    ENCRYPTION_KEY_PREVIOUS: previous,
  })
  const owner = () => '42'
  stored.set('user', await seal(keys(OLD)(), '42:user', 'the token'))
  expect(await new Tokens(tables, keys(NEW, OLD), owner).open('user')).toBe('the token')
  expect(await new Tokens(tables, keys(NEW), owner).open('user')).toBe('the token')
  await expect(new Tokens(tables, keys(OLD), owner).open('user')).rejects.toThrow('sealed with')
})
