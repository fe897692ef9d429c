import { canBecome } from '../../src/bot/chat-ids.ts'
import type { Memory } from '../../src/bot/context.ts'
import { CHAT, type Errand, errandRow } from '../../src/bot/owed.ts'
import { isShut, type ShutReason } from '../../src/bot/telegram.ts'
import type { Locale } from '../../src/locales.ts'
import type { Delivery } from '../../src/outbox/drain.ts'
import type { NewRow, Outbox, OutboxRow } from '../../src/outbox/outbox.ts'
import type { ConversationTables, StoredCard } from './sql.ts'

export interface StandingDeps {
  tables: ConversationTables
  outbox: Outbox
  chatId: string
  locale: () => Locale
}

/** What a chat leaves to the one that it has become. */
export interface Estate {
  from: string
  cards: Pick<StoredCard, 'lead' | 'place'>[]
  rows: OutboxRow[]
}

/** All that is owed is given over before anything else is tried. */
const MOVE: NewRow = { key: CHAT, kind: 'move', priority: -1, latest: true }

/** How a chat stands to the bot: whether anything can be said in it, and what it has become. */
export class Standing {
  readonly #deps: StandingDeps

  constructor(deps: StandingDeps) {
    this.#deps = deps
  }

  /** Nothing can be said here; whom that concerns is told once. In the present transaction. */
  shut(why: ShutReason): void {
    const { tables } = this.#deps
    const memory = tables.memory()
    if (memory.shut?.why === why) return
    const at = Date.now()
    tables.saveMemory({ ...memory, shut: { why, at } })
    this.owe('chatShut', { why, at })
  }

  /** Something was said here: what kept us from it is over, and what it kept back is said. */
  spoke(): void {
    if (!this.#deps.tables.memory().shut) return
    this.#deps.outbox.transact(() => {
      this.open(false)
      this.owe('chatOpen', {})
    })
  }

  /** What was kept back is due again; after a binding also cards that were refused for other reasons. */
  open(isBound: boolean): void {
    const { tables, outbox } = this.#deps
    const lostTopics = isBound ? { lostTopics: [] } : {}
    tables.saveMemory({ ...tables.memory(), shut: null, ...lostTopics })
    outbox.revive(({ kind, reason }) => isShut(reason) || (isBound && kind === 'card'))
    tables.cardsRevived()
  }

  /** The group has another id now: all that is owed goes there. False when that cannot be. */
  moveTo(chatId: string): boolean {
    const { tables, outbox } = this.#deps
    if (!canBecome(this.#deps.chatId, chatId)) return false
    outbox.transact(() => {
      tables.saveMemory({ ...tables.memory(), movedTo: chatId })
      outbox.add([MOVE])
    })
    return true
  }

  /** A topic is closed or deleted: the admins are told, once until it is open or bound again. */
  lostTopic(threadId: number): void {
    const { tables, outbox } = this.#deps
    const memory = tables.memory()
    if (memory.lostTopics.includes(threadId)) return
    outbox.transact(() => {
      tables.saveMemory({ ...memory, lostTopics: [...memory.lostTopics, threadId] })
      this.owe('topicLost', { threadId, at: Date.now() })
    })
  }

  /**
   * Keeps what an update has changed of what is remembered, and nothing else of it: meanwhile
   * something said may have changed the rest. In the present transaction.
   */
  remember(before: Memory, after: Memory): void {
    const { tables, outbox } = this.#deps
    const changed = Object.entries(after).filter(
      ([name, value]) => JSON.stringify(value) !== JSON.stringify(before[name as keyof Memory]),
    )
    if (changed.length === 0) return
    const changes = Object.fromEntries(changed) as Partial<Memory>
    tables.saveMemory({ ...tables.memory(), ...changes })
    if (changes.shut === null) this.open(false)
    if (changes.movedTo) outbox.add([MOVE])
  }

  /** Gives what this chat owes to the one that it has become. May be done twice. */
  async giveOver(take: (estate: Estate) => Promise<void>): Promise<Delivery> {
    const { tables, outbox, chatId } = this.#deps
    const rows = outbox.all(CHAT).filter(({ kind }) => kind !== 'move')
    // A card is shown as it is by the time it comes to it.
    const said = rows.filter(({ kind }) => kind === 'call' || kind === 'report')
    await take({ from: chatId, cards: tables.openCards(), rows: said })
    const commit = () => {
      outbox.drop(rows)
      tables.dropCards()
    }
    return { result: 'done', commit }
  }

  /** Owes what the chat itself has to do, of no update. In the present transaction. */
  owe(name: 'chatShut' | 'chatOpen' | 'topicLost' | 'offerCommands', args: unknown): void {
    const { outbox, locale } = this.#deps
    const errand: Errand = { name, args, locale: locale() }
    const row = errandRow(0, errand)
    outbox.add([{ ...row, body: { ...errand, publicUrl: '' } }])
  }
}
