/** Meta's `actions` of an insight: a tree whose branches contain each other. */
export type Actions = { action_type: string; value: string }[]

const ON_FACEBOOK = 'onsite_conversion.lead_grouped'
const PIXEL = 'offsite_conversion.fb_pixel_lead'
const FORMS = 'leadgen_grouped'

/** Conversations begun, by any messenger of Meta's. */
const MESSAGES = 'onsite_conversion.messaging_conversation_started_7d'

/** Purchases, each name containing those after it or standing beside them. */
const PURCHASES = [
  'omni_purchase',
  'purchase',
  'offsite_conversion.fb_pixel_purchase',
  'onsite_conversion.purchase',
]

/**
 * Leads by the first rule that the row answers, never a sum of what contains each other, never a
 * type that merely looks like a lead (Meta: ads-action-stats):
 * `lead`, else `omni_lead`, else leads on Facebook and of the pixel, which are disjoint, else forms.
 */
export function countLeads(actions: Actions): number {
  const values = valuesOf(actions)
  const whole = values.get('lead') ?? values.get('omni_lead')
  if (whole !== undefined) return whole
  const onFacebook = values.get(ON_FACEBOOK)
  const pixel = values.get(PIXEL)
  if (onFacebook !== undefined || pixel !== undefined) return (onFacebook ?? 0) + (pixel ?? 0)
  return values.get(FORMS) ?? 0
}

/** Leads of instant forms: what our own count of Facebook leads is compared with. */
export function countFormLeads(actions: Actions): number {
  return firstOf(actions, [FORMS, ON_FACEBOOK])
}

/** Conversations that an ad has begun. */
export function countMessages(actions: Actions): number {
  return firstOf(actions, [MESSAGES])
}

/** Purchases, by the widest name that the row has. */
export function countPurchases(actions: Actions): number {
  return firstOf(actions, PURCHASES)
}

/** The first of these types that the row has; one that is missing did not happen. */
function firstOf(actions: Actions, types: string[]): number {
  const values = valuesOf(actions)
  const found = types.find((type) => values.has(type))
  return found === undefined ? 0 : (values.get(found) ?? 0)
}

function valuesOf(actions: Actions): Map<string, number> {
  return new Map(actions.map(({ action_type, value }) => [action_type, Number(value)]))
}
