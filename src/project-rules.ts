import { z } from 'zod'
import { LOCALES, type Locale } from './locales.ts'

/** A text in the languages it was written in; at least one. */
export const saidSchema = z
  .partialRecord(z.enum(LOCALES), z.string().trim().min(1).max(200))
  .refine((said) => Object.keys(said).length > 0, {
    error: 'must be said in at least one language',
  })

/** The kinds of a project's own questions to those who leave a request in the bot. */
export const QUESTION_TYPES = ['text', 'choice', 'number', 'date', 'phone'] as const

export const questionSchema = z
  .strictObject({
    id: z.string().regex(/^[a-z0-9_]{1,32}$/, { error: 'must be 1 to 32 of a-z 0-9 _' }),
    type: z.enum(QUESTION_TYPES),
    label: saidSchema,
    options: z.array(saidSchema).max(10).default([]).describe('Of a choice: two to ten'),
    isRequired: z.boolean().default(false),
  })
  .refine(({ type, options }) => (type === 'choice') === options.length >= 2, {
    path: ['options'],
    error: 'a choice has two to ten, other types have none',
  })

const clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, { error: 'must be a time like 09:30' })

/** From and to on one day of the week; `to` before `from` or equal to it is refused. */
const shiftSchema = z
  .strictObject({ from: clock, to: clock })
  .refine(({ from, to }) => from < to, { path: ['to'], error: 'must be later than from' })

export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const

const DAILY = { from: '09:00', to: '20:00' }

export const workingHoursSchema = z.strictObject({
  ...Object.fromEntries(WEEKDAYS.map((day) => [day, shiftSchema.nullable().default(DAILY)])),
  daysOff: z.array(z.iso.date()).max(400).default([]),
} as Record<(typeof WEEKDAYS)[number], z.ZodDefault<z.ZodNullable<typeof shiftSchema>>> & {
  daysOff: z.ZodDefault<z.ZodArray<z.ZodISODate>>
})

/** How leads find their manager. */
export const ASSIGNMENTS = ['free', 'round_robin', 'least_busy'] as const

/** How a project's team works; everything has a default that suits a small agency. */
export const projectRulesSchema = z.strictObject({
  questions: z
    .array(questionSchema)
    .max(10)
    .refine((questions) => new Set(questions.map(({ id }) => id)).size === questions.length, {
      error: 'two have the same id',
    })
    .default([]),
  lostReasons: z
    .array(z.string().trim().min(1).max(40))
    .max(8)
    .default([])
    .describe('Ready reasons for a lead that came to nothing; ours when there are none'),
  responseMinutes: z
    .int()
    .min(1)
    .max(1_440)
    .nullable()
    .default(15)
    .describe('Working minutes until the team is reminded, and as many again until the admins are'),
  workingHours: workingHoursSchema
    .nullable()
    .default(workingHoursSchema.parse({}))
    .describe('In the timezone of the project; null: around the clock'),
  returnMinutes: z
    .int()
    .min(5)
    .max(10_080)
    .nullable()
    .default(null)
    .describe('Working minutes after which a lead that was taken and not touched is free again'),
  assignment: z.enum(ASSIGNMENTS).default('free'),
  summaryHour: z
    .int()
    .min(0)
    .max(23)
    .nullable()
    .default(20)
    .describe('Hour of the project’s day at which the chat and the admins get the day’s summary'),
})

const { shape } = projectRulesSchema

/** Some of a project's rules, to be changed: what is absent stays as it is. */
export const projectRulesChangesSchema = z.strictObject({
  questions: shape.questions.removeDefault().optional(),
  lostReasons: shape.lostReasons.removeDefault().optional(),
  responseMinutes: shape.responseMinutes.removeDefault().optional(),
  workingHours: shape.workingHours.removeDefault().optional(),
  returnMinutes: shape.returnMinutes.removeDefault().optional(),
  assignment: shape.assignment.removeDefault().optional(),
  summaryHour: shape.summaryHour.removeDefault().optional(),
})

export type ProjectRules = z.infer<typeof projectRulesSchema>
export type Question = z.infer<typeof questionSchema>
export type WorkingHours = z.infer<typeof workingHoursSchema>
export type Said = z.infer<typeof saidSchema>

/** A text in a language, or in whichever it was written. */
export function saidIn(said: Said, locale: Locale): string {
  return said[locale] ?? LOCALES.map((other) => said[other]).find((one) => one !== undefined) ?? ''
}
