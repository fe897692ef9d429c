import { z } from 'zod'
import { type Core, secondsNow } from '../core.ts'
import type { Call, Edges } from '../graph/call.ts'
import { graphError } from '../graph/errors.ts'
import { select } from '../graph/fields.ts'
import { page } from '../graph/paging.ts'
import { needLeads, needOneOf, pageTokenOf } from '../login/access.ts'
import type { Lead } from '../state.ts'
import type { Ad } from '../world/ads.ts'
import type { Form } from '../world/pages.ts'
import { formNode, leadNode } from './nodes.ts'
import { type Submission, submissionSchema, submit } from './submit.ts'

const LEAD_DEFAULTS = ['created_time', 'field_data']
const FORM_DEFAULTS = ['locale', 'name', 'status']

/** A form, the leads it collected, and its one test lead. */
export function formEdges(core: Core, announce: (lead: Lead) => void): Edges<Form> {
  return {
    GET: (form, call) => {
      needOneOf(core, call, ['leads_retrieval', 'pages_manage_ads', 'ads_management'])
      return select('form', formNode(core, form), call, FORM_DEFAULTS)
    },
    'GET leads': (form, call) => listLeads(core, { formId: form.id }, call),
    'GET test_leads': (form, call) => {
      pageTokenOf(call, form.pageId)
      const test = testLeads(core, form)
      return page(test, ({ id }) => id, call, show(core, call))
    },
    'POST test_leads': (form, call) => {
      pageTokenOf(call, form.pageId)
      needLeads(core, call)
      if (testLeads(core, form).length > 0) {
        const problem =
          '(#100) The form already has a test lead. Delete it before you make another.'
        throw graphError(100, undefined, problem)
      }
      const lead = submit(core, form.id, testSubmission(call))
      announce(lead)
      return { id: lead.id }
    },
  }
}

/** A lead: what it says, and the way to delete it. */
export function leadEdges(core: Core): Edges<Lead> {
  return {
    GET: (lead, call) => {
      needLeads(core, call)
      return show(core, call)(lead)
    },
    DELETE: (lead, call) => {
      needLeads(core, call)
      core.book.remove(lead.id)
      core.changed()
      return { success: true }
    },
  }
}

/** The leads of one ad. */
export function adLeadEdges(core: Core): Edges<Ad> {
  return { 'GET leads': (ad, call) => listLeads(core, { adId: ad.id }, call) }
}

/** The forms of a page, for the page's own token. */
export function listForms(core: Core, pageId: string, call: Call) {
  pageTokenOf(call, pageId)
  needOneOf(core, call, ['leads_retrieval', 'pages_manage_ads', 'ads_management'])
  const forms = [...core.world.forms.values()].filter((form) => form.pageId === pageId)
  const showForm = (form: Form) => select('form', formNode(core, form), call, FORM_DEFAULTS)
  return page(forms, ({ id }) => id, call, showForm)
}

function show(core: Core, call: Call) {
  return (lead: Lead) => select('lead', leadNode(core, lead, call.caller), call, LEAD_DEFAULTS)
}

const timeFilters = z.array(
  z.object({
    field: z.literal('time_created'),
    operator: z.enum(['LESS_THAN', 'GREATER_THAN', 'GREATER_THAN_OR_EQUAL']),
    value: z.coerce.number(),
  }),
)

const COMPARE = {
  LESS_THAN: (time: number, value: number) => time < value,
  GREATER_THAN: (time: number, value: number) => time > value,
  GREATER_THAN_OR_EQUAL: (time: number, value: number) => time >= value,
} as const

function listLeads(core: Core, of: { formId: string } | { adId: string }, call: Call) {
  needLeads(core, call)
  const filters = call.params.json('filtering', timeFilters) ?? []
  const leads = core.book
    .list(of, secondsNow(core))
    .filter((lead) => !lead.test)
    .filter(({ createdAt }) =>
      filters.every(({ operator, value }) => COMPARE[operator](createdAt, value)),
    )
  return page(leads, ({ id }) => id, call, show(core, call))
}

function testLeads(core: Core, form: Form): Lead[] {
  return core.book.list({ formId: form.id }, secondsNow(core)).filter((lead) => lead.test)
}

function testSubmission({ params }: Call): Submission {
  const { field_data, disclaimers } = submissionSchema.shape
  const answers = params.json('field_data', field_data)
  const consents = params.json('custom_disclaimer_responses', disclaimers)
  return {
    test: true,
    ...(answers ? { field_data: answers } : {}),
    ...(consents ? { disclaimers: consents } : {}),
  }
}
