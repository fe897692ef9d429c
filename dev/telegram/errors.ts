import type { ResponseParameters } from 'grammy/types'

/** A refusal as the Bot API words it; the HTTP status equals `code`. */
export class ApiError extends Error {
  readonly code: number
  readonly parameters: ResponseParameters | undefined

  constructor(code: number, description: string, parameters?: ResponseParameters) {
    super(description)
    this.code = code
    this.parameters = parameters
  }
}

/** Raw server codes (BUTTON_DATA_INVALID) keep their case, sentences begin with a small letter. */
const worded = (prefix: string, message: string) =>
  /^.[A-Z_]/.test(message)
    ? `${prefix}: ${message}`
    : `${prefix}: ${message.slice(0, 1).toLowerCase()}${message.slice(1)}`

/** 400: the request is wrong, or the chat does not allow it now. */
export const badRequest = (message: string, parameters?: ResponseParameters) =>
  new ApiError(400, worded('Bad Request', message), parameters)

/** 403: the bot may not reach this chat at all. */
export const forbidden = (message: string) => new ApiError(403, worded('Forbidden', message))

/** 413: the body or a file in it is too large. */
export const tooLarge = (message: string) =>
  new ApiError(413, `Request Entity Too Large: ${message}`)

/** 429: come back in `seconds`. */
export const tooMany = (seconds: number) =>
  new ApiError(429, `Too Many Requests: retry after ${seconds}`, { retry_after: seconds })
