import type { Update, UserFromGetMe } from 'grammy/types'
import { takeIn, takeTurn } from '../../src/bot/bot.ts'
import type { Turn } from '../../src/bot/context.ts'
import type { Learned } from '../../src/bot/learned.ts'
import type { Errand } from '../../src/bot/owed.ts'
import { botIdOf, telegramOf, troubleOf } from '../../src/bot/telegram.ts'
import { log } from '../../src/log.ts'
import type { Delivery } from '../../src/outbox/drain.ts'
import type { NewRow, Outbox } from '../../src/outbox/outbox.ts'
import { settingsOf } from '../../src/settings.ts'
import type { ConversationTables } from './sql.ts'
import type { Standing } from './standing.ts'

export interface ListenerDeps {
  env: Env
  tables: ConversationTables
  outbox: Outbox
  standing: Standing
  sawMessage: (messageId: number) => void
}

/** What something means: `write` owes it, unless all of it is an errand, which can be done first. */
interface Decision {
  write: () => void
  errand: NewRow | null
}

/** An update that is taken later than it came. */
interface LateUpdate {
  update: Update
  publicUrl: string
}

/** Takes what comes from Telegram and from errands, one after another, and writes down what it means. */
export class Listener {
  readonly #deps: ListenerDeps
  /** Updates that are being taken, by their ids. */
  readonly #taking = new Map<number, Promise<void>>()
  #turn: Promise<void> = Promise.resolve()

  constructor(deps: ListenerDeps) {
    this.#deps = deps
  }

  /** Takes an update, once however often it is brought. */
  async take(update: Update, publicUrl: string): Promise<void> {
    const id = update.update_id
    // Whoever brings it once more meanwhile hears what comes of it.
    const taking = this.#taking.get(id) ?? this.#take(update, publicUrl)
    this.#taking.set(id, taking)
    await taking.finally(() => this.#taking.delete(id))
  }

  /** One after another: the next is decided on what this one has left, once its end is called. */
  async #nextTurn(): Promise<() => void> {
    const before = this.#turn
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#turn = promise
    await before
    return resolve
  }

  /** Something decided in its turn, which lasts until what was decided is written down. */
  async #inTurn(decide: () => Promise<Decision>): Promise<Delivery> {
    const end = await this.#nextTurn()
    try {
      const { write } = await decide()
      const commit = () => {
        end()
        write()
      }
      return { result: 'done', commit }
    } catch (error) {
      end()
      throw error
    }
  }

  async #take(update: Update, publicUrl: string): Promise<void> {
    const end = await this.#nextTurn()
    let errand: NewRow | null = null
    try {
      if (this.#deps.tables.hasSeen(update.update_id)) return
      const decision = await this.#decideSafely(update, publicUrl)
      errand = decision.errand
      if (!errand) this.#deps.outbox.transact(() => this.#see(update, decision.write))
    } finally {
      end()
    }
    if (errand) await this.#doAtOnce(update, errand)
  }

  async #decideSafely(update: Update, publicUrl: string): Promise<Decision> {
    const message = update.message ?? update.callback_query?.message
    if (message) this.#deps.sawMessage(message.message_id)
    const body: LateUpdate = { update, publicUrl }
    const postponed: Decision = {
      write: () => this.#deps.outbox.add([{ key: keyOf(update), kind: 'update', body }]),
      errand: null,
    }
    const me = this.#whoAmI(update)
    // Nobody is asked for our name while others wait for their turn: the update waits instead.
    if (!me) return postponed
    return this.#decide(update, publicUrl, me).catch((error: unknown) => {
      // Nor must a bug in a feature make Telegram hold this chat up.
      log('error', 'update.failed', { error })
      return postponed
    })
  }

  #see({ update_id: id }: Update, write?: () => void): void {
    this.#deps.tables.see(id, Date.now())
    write?.()
  }

  /** Telegram brings the update again should we die before it is seen: what is done by then is not owed. */
  async #doAtOnce(update: Update, errand: NewRow): Promise<void> {
    const isDone = await this.#deps.outbox.attempt(errand, () => this.#see(update))
    if (isDone) return
    this.#deps.outbox.transact(() => this.#see(update, () => this.#deps.outbox.add([errand])))
  }

  /** What an update means. */
  async #decide(update: Update, publicUrl: string, me: UserFromGetMe): Promise<Decision> {
    return this.#turnOf((turn) => takeTurn(update, me, turn), publicUrl)
  }

  /** What something that an errand has learned means. */
  async learn({ learned, updateId }: { learned: Learned; updateId: number }): Promise<Delivery> {
    const me = this.#nameless()
    return this.#inTurn(() =>
      this.#turnOf(async (turn) => takeIn(learned, { updateId, me }, turn), ''),
    )
  }

  async #turnOf(take: (turn: Turn) => Promise<void>, publicUrl: string): Promise<Decision> {
    const before = this.#deps.tables.memory()
    const turn: Turn = {
      memory: structuredClone(before),
      owes: [],
      settings: settingsOf(this.#deps.env),
      leadOfCard: (messageId) => this.#deps.tables.leadOfCard(messageId),
    }
    await take(turn)
    const owes = turn.owes.map((row) => withPublicUrl(row, publicUrl))
    const write = () => {
      this.#deps.standing.remember(before, turn.memory)
      this.#deps.outbox.add(owes)
    }
    const isSame = JSON.stringify(before) === JSON.stringify(turn.memory)
    const [first] = owes
    const isErrand = isSame && owes.length === 1 && first?.kind === 'errand'
    return { write, errand: isErrand ? first : null }
  }

  /** Takes an update that waited: for our name to be known, or for a bug to be mended. */
  async takeLate({ update, publicUrl }: LateUpdate): Promise<Delivery> {
    try {
      const me = this.#whoAmI(update) ?? (await this.#askWhoIAm())
      return await this.#inTurn(() => this.#decide(update, publicUrl, me))
    } catch (error) {
      const trouble = troubleOf(error)
      if (trouble.kind === 'wait') {
        const at = Date.now() + trouble.seconds * 1000
        return { result: 'later', at, reason: 'TELEGRAM_FLOOD' }
      }
      return { result: 'unreachable', reason: 'reason' in trouble ? trouble.reason : 'TELEGRAM' }
    }
  }

  /** Our own name is only needed to know commands that name us; `null`: Telegram has to be asked. */
  #whoAmI(update: Update): UserFromGetMe | null {
    if (/^\/\w+@/.test(update.message?.text ?? '')) return this.#deps.tables.me(Date.now())
    return this.#nameless()
  }

  #nameless(): UserFromGetMe {
    return { ...NAMELESS, id: botIdOf(settingsOf(this.#deps.env).TELEGRAM_BOT_TOKEN) }
  }

  async #askWhoIAm(): Promise<UserFromGetMe> {
    const me = await telegramOf(settingsOf(this.#deps.env), ASKED_WHO_I_AM_S).getMe()
    this.#deps.tables.saveMe(me, Date.now())
    return me
  }
}

function keyOf(update: Update): string {
  return `update:${update.update_id}`
}

/** Updates wait for their turn: it is asked again soon rather than waited for long. */
const ASKED_WHO_I_AM_S = 3

/** Errands that make links need the address the update came to. */
export function withPublicUrl(row: NewRow, publicUrl: string): NewRow {
  return row.kind === 'errand' ? { ...row, body: { ...(row.body as Errand), publicUrl } } : row
}

const NAMELESS: Omit<UserFromGetMe, 'id'> = {
  is_bot: true,
  first_name: '',
  username: '',
  can_join_groups: true,
  can_read_all_group_messages: false,
  can_manage_bots: false,
  supports_guest_queries: false,
  supports_inline_queries: false,
  supports_join_request_queries: false,
  can_connect_to_business: false,
  has_main_web_app: false,
  has_topics_enabled: false,
  allows_users_to_create_topics: false,
}
