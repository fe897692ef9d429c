import { env } from 'cloudflare:workers'
import type { Message } from 'grammy/types'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { findProject, updateProject } from '../../../src/store/projects.ts'
import { beginAnew, beSilent } from '../chats.ts'
import { Outside } from '../outside.ts'
import { deliver, message, newGroup, newUser } from '../updates.ts'

let outside: Outside

beforeEach(async () => {
  outside = new Outside()
  await beginAnew()
})

afterEach(() => updateProject(env.DB, 'main', { chatId: null, threadId: null, chatTitle: null }))

it('a topic that is bound is called by its name', async () => {
  const group = newGroup()
  const chatId = String(group.id)
  const opened = { message_id: 7, date: 0, chat: group, forum_topic_created: { name: 'Leads' } }
  const said = {
    text: '/bind',
    is_topic_message: true,
    message_thread_id: 7,
    reply_to_message: opened as Message['reply_to_message'] & object,
  } as const
  await deliver(message(await newUser('admin'), group, said))
  expect((await findProject(env.DB, 'main'))?.chatTitle).toBe('Sales · Leads')
  const [answer] = outside.sent('sendMessage', chatId)
  expect(answer?.params['text']).toContain('в «Sales · Leads», будут приходить заявки')
  expect(answer?.params['text']).toContain('«Основной»')
  await beSilent(chatId)
})
