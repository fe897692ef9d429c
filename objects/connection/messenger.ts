import type { TextKey } from '../../src/bot/texts.ts'
import { type Check, reasonOf } from '../../src/meta/access.ts'
import type { MetaFailure } from '../../src/meta/answer.ts'
import { catchUp, serveProjects } from '../../src/meta/connect.ts'
import type { Delivery } from '../../src/outbox/drain.ts'
import type { OutboxRow } from '../../src/outbox/outbox.ts'
import { settingsOf } from '../../src/settings.ts'
import { deleteConnection, othersAlive, upsertConnection } from '../../src/store/connections.ts'
import { leaveConnection } from '../../src/store/projects.ts'
import { adminIds } from '../../src/store/users.ts'
import { connectionOf, conversationOf } from '../../src/stubs.ts'
import { isoTime } from '../../src/time.ts'
import { deliveryOf, DONE } from './delivery.ts'
import type { Door } from './door.ts'
import { sendConversions } from './events.ts'
import type { Known } from './known.ts'
import type { Pages } from './pages.ts'
import { conversionsRow, type OwedChecks, type Told } from './rows.ts'

export interface MessengerDeps {
  env: Env
  id: string
  known: Known
  pages: Pages
  door: () => Door
  runChecks: (order: { publicUrl: string; mayTest: boolean }) => Promise<Check[]>
  /** What waits for the dataset is being sent: what comes from now on is told of anew. */
  sending: (datasetId: string) => void
}

/** Carries what a connection owes to those whom it is owed; everything may be done twice. */
export class Messenger {
  readonly #deps: MessengerDeps
  readonly #env: Env
  readonly #known: Known

  constructor(deps: MessengerDeps) {
    this.#deps = deps
    this.#env = deps.env
    this.#known = deps.known
  }

  async deliver(row: OutboxRow): Promise<Delivery> {
    const { pages } = this.#deps
    // Our own words, written by `rows.ts`.
    const body = JSON.parse(row.body)
    switch (row.kind) {
      case 'record':
        return this.#record()
      case 'tell':
        return this.#tellAdmins(body)
      case 'serve':
        return pages.serve(body.id)
      case 'subscribe':
        return pages.subscribe(body.id)
      case 'examine':
        return pages.examine(body)
      case 'hand_over':
        return this.#handOver(body.pageIds)
      case 'catch_up':
        return this.#catchUp()
      case 'checks':
        return this.#tellChecks(body)
      case 'conversions':
        return this.#sendConversions(body.datasetId)
      default:
        throw new Error(`nothing is known of rows of kind ${row.kind}`)
    }
  }

  /** Writes to D1 what is so now; of a connection that is gone nothing stays. */
  async #record(): Promise<Delivery> {
    const { id } = this.#deps
    if (!this.#known.isThere) {
      await leaveConnection(this.#env.DB, id)
      await deleteConnection(this.#env.DB, id)
      return DONE
    }
    const { expiresAt, dataAccessExpiresAt, checkedAt, ...state } = this.#known.state
    await upsertConnection(this.#env.DB, {
      ...state,
      id,
      expiresAt: expiresAt === null ? null : isoTime(expiresAt),
      dataAccessExpiresAt: dataAccessExpiresAt === null ? null : isoTime(dataAccessExpiresAt),
      checkedAt: isoTime(checkedAt),
    })
    return DONE
  }

  async #tellAdmins(told: Told): Promise<Delivery> {
    const settings = settingsOf(this.#env)
    const ids = await adminIds(this.#env.DB, settings)
    const publicUrl = settings.PUBLIC_URL ?? this.#known.state.publicUrl
    const connectAt = NEEDS_LOGIN.has(told.text) ? publicUrl : null
    // What another connection told of the same end is another message.
    const own = { ...told, key: `${this.#deps.id}:${told.key}`, connectAt }
    await Promise.all(ids.map((id) => conversationOf(this.#env, id).tell(own)))
    return DONE
  }

  /** Whoever else opens these pages and ad accounts serves them from now on. */
  async #handOver(pageIds: string[]): Promise<Delivery> {
    // What others find in D1 is who serves what now.
    await this.#record()
    const others = await othersAlive(this.#env.DB, this.#deps.id)
    await Promise.all(others.map(({ id }) => connectionOf(this.#env, id).takeOver(pageIds)))
    return DONE
  }

  /** What could not be read while the token was dead is read at once. */
  async #catchUp(): Promise<Delivery> {
    const { id: connectionId } = this.#deps
    const { state, adAccounts, pages } = this.#known.state
    if (state === 'dead') return DONE
    await serveProjects(this.#env, connectionId, adAccounts)
    const pageIds = pages.filter(({ lost }) => lost === null).map(({ id }) => id)
    await catchUp(this.#env, { connectionId, pageIds, now: Date.now() })
    return DONE
  }

  async #tellChecks({ chatId, publicUrl, mayTest, key }: OwedChecks): Promise<Delivery> {
    const checks = await this.#deps.runChecks({ publicUrl, mayTest })
    const { name } = this.#known.state
    // Disconnected meanwhile, there is nothing to tell.
    if (checks.length > 0) {
      const { id: connectionId } = this.#deps
      await conversationOf(this.#env, chatId).tellChecks({ key, connectionId, name, checks })
    }
    return DONE
  }

  async #sendConversions(datasetId: string): Promise<Delivery> {
    const { id: connectionId, door, sending } = this.#deps
    sending(datasetId)
    const sent = await sendConversions(this.#env.DB, door(), { connectionId, datasetId })
    if (!sent.ok) {
      if (NEEDS_PEOPLE.has(sent.kind)) {
        const params = { dataset: datasetId, problem: sent.code }
        this.#known.tellTrouble(datasetId, 'alert.dataset_trouble', params, reasonOf(sent.code))
      }
      return deliveryOf(sent)
    }
    this.#known.endTrouble(datasetId)
    if (!sent.value.isMore) return DONE
    const commit = () => this.#known.owe([conversionsRow(datasetId, Date.now())])
    return { result: 'done', commit }
  }
}

/** Why a dataset takes nothing, until a person does something about it. */
const NEEDS_PEOPLE = new Set<MetaFailure['kind']>(['permission', 'gone', 'ours'])

/** What is mended by connecting again comes with a button for it. */
const NEEDS_LOGIN = new Set<TextKey>([
  'alert.token_dead',
  'alert.token_expiring',
  'alert.token_refused',
  'alert.data_ending',
  'alert.data_ended',
  'alert.page_trouble',
  'alert.account_trouble',
  'alert.dataset_trouble',
])
