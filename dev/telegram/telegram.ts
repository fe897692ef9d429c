import type { Message, ReplyKeyboardMarkup, WebhookInfo } from 'grammy/types'
import type { Hono } from 'hono'
import { botApi } from './api.ts'
import { assemble, type TelegramOptions } from './assemble.ts'
import type { Call } from './calls.ts'
import type { Core } from './core.ts'
import type { FaultBoard } from './faults.ts'
import type { Env } from './http.ts'
import { initData } from './init-data.ts'
import { shown } from './messages.ts'
import { webhookInfo } from './methods/webhook.ts'
import { chatPage } from './page.ts'
import * as groups from './people/groups.ts'
import * as people from './people/people.ts'
import { type Button, startPress } from './people/press.ts'
import { editText, say, type Said, type Saying } from './people/say.ts'
import type { CallbackAnswer, Press } from './presses.ts'
import { Snapshot } from './snapshot.ts'
import type { Switches } from './switches.ts'
import type { Delivery } from './webhook-request.ts'
import type { Rights, Standing, Topic } from './world.ts'

const DEFAULT_TIMEOUT_MS = 5_000

/** A message as it is now, and how often it was edited. */
export type CurrentMessage = Message & { edits: number }

/** Telegram on this machine: the Bot API, the people who use it, and a page to see it all. */
export class Telegram {
  /** The Bot API, to be mounted where the bot's API root points. */
  readonly app: Hono<Env>
  /** The chat page and the control API, to be mounted at `/`. */
  readonly page: Hono
  readonly faults: FaultBoard
  readonly switches: Switches
  readonly #core: Core
  readonly #snapshot: Snapshot | undefined

  constructor(core: Core, options: TelegramOptions) {
    this.#core = core
    this.#snapshot = options.statePath
      ? new Snapshot(options.statePath, core.world, core.watch)
      : undefined
    this.faults = core.faults
    this.switches = core.switches
    this.app = botApi(core, { latencyMs: options.latencyMs ?? 0 })
    this.page = chatPage(core, this)
    // What waited when the last run ended goes on its way.
    core.watch.changed()
  }

  /** Adds a person, or changes what is known of one. */
  addUser(person: people.NewPerson): void {
    people.addUser(this.#core, person)
  }

  /** Adds a group that was there before; gives its id. */
  addGroup(group: groups.NewGroup): number {
    return groups.addGroup(this.#core, group)
  }

  /** Somebody writes: to the bot when the chat is themselves, or into a group. */
  say(userId: number, chatId: number, saying: Saying): Said {
    return say(this.#core, userId, chatId, saying)
  }

  /** Somebody changes a text of theirs. */
  edit(userId: number, chatId: number, messageId: number, text: string): Said {
    return editText(this.#core, userId, chatId, messageId, text)
  }

  /**
   * Presses an inline button. Resolves with the bot's answer, or with `expired` when the client
   * gives up waiting for one.
   */
  async press(
    userId: number,
    chatId: number,
    messageId: number,
    button: Button,
  ): Promise<CallbackAnswer | 'expired'> {
    const { id } = startPress(this.#core, userId, chatId, messageId, button)
    return this.#core.presses.answered(id)
  }

  block(userId: number): number | null {
    return people.block(this.#core, userId)
  }

  unblock(userId: number): number | null {
    return people.unblock(this.#core, userId)
  }

  /** Somebody deletes their account. */
  deactivate(userId: number): void {
    people.deactivate(this.#core, userId)
  }

  /** Adds, promotes, restricts or removes the bot; gives the id of the update. */
  setBot(chatId: number, standing: Standing, rights?: Partial<Rights>): number | null {
    return groups.setBot(this.#core, chatId, standing, rights)
  }

  /** Lets a person join or leave, or an admin promote or remove them. */
  setMember(chatId: number, userId: number, standing: Standing): number | null {
    return groups.setMember(this.#core, chatId, userId, standing)
  }

  /** Turns a basic group into a supergroup; gives the new id. */
  migrate(chatId: number, options?: { is_forum?: boolean }): number {
    return groups.migrate(this.#core, chatId, options)
  }

  /** An admin opens a topic; gives its id. */
  addTopic(chatId: number, name: string): number {
    return groups.addTopic(this.#core, chatId, name)
  }

  /** An admin closes, reopens or deletes a topic; General is 1. */
  changeTopic(chatId: number, topicId: number, deed: groups.TopicDeed): void {
    groups.changeTopic(this.#core, chatId, topicId, deed)
  }

  /** Somebody deletes a message for everybody; the bot is not told. */
  deleteMessage(chatId: number, messageId: number): void {
    groups.deleteMessage(this.#core, chatId, messageId)
  }

  /** The messages of a chat, oldest first; of one topic when it is named. */
  messages(chatId: number, { threadId }: { threadId?: number } = {}): CurrentMessage[] {
    const place = this.#core.world.places.get(chatId)
    if (!place) return []
    return [...place.messages.values()]
      .filter(({ message }) => threadId === undefined || message.message_thread_id === threadId)
      .map((stored) => ({ ...shown(place, stored), edits: stored.edits }))
  }

  /** The reply keyboard that people of a chat see now. */
  keyboard(chatId: number): ReplyKeyboardMarkup | undefined {
    const keyboard = this.#core.world.places.get(chatId)?.keyboard
    return keyboard && 'keyboard' in keyboard ? keyboard : undefined
  }

  topics(chatId: number): Topic[] {
    return [...(this.#core.world.places.get(chatId)?.topics.values() ?? [])]
  }

  get presses(): readonly Press[] {
    return this.#core.presses.list()
  }

  get calls(): readonly Call[] {
    return this.#core.calls.all
  }

  /** Every attempt to bring an update to the bot. */
  get deliveries(): readonly Delivery[] {
    return this.#core.deliveries.log
  }

  webhookInfo(): WebhookInfo {
    return webhookInfo(this.#core)
  }

  /** The signed `initData` with which somebody opens the bot's Mini App. */
  initData(userId: number, options?: { startParam?: string }): string {
    return initData(this.#core, userId, options)
  }

  /** Resolves when every update has been delivered or dropped. */
  async idle({ timeoutMs = DEFAULT_TIMEOUT_MS } = {}): Promise<void> {
    await this.when(() => this.#core.deliveries.isIdle, { timeoutMs })
  }

  /**
   * Resolves with what `predicate` gives once that is truthy. It is asked after every change of
   * the stand-in, so it should look at the stand-in and not at variables of its own.
   */
  when<T>(
    predicate: () => T,
    { timeoutMs = DEFAULT_TIMEOUT_MS } = {},
  ): Promise<Exclude<T, false | null | undefined>> {
    return this.#core.watch.when(predicate, timeoutMs, () => this.#situation())
  }

  #situation(): string {
    const { pending, webhook } = this.#core.world
    const calls = this.calls.slice(-5).map((call) => JSON.stringify(call))
    const waiting = pending.slice(0, 5).map(({ update }) => JSON.stringify(update))
    return [
      `${calls.length === 0 ? 'No calls' : 'Last calls'} to the Bot API:`,
      ...calls,
      `${pending.length} updates wait${webhook.lastError && `, last error: ${webhook.lastError}`}`,
      ...waiting,
    ].join('\n')
  }

  /** Stops deliveries, lets go of calls that hang, and writes the state down. */
  async close(): Promise<void> {
    this.#core.deliveries.close()
    this.#core.faults.clear()
    this.#snapshot?.close()
  }
}

/** Makes a Telegram for one bot. */
export const createTelegram = (options: TelegramOptions): Telegram =>
  new Telegram(assemble(options), options)
