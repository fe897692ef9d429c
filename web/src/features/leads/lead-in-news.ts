import { isRecord } from '../../api/answer.ts'
import type { Lead } from './api/get-leads.ts'

interface News {
  type: 'lead'
  lead: Lead
}

/** The lead that a message of the feed speaks of; `null` when it speaks of something else. */
export function leadInNews(text: string): Lead | null {
  const news = parse(text)
  return isNews(news) ? news.lead : null
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // A newer Worker may say what this page does not know.
    return null
  }
}

/** The feed is of our own origin: what it says is believed as an answer of the API is. */
function isNews(news: unknown): news is News {
  if (!isRecord(news) || news['type'] !== 'lead' || !isRecord(news['lead'])) return false
  return typeof news['lead']['id'] === 'string' && typeof news['lead']['version'] === 'number'
}
