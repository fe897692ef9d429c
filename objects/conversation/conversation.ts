import { Agent } from 'agents'
import type { Update, UserFromGetMe } from 'grammy/types'
import { takeTurn } from '../../src/bot/bot.ts'
import type { Turn } from '../../src/bot/context.ts'
import { doErrand } from '../../src/bot/errands.ts'
import { type Link, linkCall } from '../../src/bot/link.ts'
import { type Call, CHAT, type Errand, messageRow, PRIORITY } from '../../src/bot/owed.ts'
import { botIdOf, isClosed, telegramOf, troubleOf } from '../../src/bot/telegram.ts'
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
    aside: 'answer:',
    deliver: ([row]) => this.#deliver(row as OutboxRow),
  })
  #made: Speaker | null = null
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
    await this.#inTurn(() => this.#take(update, publicUrl))
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

  /** Sends a report's file here, once. */
  async sendReport(reportId: string): Promise<void> {
    await this.lifecycle.start()
    this.#commit(() => {
      if (!this.#tables.tell(`report:${reportId}`, Date.now())) return []
      const body = { reportId, locale: this.#locale }
      return [{ key: CHAT, kind: 'report', body, priority: PRIORITY.report }]
    })
  }

  /** Owes what another conversation owed before its chat became this one, once for the row's key. */
  async takeOver(row: NewRow, key: string): Promise<void> {
    await this.lifecycle.start()
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
  get #speaker(): Speaker {
    this.#made ??= new Speaker({
      telegram: telegramOf(settingsOf(this.env)),
      tables: this.#tables,
      outbox: this.#outbox,
      chatId: this.#chatId,
      moved: (chatId, row) => this.#moved(chatId, row),
    })
    return this.#made
  }

  /** One after another: an update is decided on what the one before it has left. */
  async #inTurn(act: () => Promise<void>): Promise<void> {
    const turn = this.#turn.then(act)
    this.#turn = turn.catch(() => undefined)
    await turn
  }

  #commit(change: () => NewRow[]): void {
    this.ctx.storage.transactionSync(() => this.#outbox.add(change()))
    this.ctx.waitUntil(this.#outbox.ring())
  }

  async #take(update: Update, publicUrl: string): Promise<void> {
    if (this.#tables.hasSeen(update.update_id)) return
    const message = update.message ?? update.callback_query?.message
    if (message) this.#speaker.sawMessage(message.message_id)
    const postpone = () => {
      const body: LateUpdate = { update, publicUrl }
      this.#outbox.add([{ key: keyOf(update), kind: 'update', body }])
    }
    const me = this.#whoAmI(update)
    // Nobody is asked for our name while others wait for their turn: the update waits instead.
    const decision = me ? this.#decide(update, publicUrl, me) : Promise.resolve(postpone)
    const write = await decision.catch((error: unknown) => {
      // Nor must a bug in a feature make Telegram hold this chat up.
      log('error', 'update.failed', { error })
      return postpone
    })
    this.ctx.storage.transactionSync(() => {
      this.#tables.see(update.update_id, Date.now())
      write()
    })
  }

  /** What an update means; the function returned writes that down. */
  async #decide(update: Update, publicUrl: string, me: UserFromGetMe): Promise<() => void> {
    const turn: Turn = {
      memory: this.#tables.memory(),
      owes: [],
      settings: settingsOf(this.env),
      leadOfCard: (messageId) => this.#tables.leadOfCard(messageId),
    }
    await takeTurn(update, me, turn)
    return () => {
      this.#tables.saveMemory(turn.memory)
      this.#outbox.add(turn.owes.map((row) => withPublicUrl(row, publicUrl)))
    }
  }

  /** Takes an update that waited: for our name to be known, or for a bug to be mended. */
  async #takeLate({ update, publicUrl }: LateUpdate): Promise<Delivery> {
    try {
      const me = this.#whoAmI(update) ?? (await this.#askWhoIAm())
      await this.#inTurn(async () => {
        const write = await this.#decide(update, publicUrl, me)
        this.ctx.storage.transactionSync(() => {
          // Written down before its row is settled, it must not be taken twice.
          if (this.#tables.tell(keyOf(update), Date.now())) write()
        })
      })
      return { result: 'done' }
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
        return isTooLate(row, body) ? { result: 'done' } : this.#speaker.call(row, body)
      case 'link':
        return this.#sayLink(row, body)
      case 'card':
        return this.#speaker.card(row, body.leadId)
      case 'report':
        return this.#speaker.letter(row, await readLetter(this.env, body.reportId, body.locale))
      case 'errand':
        return this.#doErrand(row, body)
      case 'update':
        return this.#takeLate(body)
      default:
        throw new Error(`nothing is known of rows of kind ${row.kind}`)
    }
  }

  /** A link is made at the moment it is said; who has blocked us asks for another when they are back. */
  async #sayLink(row: OutboxRow, link: Link): Promise<Delivery> {
    const delivery = await this.#speaker.call(row, await linkCall(this.env.DB, link))
    const isBlocked = delivery.result === 'refused' && isClosed(delivery.reason)
    return isBlocked ? { result: 'done' } : delivery
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
    const owed = { key: row.key, kind: row.kind, body, priority: row.priority }
    await next.takeOver(owed, `moved:${this.#chatId}:${row.seq}`)
  }
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
