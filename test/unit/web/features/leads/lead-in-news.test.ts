import { expect, it } from 'vitest'
import { leadInNews } from '../../../../../web/src/features/leads/lead-in-news.ts'
import { lead } from './leads.ts'

it('the lead of a message is found', () => {
  expect(leadInNews(JSON.stringify({ type: 'lead', lead: lead() }))).toEqual(lead())
})

it.each(['', 'pong', '[]', '{"type":"lead"}', '{"type":"lead","lead":{}}', '{"type":"note"}'])(
  'in «%s» there is none',
  (text) => {
    expect(leadInNews(text)).toBeNull()
  },
)
