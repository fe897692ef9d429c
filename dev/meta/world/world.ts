import {
  ACCOUNTS,
  type Ad,
  type AdAccount,
  ADS,
  ADSETS,
  type AdSet,
  type Campaign,
  CAMPAIGNS,
  DATASET,
} from './ads.ts'
import { type Form, FORMS, type Page, PAGES } from './pages.ts'

/** Somebody who can authorise the app. */
export interface User {
  id: string
  name: string
  kind: 'user' | 'system_user'
}

/** The person who connects, and the business's own system user; both see every page and account. */
export const USERS = {
  person: { id: '10231234567890123', name: 'Алишер Рахимов', kind: 'user' },
  system: { id: '12210000000000017', name: 'TargetBot System', kind: 'system_user' },
} as const satisfies Record<string, User>

/** Everything that stands still: who and what exists, found by id. */
export interface World {
  users: ReadonlyMap<string, User>
  pages: ReadonlyMap<string, Page>
  forms: ReadonlyMap<string, Form>
  accounts: ReadonlyMap<string, AdAccount>
  campaigns: ReadonlyMap<string, Campaign>
  adsets: ReadonlyMap<string, AdSet>
  ads: ReadonlyMap<string, Ad>
  dataset: typeof DATASET
}

/** The world; a quiet one has the same campaigns, and none of them ever delivered anything. */
export function createWorld({ quiet }: { quiet: boolean }): World {
  return {
    users: byId(Object.values<User>(USERS)),
    pages: byId(PAGES),
    forms: byId(FORMS),
    accounts: byId(ACCOUNTS),
    campaigns: byId(CAMPAIGNS),
    adsets: byId(ADSETS),
    ads: byId(quiet ? ADS.map((ad) => ({ ...ad, pace: { spend: 0, cpm: 1, ctr: 0 } })) : ADS),
    dataset: DATASET,
  }
}

/** What must exist, or the caller gave a wrong id. */
export function must<T>(map: ReadonlyMap<string, T>, id: string): T {
  const found = map.get(id)
  if (found === undefined) throw new Error(`There is nothing with the id ${id} in this world`)
  return found
}

function byId<T extends { id: string }>(items: readonly T[]): ReadonlyMap<string, T> {
  return new Map(items.map((item) => [item.id, item]))
}
