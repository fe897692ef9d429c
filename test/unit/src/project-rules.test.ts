import { describe, expect, it } from 'vitest'
import { projectRulesSchema, questionSchema, saidIn } from '../../../src/project-rules.ts'

const question = { id: 'budget', type: 'text', label: { ru: 'Бюджет?' } }
const options = ['a', 'b'].map((ru) => ({ ru }))

/** Which fields are refused. */
function refusedOf(rules: unknown): string[] {
  const parsed = projectRulesSchema.safeParse(rules)
  return parsed.success ? [] : parsed.error.issues.map(({ path }) => path.join('.'))
}

describe('the rules of a project', () => {
  it('suit a small agency when nothing is set', () => {
    const rules = projectRulesSchema.parse({})
    expect(rules).toMatchObject({
      questions: [],
      lostReasons: [],
      responseMinutes: 15,
      returnMinutes: null,
      assignment: 'free',
      summaryHour: 20,
    })
    expect(rules.workingHours).toMatchObject({
      mon: { from: '09:00', to: '20:00' },
      sun: { from: '09:00', to: '20:00' },
      daysOff: [],
    })
  })

  it('are the same when they are stored and read', () => {
    const rules = projectRulesSchema.parse({
      questions: [{ ...question, type: 'choice', options }],
      workingHours: { mon: null, daysOff: ['2026-12-31'] },
      returnMinutes: 60,
      assignment: 'least_busy',
    })
    expect(projectRulesSchema.parse(JSON.parse(JSON.stringify(rules)))).toEqual(rules)
  })

  it.each([
    ['a word nobody knows', { colour: 'red' }, ''],
    [
      'more than ten questions',
      { questions: Array.from({ length: 11 }, () => question) },
      'questions',
    ],
    ['two questions of one id', { questions: [question, question] }, 'questions'],
    ['hours that end before they begin', shiftOn('20:00', '09:00'), 'workingHours.mon.to'],
    ['hours that end as they begin', shiftOn('09:00', '09:00'), 'workingHours.mon.to'],
    ['a time that no clock shows', shiftOn('09:00', '24:00'), 'workingHours.mon.to'],
    ['a day that no calendar has', hours({ daysOff: ['2026-02-30'] }), 'workingHours.daysOff.0'],
    ['no response time at all', { responseMinutes: 0 }, 'responseMinutes'],
    ['a return before anybody could call', { returnMinutes: 4 }, 'returnMinutes'],
    ['a way nobody knows', { assignment: 'by_mood' }, 'assignment'],
    ['an hour that no day has', { summaryHour: 24 }, 'summaryHour'],
    ['nine reasons', { lostReasons: Array.from({ length: 9 }, (_, n) => `${n}`) }, 'lostReasons'],
    ['an empty reason', { lostReasons: [' '] }, 'lostReasons.0'],
  ])('do not allow %s', (_, rules, path) => {
    expect(refusedOf(rules)).toEqual([path])
  })

  it.each([
    ['a text', question, true],
    ['a choice of two', { ...question, type: 'choice', options }, true],
    ['a choice of one', { ...question, type: 'choice', options: options.slice(1) }, false],
    ['a choice of none', { ...question, type: 'choice' }, false],
    ['a text with options', { ...question, options }, false],
    ['one said in no language', { ...question, label: {} }, false],
    ['one without words', { ...question, label: { ru: ' ' } }, false],
    ['an id that does not fit', { ...question, id: 'Бюджет' }, false],
  ])('take %s as a question: %#', (_, asked, isTaken) => {
    expect(questionSchema.safeParse(asked).success).toBe(isTaken)
  })
})

describe('a text of a project', () => {
  it('is said in the language asked for, or in whichever it was written', () => {
    expect(saidIn({ ru: 'Бюджет', uz: 'Byudjet' }, 'uz')).toBe('Byudjet')
    expect(saidIn({ uz: 'Byudjet' }, 'en')).toBe('Byudjet')
    expect(saidIn({ en: 'Budget', uz: 'Byudjet' }, 'ru')).not.toBe('')
  })
})

function hours(workingHours: object) {
  return { workingHours }
}

function shiftOn(from: string, to: string) {
  return hours({ mon: { from, to } })
}
