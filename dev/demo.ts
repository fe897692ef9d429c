import { z } from 'zod'
import { introduce } from '../src/bot/introduce.ts'
import { telegramOf } from '../src/bot/telegram.ts'
import { DATASET } from './meta/world/ads.ts'
import { PortalClient } from './portal-client.ts'
import type { StandIns } from './stand-ins.ts'
import type { Telegram } from './telegram/telegram.ts'

/** The people of the demo, in the order in which the chat page offers them. */
export const PEOPLE = {
  client: {
    id: 1004,
    first_name: 'Азиза',
    last_name: 'Каримова',
    phone_number: '+998900000104',
    note: 'клиент',
  },
  olim: {
    id: 1002,
    first_name: 'Олим',
    last_name: 'Рахимов',
    phone_number: '+998900000102',
    note: 'менеджер',
  },
  nodira: {
    id: 1003,
    first_name: 'Нодира',
    last_name: 'Саидова',
    phone_number: '+998900000103',
    note: 'менеджер',
  },
  admin: {
    id: 1001,
    first_name: 'Карим',
    last_name: 'Юсупов',
    username: 'karim_target',
    phone_number: '+998900000101',
    note: 'админ',
  },
  uzbek: {
    id: 1005,
    first_name: 'Dilnoza',
    last_name: 'To‘xtayeva',
    phone_number: '+998900000105',
    language_code: 'uz',
    note: 'клиент, uz',
  },
  /** Has seen an advertisement, and not yet pressed Start. */
  newcomer: {
    id: 1006,
    first_name: 'Тимур',
    last_name: 'Ким',
    phone_number: '+998900000106',
    note: 'новый',
  },
} as const

const TOPIC = 'Заявки'

/** What a newcomer opens first. */
export const demoLinksSchema = z.object({
  admin: z.url(),
  manager: z.url(),
  client: z.url(),
  groupId: z.int(),
  topicId: z.int(),
})

export type DemoLinks = z.infer<typeof demoLinksSchema>

interface Scene {
  standIns: StandIns
  worker: string
  /** Where people open the portal, when that is not the Worker itself. */
  portal?: string
  botToken: string
  webhookSecret: string
}

/**
 * Sets the stage as an agency would: people write to the bot, the admin binds the group, gives
 * roles and connects Facebook, all of it by the product's own ways.
 */
export async function setDemo({
  standIns,
  worker,
  portal = worker,
  botToken,
  webhookSecret,
}: Scene): Promise<DemoLinks> {
  const { telegram } = standIns
  for (const person of Object.values(PEOPLE)) {
    telegram.addUser({ language_code: 'ru', ...person })
  }
  const groupId = telegram.addGroup({
    title: 'Отдел продаж',
    is_forum: true,
    topics: [TOPIC],
    admins: [PEOPLE.admin.id],
    members: [PEOPLE.olim.id, PEOPLE.nodira.id],
    bot: 'administrator',
  })
  const topicId = telegram.topics(groupId).find(({ name }) => name === TOPIC)?.id ?? 1
  const bot = { TELEGRAM_BOT_TOKEN: botToken, TELEGRAM_API_ROOT: `${standIns.url}/telegram` }
  await introduce(telegramOf(bot), { url: worker, secret: webhookSecret })
  const { newcomer: _, ...known } = PEOPLE
  for (const { id } of Object.values(known)) await greeted(telegram, id)
  const admin = new PortalClient(portal)
  const adminLink = await linkOf(telegram, PEOPLE.admin.id)
  await admin.enter(adminLink)
  for (const { id } of [PEOPLE.olim, PEOPLE.nodira]) {
    await admin.api('PATCH', `/users/${id}`, { role: 'manager' })
  }
  telegram.say(PEOPLE.admin.id, groupId, { text: '/bind', threadId: topicId })
  const ended = await admin.connectMeta()
  if (!ended.includes('connect=done')) throw new Error(`Facebook was not connected: ${ended}`)
  // Meta is told what becomes of its leads.
  await admin.api('PATCH', '/projects/main', { datasetId: DATASET.id })
  return {
    admin: adminLink,
    manager: await linkOf(telegram, PEOPLE.olim.id),
    client: await linkOf(telegram, PEOPLE.client.id),
    groupId,
    topicId,
  }
}

/** Presses Start and waits for the greeting: from then on the bot knows the person. */
async function greeted(telegram: Telegram, id: number): Promise<void> {
  const { messageId } = telegram.say(id, id, { text: '/start' })
  await telegram.when(() => telegram.messages(id).some((one) => one.message_id > messageId), {
    timeoutMs: 20_000,
  })
}

/** Asks the bot for a person's link to the portal, as they would. */
export async function linkOf(telegram: Telegram, userId: number): Promise<string> {
  const { messageId } = telegram.say(userId, userId, { text: '/portal' })
  return telegram.when(
    () =>
      telegram
        .messages(userId)
        .filter((message) => message.message_id > messageId)
        .map((message) => /http\S+\/portal\/enter\?token=[\w-]+/.exec(message.text ?? '')?.[0])
        .find(Boolean),
    { timeoutMs: 20_000 },
  )
}
