import { moveCampaign } from './ads/edges.ts'
import { type Core, secondsNow } from './core.ts'
import { type Submission, submit } from './leads/submit.ts'
import { grantScopes } from './login/authorize.ts'
import { grantOf, SCOPES } from './login/access.ts'
import { revokePermission } from './login/oauth.ts'
import {
  issueSystemToken,
  issueToken,
  LONG_LIFE,
  pageToken,
  proofOf,
  SHORT_LIFE,
} from './login/tokens.ts'
import { type DayNumbers, type State, sumOf, type Token } from './state.ts'
import type { SendOptions, Webhooks } from './webhooks/webhooks.ts'
import type { CampaignStatus } from './world/ads.ts'
import { must, USERS } from './world/world.ts'

/** Sending forms. */
export function leadControls(core: Core, webhooks: Webhooks) {
  return {
    /** Sends a form as a person would; the notification goes out if the page is subscribed. */
    submit(formId: string, submission: Submission = {}): string {
      const lead = submit(core, formId, submission)
      webhooks.announce([lead])
      return lead.id
    },
    /** Sends a form many times at once; Meta puts the leads into as few notifications as it can. */
    submitMany(
      formId: string,
      count: number,
      options: Omit<SendOptions, 'leadIds'> = {},
    ): string[] {
      const leads = Array.from({ length: count }, () => submit(core, formId))
      webhooks.announce(leads, options)
      return leads.map(({ id }) => id)
    },
  }
}

/** Making tokens without a browser, and all the ways in which they die. */
export function tokenControls(core: Core) {
  const { state } = core
  const person = USERS.person.id
  return {
    get all(): readonly Token[] {
      return state.tokens
    },
    /** A user's token as if they had just logged in and allowed `scopes`. */
    user({ scopes = SCOPES, lasting = 'long' }: UserTokenOptions = {}): Token {
      grantScopes(core, person, scopes, [])
      const expiresAt = secondsNow(core) + (lasting === 'long' ? LONG_LIFE : SHORT_LIFE)
      return issueToken(core, { kind: 'user', userId: person, lasting, expiresAt })
    },
    system(options: { expires?: boolean } = {}): Token {
      grantScopes(core, USERS.system.id, SCOPES, [])
      return issueSystemToken(core, USERS.system.id, options)
    },
    page(parent: Token, pageId: string): Token {
      return pageToken(core, parent, pageId)
    },
    /** The `appsecret_proof` of a token. */
    proof(token: string): string {
      return proofOf(token, core.appSecret)
    },
    /** What an exchange of a long-lived token gives, and whether the answer holds `expires_in`. */
    exchange(change: Partial<State['exchange']>): void {
      Object.assign(state.exchange, change)
      core.changed()
    },
    /** Kills a token with the page tokens made from it, or all there are. */
    kill(which: string, { code = 190, subcode }: Death = {}): void {
      const death = { code, ...(subcode === undefined ? {} : { subcode }) }
      for (const token of state.tokens) {
        if (which === 'all' || token.value === which || token.parent === which) {
          token.death = death
        }
      }
      core.changed()
    },
    revoke(scope: string): void {
      for (const userId of Object.keys(state.grants)) revokePermission(core, userId, scope)
    },
    /** 90 days without the person have passed: leads cannot be read, insights still can. */
    expireDataAccess(): void {
      const dataAccessExpiresAt = secondsNow(core) - 1
      state.grants[person] = { ...grantOf(core, person), dataAccessExpiresAt }
      core.changed()
    },
    loseRole(pageId: string): void {
      state.lostRoles.push(must(core.world.pages, pageId).id)
      core.changed()
    },
    regainRole(pageId: string): void {
      state.lostRoles = state.lostRoles.filter((id) => id !== pageId)
      core.changed()
    },
  }
}

/** What a person allows, and whether their token was exchanged for a long-lived one. */
export interface UserTokenOptions {
  scopes?: readonly string[]
  lasting?: 'short' | 'long'
}

/** The code and subcode that a dead token is refused with; 190 alone by default. */
export interface Death {
  code?: number
  subcode?: number | undefined
}

/** What Insights say, and how the next reports go. */
export function insightControls(core: Core) {
  const { insights } = core.state
  const { ads } = core.world
  return {
    /** The exact numbers of an ad, or of a whole campaign, on one date; the rest stays as it was. */
    setDay(id: string, date: string, numbers: Partial<DayNumbers>): void {
      const own = [...ads.values()].filter((ad) => ad.id === id || ad.campaignId === id)
      if (own.length === 0) throw new Error(`There is no ad or campaign ${id}`)
      for (const [index, ad] of own.entries()) {
        insights.days[`${ad.id}|${date}`] = index === 0 ? numbers : sumOf([])
      }
      core.changed()
    },
    /** Meta changes its mind about the leads of a date. */
    restate({ date, factor, campaignId = '*' }: Restatement): void {
      insights.restatements[`${campaignId}|${date}`] = factor
      core.changed()
    },
    mode(change: Partial<Pick<State['insights'], 'fractional' | 'maxDays' | 'maxLimit'>>): void {
      Object.assign(insights, change)
      core.changed()
    },
    /** How the report that is ordered next will go; several orders are used up in turn. */
    nextReport(order: State['nextReports'][number]): void {
      core.state.nextReports.push(order)
    },
    /** What a person does with a campaign in Ads Manager. */
    setCampaign(id: string, status: CampaignStatus): void {
      moveCampaign(core, must(core.world.campaigns, id), status)
    },
    /** What Meta does with an ad account: blocks it, bills it, loses its card. */
    setAccount(id: string, change: State['accountChanges'][string]): void {
      must(core.world.accounts, id)
      core.state.accountChanges[id] = { ...core.state.accountChanges[id], ...change }
      core.changed()
    },
  }
}

/** A date's leads times a factor, for one campaign or for all. */
export interface Restatement {
  date: string
  factor: number
  campaignId?: string
}
