import { TEST_SETTINGS } from '../settings.ts'

/** A call that went out of the Worker. */
export interface OutgoingCall {
  to: 'telegram' | 'meta'
  method: string
  /** A method of Telegram's, a path of Meta's with its version. */
  name: string
  /** The parameters, wherever they stood. */
  params: Record<string, unknown>
  headers: Headers
}

let present: Outside | null = null

/** From here on nothing goes out of this machine; what a test has left behind meets nobody. */
export function closeTheDoor(): void {
  globalThis.fetch = (input: RequestInfo | URL, init?: RequestInit) =>
    present
      ? present.take(new Request(input, init))
      : Promise.reject(new TypeError('nobody is outside'))
}

type Answer = (call: OutgoingCall) => Response | undefined | Promise<Response | undefined>

/** What stands for the world outside: every call must be expected, or it fails. */
export class Outside {
  readonly calls: OutgoingCall[] = []
  #answers: Answer[] = []
  #underWay = 0
  readonly #chats = new Map<string, Map<number, string>>()

  constructor() {
    present = this
  }

  /** Answers calls as this function says; the latest is asked first, `undefined` passes on. */
  answer(answer: Answer): void {
    this.#answers.unshift(answer)
  }

  /** The calls of a name to a chat, in order. */
  sent(name: string, chatId?: string): OutgoingCall[] {
    return this.calls.filter(
      (call) =>
        call.name === name && (chatId === undefined || String(call.params['chat_id']) === chatId),
    )
  }

  /** Resolves with the next call of this name to a chat. */
  async next(name: string, chatId: string): Promise<OutgoingCall> {
    return new Promise((resolve) => {
      this.answer((call) => {
        if (call.name === name && String(call.params['chat_id']) === chatId) resolve(call)
        return undefined
      })
    })
  }

  async take(request: Request): Promise<Response> {
    this.#underWay += 1
    try {
      return await this.#answer(await readCall(request))
    } finally {
      this.#underWay -= 1
    }
  }

  async #answer(call: OutgoingCall): Promise<Response> {
    this.calls.push(call)
    for (const answer of this.#answers) {
      const response = await answer(call)
      if (response) return response
    }
    if (call.to === 'telegram') return this.#telegram(call)
    throw new Error(`nobody expected a call of ${call.name}`)
  }

  /** Whatever is under way has arrived: nobody can find what has not. */
  async arrived(): Promise<void> {
    while (this.#underWay > 0) await scheduler.wait(1)
  }

  /** Telegram does what it was asked, and the answer never arrives. */
  deliverSilently(call: OutgoingCall): void {
    this.#telegram(call)
  }

  /** Telegram as far as a chat's messages go: it numbers them, and tells what cannot be edited. */
  #telegram({ name, params }: OutgoingCall): Response {
    if (name === 'deleteMessage') {
      this.messages(String(params['chat_id'])).set(Number(params['message_id']), DELETED)
    }
    const known = ASKED[name]
    if (known !== undefined || !/^(send|edit)/.test(name)) return telegramOk(known ?? true)
    const messages = this.messages(String(params['chat_id']))
    const id = name.startsWith('edit')
      ? Number(params['message_id'])
      : FIRST_MESSAGE + messages.size
    // Who changes only the buttons leaves the words as they are.
    const isMarkupOnly = name === 'editMessageReplyMarkup'
    const text = isMarkupOnly ? textIn(messages.get(id)) : (params['text'] ?? params['caption'])
    const content = JSON.stringify([text, params['reply_markup']])
    if (name.startsWith('edit') && [undefined, DELETED].includes(messages.get(id))) {
      return telegramError(400, 'Bad Request: message to edit not found')
    }
    if (messages.get(id) === content) {
      return telegramError(
        400,
        'Bad Request: message is not modified: specified new message content',
      )
    }
    messages.set(id, content)
    return telegramOk({ message_id: id, date: 0, chat: { id: params['chat_id'], type: 'group' } })
  }

  /** What stands in a chat now, by message id. */
  messages(chatId: string): Map<number, string> {
    let messages = this.#chats.get(chatId)
    if (!messages) this.#chats.set(chatId, (messages = new Map()))
    return messages
  }
}

export const FIRST_MESSAGE = 100

/** What stands where a message was deleted: its number is not given to another. */
export const DELETED = ''

/** What Telegram answers to questions that a test does not care about. */
const ASKED: Record<string, unknown> = {
  getMe: { id: 1, is_bot: true, first_name: 'TargetBot', username: 'target_test_bot' },
  getChat: { id: 1, type: 'supergroup', title: 'Sales' },
  getChatMember: { status: 'member' },
  sendChatAction: true,
}

function textIn(content: string | undefined): unknown {
  const [text]: unknown[] = JSON.parse(content ?? '[]')
  return text
}

/** An empty world outside, for tests that do not look at it. */
export function openOutside(): void {
  present = new Outside()
}

export function telegramOk(result: unknown): Response {
  return Response.json({ ok: true, result })
}

export function telegramError(code: number, description: string, parameters = {}): Response {
  return Response.json({ ok: false, error_code: code, description, parameters }, { status: code })
}

export function metaError(code: number, subcode?: number): Response {
  const error = { message: 'x', type: 'OAuthException', code, error_subcode: subcode }
  return Response.json({ error }, { status: 400 })
}

async function readCall(request: Request): Promise<OutgoingCall> {
  const url = new URL(request.url)
  const isTelegram = request.url.startsWith(TEST_SETTINGS.TELEGRAM_API_ROOT)
  return {
    to: isTelegram ? 'telegram' : 'meta',
    method: request.method,
    name: isTelegram ? (url.pathname.split('/').at(-1) ?? '') : url.pathname.slice(1),
    params: { ...Object.fromEntries(url.searchParams), ...(await readBody(request)) },
    headers: request.headers,
  }
}

async function readBody(request: Request): Promise<Record<string, unknown>> {
  const type = request.headers.get('content-type') ?? ''
  if (request.method !== 'POST') return {}
  if (type.includes('json')) return request.json()
  return Object.fromEntries(await request.formData())
}
