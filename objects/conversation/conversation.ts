import { Agent } from 'agents'
import type { Update } from 'grammy/types'
import { checksButtons, checksText } from '../../src/bot/checks.ts'
import type { Memory } from '../../src/bot/context.ts'
import { type LeadNews, leadNewsRow } from '../../src/bot/lead-news.ts'
import { linkRow } from '../../src/bot/link.ts'
import { ANSWERS, CHAT, editRow, messageRow, PRIORITY } from '../../src/bot/owed.ts'
import { type DaySummary, summaryText } from '../../src/bot/summary.ts'
import { telegramOf } from '../../src/bot/telegram.ts'
import { plainText, text, type TextKey, type TextParams } from '../../src/bot/texts.ts'
import { alertRow, type ToldAlert } from '../../src/bot/watch.ts'
import type { LeadData } from '../../src/lead.ts'
import type { Locale } from '../../src/locales.ts'
import type { Check } from '../../src/meta/access.ts'
import { type NewRow, Outbox, type OutboxCounts, type OutboxRow } from '../../src/outbox/outbox.ts'
import { settingsOf } from '../../src/settings.ts'
import { conversationOf } from '../../src/stubs.ts'
import { cardRow, Cards, digestRow } from './cards.ts'
import { Listener } from './listener.ts'
import { Messenger, type Voice } from './messenger.ts'
import { Sender } from './sender.ts'
import { Speaker } from './speaker.ts'
import { type CardPlace, ConversationTables, type StoredCard } from './sql.ts'
import { type Estate, Standing } from './standing.ts'
import { OutboxJob } from './wake-up.ts'

/** Something to be told to a chat in its language, once for its key. */
export interface Message {
  key: string
  text: TextKey
  params: TextParams
  /** The topic to be told in; General when absent. */
  threadId?: number | null
  /** Told as the text's `reason`. */
  reason?: TextKey | undefined
  /** With a button that connects Facebook, at the Worker of this address; for a person's own chat. */
  connectAt?: string | null
}

/** The checks of a connection. */
interface ToldChecks {
  key: string
  connectionId: string
  name: string
  checks: Check[]
}

/** Leads that become overdue within so long are told of in one message. */
const OVERDUE_TOGETHER_MS = 3_000

/** A whole burst becomes overdue one by one: after the first message the others are collected. */
const OVERDUE_EVERY_MS = 120_000

/** Everything said between the bot and one Telegram chat, in order. */
export class Conversation extends Agent<Env> {
  readonly #tables = new ConversationTables(this.ctx.storage.sql)
  readonly #job = new OutboxJob(() => this.#outbox.wake())
  readonly #outbox: Outbox = new Outbox({
    storage: this.ctx.storage,
    wakeUp: this.#job,
    owner: { object: 'conversation', name: this.#chatId },
    db: this.env.DB,
    // When Telegram is back, managers see what waited within seconds; a chat asks for one message only.
    longestWaitMs: 20_000,
    // Each is a press of its own: many wait for Telegram at once when it hangs.
    aside: ANSWERS,
    deliver: ([row]) => this.#messenger.deliver(row as OutboxRow),
  })
  readonly #standing: Standing = new Standing({
    tables: this.#tables,
    outbox: this.#outbox,
    chatId: this.#chatId,
    locale: () => this.#locale,
  })
  readonly #listener = new Listener({
    env: this.env,
    tables: this.#tables,
    outbox: this.#outbox,
    standing: this.#standing,
    sawMessage: (messageId) => this.#voice.sender.sawMessage(messageId),
  })
  readonly #messenger: Messenger = new Messenger({
    env: this.env,
    chatId: this.#chatId,
    tables: this.#tables,
    outbox: this.#outbox,
    standing: this.#standing,
    listener: this.#listener,
    voice: () => this.#voice,
    locale: () => this.#locale,
    showCards: (leads, place) => this.showCards(leads, place),
  })
  #made: Voice | null = null

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    this.lifecycle.use(this.#job)
  }

  override onStart(): void {
    this.#tables.create()
    this.#tables.forget(Date.now())
    this.#outbox.recover()
  }

  /**
   * Takes an update: writes down that it came, and what it means, in one transaction; one that came
   * before changes nothing. `publicUrl` is the Worker's own address, for links.
   */
  async receive(update: Update, publicUrl: string): Promise<void> {
    await this.lifecycle.start()
    await this.#listener.take(update, publicUrl)
    this.ctx.waitUntil(this.#outbox.ring())
  }

  /** Shows leads here, each on one card, or changes their cards; older versions change nothing. */
  async showCards(leads: LeadData[], place: CardPlace): Promise<void> {
    await this.lifecycle.start()
    const next = this.#next()
    if (next) return next.showCards(leads, place)
    this.#commit(() => this.#oweCards(leads.map((lead) => ({ lead, place }))))
  }

  /** When the cards of these leads were sent, ms; those that stand here alone, by their leads' ids. */
  async cardsShown(leadIds: string[]): Promise<{ leadId: string; at: number }[]> {
    await this.lifecycle.start()
    const next = this.#next()
    return next ? next.cardsShown(leadIds) : this.#tables.cardsShown(leadIds)
  }

  /** How many cards wait to be sent. */
  async cardsWaiting(): Promise<number> {
    await this.lifecycle.start()
    const next = this.#next()
    return next ? next.cardsWaiting() : this.#outbox.ahead(CHAT, PRIORITY.newCard).count
  }

  /** Has open cards stand in another topic from now on; what they leave behind says so. */
  async moveCards(leadIds: string[], threadId: number | null): Promise<void> {
    await this.lifecycle.start()
    this.#commit(() =>
      this.#tables
        .moveCards(leadIds, threadId)
        .flatMap(({ messageId, ...card }) => [
          cardRow(card),
          ...(messageId === null ? [] : [editRow(messageId, text(this.#locale, 'card.moved'))]),
        ]),
    )
  }

  /** An admin has bound a project to this chat: what was kept back is said. */
  async reopen(): Promise<void> {
    await this.lifecycle.start()
    this.#commit(() => {
      this.#standing.open(true)
      return []
    })
  }

  /** The person of this chat has another role: they are offered what it can do. */
  async learnRole(): Promise<void> {
    await this.lifecycle.start()
    this.#commit(() => {
      this.#standing.owe('offerCommands', { wasChanged: true })
      return []
    })
  }

  /** The group is a supergroup with this id now. */
  async moveTo(chatId: string): Promise<void> {
    await this.lifecycle.start()
    this.#standing.moveTo(chatId)
    this.ctx.waitUntil(this.#outbox.ring())
  }

  /** Tells something here, once for its key. */
  async tell(message: Message): Promise<void> {
    await this.lifecycle.start()
    const next = this.#next()
    if (next) return next.tell(message)
    const { key, text: name, params, threadId = null, reason, connectAt = null } = message
    this.#commit(() => {
      if (!this.#tables.tell(key, Date.now())) return []
      const why = reason === undefined ? {} : { reason: plainText(this.#locale, reason) }
      const said = text(this.#locale, name, { ...params, ...why })
      if (connectAt === null) return [messageRow(said, { threadId })]
      const whose = { userId: this.#chatId, locale: this.#locale, publicUrl: connectAt }
      return [linkRow({ name: 'connect', ...whose, said })]
    })
  }

  /** Tells an admin what the checks of a connection came to, once for its key. */
  async tellChecks({ key, connectionId, name, checks }: ToldChecks): Promise<void> {
    await this.lifecycle.start()
    this.#commit(() => {
      if (!this.#tables.tell(key, Date.now())) return []
      const markup = checksButtons(connectionId, checks, this.#locale)
      return [messageRow(checksText(name, checks, this.#locale), { markup })]
    })
  }

  /** Tells what a day came to, once for its key; in the chat's own language unless one is given. */
  async tellSummary(told: ToldSummary): Promise<void> {
    await this.lifecycle.start()
    const next = this.#next()
    if (next) return next.tellSummary(told)
    const { key, summary, threadId, locale } = told
    this.#commit(() => {
      if (!this.#tables.tell(key, Date.now())) return []
      return [messageRow(summaryText(summary, locale ?? this.#locale), { threadId })]
    })
  }

  /** Tells of an alert, once for its key; in the chat's own language unless one is given. */
  async tellAlert(told: ToldAlert): Promise<void> {
    await this.lifecycle.start()
    const next = this.#next()
    if (next) return next.tellAlert(told)
    this.#commit(() => {
      if (!this.#tables.tell(told.key, Date.now())) return []
      return [alertRow(told, told.locale ?? this.#locale)]
    })
  }

  /** Shows a manager a lead in their own chat and says why, once for its key. */
  async tellOfLead(news: LeadNews): Promise<void> {
    await this.lifecycle.start()
    this.#commit(() => {
      if (!this.#tables.tell(news.key, Date.now())) return []
      return [leadNewsRow(news, this.#locale, Date.now())]
    })
  }

  /** Says that leads wait too long, many in one message. */
  async tellOverdue(lead: LeadData, place: CardPlace): Promise<void> {
    await this.lifecycle.start()
    const next = this.#next()
    if (next) return next.tellOverdue(lead, place)
    this.#commit(() => {
      if (!this.#tables.tell(`overdue:${lead.id}:${lead.waitingSince}`, Date.now())) return []
      const { id: leadId, name, waitingSince } = lead
      this.#tables.addOverdue({ leadId, name, waitingSince, threadId: place.threadId })
      const { toldAt } = this.#tables.overdue()
      const at = Math.max(Date.now() + OVERDUE_TOGETHER_MS, toldAt + OVERDUE_EVERY_MS)
      return [{ key: 'overdue', kind: 'overdue', latest: true, at }]
    })
  }

  /** Sends a report's file here, once. */
  async sendReport(reportId: string): Promise<void> {
    await this.lifecycle.start()
    const next = this.#next()
    if (next) return next.sendReport(reportId)
    this.#commit(() => {
      if (!this.#tables.tell(`report:${reportId}`, Date.now())) return []
      const body = { reportId, locale: this.#locale }
      return [{ key: CHAT, kind: 'report', body, priority: PRIORITY.report }]
    })
  }

  /** Owes what another conversation owed before its chat became this one, each thing once. */
  async takeOver({ from, cards, rows }: Estate): Promise<void> {
    await this.lifecycle.start()
    this.#commit(() => {
      const said = rows.filter(({ seq }) => this.#tables.tell(`moved:${from}:${seq}`, Date.now()))
      return [
        ...this.#oweCards(cards),
        ...said.map(({ key, kind, priority, body }) => {
          return { key, kind, priority, body: JSON.parse(body) }
        }),
      ]
    })
  }

  /** Why nothing can be said in this chat; `null`: it can. */
  async shut(): Promise<Memory['shut']> {
    await this.lifecycle.start()
    return this.#tables.memory().shut
  }

  /** Says, once for its key, what could not be said in another chat. */
  async takeOverOnce(key: string, row: NewRow): Promise<void> {
    await this.lifecycle.start()
    const next = this.#next()
    if (next) return next.takeOverOnce(key, row)
    this.#commit(() => (this.#tables.tell(key, Date.now()) ? [row] : []))
  }

  /** Tries again what was parked under this number. */
  async retryParked(seq: number): Promise<boolean> {
    await this.lifecycle.start()
    const isFound = this.#outbox.retry(seq)
    await this.#outbox.ring()
    return isFound
  }

  /** What this object still owes. */
  async owed(): Promise<OutboxCounts> {
    await this.lifecycle.start()
    return this.#outbox.counts()
  }

  /** Carries out what is due now, and says what is left. */
  async kick(): Promise<OutboxCounts> {
    await this.lifecycle.start()
    await this.#outbox.ring()
    return this.#outbox.counts()
  }

  get #chatId(): string {
    return this.ctx.id.name ?? ''
  }

  get #locale(): Locale {
    return this.#tables.memory().locale ?? settingsOf(this.env).DEFAULT_LOCALE
  }

  /** Made when there is something to say: with a setting that is broken we can still be woken. */
  get #voice(): Voice {
    if (this.#made) return this.#made
    const settings = settingsOf(this.env)
    const parts = {
      telegram: telegramOf(settings),
      tables: this.#tables,
      outbox: this.#outbox,
      chatId: this.#chatId,
    }
    const sender = new Sender({
      ...parts,
      groupLimit: settings.TELEGRAM_GROUP_LIMIT,
      moved: (chatId) => this.#standing.moveTo(chatId),
      shut: (why) => this.#standing.shut(why),
      spoke: () => this.#standing.spoke(),
      lostTopic: (threadId) => this.#standing.lostTopic(threadId),
    })
    this.#made = {
      sender,
      speaker: new Speaker({ ...parts, sender }),
      cards: new Cards({ ...parts, sender }),
    }
    return this.#made
  }

  /** The chat that this one has become. */
  #next(): DurableObjectStub<Conversation> | null {
    const { movedTo } = this.#tables.memory()
    return movedTo ? conversationOf(this.env, movedTo) : null
  }

  /** Keeps leads as they are now; the cards that have to be owed for that. */
  #oweCards(cards: Pick<StoredCard, 'lead' | 'place'>[]): NewRow[] {
    const owed = cards.flatMap(({ lead, place }) =>
      this.#voice.cards.isLateAlone(lead, place) ? [] : (this.#tables.saveCard(lead, place) ?? []),
    )
    for (const { leadId, wasParked } of owed) {
      if (wasParked) this.#outbox.withdraw('card', { leadId })
    }
    this.#outbox.add(owed.map(cardRow))
    const [first] = cards
    return first && this.#voice.cards.needsDigest() ? [digestRow(first.place)] : []
  }

  #commit(change: () => NewRow[]): void {
    this.#outbox.transact(() => this.#outbox.add(change()))
    this.ctx.waitUntil(this.#outbox.ring())
  }
}

interface ToldSummary {
  key: string
  summary: DaySummary
  threadId: number | null
  locale: Locale | null
}
