import { lengthOf } from '../entities/formatted-text.ts'
import { badRequest } from '../errors.ts'
import type { Method } from './method.ts'

const MAX_ANSWER = 200

const answerCallbackQuery: Method = ({ presses }, args) => {
  const text = args.text('text')
  const url = args.text('url')
  if (lengthOf(text) > MAX_ANSWER) throw badRequest('MESSAGE_TOO_LONG')
  // Only links that start the bot may be opened so.
  if (url !== '' && !/^(?:https?:\/\/)?t\.me\/\w+\?start=|^tg:/.test(url)) {
    throw badRequest('URL_INVALID')
  }
  const answer = { text, show_alert: args.flag('show_alert'), url }
  if (presses.answer(args.text('callback_query_id'), answer)) return true
  throw badRequest('query is too old and response timeout expired or query ID is invalid')
}

export const callbackMethods = { answerCallbackQuery } satisfies Record<string, Method>
