import { env } from 'cloudflare:workers'
import type { User } from 'grammy/types'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Connection } from '../../../objects/connection/connection.ts'
import { Watch } from '../../../objects/watch/watch.ts'
import { listAlerts } from '../../../src/store/watch.ts'
import { updateProject } from '../../../src/store/projects.ts'
import { conversationOf, watchOf } from '../../../src/stubs.ts'
import { isoTime } from '../../../src/time.ts'
import { Advertised, newAdmin } from '../advertised.ts'
import { crash } from '../crash.ts'
import { metaError, Outside } from '../outside.ts'
import { instead } from '../team.ts'
import { newUser, press } from '../updates.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

let outside: Outside
let ads: Advertised
let admin: User

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'] })
  outside = new Outside()
  ads = await new Advertised(outside).begin()
  admin = await newAdmin()
  await ads.spend(20, 0)
  await ads.look()
})

afterEach(() => {
  vi.restoreAllMocks()
  vi.useRealTimers()
})

function pass(ms: number): void {
  vi.setSystemTime(Date.now() + ms)
}

const labels = () => ads.shown().buttons.map(({ text }) => text)

describe('pausing a campaign from its alert', () => {
  it('asks first, in the same message, and says what will happen', async () => {
    await ads.press(admin, '⏸ Leads Nov')
    expect(ads.shown().text).toContain('Остановить «Leads Nov»?')
    expect(ads.shown().text).toContain('расход 20,00\u00A0$, заявок 0')
    expect(labels()).toEqual(['⏸ Да, остановить', 'Нет, пусть идёт'])
    expect(outside.sent('editMessageText').at(-1)?.params['message_id']).toBe(ads.lastMessage())
    expect(ads.switches()).toEqual([])
    for (const { callback_data: data = '' } of ads.shown().buttons) {
      expect(data.length).toBeLessThanOrEqual(64)
    }
  })

  it('does nothing when it is not meant', async () => {
    await ads.press(admin, '⏸ Leads Nov')
    await ads.press(admin, 'Нет')
    expect(ads.shown().text).toContain('Расход без заявок')
    expect(labels()).toContain('⏸ Leads Nov')
    expect(ads.switches()).toEqual([])
  })

  it('pauses, reads back, writes down who did it, and can be undone by one press', async () => {
    await ads.press(admin, '⏸ Leads Nov')
    await ads.press(admin, 'Да')
    expect(ads.effectiveStatus).toBe('PAUSED')
    expect(ads.shown().text).toContain('«Leads Nov» остановлена')
    expect(ads.shown().text).toContain('Dilnoza')
    expect(labels()[0]).toBe('↩️ Запустить снова')
    expect(labels()).not.toContain('⏸ Leads Nov')
    expect(await ads.audited()).toEqual(['campaign.pause'])
    pass(MINUTE_MS)
    await ads.press(admin, 'Запустить снова')
    expect(ads.effectiveStatus).toBe('ACTIVE')
    expect(ads.shown().text).toContain('«Leads Nov» снова запущена')
    expect(labels()).toContain('⏸ Leads Nov')
    expect(await ads.audited()).toEqual(['campaign.pause', 'campaign.run'])
    expect(ads.switches()).toEqual(['PAUSED', 'ACTIVE'])
  })

  it('ends the alert at the next look', async () => {
    await ads.press(admin, '⏸ Leads Nov')
    await ads.press(admin, 'Да')
    pass(MINUTE_MS)
    await ads.look()
    expect(ads.titles()).toEqual(['Расход без заявок', 'Расхода без заявок больше нет'])
  })

  it.each(['manager', 'client'] as const)('is refused to a %s at every step', async (role) => {
    const other = await newUser(role)
    const told = ads.said().at(-1)
    for (const label of ['⏸ Leads Nov', '🔕 1 час']) {
      expect(await ads.press(other, label, told)).toContain('только администратор')
    }
    expect(outside.sent('editMessageText', ads.chatId)).toEqual([])
    await ads.press(admin, '⏸ Leads Nov')
    expect(await ads.press(other, 'Да')).toContain('только администратор')
    expect(ads.switches()).toEqual([])
    expect(await ads.audited()).toEqual([])
    await ads.press(admin, 'Да')
    expect(await ads.press(other, 'Запустить снова')).toContain('только администратор')
    expect(ads.effectiveStatus).toBe('PAUSED')
  })

  it('is refused from the moment a person is no admin any more', async () => {
    await ads.press(admin, '⏸ Leads Nov')
    const asked = ads.shown()
    await env.DB.prepare(`UPDATE users SET role = 'manager' WHERE id = ?`)
      .bind(String(admin.id))
      .run()
    expect(await ads.press(admin, 'Да', asked)).toContain('только администратор')
    expect(ads.switches()).toEqual([])
  })

  it('does it once when the press is delivered twice, or pressed twice', async () => {
    await ads.press(admin, '⏸ Leads Nov')
    const data = ads.shown().buttons[0]?.callback_data ?? ''
    const chat = { id: Number(ads.chatId), type: 'supergroup', title: 'Sales' } as const
    const update = press(admin, chat, ads.lastMessage(), data)
    for (let n = 0; n < 2; n++) {
      await conversationOf(env, ads.chatId).receive(update, 'https://bot.test')
      await ads.settle()
    }
    await ads.pressData(admin, data)
    expect(ads.switches()).toEqual(['PAUSED'])
    expect(await ads.audited()).toEqual(['campaign.pause'])
  })

  it('changes nothing by a press of another day: it asks anew with the numbers of now', async () => {
    await ads.press(admin, '⏸ Leads Nov')
    const asked = ads.shown()
    pass(20 * MINUTE_MS)
    await ads.spend(26, 0)
    await ads.press(admin, 'Да', asked)
    expect(ads.switches()).toEqual([])
    expect(ads.shown().text).toContain('Вопрос устарел')
    expect(ads.shown().text).toContain('расход 26,00')
    await ads.press(admin, 'Да')
    expect(ads.switches()).toEqual(['PAUSED'])
  })

  it('changes nothing when another has switched the campaign since', async () => {
    const other = await newAdmin('Temur')
    await ads.press(admin, '⏸ Leads Nov')
    const asked = ads.shown()
    pass(MINUTE_MS)
    await ads.press(other, 'Да', asked)
    const paused = ads.shown()
    pass(MINUTE_MS)
    await ads.press(other, 'Запустить снова', paused)
    pass(MINUTE_MS)
    await ads.press(admin, 'Да', asked)
    expect(ads.shown().text).toContain('уже переключали')
    expect(ads.effectiveStatus).toBe('ACTIVE')
    await ads.press(other, 'Запустить снова', paused)
    expect(ads.switches()).toEqual(['PAUSED', 'ACTIVE'])
  })

  it('is not undone by a press of the day after tomorrow', async () => {
    await ads.press(admin, '⏸ Leads Nov')
    await ads.press(admin, 'Да')
    const paused = ads.shown()
    pass(25 * HOUR_MS)
    await ads.press(admin, 'Запустить снова', paused)
    expect(ads.effectiveStatus).toBe('PAUSED')
    expect(ads.shown().text).toContain('устарел')
  })

  it('says so when it was paused already, which is nobody’s to undo here', async () => {
    await ads.press(admin, '⏸ Leads Nov')
    ads.effectiveStatus = 'PAUSED'
    await ads.press(admin, 'Да')
    expect(ads.shown().text).toContain('уже стоит')
    expect(labels()).not.toContain('↩️ Запустить снова')
    expect(ads.switches()).toEqual([])
    expect(await ads.audited()).toEqual([])
  })
})

describe('when Meta does not pause', () => {
  async function sure(): Promise<string> {
    await ads.press(admin, '⏸ Leads Nov')
    await ads.press(admin, 'Да')
    return ads.shown().text
  }

  it.each([
    ['a permission is missing', () => metaError(200), 'не разрешает управлять кампаниями (200)'],
    ['it asks to wait', () => metaError(613, 5044001), /просит подождать до .* \(613\/5044001\)/],
    ['the token is dead', () => metaError(190, 463), 'подключите его снова'],
    ['there is no such campaign', () => metaError(100, 33), 'кампании в аккаунте проекта нет'],
    ['it refuses what we ask', () => metaError(100), 'Facebook отказал (100)'],
    ['it is down', () => new Response('<html>', { status: 502 }), 'не ответил'],
    ['it answers nonsense', () => new Response('{'), 'не ответил'],
  ])('because %s, says so in words and writes nothing down', async (_, refusal, words) => {
    ads.refusal = refusal
    expect(await sure()).toMatch(words)
    expect(await ads.audited()).toEqual([])
  })

  it('now, a press of the question that is asked anew does, once', async () => {
    ads.refusal = () => new Response('<html>', { status: 502 })
    await sure()
    ads.refusal = null
    pass(MINUTE_MS)
    await ads.press(admin, 'Да')
    expect(ads.effectiveStatus).toBe('PAUSED')
    expect(await ads.audited()).toEqual(['campaign.pause'])
  })

  it('as far as anybody learns, and has, a second press finds that it was ours', async () => {
    ads.refusal = () => {
      ads.effectiveStatus = 'PAUSED'
      return new Response('<html>', { status: 502 })
    }
    await sure()
    ads.refusal = null
    pass(MINUTE_MS)
    await ads.press(admin, 'Да')
    expect(ads.shown().text).toContain('«Leads Nov» остановлена')
    expect(labels()[0]).toBe('↩️ Запустить снова')
    expect(ads.switches()).toEqual(['PAUSED'])
    expect(await ads.audited()).toEqual(['campaign.pause'])
  })

  it('although it says that it has, says what Meta says', async () => {
    ads.refusal = () => Response.json({ success: true })
    const text = await sure()
    expect(text).toContain('пока показывает прежнее состояние: ACTIVE')
    expect(await ads.audited()).toEqual(['campaign.pause'])
  })

  it('cannot be asked afterwards, says that too', async () => {
    await ads.press(admin, '⏸ Leads Nov')
    ads.refusal = () => {
      ads.effectiveStatus = 'PAUSED'
      outside.answer(({ to }) => (to === 'meta' ? metaError(2) : undefined))
      return Response.json({ success: true })
    }
    await ads.press(admin, 'Да')
    expect(ads.shown().text).toContain('проверить её сейчас не удалось')
    expect(await ads.audited()).toEqual(['campaign.pause'])
  })

  it('does not touch a campaign of another account, whoever asks', async () => {
    ads.campaignAccount = '999'
    expect(await sure()).toContain('кампании в аккаунте проекта нет')
    expect(ads.switches()).toEqual([])
  })

  it('cannot be asked at all without a connection', async () => {
    await updateProject(env.DB, ads.projectId, { connectionId: null })
    expect(await sure()).toContain('/connect')
    expect(ads.switches()).toEqual([])
  })
})

describe('a pause that is cut off', () => {
  it.each(['before', 'after'] as const)('%s Meta takes it, is done once', async (when) => {
    await ads.press(admin, '⏸ Leads Nov')
    let count = 0
    instead(Connection.prototype, 'switchCampaign', async ({ really }) => {
      const isNow = ++count === 1
      if (isNow && when === 'before') await crash(watchOf(env, ads.projectId))
      const answer = await really()
      if (isNow && when === 'after') await crash(watchOf(env, ads.projectId))
      return answer
    })
    await ads.press(admin, 'Да').catch(() => undefined)
    vi.restoreAllMocks()
    pass(MINUTE_MS)
    await ads.settle()
    expect(ads.shown().text).toContain('«Leads Nov» остановлена')
    expect(ads.effectiveStatus).toBe('PAUSED')
    expect(await ads.audited()).toEqual(['campaign.pause'])
    expect(labels()[0]).toBe('↩️ Запустить снова')
  })

  it('after everything was stored, answers the same again and calls nobody', async () => {
    await ads.press(admin, '⏸ Leads Nov')
    let count = 0
    instead(Watch.prototype, 'switchCampaign', async ({ really }) => {
      const answer = await really()
      if (++count === 1) throw new Error('cut off')
      return answer
    })
    await ads.press(admin, 'Да')
    pass(MINUTE_MS)
    await ads.settle()
    expect(count).toBeGreaterThan(1)
    expect(ads.switches()).toEqual(['PAUSED'])
    expect(ads.shown().text).toContain('«Leads Nov» остановлена')
    expect(await ads.audited()).toEqual(['campaign.pause'])
  })
})

describe('silencing an alert', () => {
  async function alert() {
    const [found] = await listAlerts(
      env.DB,
      { projectId: ads.projectId },
      { after: null, limit: 1 },
    )
    return found
  }

  async function snoozes(): Promise<string[]> {
    const { results } = await env.DB.prepare('SELECT action FROM audit_log WHERE target = ?')
      .bind((await alert())?.id ?? '')
      .all<{ action: string }>()
    return results.map(({ action }) => action)
  }

  it('for an hour tells it once more after that hour if it is still so', async () => {
    expect(await ads.press(admin, '🔕 1 час')).toContain('Молчим об этом до')
    expect(ads.shown().text).toContain('Dilnoza')
    expect((await alert())?.snoozedUntil).toBe(isoTime(Date.now() + HOUR_MS))
    expect(await snoozes()).toEqual(['alert.snooze'])
    pass(50 * MINUTE_MS)
    await ads.spend(25, 0)
    await ads.look()
    expect(ads.titles()).toHaveLength(1)
    pass(15 * MINUTE_MS)
    await ads.look()
    expect(ads.titles()).toEqual(['Расход без заявок', 'Расход без заявок'])
    expect(ads.said().at(-1)?.text).toContain('Всё ещё так')
    pass(15 * MINUTE_MS)
    await ads.look()
    expect(ads.titles()).toHaveLength(2)
  })

  it('that is over says so, and changes nothing', async () => {
    const told = ads.said().at(-1)
    await ads.spend(25, 5)
    await ads.look()
    expect(await ads.press(admin, '🔕 1 день', told)).toContain('уже позади')
    expect(ads.shown().text).toContain('больше нет')
    expect(labels()).toEqual(['⏸ Leads Nov', 'Открыть портал'])
    expect((await alert())?.snoozedUntil).toBeNull()
    expect(await snoozes()).toEqual([])
  })

  it.each([
    'v1:alert:snooze-0123456789abcdef-h1',
    'v1:alert:pause-0123456789abcdef-1',
    'v1:alert:sure-0123456789abcdef-1-zzz',
    'v1:alert:snooze-x-h1',
    'v1:alert:sure-0123456789abcdef',
  ])('of which nobody knows does no harm: %s', async (data) => {
    expect(await ads.pressData(admin, data)).toContain('устарела')
    expect(ads.switches()).toEqual([])
  })
})
