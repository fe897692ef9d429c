import { Agent } from 'agents'
import type { Update, UserFromGetMe } from 'grammy/types'
import { takeTurn } from '../../src/bot/bot.ts'
import type { Turn } from '../../src/bot/context.ts'
import { doErrand } from '../../src/bot/errands.ts'
import { renderCard } from '../../src/bot/card.ts'
import { overdueRow } from '../../src/bot/overdue.ts'
import { CHAT, type Errand, messageRow, PRIORITY } from '../../src/bot/owed.ts'
import { botIdOf, telegramOf } from '../../src/bot/telegram.ts'
import { text, type TextKey, type TextParams } from '../../src/bot/texts.ts'
import type { LeadData } from '../../src/lead.ts'
import type { Locale } from '../../src/locales.ts'
import { log } from '../../src/log.ts'
import type { Delivery } from '../../src/outbox/drain.ts'
import { type NewRow, Outbox, type OutboxCounts, type OutboxRow } from '../../src/outbox/outbox.ts'
import { readLetter } from '../../src/reports/letter.ts'
import { settingsOf } from '../../src/settings.ts'
import { moveChat } from '../../src/store/projects.ts'
import { conversationOf } from '../../src/stubs.ts'
import { cardRow, Speaker } from './speak.ts'
import { type CardPlace, ConversationTables } from './sql.ts'
import { OutboxJob } from './wake-up.ts'

/** Something to be told to a chat in its language, once for its key. */
export interface Message {
  key: string
  text: TextKey
  params: TextParams
}

/** Leads that become overdue within so long are told of in one message. */
const OVERDUE_TOGETHER_MS = 3_000

/** A lead that a manager is to hear of in their own chat; `words` are those they asked to be told. */
export interface LeadNews {
  key: string
  text: 'manager.assigned' | 'manager.returned' | 'manager.reminder'
  words: string | null
  lead: LeadData
  timezone: string
}

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
    deliver: ([row]) => this.#deliver(row as OutboxRow),
  })
  readonly #speaker = new Speaker({
    telegram: telegramOf(settingsOf(this.env)),
    tables: this.#tables,
    outbox: this.#outbox,
    chatId: this.#chatId,
    moved: (chatId, row) => this.#moved(chatId, row),
  })
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
    // One after another: the next update is decided on what this one has left.
    const turn = this.#turn.then(() => this.#take(update, publicUrl))
    this.#turn = turn.catch(() => undefined)
    await turn
    this.ctx.waitUntil(this.#outbox.ring())
  }

  /** Shows leads here, each on one card, or changes their cards; older versions change nothing. */
  async showCards(leads: LeadData[], place: CardPlace): Promise<void> {
    await this.lifecycle.start()
    const { movedTo } = this.#tables.memory()
    if (movedTo) return conversationOf(this.env, movedTo).showCards(leads, place)
    this.#commit(() =>
      leads.flatMap((lead) => this.#tables.saveCard(lead, place) ?? []).map(cardRow),
    )
  }

  /** Tells something here, once for its key. */
  async tell({ key, text: name, params }: Message): Promise<void> {
    await this.lifecycle.start()
    this.#commit(() => {
      if (!this.#tables.tell(key, Date.now())) return []
      return [messageRow(text(this.#locale, name, params))]
    })
  }

  /** Shows a manager a lead in their own chat and says why, once for its key. */
  async tellOfLead({ key, text: name, words, lead, timezone }: LeadNews): Promise<void> {
    await this.lifecycle.start()
    this.#commit(() => {
      if (!this.#tables.tell(key, Date.now())) return []
      const why = text(this.#locale, name, { words: words ?? '' })
      const { text: card } = renderCard(lead, { locale: this.#locale, timezone })
      return [messageRow(`${why}\n\n${card}`)]
    })
  }

  /** Says that leads wait too long, many in one message. */
  async tellOverdue(lead: LeadData, place: CardPlace): Promise<void> {
    await this.lifecycle.start()
    this.#commit(() => {
      if (!this.#tables.tell(`overdue:${lead.id}:${lead.waitingSince}`, Date.now())) return []
      const { id: leadId, name, waitingSince } = lead
      this.#tables.addOverdue({ leadId, name, waitingSince, threadId: place.threadId })
      return [
        { key: 'overdue', kind: 'overdue', latest: true, at: Date.now() + OVERDUE_TOGETHER_MS },
      ]
    })
  }

  /** Sends a report's file here, once. */
  async sendReport(reportId: string): Promise<void> {
    await this.lifecycle.start()
    this.#commit(() => {
      if (!this.#tables.tell(`report:${reportId}`, Date.now())) return []
      const body = { reportId, locale: this.#locale }
      return [{ key: CHAT, kind: 'report', body, priority: PRIORITY.report }]
    })
  }

  /** Owes what another conversation owed before its chat became this one. */
  async takeOver(row: NewRow): Promise<void> {
    await this.lifecycle.start()
    this.#commit(() => [row])
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

  #commit(change: () => NewRow[]): void {
    this.ctx.storage.transactionSync(() => this.#outbox.add(change()))
    this.ctx.waitUntil(this.#outbox.ring())
  }

  async #take(update: Update, publicUrl: string): Promise<void> {
    if (this.#tables.hasSeen(update.update_id)) return
    const message = update.message ?? update.callback_query?.message
    if (message) this.#speaker.sawMessage(message.message_id)
    const write = await this.#decide(update, publicUrl).catch((error: unknown) => {
      // A bug in a feature must not make Telegram hold this chat up: the update waits here instead.
      log('error', 'update.failed', { error })
      const body = { update, publicUrl }
      return () => this.#outbox.add([{ key: `update:${update.update_id}`, kind: 'update', body }])
    })
    this.ctx.storage.transactionSync(() => {
      this.#tables.see(update.update_id, Date.now())
      write()
    })
  }

  /** What an update means; the function returned writes that down. */
  async #decide(update: Update, publicUrl: string): Promise<() => void> {
    const turn: Turn = {
      memory: this.#tables.memory(),
      owes: [],
      settings: settingsOf(this.env),
      leadOfCard: (messageId) => this.#tables.leadOfCard(messageId),
    }
    await takeTurn(update, await this.#whoAmI(update), turn)
    return () => {
      this.#tables.saveMemory(turn.memory)
      this.#outbox.add(turn.owes.map((row) => withPublicUrl(row, publicUrl)))
    }
  }

  /** The bot's own name is only needed to know commands that name it, which are said in groups. */
  async #whoAmI(update: Update): Promise<UserFromGetMe> {
    const known = this.#tables.me()
    if (known) return known
    const settings = settingsOf(this.env)
    const nobody = { ...NAMELESS, id: botIdOf(settings.TELEGRAM_BOT_TOKEN) }
    if (!/^\/\w+@/.test(update.message?.text ?? '')) return nobody
    try {
      const me = await telegramOf(settings).getMe()
      this.#tables.saveMe(me)
      return me
    } catch (error) {
      log('warn', 'telegram.get_me_failed', { error })
      return nobody
    }
  }

  async #deliver(row: OutboxRow): Promise<Delivery> {
    const body = JSON.parse(row.body)
    switch (row.kind) {
      case 'call':
        return this.#speaker.call(row, body)
      case 'card':
        return this.#speaker.card(row, body.leadId)
      case 'report':
        return this.#speaker.letter(row, await readLetter(this.env, body.reportId, body.locale))
      case 'overdue':
        return this.#sayOverdue()
      case 'errand':
        return this.#doErrand(row, body)
      case 'update':
        return { result: 'done', commit: await this.#decide(body.update, body.publicUrl) }
      default:
        throw new Error(`nothing is known of rows of kind ${row.kind}`)
    }
  }

  #sayOverdue(): Delivery {
    // One that was taken meanwhile needs nobody any more.
    const leads = this.#tables
      .overdue()
      .filter(({ leadId }) => this.#tables.isFree(leadId) !== false)
    const commit = () => {
      this.#tables.forgetOverdue()
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
    return { result: 'done', commit: () => this.#outbox.add(owes) }
  }

  async #moved(chatId: string, row: OutboxRow): Promise<void> {
    await moveChat(this.env.DB, this.#chatId, chatId)
    this.#tables.saveMemory({ ...this.#tables.memory(), movedTo: chatId })
    const next = conversationOf(this.env, chatId)
    const body = JSON.parse(row.body)
    const card = row.kind === 'card' ? this.#tables.card(body.leadId) : null
    if (card) return next.showCards([card.lead], { ...card.place, threadId: null })
    await next.takeOver({ key: row.key, kind: row.kind, body, priority: row.priority })
  }
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
