import { describe, expect, it } from 'vitest'
import { ANN, BOB, DAN, refusal, stage, TOKEN } from './stage.ts'

async function started(options: Parameters<typeof stage>[0] = {}) {
  const made = await stage({ webhook: false, ...options })
  made.telegram.addUser({ id: ANN, first_name: 'Анна', hasStarted: true })
  made.telegram.addUser({ id: BOB, first_name: 'Bob', hasStarted: true })
  return made
}

const sendUntilRefused = async (send: () => Promise<unknown>) => {
  for (let count = 0; ; count++) {
    const refused = await send().then(
      () => undefined,
      (error: unknown) => String(error),
    )
    if (refused) return { count, words: refused.replace(/^.*?(\d{3}: .*)\)$/, '$1') }
  }
}

describe('a fault', () => {
  it('refuses as many calls of a method in a chat as it is told', async () => {
    const { api, telegram } = await started()
    telegram.faults.add({
      kind: 'error',
      code: 429,
      parameters: { retry_after: 7 },
      method: 'sendmessage',
      chatId: ANN,
      times: 2,
    })
    expect(await api.getMe()).toBeDefined()
    expect(await api.sendMessage(BOB, 'x')).toBeDefined()
    for (const _ of [1, 2]) {
      expect(await refusal(api.sendMessage(ANN, 'x'))).toBe('429 Too Many Requests: retry after 7')
    }
    expect(await api.sendMessage(ANN, 'x')).toBeDefined()
    expect(telegram.calls.filter(({ fault }) => fault === 'error')).toHaveLength(2)
    expect(telegram.messages(ANN)).toHaveLength(1)
  })

  it('says the seconds of a 429 in a header too', async () => {
    const { root, telegram } = await started()
    telegram.faults.add({ kind: 'error', code: 429, parameters: { retry_after: 7 } })
    const response = await fetch(`${root}/bot${TOKEN}/getMe`)
    expect(response.status).toBe(429)
    expect(response.headers.get('retry-after')).toBe('7')
    expect(await response.json()).toEqual({
      ok: false,
      error_code: 429,
      description: 'Too Many Requests: retry after 7',
      parameters: { retry_after: 7 },
    })
  })

  it.each([
    [{ code: 500 }, '500 Internal Server Error'],
    [{ code: 401 }, '401 Unauthorized'],
    [{ code: 400, description: 'Bad Request: whatever' }, '400 Bad Request: whatever'],
  ])('may be %j', async (error, words) => {
    const { api, telegram } = await started()
    telegram.faults.add({ kind: 'error', ...error })
    expect(await refusal(api.getMe())).toBe(words)
  })

  it('ends after its time', async () => {
    const { api, telegram, clock } = await started()
    telegram.faults.add({ kind: 'error', code: 500, forMs: 1_000 })
    expect(await refusal(api.getMe())).toBe('500 Internal Server Error')
    await clock.advance(1_000)
    expect(await api.getMe()).toBeDefined()
    expect(telegram.faults.list()).toEqual([])
  })

  it('may be a page of HTML from a proxy', async () => {
    const { api, root, telegram } = await started()
    telegram.faults.add({ kind: 'bad-gateway' })
    const response = await fetch(`${root}/bot${TOKEN}/getMe`)
    expect([response.status, response.headers.get('content-type')]).toEqual([
      502,
      'text/html; charset=UTF-8',
    ])
    await expect(api.getMe()).rejects.toThrow("Network request for 'getMe' failed!")
  })

  it('may delay an answer', async () => {
    const { api, telegram, clock } = await started()
    telegram.faults.add({ kind: 'delay', ms: 5_000 })
    const sending = api.sendMessage(ANN, 'x')
    await telegram.when(() => telegram.faults.list()[0]?.hits)
    expect(telegram.messages(ANN)).toEqual([])
    await clock.advance(5_000)
    expect(await sending).toMatchObject({ text: 'x' })
  })

  it('may lose the connection before anything is done', async () => {
    const { api, telegram } = await started()
    telegram.faults.add({ kind: 'drop', times: 1 })
    await expect(api.sendMessage(ANN, 'x')).rejects.toThrow(
      "Network request for 'sendMessage' failed!",
    )
    expect(telegram.messages(ANN)).toEqual([])
  })

  it.each([
    ['drop', "Network request for 'sendMessage' failed!"],
    ['error', 'Internal Server Error'],
  ] as const)('may do what is asked and lose the answer (%s)', async (by, words) => {
    const { api, telegram } = await started()
    telegram.faults.add({ kind: 'lost-answer', by, times: 1 })
    await expect(api.sendMessage(ANN, 'x')).rejects.toThrow(words)
    expect(telegram.messages(ANN)).toMatchObject([{ text: 'x' }])
    expect(telegram.calls).toMatchObject([{ status: 0, ok: false, fault: 'lost-answer' }])
  })

  it('may never answer, until it is removed', async () => {
    const { api, telegram } = await started()
    const { remove } = telegram.faults.add({ kind: 'hang' })
    const outcome = api.sendMessage(ANN, 'x').then(() => 'sent', String)
    await telegram.when(() => telegram.faults.list()[0]?.hits)
    remove()
    expect(await outcome).toContain("Network request for 'sendMessage' failed!")
    expect(telegram.messages(ANN)).toEqual([])
  })

  it('spoils a call inside this process as a rejected promise', async () => {
    const { telegram } = await started()
    telegram.faults.add({ kind: 'drop' })
    await expect(telegram.app.request(`/bot${TOKEN}/getMe`)).rejects.toThrow(
      'The connection was lost',
    )
  })

  it('is on the list with its hits until the board is cleared', async () => {
    const { api, telegram } = await started()
    telegram.faults.add({ kind: 'error', code: 500, method: 'getMe' })
    await api.getMe().catch(() => undefined)
    expect(telegram.faults.list()).toMatchObject([
      { id: 1, hits: 1, fault: { kind: 'error', method: 'getMe' } },
    ])
    telegram.faults.clear()
    expect(telegram.faults.list()).toEqual([])
  })
})

describe('the flood limit', () => {
  it('of a private chat is a message a second with a burst of five', async () => {
    const { api, clock } = await started({ floodLimits: true })
    const send = () => api.sendMessage(ANN, 'x')
    expect(await sendUntilRefused(send)).toEqual({
      count: 5,
      words: '429: Too Many Requests: retry after 5',
    })
    expect(await api.sendMessage(BOB, 'x')).toBeDefined()
    await clock.advance(5_000)
    expect(await send()).toBeDefined()
  })

  it('of a group is twenty messages a minute, with edits counted apart', async () => {
    const { api, telegram, clock } = await started({ floodLimits: true })
    const id = telegram.addGroup({ title: 'Отдел', admins: [DAN] })
    const card = await api.sendMessage(id, 'Lead')
    expect(await sendUntilRefused(() => api.sendMessage(id, 'x'))).toEqual({
      count: 19,
      words: '429: Too Many Requests: retry after 60',
    })
    let version = 0
    const edit = () => api.editMessageText(id, card.message_id, `v${version++}`)
    await clock.advance(1_000)
    expect((await sendUntilRefused(edit)).count).toBe(20)
    expect(telegram.calls.at(-1)).toMatchObject({ status: 429, ok: false })
    await clock.advance(59_000)
    expect(await api.sendMessage(id, 'x')).toBeDefined()
  })

  it('of the whole bot is thirty messages a second', async () => {
    const { api, telegram } = await started({ floodLimits: true })
    const people = Array.from({ length: 31 }, (_, index) => 5000 + index)
    for (const id of people) telegram.addUser({ id, first_name: 'N', hasStarted: true })
    const sends = people.map((id) =>
      api.sendMessage(id, 'x').then(
        () => 'sent',
        () => 'refused',
      ),
    )
    const results = await Promise.all(sends)
    expect(results.filter((result) => result === 'refused')).toHaveLength(1)
  })
})
