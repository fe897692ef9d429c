import { type Core, secondsNow } from '../core.ts'
import { stamp } from '../dates.ts'
import type { Caller } from '../graph/call.ts'
import { mayOneOf } from '../login/access.ts'
import type { Lead } from '../state.ts'
import type { Form } from '../world/pages.ts'
import { must } from '../world/world.ts'

/** A lead as Graph shows it; nothing about its ad without an ad, or without the permission to see ads. */
export function leadNode(core: Core, lead: Lead, caller: Caller) {
  const sees = mayOneOf(core, caller, ['ads_management', 'ads_read'])
  return {
    id: lead.id,
    created_time: stamp(lead.createdAt * 1000),
    ...(lead.adId !== null && sees ? adOf(core, lead.adId) : {}),
    form_id: lead.formId,
    is_organic: lead.adId === null,
    platform: lead.platform,
    field_data: lead.answers,
    ...(lead.disclaimers.length > 0 ? { custom_disclaimer_responses: lead.disclaimers } : {}),
  }
}

function adOf({ world }: Core, adId: string) {
  const ad = must(world.ads, adId)
  return {
    ad_id: ad.id,
    ad_name: ad.name,
    adset_id: ad.adsetId,
    adset_name: must(world.adsets, ad.adsetId).name,
    campaign_id: ad.campaignId,
    campaign_name: must(world.campaigns, ad.campaignId).name,
  }
}

/** A form as Graph shows it, with its questions and how many leads it holds. */
export function formNode(core: Core, form: Form) {
  const counts = core.book.counts(form.id, secondsNow(core))
  return {
    id: form.id,
    name: form.name,
    locale: form.locale,
    status: form.status,
    page_id: form.pageId,
    created_time: stamp(core.state.bornAt - 120 * 86_400_000),
    allow_organic_lead: true,
    leads_count: counts.live,
    organic_leads_count: counts.organic,
    expired_leads_count: counts.expired,
    privacy_policy_url: 'https://example.uz/privacy',
    question_page_custom_headline: form.headline,
    questions: form.questions.map(({ key, label, type, options }, index) => ({
      id: `${form.id}${index + 1}`,
      key,
      label,
      type,
      ...(options ? { options } : {}),
    })),
  }
}
