import { isSealedWithPresentKey, type Keys, seal, type Sealed, unseal } from '../../src/seal.ts'
import type { Caller } from './door.ts'
import type { ConnectionTables } from './sql.ts'

type Tables = Pick<ConnectionTables, 'token' | 'saveToken'>

/** The tokens of one Connection, sealed at rest. */
export class Tokens {
  readonly #tables: Tables
  readonly #settings: () => Keys
  readonly #owner: () => string

  constructor(tables: Tables, settings: () => Keys, owner: () => string) {
    this.#tables = tables
    this.#settings = settings
    this.#owner = owner
  }

  /**
   * The token of a caller; `null` when there is none.
   * @throws Error when it was sealed with a key that is no setting any more.
   */
  async open(caller: Caller): Promise<string | null> {
    const sealed = this.#tables.token(caller)
    if (sealed === null) return null
    const token = await unseal(this.#settings(), this.#nameOf(caller), sealed)
    if (!(await isSealedWithPresentKey(this.#settings(), sealed))) {
      await this.#sealAnew(caller, sealed, token)
    }
    return token
  }

  async seal(caller: Caller, token: string): Promise<Sealed> {
    return seal(this.#settings(), this.#nameOf(caller), token)
  }

  async sealAll(tokens: Iterable<[Caller, string]>): Promise<[Caller, Sealed][]> {
    return Promise.all(
      [...tokens].map(async ([caller, token]): Promise<[Caller, Sealed]> => [
        caller,
        await this.seal(caller, token),
      ]),
    )
  }

  /** So that the previous key can be forgotten. */
  async #sealAnew(caller: Caller, before: Sealed, token: string): Promise<void> {
    const sealed = await this.seal(caller, token)
    // Another may have been given meanwhile.
    if (this.#tables.token(caller)?.iv === before.iv) this.#tables.saveToken(caller, sealed)
  }

  #nameOf(caller: Caller): string {
    return `${this.#owner()}:${caller}`
  }
}
