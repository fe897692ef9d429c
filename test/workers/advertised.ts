import { env } from 'cloudflare:workers'
import type { User } from 'grammy/types'
import { snapshotKey } from '../../src/meta/aggregate.ts'
import { dayOf } from '../../src/period.ts'
import { insertProject, updateProject } from '../../src/store/projects.ts'
import { connectionOf, conversationOf, watchOf } from '../../src/stubs.ts'
import { isoTime } from '../../src/time.ts'
import { type WatchSettings, watchSchema } from '../../src/watch/settings.ts'
import { give } from './chats.ts'
import { FakeMeta } from './fake-meta.ts'
import type { OutgoingCall, Outside } from './outside.ts'
import { newId, newUser, press } from './updates.ts'

/** A button below a message. */
export interface Button {
  text: string
  callback_data?: string
  url?: string
}

/** A message that was sent or changed. */
export interface Said {
  text: string
  buttons: Button[]
}

/** An advertised project: its chat, its account at Meta, and what that says of itself. */
export class Advertised {
  readonly projectId = `watched-${newId()}`
  readonly chatId = String(-1_000_000_000_000 - newId())
  readonly campaignId = `1202${newId()}`
  readonly meta: FakeMeta
  readonly #outside: Outside
  readonly name = this.projectId
  /** Of the account: there it is early in the afternoon. */
  readonly timezone = afternoonZone()
  accountStatus = 1
  effectiveStatus = 'ACTIVE'
  campaignAccount: string
  /** What the switch is answered with instead. */
  refusal: (() => Response) | null = null

  constructor(outside: Outside) {
    this.#outside = outside
    this.meta = new FakeMeta(outside)
    this.campaignAccount = this.meta.accountId
    this.listen()
  }

  /** Is asked before those that came after it. */
  listen(): void {
    this.#outside.answer((call) => (call.to === 'meta' ? this.#answer(call) : undefined))
  }

  async begin(watch: Partial<WatchSettings> = {}): Promise<this> {
    await connectionOf(env, this.meta.userId).adopt('token-1')
    await connectionOf(env, this.meta.userId).kick()
    await insertProject(env.DB, this.projectId, this.name)
    await updateProject(env.DB, this.projectId, {
      chatId: this.chatId,
      connectionId: this.meta.userId,
      adAccountId: this.meta.accountId,
      accountTimezone: this.timezone,
      currency: 'USD',
      watch: watchSchema.parse({ targetCpl: '5', hours: null, ...watch }),
    })
    // The chat has a history: what is looked for after a crash comes after its last message.
    await conversationOf(env, this.chatId).tell({ key: 'first', text: 'bind.private', params: {} })
    await conversationOf(env, this.chatId).kick()
    return this
  }

  /** What the campaign has spent and brought today, as it was just read from Meta. */
  async spend(usd: number, leads: number): Promise<void> {
    const day = dayOf(Date.now(), this.timezone)
    await env.DB.batch([
      env.DB.prepare(
        `INSERT INTO campaigns (id, account_id, name, created_at, updated_at)
         VALUES (?1, ?2, 'Leads Nov', ?3, ?3) ON CONFLICT DO NOTHING`,
      ).bind(this.campaignId, this.meta.accountId, isoTime()),
      env.DB.prepare(
        `INSERT OR REPLACE INTO insights (account_id, date, campaign_id, currency, spend_micros,
           impressions, clicks, leads, form_leads, actions, created_at, updated_at)
         VALUES (?1, ?2, ?3, 'USD', ?4, 1, 1, ?5, ?5, '[]', ?6, ?6)`,
      ).bind(this.meta.accountId, day, this.campaignId, usd * 1_000_000, leads, isoTime()),
    ])
    const read = JSON.stringify({ updatedAt: isoTime() })
    await env.KV_META.put(snapshotKey(this.projectId), read)
  }

  /** Has the project looked at, and waits until everything that follows was said. */
  async look(): Promise<void> {
    await watchOf(env, this.projectId).look()
    await this.settle()
  }

  async settle(): Promise<void> {
    await watchOf(env, this.projectId).kick()
    await conversationOf(env, this.chatId).kick()
    await conversationOf(env, ADMIN).kick()
  }

  /** What was said of the project in its chat, or in another. */
  said(chatId = this.chatId): Said[] {
    return this.#outside
      .sent('sendMessage', chatId)
      .map(saidIn)
      .filter(({ text }) => text.includes(this.name))
  }

  /** The first words of what was said. */
  titles(chatId = this.chatId): string[] {
    return this.said(chatId).map(({ text }) => /<b>(.*?)<\/b>/.exec(text)?.[1] ?? text)
  }

  /** What the message that was pressed last says now. */
  shown(): Said {
    const last = this.#outside.sent('editMessageText', this.chatId).at(-1)
    return last ? saidIn(last) : { text: '', buttons: [] }
  }

  /** Presses a button of what was said or shown last; the answer that passes by. */
  async press(who: User, label: string, at: Said = this.#last()): Promise<string> {
    const found = at.buttons.find(({ text }) => text.includes(label))
    if (!found?.callback_data) throw new Error(`there is no button ${label}`)
    return this.pressData(who, found.callback_data)
  }

  async pressData(who: User, data: string, messageId = this.lastMessage()): Promise<string> {
    const chat = { id: Number(this.chatId), type: 'supergroup', title: 'Sales' } as const
    await give(this.chatId, press(who, chat, messageId, data))
    await this.settle()
    const answer = this.#outside.sent('answerCallbackQuery').at(-1)
    return String(answer?.params['text'])
  }

  lastMessage(): number {
    return Math.max(...this.#outside.messages(this.chatId).keys())
  }

  /** Everything that was written down of what is done to the campaign. */
  async audited(): Promise<string[]> {
    const { results } = await env.DB.prepare(
      'SELECT action FROM audit_log WHERE target = ? ORDER BY id',
    )
      .bind(this.campaignId)
      .all<{ action: string }>()
    return results.map(({ action }) => action)
  }

  /** How often Meta was told to switch the campaign. */
  switches(): string[] {
    return this.#outside.calls
      .filter(({ to, name, params }) => {
        return to === 'meta' && name.endsWith(`/${this.campaignId}`) && 'status' in params
      })
      .map(({ params }) => String(params['status']))
  }

  #last(): Said {
    const calls = this.#outside.calls.filter(
      ({ name, params }) =>
        (name === 'sendMessage' || name === 'editMessageText') &&
        String(params['chat_id']) === this.chatId,
    )
    const last = calls.at(-1)
    return last ? saidIn(last) : { text: '', buttons: [] }
  }

  #answer({ name, params }: OutgoingCall): Response | undefined {
    const path = name.replace(/^v26\.0\//, '')
    if (path === `act_${this.meta.accountId}`) {
      return Response.json({ name: 'Account', account_status: this.accountStatus })
    }
    if (path === `act_${this.meta.accountId}/campaigns`) {
      const running = this.effectiveStatus === 'ACTIVE' ? [this.#campaign()] : []
      return Response.json({ data: running })
    }
    if (path !== this.campaignId) return undefined
    if (!('status' in params)) return Response.json(this.#campaign())
    const refused = this.refusal?.()
    if (refused) return refused
    this.effectiveStatus = String(params['status'])
    return Response.json({ success: true })
  }

  #campaign() {
    return {
      id: this.campaignId,
      account_id: this.campaignAccount,
      name: 'Leads Nov',
      objective: 'OUTCOME_LEADS',
      effective_status: this.effectiveStatus,
      start_time: '2026-11-01T00:00:00+0500',
    }
  }
}

export const ADMIN = '1001'

/** An admin who is none by configuration. */
export async function newAdmin(name = 'Dilnoza'): Promise<User> {
  return newUser('admin', name)
}

const markup = (params: OutgoingCall['params']) =>
  params['reply_markup'] as { inline_keyboard?: Button[][] } | undefined

function saidIn({ params }: OutgoingCall): Said {
  return {
    text: String(params['text']),
    buttons: markup(params)?.inline_keyboard?.flat() ?? [],
  }
}

/** A timezone in which it is between two and three in the afternoon. */
function afternoonZone(): string {
  const ahead = 14 - new Date().getUTCHours()
  return `Etc/GMT${ahead > 0 ? '-' : '+'}${Math.abs(ahead)}`
}
