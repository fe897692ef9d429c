import { GrammyError, HttpError } from 'grammy/web'
import { ALLOWED_UPDATES, introduce } from '../../src/bot/introduce.ts'
import { telegramOf } from '../../src/bot/telegram.ts'
import type { Settings } from '../../src/settings.ts'
import { type Found, StepError } from './report.ts'

/** Whether Telegram knows the token, and by which name. */
export async function findBot(settings: Settings): Promise<Found<string>> {
  const { username } = await asked(() => telegramOf(settings).getMe())
  return { value: username, says: `@${username}` }
}

/** Tells Telegram where updates go and what commands there are, and looks whether it took it. */
export async function introduceBot(settings: Settings, address: string): Promise<Found<true>> {
  const telegram = telegramOf(settings)
  const begunAt = Math.floor(Date.now() / 1000)
  await asked(() => introduce(telegram, { url: address, secret: settings.TELEGRAM_WEBHOOK_SECRET }))
  const info = await asked(() => telegram.getWebhookInfo())
  const missing = ALLOWED_UPDATES.filter((kind) => !info.allowed_updates?.includes(kind))
  if (info.url !== `${address}/telegram/webhook` || missing.length > 0) {
    throw new StepError(
      `Telegram sends to ${info.url || 'nowhere'}${missing.length > 0 ? `, without ${missing.join(', ')}` : ''}`,
      'Does something else use this bot? A bot has one webhook: it needs a bot of its own',
    )
  }
  const { last_error_date: failedAt = 0, last_error_message: failure } = info
  if (failure && failedAt >= begunAt) {
    throw new StepError(
      `Telegram cannot deliver: ${failure}`,
      `Can ${address} be reached from outside?`,
    )
  }
  const { pending_update_count: waiting } = info
  return { value: true, says: `${info.url}${waiting > 0 ? `, ${waiting} updates wait` : ''}` }
}

async function asked<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  try {
    return await ask()
  } catch (error) {
    if (error instanceof HttpError) {
      throw new StepError('Telegram does not answer', 'Is this machine online? Try again')
    }
    if (!(error instanceof GrammyError)) throw error
    // An unknown token gets 401, one that is none 404 (Bot API server).
    const isToken = error.error_code === 401 || error.error_code === 404
    throw new StepError(
      `Telegram refuses: ${error.error_code} ${error.description}`,
      isToken
        ? 'Take the token from @BotFather (/mybots → API Token) into TELEGRAM_BOT_TOKEN'
        : 'Mend it and run this again',
    )
  }
}
