import { createHmac } from 'node:crypto'
import { userOf } from './chats.ts'
import { type Core, unixNow } from './core.ts'
import { personOf } from './people/people.ts'

/** The signed `initData` with which Telegram opens a Mini App for somebody. */
export function initData(core: Core, userId: number, { startParam = '' } = {}): string {
  const fields = new Map([
    ['user', JSON.stringify({ ...userOf(personOf(core, userId)), is_bot: undefined })],
    ['auth_date', String(unixNow(core))],
    // The third-party signature needs Telegram's own key; first parties only keep it in the check.
    ['signature', 'A'.repeat(86)],
    ...(startParam === '' ? [] : [['start_param', startParam] as const]),
  ])
  const check = [...fields]
    .map(([name, value]) => `${name}=${value}`)
    .sort()
    .join('\n')
  const secret = createHmac('sha256', 'WebAppData').update(core.token).digest()
  const hash = createHmac('sha256', secret).update(check).digest('hex')
  return new URLSearchParams([...fields, ['hash', hash]]).toString()
}
