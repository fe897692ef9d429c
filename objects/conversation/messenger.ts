import type { CardView } from '../../src/bot/card-view.ts'
import { doErrand } from '../../src/bot/errands.ts'
import { type Link, linkCall } from '../../src/bot/link.ts'
import { overdueRow } from '../../src/bot/overdue.ts'
import { ANSWERS, type Call, type ChangedLead, type Errand } from '../../src/bot/owed.ts'
import { isShut } from '../../src/bot/telegram.ts'
import type { LeadData } from '../../src/lead.ts'
import type { Locale } from '../../src/locales.ts'
import type { Delivery } from '../../src/outbox/drain.ts'
import type { NewRow, Outbox, OutboxRow } from '../../src/outbox/outbox.ts'
import { readLetter } from '../../src/reports/letter.ts'
import { settingsOf } from '../../src/settings.ts'
import { moveChat } from '../../src/store/projects.ts'
import { conversationOf } from '../../src/stubs.ts'
import { tellLists } from '../lead/tell-lists.ts'
import { cardRow, type Cards, changeRow } from './cards.ts'
import { type Listener, withPublicUrl } from './listener.ts'
import type { Sender } from './sender.ts'
import type { Speaker } from './speaker.ts'
import type { CardPlace, ConversationTables } from './sql.ts'
import type { Standing } from './standing.ts'

/** All by which something is said in the chat. */
export interface Voice {
  sender: Sender
  speaker: Speaker
  cards: Cards
}

export interface MessengerDeps {
  env: Env
  chatId: string
  tables: ConversationTables
  outbox: Outbox
  standing: Standing
  listener: Listener
  voice: () => Voice
  locale: () => Locale
  showCards: (leads: LeadData[], place: CardPlace) => Promise<void>
}

interface ViewBody {
  leadId: string
  version: number
  view: CardView | null
}

/** Carries out what a chat owes: says it, shows it, or does the errand. */
export class Messenger {
  readonly #deps: MessengerDeps

  constructor(deps: MessengerDeps) {
    this.#deps = deps
  }

  async deliver(row: OutboxRow): Promise<Delivery> {
    const body = JSON.parse(row.body)
    switch (row.kind) {
      case 'call':
        return isTooLate(row, body)
          ? { result: 'done' }
          : this.#deps.voice().speaker.call(row, body)
      case 'link':
        return this.#sayLink(row, body)
      case 'card':
        return this.#deps.voice().cards.card(row, body.leadId)
      case 'change':
        return this.#deps.voice().cards.change(row, body)
      case 'changed':
        return this.#showChange(body)
      case 'refresh':
        return this.#deps.voice().cards.refresh(row)
      case 'digest':
        return this.#deps.voice().cards.digest(row, body)
      case 'report':
        return this.#deps
          .voice()
          .speaker.letter(row, await readLetter(this.#deps.env, body.reportId, body.locale))
      case 'overdue':
        return this.#sayOverdue()
      case 'view':
        return this.#open(body)
      case 'elsewhere':
        await conversationOf(this.#deps.env, body.chatId).takeOverOnce(body.key, body.row)
        return { result: 'done' }
      case 'move':
        return this.#move()
      case 'errand':
        return this.#doErrand(row, body)
      case 'update':
        return this.#deps.listener.takeLate(body)
      case 'learned':
        return this.#deps.listener.learn(body)
      default:
        throw new Error(`nothing is known of rows of kind ${row.kind}`)
    }
  }

  /** A link is made at the moment it is said; who has blocked us asks for another when they are back. */
  async #sayLink(row: OutboxRow, link: Link): Promise<Delivery> {
    const { SESSION_SECRET: secret } = settingsOf(this.#deps.env)
    const delivery = await this.#deps
      .voice()
      .speaker.call(row, await linkCall(this.#deps.env.DB, secret, link))
    const isBlocked = delivery.result === 'refused' && isShut(delivery.reason)
    return isBlocked ? { ...delivery, result: 'done' } : delivery
  }

  /** A person looks at a card and waits for it: what is opened on it is shown with its next change. */
  #open({ leadId, version, view }: ViewBody): Delivery {
    const commit = () => {
      this.#deps.tables.shown.open(leadId, version, view)
      this.#deps.outbox.add([cardRow({ leadId, isNew: false })])
    }
    return { result: 'done', commit }
  }

  #sayOverdue(): Delivery {
    // One that was taken meanwhile needs nobody any more.
    const { leads: late, toldAt } = this.#deps.tables.overdue()
    const leads = late.filter(({ leadId }) => this.#deps.tables.isUnanswered(leadId) !== false)
    const commit = () => {
      this.#deps.tables.overdueTold(leads.length > 0 ? Date.now() : toldAt)
      if (leads.length > 0)
        this.#deps.outbox.add([overdueRow(leads, this.#deps.locale(), Date.now())])
    }
    return { result: 'done', commit }
  }

  async #doErrand(row: OutboxRow, errand: Errand & { publicUrl: string }): Promise<Delivery> {
    const owes = await doErrand(errand.name, errand.args, {
      env: this.#deps.env,
      settings: settingsOf(this.#deps.env),
      chatId: this.#deps.chatId,
      updateId: Number(row.key.split(':')[1]),
      locale: errand.locale,
      publicUrl: errand.publicUrl,
    })
    const left = (await Promise.all(owes.map((owed) => this.#tryAtOnce(owed)))).flat()
    // What an errand leaves to another has the same address to make links with.
    const rows = left.map((owed) => withPublicUrl(owed, errand.publicUrl))
    return { result: 'done', commit: () => this.#deps.outbox.add(rows) }
  }

  /** Does at once what an errand would leave to be owed, where that may be lost or done again; the rest. */
  async #tryAtOnce(row: NewRow): Promise<NewRow[]> {
    if (row.key.startsWith(ANSWERS)) return (await this.#deps.outbox.attempt(row)) ? [] : [row]
    if (row.kind !== 'changed') return [row]
    return this.#showChange(row.body as ChangedLead).then(
      () => [],
      // Why it failed is logged by the outbox, when it fails there.
      () => [row],
    )
  }

  /** Shows everywhere what somebody here has changed of a lead that nobody else shows. May be done twice. */
  async #showChange(changed: ChangedLead): Promise<Delivery> {
    await Promise.all([this.#changeCard(changed), tellLists(this.#deps.env, changed.lead)])
    return { result: 'done' }
  }

  async #changeCard(changed: ChangedLead): Promise<void> {
    await this.#deps.outbox.attempt(changeRow(changed))
    // Whatever has kept it from being changed at once, it is owed then.
    await this.#deps.showCards([changed.lead], changed.place)
  }

  async #move(): Promise<Delivery> {
    const { movedTo } = this.#deps.tables.memory()
    if (!movedTo) return { result: 'done' }
    await moveChat(this.#deps.env.DB, this.#deps.chatId, movedTo)
    const next = conversationOf(this.#deps.env, movedTo)
    return this.#deps.standing.giveOver((estate) => next.takeOver(estate))
  }
}

/** A press cannot be answered any more after so long, and nobody waits for it. */
const ANSWERED_WITHIN_MS = 150_000

function isTooLate({ seq }: OutboxRow, { method }: Call): boolean {
  return method === 'answerCallbackQuery' && Date.now() - seq / 1000 > ANSWERED_WITHIN_MS
}
