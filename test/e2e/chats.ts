import type { CurrentMessage, Telegram } from '../../dev/telegram/telegram.ts'
import type { Stage } from './stage.ts'

type Saying = Parameters<Telegram['say']>[2]

const TIMEOUT_MS = 20_000

const ANOTHER = '🆕 Новая заявка'

/** What a person leaves in the bot; without a contact it is their own number. */
export interface Request {
  name: string
  contact?: string
  comment?: string
}

/** Says something to the bot and gives what it answers. */
export async function answerTo(
  { standIns: { telegram } }: Stage,
  userId: number,
  saying: Saying,
): Promise<CurrentMessage> {
  const { messageId } = telegram.say(userId, userId, saying)
  return telegram.when(
    () => telegram.messages(userId).find((one) => one.message_id > messageId && one.from?.is_bot),
    { timeoutMs: TIMEOUT_MS },
  )
}

/** Says the last answer to the bot and gives the summary that is to be confirmed. */
export async function summaryTo(
  stage: Stage,
  userId: number,
  saying: Saying,
): Promise<CurrentMessage> {
  const { telegram } = stage.standIns
  const { message_id: last } = await answerTo(stage, userId, saying)
  return telegram.when(
    () => telegram.messages(userId).find((one) => one.message_id >= last && one.reply_markup),
    { timeoutMs: TIMEOUT_MS },
  )
}

/** Waits until the bot has said something with these words to a person. */
export async function told(
  { standIns: { telegram } }: Stage,
  userId: number,
  words: string,
): Promise<CurrentMessage> {
  return telegram.when(
    () => telegram.messages(userId).find(({ text }) => text?.includes(words) === true),
    { timeoutMs: TIMEOUT_MS },
  )
}

/** Leaves a request in the bot, question by question, by a person whose Telegram is Russian. */
export async function leaveRequest(
  stage: Stage,
  userId: number,
  { name, contact, comment }: Request,
): Promise<void> {
  const { telegram } = stage.standIns
  const first = await answerTo(stage, userId, { text: '/lead' })
  // Who has an open request is asked whether this is another.
  if (buttonsOf(first).flat().includes(ANOTHER)) {
    await telegram.press(userId, userId, first.message_id, ANOTHER)
    await told(stage, userId, 'Как вас зовут')
  }
  await answerTo(stage, userId, { text: name })
  await answerTo(stage, userId, contact === undefined ? { contact: 'own' } : { text: contact })
  const summary = await summaryTo(stage, userId, { text: comment ?? 'Пропустить' })
  await telegram.press(userId, userId, summary.message_id, '✅ Отправить')
}

/** The card in the group that shows these words, once there is one. */
export async function cardWith(stage: Stage, words: string): Promise<CurrentMessage> {
  const { telegram } = stage.standIns
  return telegram.when(
    () => telegram.messages(stage.links.groupId).find((one) => isCard(one) && says(one, words)),
    { timeoutMs: TIMEOUT_MS },
  )
}

/** The cards in the group that show these words. */
export function cardsWith({ standIns, links }: Stage, words: string): CurrentMessage[] {
  return standIns.telegram.messages(links.groupId).filter((one) => isCard(one) && says(one, words))
}

/** The labels below a message, row by row. */
export function buttonsOf({ reply_markup: markup }: CurrentMessage): string[][] {
  return markup?.inline_keyboard.map((row) => row.map(({ text }) => text)) ?? []
}

function isCard({ reply_markup: markup }: CurrentMessage): boolean {
  return markup !== undefined
}

function says({ text }: CurrentMessage, words: string): boolean {
  return text?.includes(words) === true
}
