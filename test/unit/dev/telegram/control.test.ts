import { expect, describe, it } from 'vitest'
import { z } from 'zod'
import { ANN, BOB, CARD, DAN, forum, stage } from './stage.ts'

async function controlled() {
  const made = await stage()
  const call = async (method: string, path: string, body?: unknown) => {
    const response = await made.telegram.page.request(path, {
      method,
      ...(body !== undefined && {
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    })
    return { status: response.status, body: z.any().parse(await response.json()) as unknown }
  }
  const act = (name: string, body: unknown) => call('POST', `/control/${name}`, body)
  return { ...made, call, act }
}

describe('the control API', () => {
  it('does what people do, for other processes', async () => {
    const { act, call, telegram } = await controlled()
    await act('addUser', { id: 9, first_name: 'Gulnora', phone_number: '+998909' })
    expect(await act('say', { userId: 9, chatId: 9, contact: 'own' })).toMatchObject({
      status: 200,
    })
    const group = await act('addGroup', {
      title: 'Отдел',
      admins: [9],
      is_forum: true,
      bot: 'administrator',
    })
    const { result: chatId } = z.object({ result: z.number() }).parse(group.body)
    const topic = await act('addTopic', { chatId, name: 'Лиды' })
    const { result: topicId } = z.object({ result: z.number() }).parse(topic.body)
    await act('setMember', { chatId, userId: ANN, standing: 'member' })
    await act('say', {
      userId: ANN,
      chatId,
      threadId: topicId,
      document: { name: 'a.csv', bytes: Buffer.from('a;b').toString('base64') },
    })
    await act('changeTopic', { chatId, topicId, deed: 'close' })
    await act('setBot', { chatId, standing: 'restricted', rights: { can_send_messages: true } })
    await act('block', { userId: 9 })
    const messages = await call('GET', `/control/messages?chatId=${chatId}&threadId=${topicId}`)
    expect(messages.body).toMatchObject([
      {},
      { document: { file_name: 'a.csv', file_size: 3 } },
      { forum_topic_closed: {} },
    ])
    await telegram.idle()
    expect((await call('GET', '/control/webhook')).body).toMatchObject({ pending_update_count: 0 })
    expect((await call('GET', '/control/topics?chatId=' + chatId)).body).toMatchObject([
      { name: 'Лиды', isClosed: true },
    ])
  })

  it('waits for the answer to a press', async () => {
    const { act, api, telegram } = await controlled()
    const { id } = forum({ telegram })
    const { message_id: messageId } = await api.sendMessage(id, 'Lead', CARD)
    const pressing = act('press', { userId: BOB, chatId: id, messageId, button: 'Take' })
    await telegram.when(() => telegram.presses[0])
    await api.answerCallbackQuery(telegram.presses[0]?.id ?? '', { text: 'Ваша' })
    expect((await pressing).body).toEqual({ result: { text: 'Ваша', show_alert: false, url: '' } })
  })

  it('posts faults, lists them with their hits, and takes them away', async () => {
    const { call, api } = await controlled()
    const fault = { kind: 'error', code: 500, method: 'getMe' }
    expect((await call('POST', '/control/faults', fault)).body).toEqual({ id: 1 })
    await call('POST', '/control/faults', { kind: 'delay', ms: 5 })
    await api.getMe().catch(() => undefined)
    expect((await call('GET', '/control/faults')).body).toMatchObject([
      { id: 1, hits: 1, fault },
      { id: 2, hits: 0 },
    ])
    expect((await call('DELETE', '/control/faults/1')).body).toMatchObject([{ id: 2 }])
    expect((await call('DELETE', '/control/faults')).body).toEqual([])
  })

  it('turns switches, one at a time', async () => {
    const { call, telegram } = await controlled()
    await call('PATCH', '/control/switches', { isDown: true })
    await call('PATCH', '/control/switches', { copies: 2 })
    expect(telegram.switches.current).toMatchObject({
      isDown: true,
      copies: 2,
      forgetsDelivered: false,
    })
    expect((await call('GET', '/control/switches')).body).toEqual(telegram.switches.current)
  })

  it.each([
    ['POST', '/control/say', { userId: 1 }, 400, 'chatId'],
    ['POST', '/control/say', { userId: 1, chatId: 1, text: 'x' }, 400, 'There is no person 1'],
    ['POST', '/control/faults', { kind: 'earthquake' }, 400, 'Invalid'],
    ['PATCH', '/control/switches', { copies: 99 }, 400, 'copies'],
    ['POST', '/control/dance', {}, 404, 'there are: addUser'],
    ['POST', '/control/say', undefined, 415, 'application/json'],
  ])('%s %s with %j is %i: …%s…', async (method, path, body, status, words) => {
    const { call } = await controlled()
    const answer = await call(method, path, body)
    expect(answer.status).toBe(status)
    expect(JSON.stringify(answer.body)).toContain(words)
  })
})

describe('the chat page', () => {
  it('is served with everything it is made of, and nothing else', async () => {
    const { telegram } = await controlled()
    const html = await telegram.page.request('/')
    expect(html.headers.get('content-type')).toContain('text/html')
    const assets = [...(await html.text()).matchAll(/(?:src|href)="(\/chat-page\/[^"]+)"/g)].map(
      ([, path = '']) => path,
    )
    expect(assets.length).toBeGreaterThan(1)
    for (const path of assets) expect((await telegram.page.request(path)).status).toBe(200)
    for (const path of [
      '/chat-page/../telegram/telegram.ts',
      '/chat-page/none.js',
      '/chat-page/%2e%2e%2fpackage.json',
    ]) {
      expect((await telegram.page.request(path)).status).toBe(404)
    }
  })

  it('shows each person their own chats, and one of them open', async () => {
    const { telegram, api, call } = await controlled()
    const { id, topicId } = forum({ telegram })
    await api.sendMessage(id, 'Lead', { message_thread_id: topicId, ...CARD })
    void telegram.press(BOB, id, telegram.messages(id).at(-1)?.message_id ?? 0, 'Take')
    const view = await call('GET', `/page/view?as=${BOB}&chat=${id}&thread=${topicId}`)
    expect(view.body).toMatchObject({
      me: { id: BOB },
      chats: [{ kind: 'bot' }, { id, isForum: true, topics: [{ id: topicId, name: 'Новые' }] }],
      open: {
        memberCount: 4,
        messages: [{}, { text: 'Lead' }],
        presses: [{ data: 'v1:claim:7' }],
        obstacle: null,
      },
    })
    expect((await call('GET', `/page/view?as=${ANN}&chat=${id}`)).body).toMatchObject({
      open: null,
    })
    expect((await call('GET', '/page/view?as=404')).status).toBe(404)
  })

  it('shows everybody who has a phone, and how Telegram is doing', async () => {
    const { telegram, call } = await controlled()
    telegram.faults.add({ kind: 'hang' })
    expect((await call('GET', '/page/state')).body).toMatchObject({
      people: [{ id: ANN }, { id: BOB }, {}, {}],
      switches: { isDown: false },
      faults: [{ id: 1, fault: { kind: 'hang' } }],
      webhook: { pending_update_count: 0 },
    })
  })

  it('opens phones of those who work in a group in its first topic', async () => {
    const { telegram, call } = await controlled()
    const { id, topicId } = forum({ telegram })
    expect((await call('GET', '/page/state')).body).toMatchObject({
      people: [
        { id: ANN, home: { chatId: ANN } },
        { id: BOB, home: { chatId: id, threadId: topicId } },
        { home: { chatId: id, threadId: topicId } },
        { id: DAN, home: { chatId: DAN } },
      ],
    })
  })

  it('says what keeps somebody from writing', async () => {
    const { telegram, call } = await controlled()
    const obstacle = async (chat: number, thread = '') => {
      const { body } = await call('GET', `/page/view?as=${ANN}&chat=${chat}${thread}`)
      return z.object({ open: z.object({ obstacle: z.string().nullable() }) }).parse(body).open
        .obstacle
    }
    const basic = telegram.addGroup({ type: 'group', title: 'Б', admins: [ANN] })
    const { id, topicId } = forum({ telegram })
    telegram.setMember(id, ANN, 'member')
    telegram.changeTopic(id, topicId, 'close')
    expect(await obstacle(ANN)).toBe('not-started')
    telegram.say(ANN, ANN, { text: '/start' })
    expect(await obstacle(ANN)).toBeNull()
    telegram.block(ANN)
    expect(await obstacle(ANN)).toBe('blocked')
    expect(await obstacle(id, `&thread=${topicId}`)).toBe('topic-closed')
    expect(await obstacle(id)).toBeNull()
    telegram.migrate(basic)
    expect(await obstacle(basic)).toBe('migrated')
  })

  it('says that something changed as soon as it does', async () => {
    const { telegram } = await controlled()
    const response = await telegram.page.request('/page/events')
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
    const events: string[] = []
    const readUntil = async (name: string) => {
      while (!events.join('').includes(`event: ${name}`))
        events.push((await reader?.read())?.value ?? 'event: end')
    }
    await readUntil('ping')
    telegram.say(ANN, ANN, { text: 'x' })
    await readUntil('changed')
    await reader?.cancel()
    expect(events.join('')).toContain('event: changed')
  })

  it('saves documents and shows pictures only', async () => {
    const { telegram } = await controlled()
    telegram.say(ANN, ANN, { document: { name: 'смета.html', bytes: Buffer.from('<script>') } })
    const document = telegram.messages(ANN)[0]?.document
    const response = await telegram.page.request(`/page/files/${document?.file_unique_id}/x`)
    expect(response.headers.get('content-type')).toBe('application/octet-stream')
    expect(response.headers.get('content-disposition')).toBe(
      `attachment; filename*=UTF-8''${encodeURIComponent('смета.html')}`,
    )
    expect((await telegram.page.request('/page/files/none')).status).toBe(404)
  })
})
