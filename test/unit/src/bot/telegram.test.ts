import { GrammyError, HttpError } from 'grammy/web'
import { describe, expect, it } from 'vitest'
import { troubleOf } from '../../../../src/bot/telegram.ts'

function refusal(code: number, description: string, parameters = {}): GrammyError {
  const body = { ok: false as const, error_code: code, description, parameters }
  return new GrammyError('Call failed', body, 'sendMessage', {})
}

describe('a failed call to Telegram means', () => {
  it.each([
    [400, 'Bad Request: message is not modified: specified new message content…', 'same'],
    [400, 'Bad Request: message to edit not found', 'gone'],
    [400, "Bad Request: message can't be edited", 'gone'],
    [400, 'Bad Request: there is no text in the message to edit', 'gone'],
    [
      400,
      'Bad Request: query is too old and response timeout expired or query ID is invalid',
      'late',
    ],
    [
      400,
      "Bad Request: can't parse entities: Can't find end tag corresponding to start tag b",
      'markup',
    ],
    [400, 'Bad Request: message thread not found', 'thread'],
    [400, 'Bad Request: TOPIC_CLOSED', 'thread'],
    [400, 'Bad Request: TOPIC_DELETED', 'thread'],
    [400, 'Bad Request: message to delete not found', 'gone'],
    [400, "Bad Request: message can't be deleted", 'gone'],
    [400, 'Bad Request: message to be replied not found', 'reply'],
    [400, 'Bad Request: message is too long', 'long'],
    [400, 'Bad Request: message caption is too long', 'long'],
    [400, 'Bad Request: text is too long', 'long'],
    [400, 'Bad Request: MESSAGE_TOO_LONG', 'long'],
    [400, 'Bad Request: BUTTON_DATA_INVALID', 'buttons'],
    [400, 'Bad Request: BUTTON_TYPE_INVALID', 'buttons'],
    [400, "Bad Request: inline keyboard button URL 'x' is invalid: Wrong HTTP URL", 'buttons'],
    [400, 'Bad Request: reply markup is too long', 'buttons'],
    [400, 'Bad Request: file is too big', 'large'],
    [413, 'Request Entity Too Large: body is too big', 'large'],
    [400, 'Bad Request: chat_id is empty', 'refused'],
    [400, 'Bad Request: message text is empty', 'refused'],
    [400, 'Bad Request: wrong file identifier/HTTP URL specified', 'refused'],
    [400, 'Bad Request: not enough rights to create a topic', 'refused'],
    [400, 'Bad Request: the chat is not a forum', 'refused'],
    [401, 'Unauthorized', 'down'],
    [404, 'Not Found', 'down'],
    [409, 'Conflict: terminated by other setWebhook', 'down'],
    [500, 'Internal Server Error: sent message was immediately deleted', 'down'],
    [502, 'Bad Gateway', 'down'],
  ])('%i %s: %s', (code, description, kind) => {
    expect(troubleOf(refusal(code, description)).kind).toBe(kind)
  })

  it.each([
    [403, 'Forbidden: bot was blocked by the user', 'blocked'],
    [403, 'Forbidden: user is deactivated', 'blocked'],
    [403, "Forbidden: bot can't initiate conversation with a user", 'blocked'],
    [403, 'Forbidden: bot was kicked from the group chat', 'left'],
    [403, 'Forbidden: bot is not a member of the supergroup chat', 'left'],
    [403, 'Forbidden: the group chat was deleted', 'left'],
    [403, 'Forbidden: something that nobody has seen yet', 'left'],
    [400, 'Bad Request: chat not found', 'unknown'],
    [400, 'Bad Request: not enough rights to send text messages to the chat', 'muted'],
    [400, 'Bad Request: not enough rights to send documents to the chat', 'muted'],
    [400, 'Bad Request: have no write access to the chat', 'muted'],
  ])('a chat where nothing can be said, %i %s: %s', (code, description, why) => {
    expect(troubleOf(refusal(code, description))).toMatchObject({ kind: 'shut', why })
  })

  it('a wait of the seconds that it says', () => {
    const trouble = troubleOf(refusal(429, 'Too Many Requests: retry after 7', { retry_after: 7 }))
    expect(trouble).toEqual({ kind: 'wait', seconds: 7 })
  })

  it('another chat when the group has become a supergroup', () => {
    const description = 'Bad Request: group chat was upgraded to a supergroup chat'
    const trouble = troubleOf(refusal(400, description, { migrate_to_chat_id: -1001234567890 }))
    expect(trouble).toEqual({ kind: 'moved', chatId: '-1001234567890' })
  })

  it('nothing known when there was no answer', () => {
    const trouble = troubleOf(new HttpError('Network request failed', new Error('reset')))
    expect(trouble.kind).toBe('down')
  })

  it('a bug of ours when it is no failure of Telegram', () => {
    expect(() => troubleOf(new TypeError('x'))).toThrow('x')
  })
})
