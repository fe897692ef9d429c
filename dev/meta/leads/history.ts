import { addDays, dateIn, dayBounds } from '../dates.ts'
import { deliveredShare, fullDaySpend, wholeCount } from '../insights/insight-data.ts'
import { chance } from '../random.ts'
import type { Lead, State } from '../state.ts'
import type { Ad, AdAccount } from '../world/ads.ts'
import { person } from '../world/people.ts'
import { must, type World } from '../world/world.ts'
import { answersOf } from './answers.ts'

// 17 digits, odd: a double cannot hold any of them.
const FIRST_ID = 24880000000000001n
const ORGANIC_EVERY_DAYS = 6
const ORGANIC_DAYS = 72

type Draft = Pick<Lead, 'formId' | 'adId' | 'createdAt' | 'impressionDate'> & { luck: string }

/** The leads that came before the world began: those of the ads, and a few from the pages themselves. */
export function seedLeads(world: World, state: State): Lead[] {
  const drafts = [
    ...[...world.ads.values()].flatMap((ad) => draftsOfAd(ad, world, state)),
    ...[...world.forms.values()]
      .filter((form) => form.status === 'ACTIVE')
      .flatMap((form) => organicDrafts(form.id, state)),
  ]
  return drafts
    .sort((a, b) => a.createdAt - b.createdAt || a.luck.localeCompare(b.luck))
    .map((draft, index) => complete(draft, String(FIRST_ID + BigInt(index) * 2n), world, state))
}

function draftsOfAd(ad: Ad, world: World, state: State): Draft[] {
  const { formId } = ad
  const cost = ad.pace.formLead
  if (formId === undefined || cost === undefined) return []
  const account = must(world.accounts, ad.accountId)
  const campaign = must(world.campaigns, ad.campaignId)
  const today = dateIn(account.timezone, state.bornAt)
  return Array.from({ length: campaign.startedDaysAgo + 1 }, (_, daysAgo) => {
    const date = addDays(today, -daysAgo)
    const share = deliveredShare(campaign, date, { state, account, now: state.bornAt })
    const average = (fullDaySpend(ad, date, state.seed) * share) / cost
    const count = wholeCount(average, state.seed, ad.id, date, 'form')
    return Array.from({ length: count }, (_, nth) => draftOn(ad, formId, account, date, nth, state))
  }).flat()
}

function draftOn(
  ad: Ad,
  formId: string,
  { timezone }: AdAccount,
  date: string,
  nth: number,
  { seed, bornAt }: State,
): Draft {
  const luck = `${ad.id}|${date}|${nth}`
  const { start, end } = dayBounds(timezone, date)
  const until = Math.min(end, bornAt)
  const moment = start + (0.3 + 0.69 * chance(seed, luck, 'hour')) * (until - start)
  // Some people see the ad in the evening and send the form the next morning.
  const late = chance(seed, luck, 'late') < 0.1 ? 12 * 3_600_000 : 0
  const createdAt = Math.floor(Math.min(moment + late, bornAt - 60_000) / 1000)
  return { formId, adId: ad.id, createdAt, impressionDate: date, luck }
}

function organicDrafts(formId: string, { seed, bornAt }: State): Draft[] {
  return Array.from({ length: ORGANIC_DAYS / ORGANIC_EVERY_DAYS }, (_, nth) => {
    const luck = `organic|${formId}|${nth}`
    const daysAgo = (nth + 0.1 + 0.8 * chance(seed, luck)) * ORGANIC_EVERY_DAYS
    const createdAt = Math.floor(bornAt / 1000 - daysAgo * 86_400)
    return { formId, adId: null, createdAt, impressionDate: null, luck }
  })
}

function complete({ luck, ...draft }: Draft, id: string, { forms }: World, { seed }: State): Lead {
  const form = must(forms, draft.formId)
  return {
    ...draft,
    id,
    platform: chance(seed, luck, 'platform') < 0.65 ? 'ig' : 'fb',
    test: false,
    answers: answersOf(form, person(form.locale, seed, luck), seed, luck),
    disclaimers: form.disclaimers.map(({ key }) => ({
      checkbox_key: key,
      is_checked: chance(seed, luck, key) < 0.6 ? '1' : '',
    })),
  }
}
