import type { NewRow } from '../../outbox/outbox.ts'
import { findUser } from '../../store/users.ts'
import type { ErrandDeps } from '../errands.ts'
import { introduceTo } from '../introduce.ts'
import { telegramOf, throwIfDown, troubleOf } from '../telegram.ts'

/** Offers the person of this chat the commands of their role, if it is another than everybody's. */
export async function offerCommands(
  { wasChanged }: { wasChanged: boolean },
  { env, settings, chatId, locale }: ErrandDeps,
): Promise<NewRow[]> {
  const user = await findUser(env.DB, chatId)
  if (!user || (user.role === 'client' && !wasChanged)) return []
  try {
    await introduceTo(telegramOf(settings), { id: chatId, role: user.role, locale })
  } catch (error) {
    // Who never wrote to the bot is offered them when they do.
    throwIfDown(troubleOf(error))
  }
  return []
}
