import { env } from 'cloudflare:workers'
import type { Message, Update, User } from 'grammy/types'
import { z } from 'zod'
import { listLeads } from '../../src/store/leads.ts'
import type { LeadData } from '../../src/lead.ts'
import { registerUser, setUserRole, type UserRole } from '../../src/store/users.ts'
import { conversationOf, leadIdOf, leadOf } from '../../src/stubs.ts'
import { DELETED, FIRST_MESSAGE, type Outside } from './outside.ts'
import { message, newId, newPerson, press, privateChat } from './updates.ts'

const button = z.object({ text: z.string(), callback_data: z.string() })
const shownSchema = z.tuple([
  z.string(),
  z
    .object({ inline_keyboard: z.array(z.array(button)).optional() })
    .loose()
    .nullish(),
])

const keyboardSchema = z.object({
  keyboard: z.array(z.array(z.object({ text: z.string() }))).optional(),
  remove_keyboard: z.literal(true).optional(),
})

/** A message of the bot’s as it stands in the chat now. */
export interface Shown {
  id: number
  text: string
  buttons: z.infer<typeof button>[]
}

/** A person who talks with the bot in private. */
export class Client {
  readonly person: User
  readonly chat: ReturnType<typeof privateChat>
  readonly id: string
  readonly #outside: Outside

  constructor(outside: Outside, { name = 'Aziza', language = 'ru' } = {}) {
    this.#outside = outside
    this.person = newPerson(name, language)
    this.chat = privateChat(this.person)
    this.id = String(this.chat.id)
  }

  /** Somebody who is known already, with a role. */
  static async as(role: UserRole, outside: Outside, name = 'Olim'): Promise<Client> {
    const client = new Client(outside, { name })
    const { id } = client
    await registerUser(env.DB, { id, name, username: null, locale: 'ru', isAdmin: false })
    await setUserRole(env.DB, id, role)
    return client
  }

  /** Writes something; what comes back is the message as Telegram numbered it. */
  async say(text: string): Promise<number> {
    return this.send({ text })
  }

  async send(content: Omit<Partial<Message>, 'chat'>): Promise<number> {
    const update = message(this.person, this.chat, content)
    await this.deliver(update)
    return update.message?.message_id ?? 0
  }

  async sayAll(...texts: string[]): Promise<void> {
    for (const text of texts) await this.say(text)
  }

  /** Changes a message of theirs. */
  async edit(messageId: number, text: string): Promise<void> {
    const { person: from, chat } = this
    const edited = { message_id: messageId, date: 0, edit_date: 1, from, chat, text }
    await this.deliver({ update_id: newId(), edited_message: edited })
  }

  /** Shares a contact: their own, unless another's id is given. */
  async share(phone: string, userId: number | null = this.person.id): Promise<void> {
    const contact = { phone_number: phone, first_name: 'X' }
    await this.send({ contact: userId === null ? contact : { ...contact, user_id: userId } })
  }

  /** Presses the newest button that says this; the update, to be delivered again. */
  async press(label: string): Promise<Update> {
    const found = this.shown()
      .toReversed()
      .flatMap(({ id, buttons }) => buttons.map((one) => ({ id, ...one })))
      .find(({ text }) => text.includes(label))
    if (!found) throw new Error(`there is no button ${label}`)
    return this.pressData(found.id, found.callback_data)
  }

  async pressData(messageId: number, data: string): Promise<Update> {
    const update = press(this.person, this.chat, messageId, data)
    await this.deliver(update)
    return update
  }

  /** Gives an update to the conversation, and waits until everything due was said. */
  async deliver(update: Update): Promise<void> {
    const conversation = conversationOf(env, this.id)
    await conversation.receive(update, 'https://bot.test')
    await this.settle()
  }

  async settle(): Promise<void> {
    await conversationOf(env, this.id).kick()
  }

  /** What the bot has said here, as it stands now, oldest first. */
  shown(): Shown[] {
    const messages = [...this.#outside.messages(this.id)]
    return messages.flatMap(([id, content]) => {
      if (content === DELETED) return []
      const [text, markup] = shownSchema.parse(JSON.parse(content))
      return { id, text, buttons: markup?.inline_keyboard?.flat() ?? [] }
    })
  }

  /** Those of its messages that have buttons to press. */
  withButtons(): Shown[] {
    return this.shown().filter(({ buttons }) => buttons.length > 0)
  }

  /** The reply keyboard below what the person writes: the last that was given, if none took it away. */
  keyboard(): unknown {
    const markups = this.#outside
      .sent('sendMessage', this.id)
      .map(({ params }) => keyboardSchema.parse(params['reply_markup'] ?? {}))
    const last = markups.findLast(({ keyboard, remove_keyboard }) => keyboard ?? remove_keyboard)
    return last?.keyboard ?? null
  }

  /** The newest message of the bot’s. */
  last(): Shown {
    return this.shown().at(-1) ?? { id: FIRST_MESSAGE, text: '', buttons: [] }
  }

  /** What was said in answer to presses. */
  toasts(): string[] {
    return this.#outside
      .sent('answerCallbackQuery')
      .map(({ params }) => JSON.stringify(params['text'] ?? ''))
  }

  /** The request that a press has sent, once the lists know of it; `null` when it has sent none. */
  async sentBy({ update_id: updateId }: Update): Promise<LeadData | null> {
    const lead = leadOf(env, leadIdOf('telegram', `${this.id}:${updateId}`))
    await lead.show()
    return (await lead.read())?.lead ?? null
  }

  /** The requests that this person has left, newest first, as the lists know them. */
  async leads(): Promise<LeadData[]> {
    const page = { after: null, limit: 100 }
    return (await listLeads(env.DB, { userId: this.id }, page)).leads
  }
}
