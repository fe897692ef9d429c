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
    [400, 'Bad Request: chat not found', 'refused'],
    [400, 'Bad Request: BUTTON_DATA_INVALID', 'refused'],
    [400, 'Bad Request: not enough rights to send text messages to the chat', 'refused'],
    [401, 'Unauthorized', 'down'],
    [403, 'Forbidden: bot was blocked by the user', 'closed'],
    [403, 'Forbidden: bot was kicked from the supergroup chat', 'closed'],
    [404, 'Not Found', 'down'],
    [500, 'Internal Server Error: sent message was immediately deleted', 'down'],
    [502, 'Bad Gateway', 'down'],
  ])('%i %s: %s', (code, description, kind) => {
    expect(troubleOf(refusal(code, description)).kind).toBe(kind)
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
