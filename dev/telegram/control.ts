import { Hono } from 'hono'
import { z } from 'zod'
import { Fault } from './faults.ts'
import { jsonOnly } from './json-only.ts'
import { SwitchSettings } from './switches.ts'
import type { Telegram } from './telegram.ts'
import { Rights, Standing } from './world.ts'

const id = z.number().int()
const File = z.object({
  name: z.string(),
  /** The contents, in base64. */
  bytes: z.base64().transform((text) => new Uint8Array(Buffer.from(text, 'base64'))),
})
const Contact = z.object({
  phone_number: z.string(),
  first_name: z.string(),
  last_name: z.string().exactOptional(),
})
const Saying = z.object({
  text: z.string().exactOptional(),
  contact: z.union([z.literal('own'), Contact]).exactOptional(),
  sticker: z.string().exactOptional(),
  photo: File.exactOptional(),
  document: File.exactOptional(),
  voice: z.number().exactOptional(),
  location: z.object({ latitude: z.number(), longitude: z.number() }).exactOptional(),
  caption: z.string().exactOptional(),
  forwardFrom: z.union([z.object({ userId: id }), z.object({ name: z.string() })]).exactOptional(),
  replyTo: id.exactOptional(),
  threadId: id.exactOptional(),
  isAnonymous: z.boolean().exactOptional(),
})
const NewPerson = z.object({
  id,
  first_name: z.string(),
  last_name: z.string().exactOptional(),
  username: z.string().exactOptional(),
  language_code: z.string().exactOptional(),
  phone_number: z.string().exactOptional(),
  note: z.string().exactOptional(),
  hasStarted: z.boolean().exactOptional(),
})
const NewGroup = z.object({
  id: id.exactOptional(),
  type: z.enum(['group', 'supergroup']).exactOptional(),
  title: z.string(),
  is_forum: z.boolean().exactOptional(),
  topics: z.array(z.string()).exactOptional(),
  members: z.array(id).exactOptional(),
  admins: z.tuple([id], id),
  bot: Standing.exactOptional(),
})
const User = z.object({ userId: id })
const Chat = z.object({ chatId: id })
const Message = Chat.extend({ messageId: id })

/** An act over HTTP: what it needs, and what it does. */
const act =
  <Given>(schema: z.ZodType<Given>, run: (telegram: Telegram, given: Given) => unknown) =>
  (telegram: Telegram, body: unknown) =>
    run(telegram, schema.parse(body))

/** `POST /control/<act>` with JSON: everything that people do, by the names of `Telegram`. */
const ACTS: Record<string, (telegram: Telegram, body: unknown) => unknown> = {
  addUser: act(NewPerson, (telegram, person) => telegram.addUser(person)),
  addGroup: act(NewGroup, (telegram, group) => telegram.addGroup(group)),
  addTopic: act(Chat.extend({ name: z.string() }), (telegram, { chatId, name }) =>
    telegram.addTopic(chatId, name),
  ),
  say: act(Saying.extend({ userId: id, chatId: id }), (telegram, { userId, chatId, ...saying }) =>
    telegram.say(userId, chatId, saying),
  ),
  edit: act(Message.extend({ userId: id, text: z.string() }), (telegram, given) =>
    telegram.edit(given.userId, given.chatId, given.messageId, given.text),
  ),
  press: act(
    Message.extend({ userId: id, button: z.union([z.string(), z.object({ data: z.string() })]) }),
    (telegram, given) => telegram.press(given.userId, given.chatId, given.messageId, given.button),
  ),
  block: act(User, (telegram, { userId }) => telegram.block(userId)),
  unblock: act(User, (telegram, { userId }) => telegram.unblock(userId)),
  deactivate: act(User, (telegram, { userId }) => telegram.deactivate(userId)),
  setBot: act(
    Chat.extend({
      standing: Standing,
      rights: z.partialRecord(Rights.keyof(), z.boolean()).exactOptional(),
    }),
    (telegram, { chatId, standing, rights }) => telegram.setBot(chatId, standing, rights),
  ),
  setMember: act(Chat.extend({ userId: id, standing: Standing }), (telegram, given) =>
    telegram.setMember(given.chatId, given.userId, given.standing),
  ),
  migrate: act(Chat.extend({ is_forum: z.boolean().default(false) }), (telegram, given) =>
    telegram.migrate(given.chatId, given),
  ),
  changeTopic: act(
    Chat.extend({ topicId: id, deed: z.enum(['close', 'reopen', 'delete']) }),
    (telegram, given) => telegram.changeTopic(given.chatId, given.topicId, given.deed),
  ),
  deleteMessage: act(Message, (telegram, { chatId, messageId }) =>
    telegram.deleteMessage(chatId, messageId),
  ),
}

const ChatQuery = z.object({
  chatId: z.coerce.number(),
  threadId: z.coerce.number().exactOptional(),
})

/** The stand-in for other processes and for the chat page: JSON over HTTP, errors with status 400. */
export function controlApi(telegram: Telegram): Hono {
  const app = new Hono()
  app.use(jsonOnly)
  app.get('/messages', (c) => {
    const { chatId, ...thread } = ChatQuery.parse(c.req.query())
    return c.json(telegram.messages(chatId, thread))
  })
  app.get('/topics', (c) => c.json(telegram.topics(ChatQuery.parse(c.req.query()).chatId)))
  app.get('/calls', (c) => c.json(telegram.calls))
  app.get('/presses', (c) => c.json(telegram.presses))
  app.get('/webhook', (c) => c.json(telegram.webhookInfo()))
  app.get('/idle', async (c) => c.json({ ok: true, result: await telegram.idle() }))
  app.get('/init-data', (c) =>
    c.json({ initData: telegram.initData(Number(c.req.query('userId'))) }),
  )
  app.get('/faults', (c) => c.json(listFaults(telegram)))
  app.post('/faults', async (c) => {
    const { id } = telegram.faults.add(Fault.parse(await c.req.json()))
    return c.json({ id })
  })
  app.delete('/faults/:id?', (c) => {
    const id = c.req.param('id')
    if (id === undefined) telegram.faults.clear()
    else telegram.faults.remove(Number(id))
    return c.json(listFaults(telegram))
  })
  app.get('/switches', (c) => c.json(telegram.switches.current))
  app.patch('/switches', async (c) => {
    telegram.switches.set(
      SwitchSettings.parse({ ...telegram.switches.current, ...(await c.req.json()) }),
    )
    return c.json(telegram.switches.current)
  })
  app.post('/:act', async (c) => {
    const run = ACTS[c.req.param('act')]
    if (!run)
      return c.json({ error: `No such act; there are: ${Object.keys(ACTS).join(', ')}` }, 404)
    const result = await run(telegram, await c.req.json())
    return c.json({ result: result ?? null })
  })
  app.onError((error, c) => {
    const text = error instanceof z.ZodError ? z.prettifyError(error) : error.message
    return c.json({ error: text }, 400)
  })
  return app
}

const listFaults = ({ faults }: Telegram) =>
  faults.list().map(({ id, fault, hits }) => ({ id, fault, hits }))
