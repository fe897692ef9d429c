/** Meta's `actions` of an insight: a tree whose branches contain each other. */
export type Actions = { action_type: string; value: string }[]

const ON_FACEBOOK = 'onsite_conversion.lead_grouped'
const PIXEL = 'offsite_conversion.fb_pixel_lead'
const FORMS = 'leadgen_grouped'

/**
 * Leads by the first rule that the row answers, never a sum of what contains each other, never a
 * type that merely looks like a lead (Meta: ads-action-stats):
 * `lead`, else `omni_lead`, else leads on Facebook and of the pixel, which are disjoint, else forms.
 */
export function countLeads(actions: Actions): number {
  const values = new Map(actions.map(({ action_type, value }) => [action_type, Number(value)]))
  const whole = values.get('lead') ?? values.get('omni_lead')
  if (whole !== undefined) return whole
  const onFacebook = values.get(ON_FACEBOOK)
  const pixel = values.get(PIXEL)
  if (onFacebook !== undefined || pixel !== undefined) return (onFacebook ?? 0) + (pixel ?? 0)
  return values.get(FORMS) ?? 0
}

/** Leads of instant forms: what our own count of Facebook leads is compared with. */
export function countFormLeads(actions: Actions): number {
  const values = new Map(actions.map(({ action_type, value }) => [action_type, Number(value)]))
  return values.get(FORMS) ?? values.get(ON_FACEBOOK) ?? 0
}
