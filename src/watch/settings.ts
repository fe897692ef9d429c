import { z } from 'zod'
import { ALERT_KINDS } from './kinds.ts'

const amount = z
  .string()
  .regex(/^\d{1,9}(\.\d{1,6})?$/, { error: 'must be an amount like 4.50' })
  .refine((text) => Number(text) > 0, { error: 'must be more than nothing' })

const hour = z.int().min(0).max(24)

/** What a project's advertising is watched for. */
export const watchSchema = z.strictObject({
  targetCpl: amount
    .nullable()
    .default(null)
    .describe('The most a lead may cost, in the ad account’s currency; null: not watched'),
  spendWithoutLeads: amount
    .nullable()
    .default(null)
    .describe('What a campaign may spend without a lead; null: three times what a lead may cost'),
  hours: z
    .strictObject({ from: hour, to: hour })
    .refine(({ from, to }) => from < to, { path: ['to'], error: 'must be later than from' })
    .nullable()
    .default({ from: 8, to: 22 })
    .describe('Hours of the project’s day in which what can wait is told; null: at any time'),
  off: z.array(z.enum(ALERT_KINDS)).max(ALERT_KINDS.length).default([]).describe('Not watched'),
})

const { shape } = watchSchema

/** Some of it, to be changed: what is absent stays as it is. */
export const watchChangesSchema = z.strictObject({
  targetCpl: shape.targetCpl.removeDefault().optional(),
  spendWithoutLeads: shape.spendWithoutLeads.removeDefault().optional(),
  hours: shape.hours.removeDefault().optional(),
  off: shape.off.removeDefault().optional(),
})

export type WatchSettings = z.infer<typeof watchSchema>
