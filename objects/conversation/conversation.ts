import { Agent } from 'agents'
import type { Update, UserFromGetMe } from 'grammy/types'
import { takeIn, takeTurn } from '../../src/bot/bot.ts'
import type { Memory, Turn } from '../../src/bot/context.ts'
import { doErrand } from '../../src/bot/errands.ts'
import type { CardView } from '../../src/bot/card-view.ts'
import { type LeadNews, leadNewsRow } from '../../src/bot/lead-news.ts'
import type { Learned } from '../../src/bot/learned.ts'
import { checksButtons, checksText } from '../../src/bot/checks.ts'
import { type Link, linkCall, linkRow } from '../../src/bot/link.ts'
import { overdueRow } from '../../src/bot/overdue.ts'
import {
  ANSWERS,
  type Call,
  type ChangedLead,
  CHAT,
  editRow,
  type Errand,
  messageRow,
  PRIORITY,
} from '../../src/bot/owed.ts'
import { type DaySummary, summaryText } from '../../src/bot/summary.ts'
import { botIdOf, isShut, telegramOf, troubleOf } from '../../src/bot/telegram.ts'
import { plainText, text, type TextKey, type TextParams } from '../../src/bot/texts.ts'
import { alertRow, type ToldAlert } from '../../src/bot/watch.ts'
import type { LeadData } from '../../src/lead.ts'
import type { Check } from '../../src/meta/access.ts'
import type { Locale } from '../../src/locales.ts'
import { log } from '../../src/log.ts'
import type { Delivery } from '../../src/outbox/drain.ts'
import { type NewRow, Outbox, type OutboxCounts, type OutboxRow } from '../../src/outbox/outbox.ts'
import { readLetter } from '../../src/reports/letter.ts'
import { settingsOf } from '../../src/settings.ts'
import { moveChat } from '../../src/store/projects.ts'
import { conversationOf } from '../../src/stubs.ts'
import { tellLists } from '../lead/tell-lists.ts'
import { cardRow, Cards, changeRow, digestRow } from './cards.ts'
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
    deliver: ([row]) => this.#deliver(row as OutboxRow),
  })
  readonly #standing: Standing = new Standing({
    tables: this.#tables,
    outbox: this.#outbox,
    chatId: this.#chatId,
    locale: () => this.#locale,
  })
  /** Updates that are being taken, by their ids. */
  readonly #taking = new Map<number, Promise<void>>()
  #made: Voice | null = null
  #turn: Promise<void> = Promise.resolve()

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
    const id = update.update_id
    // Whoever brings it once more meanwhile hears what comes of it.
    const taking = this.#taking.get(id) ?? this.#take(update, publicUrl)
    this.#taking.set(id, taking)
    await taking.finally(() => this.#taking.delete(id))
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
    const owed = cards.flatMap(({ lead, place }) => this.#tables.saveCard(lead, place) ?? [])
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
      if (this.#tables.hasSeen(update.update_id)) return
      const decision = await this.#decideSafely(update, publicUrl)
      errand = decision.errand
      if (!errand) this.#outbox.transact(() => this.#see(update, decision.write))
    } finally {
      end()
    }
    if (errand) await this.#doAtOnce(update, errand)
  }

  async #decideSafely(update: Update, publicUrl: string): Promise<Decision> {
    const message = update.message ?? update.callback_query?.message
    if (message) this.#voice.sender.sawMessage(message.message_id)
    const body: LateUpdate = { update, publicUrl }
    const postponed: Decision = {
      write: () => this.#outbox.add([{ key: keyOf(update), kind: 'update', body }]),
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
    this.#tables.see(id, Date.now())
    write?.()
  }

  /** Telegram brings the update again should we die before it is seen: what is done by then is not owed. */
  async #doAtOnce(update: Update, errand: NewRow): Promise<void> {
    const isDone = await this.#outbox.attempt(errand, () => this.#see(update))
    if (isDone) return
    this.#outbox.transact(() => this.#see(update, () => this.#outbox.add([errand])))
  }

  /** What an update means. */
  async #decide(update: Update, publicUrl: string, me: UserFromGetMe): Promise<Decision> {
    return this.#turnOf((turn) => takeTurn(update, me, turn), publicUrl)
  }

  /** What something that an errand has learned means. */
  async #learn(learned: Learned, updateId: number): Promise<Decision> {
    const me = this.#nameless()
    return this.#turnOf(async (turn) => takeIn(learned, { updateId, me }, turn), '')
  }

  async #turnOf(take: (turn: Turn) => Promise<void>, publicUrl: string): Promise<Decision> {
    const before = this.#tables.memory()
    const turn: Turn = {
      memory: structuredClone(before),
      owes: [],
      settings: settingsOf(this.env),
      leadOfCard: (messageId) => this.#tables.leadOfCard(messageId),
    }
    await take(turn)
    const owes = turn.owes.map((row) => withPublicUrl(row, publicUrl))
    const write = () => {
      this.#standing.remember(before, turn.memory)
      this.#outbox.add(owes)
    }
    const isSame = JSON.stringify(before) === JSON.stringify(turn.memory)
    const [first] = owes
    const isErrand = isSame && owes.length === 1 && first?.kind === 'errand'
    return { write, errand: isErrand ? first : null }
  }

  /** Takes an update that waited: for our name to be known, or for a bug to be mended. */
  async #takeLate({ update, publicUrl }: LateUpdate): Promise<Delivery> {
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
    if (/^\/\w+@/.test(update.message?.text ?? '')) return this.#tables.me(Date.now())
    return this.#nameless()
  }

  #nameless(): UserFromGetMe {
    return { ...NAMELESS, id: botIdOf(settingsOf(this.env).TELEGRAM_BOT_TOKEN) }
  }

  async #askWhoIAm(): Promise<UserFromGetMe> {
    const me = await telegramOf(settingsOf(this.env), ASKED_WHO_I_AM_S).getMe()
    this.#tables.saveMe(me, Date.now())
    return me
  }

  async #deliver(row: OutboxRow): Promise<Delivery> {
    const body = JSON.parse(row.body)
    switch (row.kind) {
      case 'call':
        return isTooLate(row, body) ? { result: 'done' } : this.#voice.speaker.call(row, body)
      case 'link':
        return this.#sayLink(row, body)
      case 'card':
        return this.#voice.cards.card(row, body.leadId)
      case 'change':
        return this.#voice.cards.change(row, body)
      case 'changed':
        return this.#showChange(body)
      case 'refresh':
        return this.#voice.cards.refresh(row)
      case 'digest':
        return this.#voice.cards.digest(row, body)
      case 'report':
        return this.#voice.speaker.letter(
          row,
          await readLetter(this.env, body.reportId, body.locale),
        )
      case 'overdue':
        return this.#sayOverdue()
      case 'view':
        return this.#open(body)
      case 'elsewhere':
        await conversationOf(this.env, body.chatId).takeOverOnce(body.key, body.row)
        return { result: 'done' }
      case 'move':
        return this.#move()
      case 'errand':
        return this.#doErrand(row, body)
      case 'update':
        return this.#takeLate(body)
      case 'learned':
        return this.#inTurn(() => this.#learn(body.learned, body.updateId))
      default:
        throw new Error(`nothing is known of rows of kind ${row.kind}`)
    }
  }

  /** A link is made at the moment it is said; who has blocked us asks for another when they are back. */
  async #sayLink(row: OutboxRow, link: Link): Promise<Delivery> {
    const { SESSION_SECRET: secret } = settingsOf(this.env)
    const delivery = await this.#voice.speaker.call(row, await linkCall(this.env.DB, secret, link))
    const isBlocked = delivery.result === 'refused' && isShut(delivery.reason)
    return isBlocked ? { ...delivery, result: 'done' } : delivery
  }

  /** A person looks at a card and waits for it: what is opened on it is shown with its next change. */
  #open({ leadId, version, view }: ViewBody): Delivery {
    const commit = () => {
      this.#tables.shown.open(leadId, version, view)
      this.#outbox.add([cardRow({ leadId, isNew: false })])
    }
    return { result: 'done', commit }
  }

  #sayOverdue(): Delivery {
    // One that was taken meanwhile needs nobody any more.
    const { leads: late, toldAt } = this.#tables.overdue()
    const leads = late.filter(({ leadId }) => this.#tables.isUnanswered(leadId) !== false)
    const commit = () => {
      this.#tables.overdueTold(leads.length > 0 ? Date.now() : toldAt)
      if (leads.length > 0) this.#outbox.add([overdueRow(leads, this.#locale, Date.now())])
    }
    return { result: 'done', commit }
  }

  async #doErrand(row: OutboxRow, errand: Errand & { publicUrl: string }): Promise<Delivery> {
    const owes = await doErrand(errand.name, errand.args, {
      env: this.env,
      settings: settingsOf(this.env),
      chatId: this.#chatId,
      updateId: Number(row.key.split(':')[1]),
      locale: errand.locale,
      publicUrl: errand.publicUrl,
    })
    const left = (await Promise.all(owes.map((owed) => this.#tryAtOnce(owed)))).flat()
    // What an errand leaves to another has the same address to make links with.
    const rows = left.map((owed) => withPublicUrl(owed, errand.publicUrl))
    return { result: 'done', commit: () => this.#outbox.add(rows) }
  }

  /** Does at once what an errand would leave to be owed, where that may be lost or done again; the rest. */
  async #tryAtOnce(row: NewRow): Promise<NewRow[]> {
    if (row.key.startsWith(ANSWERS)) return (await this.#outbox.attempt(row)) ? [] : [row]
    if (row.kind !== 'changed') return [row]
    return this.#showChange(row.body as ChangedLead).then(
      () => [],
      // Why it failed is logged by the outbox, when it fails there.
      () => [row],
    )
  }

  /** Shows everywhere what somebody here has changed of a lead that nobody else shows. May be done twice. */
  async #showChange(changed: ChangedLead): Promise<Delivery> {
    await Promise.all([this.#changeCard(changed), tellLists(this.env, changed.lead)])
    return { result: 'done' }
  }

  async #changeCard(changed: ChangedLead): Promise<void> {
    await this.#outbox.attempt(changeRow(changed))
    // Whatever has kept it from being changed at once, it is owed then.
    await this.showCards([changed.lead], changed.place)
  }

  async #move(): Promise<Delivery> {
    const { movedTo } = this.#tables.memory()
    if (!movedTo) return { result: 'done' }
    await moveChat(this.env.DB, this.#chatId, movedTo)
    const next = conversationOf(this.env, movedTo)
    return this.#standing.giveOver((estate) => next.takeOver(estate))
  }
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

function keyOf(update: Update): string {
  return `update:${update.update_id}`
}

/** Updates wait for their turn: it is asked again soon rather than waited for long. */
const ASKED_WHO_I_AM_S = 3

/** A press cannot be answered any more after so long, and nobody waits for it. */
const ANSWERED_WITHIN_MS = 150_000

function isTooLate({ seq }: OutboxRow, { method }: Call): boolean {
  return method === 'answerCallbackQuery' && Date.now() - seq / 1000 > ANSWERED_WITHIN_MS
}

/** All by which something is said in the chat. */
interface Voice {
  sender: Sender
  speaker: Speaker
  cards: Cards
}

interface ToldSummary {
  key: string
  summary: DaySummary
  threadId: number | null
  locale: Locale | null
}

interface ViewBody {
  leadId: string
  version: number
  view: CardView | null
}

/** Errands that make links need the address the update came to. */
function withPublicUrl(row: NewRow, publicUrl: string): NewRow {
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
