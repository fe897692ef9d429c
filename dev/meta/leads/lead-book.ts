import type { Lead, State } from '../state.ts'
import type { World } from '../world/world.ts'
import { seedLeads } from './history.ts'
import { chance } from '../random.ts'

/** Meta keeps the content of a lead for so long; afterwards it is as if it had never been. */
const LEAD_DAYS = 90
const LEAD_SECONDS = LEAD_DAYS * 86_400

/** Every lead that was ever sent, found by its id, its form and its ad. */
export class LeadBook {
  readonly #state: State
  readonly #seeded: ReadonlySet<string>
  readonly #byId = new Map<string, Lead>()
  readonly #byForm = new Map<string, Lead[]>()
  readonly #byAdAndDate = new Map<string, Lead[]>()

  constructor(world: World, state: State, { history }: { history: boolean }) {
    this.#state = state
    const seeded = history ? seedLeads(world, state) : []
    this.#seeded = new Set(seeded.map(({ id }) => id))
    for (const lead of [...seeded, ...state.leads]) this.#index(lead)
  }

  add(lead: Lead): void {
    this.#state.leads.push(lead)
    this.#index(lead)
  }

  /** Only the id is kept of a removed lead: Insights still count it. */
  remove(id: string): void {
    this.#state.deletedLeads.push(id)
  }

  /** A lead that can still be read. */
  get(id: string, nowSeconds: number): Lead | undefined {
    const lead = this.#byId.get(id)
    return lead && this.#isReadable(lead, nowSeconds) ? lead : undefined
  }

  /** The readable leads of a form or of an ad, newest first. */
  list(of: { formId: string } | { adId: string }, nowSeconds: number): Lead[] {
    const leads =
      'formId' in of
        ? (this.#byForm.get(of.formId) ?? [])
        : [...this.#byId.values()].filter((lead) => lead.adId === of.adId)
    return leads
      .filter((lead) => this.#isReadable(lead, nowSeconds))
      .sort((a, b) => b.createdAt - a.createdAt || (a.id < b.id ? 1 : -1))
  }

  /** How many leads of a form can be read, how many of them came without an ad, how many are past reading. */
  counts(formId: string, nowSeconds: number): { live: number; organic: number; expired: number } {
    const leads = this.#byForm.get(formId) ?? []
    const live = leads.filter((lead) => this.#isReadable(lead, nowSeconds))
    return {
      live: live.length,
      organic: live.filter((lead) => lead.adId === null).length,
      expired: leads.filter((lead) => lead.createdAt < nowSeconds - LEAD_SECONDS).length,
    }
  }

  /**
   * How many leads an ad's impressions of a date brought by a moment. Of the seeded ones Meta has
   * counted a share so far; one that was sent by hand is counted at once, for people to see it.
   */
  countOn(adId: string, date: string, nowSeconds: number, share: number): number {
    const leads = this.#byAdAndDate.get(`${adId}|${date}`) ?? []
    const counted = ({ id }: Lead) => !this.#seeded.has(id) || chance(id, 'known') < share
    return leads.filter((lead) => lead.createdAt <= nowSeconds && counted(lead)).length
  }

  #isReadable(lead: Lead, nowSeconds: number): boolean {
    return (
      lead.createdAt >= nowSeconds - LEAD_SECONDS && !this.#state.deletedLeads.includes(lead.id)
    )
  }

  #index(lead: Lead): void {
    this.#byId.set(lead.id, lead)
    push(this.#byForm, lead.formId, lead)
    if (lead.adId !== null && lead.impressionDate !== null) {
      push(this.#byAdAndDate, `${lead.adId}|${lead.impressionDate}`, lead)
    }
  }
}

function push(map: Map<string, Lead[]>, key: string, lead: Lead): void {
  const list = map.get(key)
  if (list) list.push(lead)
  else map.set(key, [lead])
}
